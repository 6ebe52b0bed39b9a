/**
 * Eight colours that stay apart for colour-blind eyes; black last, because text is black already. The yellow of the
 * set is left out: on white it cannot be seen.
 *
 * @source Okabe & Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/
 */
const okabeIto = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;

/** Beyond seven series colours repeat, lighter: then names in the legend must do the work, or fewer series. */
const lighter = ['#7FB8D8', '#EAAE7F', '#7FCEB9', '#E5BCD3', '#F2CF7F', '#AAD9F4', '#7F7F7F'] as const;

/** The colour of series `index`. */
export function seriesColour(index: number): string {
  const all = [...okabeIto, ...lighter];
  return all[index % all.length]!;
}

/** From little to much, for heatmaps: one hue, so that it also works in grey. */
export const heatColours = ['#F7FBFF', '#C6DBEF', '#6BAED6', '#2171B5', '#08306B'] as const;

export const ink = '#222222';
export const faint = '#DDDDDD';
export const fontFamily = 'DejaVu Sans, Verdana, Helvetica, Arial, sans-serif';

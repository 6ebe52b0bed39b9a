/**
 * Cut a number of rows into parts of sizes as even as possible.
 *
 * @param rows  from 0
 * @param parts from 1
 * @returns `parts` sizes, which sum to `rows` and differ by at most 1
 */
export const evenSizes = (rows: number, parts: number): number[] =>
  Array.from(
    { length: parts },
    (_, part) => Math.floor(((part + 1) * rows) / parts) - Math.floor((part * rows) / parts),
  );

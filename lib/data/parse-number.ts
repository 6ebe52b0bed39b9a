/** How a file writes its times: seconds or milliseconds since 1970-01-01 UTC, or ISO 8601 text. */
export type TimeUnit = 's' | 'ms' | 'iso';

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?( ?(Z|[-+]\d{2}:?\d{2}))?$/;

/** A finite decimal number, or `null`. Stricter than `Number`, which reads blanks as 0 and `0x1f` as 31. */
export function parseDecimal(text: string): number | null {
  const trimmed = text.trim();
  if (!decimal.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/**
 * Milliseconds since 1970-01-01 UTC, or `null` when the text is not a time.
 *
 * ISO text without a zone is taken as UTC, so that a file means the same on every machine.
 */
export function parseTimeMs(text: string, unit: TimeUnit): number | null {
  if (unit !== 'iso') {
    const value = parseDecimal(text);
    if (value === null) return null;
    return unit === 's' ? Math.round(value * 1000) : value;
  }
  const trimmed = text.trim();
  const match = iso.exec(trimmed);
  if (!match) return null;
  const zone = match[5] ?? 'Z';
  const withoutZone = match[4] === undefined ? trimmed : trimmed.slice(0, -match[4].length);
  const clock =
    match[1] === undefined ? `${withoutZone}T00:00` : withoutZone.replace(' ', 'T').replace(',', '.');
  const timeMs = Date.parse(clock + zone);
  // Date.parse reads 30 February as 2 March: the day must come back as written.
  const day = trimmed.slice(0, 10);
  const isDay = new Date(`${day}T00:00Z`).toJSON()?.slice(0, 10) === day;
  return Number.isNaN(timeMs) || !isDay ? null : timeMs;
}

/** When a category of the made-up shop is asked for most. */
export interface CategorySeason {
  /** Day of the year at which demand is highest, 1 to 366. */
  readonly peakDay: number;
  /** Standard deviation of the season, days, above 0. */
  readonly spreadDays: number;
  /** How much higher the weight of the category is at the peak: 3 means four times as high. From 0. */
  readonly lift: number;
}

/** How the number of sessions and their subjects follow the calendar (UTC). */
export interface ShopSeasonality {
  /** Seven weights, Monday first; only their proportions count. */
  readonly weekdays: readonly number[];
  /** Height of the yearly wave: .3 means from .7 to 1.3 of the mean. From 0 to 1. */
  readonly yearAmplitude: number;
  /** Day of the year at which the wave is highest, 1 to 366. */
  readonly yearPeakDay: number;
  /** Seasons by category; a category not named has none. */
  readonly categories: Readonly<Record<string, CategorySeason>>;
}

const dayMs = 86_400_000;
const daysPerYear = 365.25;

/** Day of the year, 1 for 1 January, of a time in ms (UTC). */
export function dayOfYear(timeMs: number): number {
  return 1 + Math.floor((timeMs - Date.UTC(new Date(timeMs).getUTCFullYear(), 0, 1)) / dayMs);
}

/**
 * How many times as many sessions as on a mean day start on this one.
 *
 * The weekday's weight divided by the mean weight, times 1 + A cos(2 pi (day of the year - peak) / 365.25). The
 * intensity of a user's sessions is lambda(user, day) = `sessionRate` of the user times this factor. Without
 * seasonality it is 1.
 *
 * @source Cox & Lewis, "The Statistical Analysis of Series of Events", 1966 (a rate with a cyclic factor).
 */
export function dayFactor(seasonality: ShopSeasonality | null, timeMs: number): number {
  if (seasonality === null) return 1;
  const { weekdays, yearAmplitude, yearPeakDay } = seasonality;
  const mean = weekdays.reduce((sum, weight) => sum + weight, 0) / 7;
  const weekday = (new Date(timeMs).getUTCDay() + 6) % 7;
  const angle = (2 * Math.PI * (dayOfYear(timeMs) - yearPeakDay)) / daysPerYear;
  return (weekdays[weekday]! / mean) * (1 + yearAmplitude * Math.cos(angle));
}

/**
 * How many times its usual weight a category has on a day: 1 + lift exp(-(distance / spread)^2 / 2).
 *
 * The distance to the peak is counted in days around the year, whichever way is shorter. It moves what sessions are
 * about, not how many there are.
 */
export function categoryFactor(
  seasonality: ShopSeasonality | null,
  category: string,
  timeMs: number,
): number {
  const season = seasonality?.categories[category];
  if (!season) return 1;
  const apart = Math.abs(dayOfYear(timeMs) - season.peakDay);
  const distance = Math.min(apart, daysPerYear - apart);
  return 1 + season.lift * Math.exp(-0.5 * (distance / season.spreadDays) ** 2);
}

/**
 * Refuse a seasonality that no calendar could have.
 *
 * @throws RangeError naming what cannot be a season
 */
export function checkSeasonality(seasonality: ShopSeasonality, sold: readonly string[]): void {
  const refuse = (problem: string): never => {
    throw new RangeError(`seasonality: ${problem}`);
  };
  const { weekdays, yearAmplitude, yearPeakDay, categories } = seasonality;
  const isWeight = (weight: number): boolean => weight >= 0 && weight < Infinity;
  if (weekdays.length !== 7 || !weekdays.every(isWeight) || !weekdays.some((weight) => weight > 0)) {
    refuse(`weekdays must be seven weights from 0, one above 0, got ${weekdays.join(', ')}`);
  }
  if (!(yearAmplitude >= 0 && yearAmplitude <= 1)) {
    refuse(`yearAmplitude must be from 0 to 1, got ${yearAmplitude}`);
  }
  const isDay = (day: number): boolean => day >= 1 && day <= 366;
  if (!isDay(yearPeakDay)) refuse(`yearPeakDay must be from 1 to 366, got ${yearPeakDay}`);
  for (const [category, { peakDay, spreadDays, lift }] of Object.entries(categories)) {
    if (!sold.includes(category)) refuse(`the shop does not sell '${category}'`);
    if (!isDay(peakDay)) refuse(`peakDay of ${category} must be from 1 to 366, got ${peakDay}`);
    if (!(spreadDays > 0)) refuse(`spreadDays of ${category} must be above 0, got ${spreadDays}`);
    if (!isWeight(lift)) refuse(`lift of ${category} must be from 0, got ${lift}`);
  }
}

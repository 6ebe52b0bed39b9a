/**
 * Make equal texts share one string.
 *
 * A million rows name a few thousand users and items; pieces of a line would
 * otherwise keep a million small strings, or whole chunks of the file, alive.
 */
export function createIntern(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    known.set(text, text);
    return text;
  };
}

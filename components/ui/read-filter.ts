/** Letters that are looked for; the rest is cut. */
export const longestFilter = 80;

/** What was asked for in the address of a page. */
export function readFilter(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).slice(0, longestFilter);
}

/** Where nothing else is said, in the reader's own time zone. `en-GB`: a day before its month, 24 hours. */
type Zone = { timeZone?: string };

/** `14:05` on the same day, else `Friday 20 November, 14:05`. Times are unix milliseconds. */
export function formatMoment(at: number, now: number, zone: Zone = {}): string {
  const time = new Intl.DateTimeFormat('en-GB', { ...zone, hour: '2-digit', minute: '2-digit' }).format(at);
  return formatDay(at, zone) === formatDay(now, zone) ? time : `${formatWeekday(at, zone)}, ${time}`;
}

/** The same within a sentence: `at 14:05`, `on Friday 20 November at 14:05`. */
export function sayMoment(at: number, now: number, zone: Zone = {}): string {
  const [first, second] = formatMoment(at, now, zone).split(', ');
  return second === undefined ? `at ${first}` : `on ${first} at ${second}`;
}

/** `20 November 2026`. */
export function formatDay(at: number, zone: Zone = {}): string {
  return new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}

/** `Friday 20 November`. */
export function formatWeekday(at: number, zone: Zone = {}): string {
  const parts = new Intl.DateTimeFormat('en-GB', { ...zone, weekday: 'long', day: 'numeric', month: 'long' });
  return parts.format(at).replace(',', '');
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A length of time as people say it, in its largest unit: `3 hours`, `1 minute`. Rounded to the nearest. */
export function formatSpan(milliseconds: number): string {
  const least = Math.max(1_000, milliseconds);
  for (const [name, length] of units) {
    const count = Math.round(least / length);
    if (least >= length * 0.95 && count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return '1 second';
}

import { describe, expect, it } from 'vitest';
import { formatMoment, formatSpan, formatWeekday, sayMoment } from './moment.ts';

const utc = { timeZone: 'UTC' };
const at = Date.UTC(2026, 10, 20, 14, 5);

describe('moments', () => {
  it('says the time alone on the same day, else the day with it', () => {
    expect(formatMoment(at, at + 3_600_000, utc)).toBe('14:05');
    expect(formatMoment(at, at + 86_400_000, utc)).toBe('Friday 20 November, 14:05');
    expect(sayMoment(at, at, utc)).toBe('at 14:05');
    expect(sayMoment(at, at + 86_400_000, utc)).toBe('on Friday 20 November at 14:05');
  });

  it('counts days where the reader is', () => {
    const late = Date.UTC(2026, 10, 20, 23, 30);
    expect(formatWeekday(late, utc)).toBe('Friday 20 November');
    expect(formatWeekday(late, { timeZone: 'Asia/Tokyo' })).toBe('Saturday 21 November');
  });

  it.each([
    [0, '1 second'],
    [6_000, '6 seconds'],
    [59_000, '1 minute'],
    [15 * 60_000, '15 minutes'],
    [59 * 60_000, '1 hour'],
    [3 * 3_600_000, '3 hours'],
    [23.5 * 3_600_000, '1 day'],
    [6.6 * 86_400_000, '7 days'],
  ])('says %d ms as %s', (milliseconds, words) => {
    expect(formatSpan(milliseconds)).toBe(words);
  });
});

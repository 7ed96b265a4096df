/** True of every check: those of the step at hand are also looked at by themselves, but not for ever. */
export const triesAgain = 'Drydock tries again when something changes; “Check again” does so at once.';

export function tookTooLong(milliseconds: number): string {
  return `Looking took longer than ${Math.round(milliseconds / 100) / 10} s, so Drydock stopped. Your sandbox may be busy. ${triesAgain}`;
}

import type { Check } from '../../protocol/check-schema.ts';

/** A condition of the format that this version cannot evaluate. */
export interface Unsupported {
  path: PropertyKey[];
  message: string;
}

/** What a lesson may say and this version would not look at: the linter refuses it, so that nothing passes unseen. */
export function unsupportedConditions(check: Check): Unsupported[] {
  if (check.subject !== 'container') return [];
  const places: [PropertyKey[], string | undefined][] = [
    [['restart'], check.restart],
    ...(check.hints ?? []).map((hint, index): [PropertyKey[], string | undefined] => [
      ['hints', index, 'when', 'restart'],
      hint.when.restart,
    ]),
  ];
  return places
    .filter(([, restart]) => restart?.includes(':'))
    .map(([path]) => ({
      path,
      message: 'The number of attempts in `on-failure:3` is not yet supported by this version. Write `on-failure`.',
    }));
}

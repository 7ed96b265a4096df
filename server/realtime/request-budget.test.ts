import { expect, test } from 'vitest';
import { RequestBudget } from './request-budget.ts';

test('no more requests are under way than there is room for, and room is given back once', () => {
  const budget = new RequestBudget({ now: () => 0 }, { capacity: 100, perSecond: 1, atOnce: 2 });
  const first = budget.take(1);
  expect(budget.take(1)).not.toBeNull();
  expect(budget.take(1)).toBeNull();
  first?.();
  first?.();
  expect(budget.take(1)).not.toBeNull();
  expect(budget.take(1)).toBeNull();
});

import { expect, it } from 'vitest';
import { isSameUser } from './same-user.ts';

it.each([
  ['1000', '1000', true],
  ['1000:1000', '1000', true],
  ['1000:50', '1000:50', true],
  ['1000', '1000:1000', false],
  ['1000:50', '1000:1000', false],
  ['10000', '1000', false],
  ['', 'root', true],
  ['0:0', 'root', true],
  ['root', '', true],
  ['web', '', false],
])('takes the user %j for %j: %j', (user, wanted, same) => {
  expect(isSameUser(user, wanted)).toBe(same);
});

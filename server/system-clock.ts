import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from './clock.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

export const systemClock: Clock = { now: () => Date.now() };

/** Milliseconds since the process began, whatever is done to the machine's clock. */
export const systemUptime: Clock = { now: () => performance.now() };

export const randomIds: Ids = {
  next: () => Array.from(randomBytes(16), (byte) => alphabet[byte & 31]).join(''),
};

import { expect, it } from 'vitest';
import { jobsThatFit } from './jobs.ts';

const gib = 2 ** 30;

it.each([
  [{ cpus: 2, memory: 24 * gib }, 4],
  [{ cpus: 8, memory: 2 * gib }, 2],
  [{ cpus: 64, memory: 512 * gib }, 8],
  [{ cpus: 1, memory: gib / 2 }, 1],
])('%o plays %i at a time', (engine, jobs) => expect(jobsThatFit(engine, 2 * gib)).toBe(jobs));

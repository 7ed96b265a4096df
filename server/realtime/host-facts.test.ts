import { expect, test } from 'vitest';
import { missingNeeds } from '../lessons/missing-needs.ts';
import { createHostFacts } from './host-facts.ts';

test('the engine is asked at most once a minute, again soon after it was away', async () => {
  let now = 0;
  let asked = 0;
  let away = false;
  const facts = createHostFacts(
    async () => {
      asked += 1;
      if (away) throw new Error('away');
      return { cgroupVersion: '2' as const };
    },
    { now: () => now },
  );
  expect(await Promise.all([facts(), facts()])).toEqual([{ cgroupVersion: '2' }, { cgroupVersion: '2' }]);
  now = 59_999;
  await facts();
  expect(asked).toBe(1);
  now = 60_000;
  away = true;
  expect(await facts()).toBeNull();
  away = false;
  now = 64_999;
  expect(await facts()).toBeNull();
  expect(asked).toBe(2);
  now = 65_000;
  expect(await facts()).toEqual({ cgroupVersion: '2' });
  expect(asked).toBe(3);
  now = 1_000; // the clock was set back
  await facts();
  expect(asked).toBe(4);
});

test('what a machine lacks is said in words; of one that is not known nothing is said', () => {
  expect(missingNeeds(['cgroup2'], { cgroupVersion: '2' })).toEqual([]);
  expect(missingNeeds(['cgroup2'], null)).toEqual([]);
  expect(missingNeeds([], { cgroupVersion: '1' })).toEqual([]);
  expect(missingNeeds(['cgroup2'], { cgroupVersion: '1' })).toMatchObject([
    { need: 'cgroup2', words: expect.stringContaining('cgroup v1') },
  ]);
});

import { expect, test } from 'vitest';
import { DrydockError } from '../errors.ts';
import { runSandboxesCli } from './cli.ts';
import type { ListedSandbox } from './listed-sandbox.ts';

const now = 1_800_000_000_000;

function listed(id: string, more: Partial<ListedSandbox> = {}): ListedSandbox {
  const base = { learner: 'ada', state: 'ready', createdAt: now - 3 * 3_600_000, usedAt: now - 90_000 };
  return { id, ...base, memory: 44 * 2 ** 20, cpus: 0.012, disk: 3 * 2 ** 30, ...more };
}

async function run(
  argv: string[],
  {
    sandboxes = [listed('aaaa1111'), listed('aaaa2222'), listed('bbbb3333', { learner: null })],
    answer = '',
    person = true,
    running = true,
  } = {},
) {
  const seen = { out: '', err: '', done: [] as string[], asked: [] as string[] };
  const code = await runSandboxesCli(argv, {
    operator: async () => {
      if (!running) throw new DrydockError('operator.not-running', 'No lab runs.');
      return {
        list: async () => sandboxes,
        stop: async (id) => void seen.done.push(`stop ${id}`),
        remove: async (id, files) => void seen.done.push(`remove ${id}${files === 'keep' ? '' : ' without files'}`),
      };
    },
    out: (text) => {
      seen.out += text;
    },
    err: (text) => {
      seen.err += text;
    },
    ask: person
      ? async (question) => {
          seen.asked.push(question);
          return answer;
        }
      : null,
    now: () => now,
  });
  return { code, ...seen };
}

test('lists in a table for people and as JSON for programs', async () => {
  const { code, out } = await run([]);
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['SANDBOX', 'OWNER', 'STATE', 'AGE', 'LAST USED', 'MEMORY', 'CPU', 'DISK'],
    ['aaaa1111', 'ada', 'ready', '3 h', '90 s ago', '44 MiB', '1.2 %', '3.0 GiB'],
    ['aaaa2222', 'ada', 'ready', '3 h', '90 s ago', '44 MiB', '1.2 %', '3.0 GiB'],
    ['bbbb3333', '(pool)', 'ready', '3 h', '90 s ago', '44 MiB', '1.2 %', '3.0 GiB'],
    [''],
    ['3 sandboxes'],
    [''],
  ]);
  const json = await run(['list', '--json']);
  expect(JSON.parse(json.out).sandboxes).toHaveLength(3);
  expect((await run([], { sandboxes: [] })).out).toBe('There is no sandbox.\n');
});

test('an id may be cut short while it fits one sandbox', async () => {
  expect(await run(['stop', 'bb'])).toMatchObject({ code: 0, done: ['stop bbbb3333'] });
  const ambiguous = await run(['stop', 'aaaa']);
  expect(ambiguous).toMatchObject({ code: 1, done: [] });
  expect(ambiguous.err).toContain('aaaa1111, aaaa2222');
  expect(await run(['stop', 'c'])).toMatchObject({ code: 1, done: [], err: expect.stringContaining('sandbox.none') });
  const json = await run(['stop', 'c', '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, error: { code: 'sandbox.none' } });
});

test('an id that is whole is no prefix of a longer one', async () => {
  const sandboxes = [listed('aaaa1111'), listed('aaaa11112222')];
  expect(await run(['stop', 'aaaa1111'], { sandboxes })).toMatchObject({ code: 0, done: ['stop aaaa1111'] });
});

test('removing asks a person, and never does so where there is none', async () => {
  expect(await run(['remove', 'bbbb'], { answer: 'y' })).toMatchObject({ code: 0, done: ['remove bbbb3333'] });
  const declined = await run(['remove', 'bbbb'], { answer: '' });
  expect(declined).toMatchObject({ code: 1, done: [] });
  expect(declined.asked[0]).toContain('bbbb3333');
  expect(await run(['remove', 'bbbb'], { person: false })).toMatchObject({ code: 2, done: [] });
  const sure = await run(['remove', 'bbbb', '--yes'], { person: false });
  expect(sure).toMatchObject({ code: 0, done: ['remove bbbb3333'], asked: [] });
  expect(await run(['remove', 'bbbb', '--yes', '--without-files'])).toMatchObject({
    code: 0,
    done: ['remove bbbb3333 without files'],
  });
  expect(await run(['stop', 'bbbb', '--without-files'])).toMatchObject({ code: 2, done: [] });
});

test('says when no lab runs', async () => {
  const { code, err } = await run([], { running: false });
  expect([code, err]).toEqual([1, 'No lab runs. (operator.not-running)\n']);
});

test('a question that makes no sense ends with 2 and the usage', async () => {
  const wrong = [
    ['start'],
    ['stop'],
    ['stop', 'A!'],
    ['stop', 'a', 'b'],
    ['list', 'a'],
    ['--no-such'],
    ['stop', 'a', '--yes'],
  ];
  for (const argv of wrong) {
    const { code, err, done } = await run(argv);
    expect([argv, code, done]).toEqual([argv, 2, []]);
    expect(err).toContain('Usage: npm run sandboxes');
  }
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage') });
});

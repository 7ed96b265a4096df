import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { labId } from '../config.ts';
import { refreshLessons } from '../lessons/cli/cli-refresh.ts';
import { testLessons } from '../lessons/cli/cli-test.ts';
import { bodyLine, fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { playAndShow } from './player.ts';
import type { PlayReport } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-player-test-'));
const temporary = process.env.TMPDIR;
/** Labs that were seen while lessons were played. */
const labs = new Set<string>();
let watching: NodeJS.Timeout;

beforeAll(() => {
  // So that what is made can be found: labs have their data folders there.
  mkdirSync(join(folder, 'tmp'));
  process.env.TMPDIR = join(folder, 'tmp');
});
afterAll(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  labs.clear();
  watching = setInterval(() => {
    for (const name of readdirSync(join(folder, 'tmp'))) labs.add(labId(join(folder, 'tmp', name)));
  }, 20);
});
afterEach(() => clearInterval(watching));

const volume = (name: string, state = 'present') =>
  fence('yaml check', `title: ${name}\nvolume: ${name}\nstate: ${state}`);
const create = (name: string) => fence('sh run', `docker volume create ${name}`);

const sound = [
  '## Volumes',
  fence('sh setup', 'docker volume create given >/dev/null'),
  create('made'),
  volume('made'),
  '## Files and terminals',
  fence('text file=note.txt', 'one\ntwo'),
  fence('text file=note.txt lines=2-2 solution', 'three'),
  fence('sh run terminal=second background', 'sleep 600'),
  fence('sh run terminal=second interrupt', 'cat note.txt\nfalse\necho "all read" > read.txt'),
  fence('yaml check', 'title: The note has its new line\nfile: note.txt\ncontains: three'),
  fence('yaml check', 'title: It was read to the end\nfile: read.txt'.concat('\nstate: present')),
  '## Only questions',
  fence('yaml quiz', 'question: One?\nchoices:\n  - { text: a, why: W. }\n  - { text: b, why: W., correct: true }'),
  fence('yaml quiz', 'question: Two?\nanswer: "/two|2/i"'),
  '## What is there from the beginning',
  create('other'),
  fence('yaml check', 'title: given\nvolume: given\nstate: present\ninitially: met'),
].join('\n\n');
const metFirst = `## Begin\n\n${create('one')}\n\n${volume('one')}\n\n## Too easy\n\n${create('two')}\n\n${volume('one')}`;
const cannotPass = `## Begin\n\n${create('one')}\n\n${volume('one')}\n\n## Too hard\n\n${create('tow')}\n\n${volume('two')}`;

function write(bodies: Record<string, string>): string {
  const root = mkdtempSync(join(folder, 'lessons-'));
  const files: Record<string, string> = {
    'c/course.yaml': `title: C\nsummary: S\naudience: A\nlessons: [${Object.keys(bodies).join(', ')}]\n`,
  };
  for (const [name, body] of Object.entries(bodies)) files[`c/${name}/lesson.md`] = lessonSource(body);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function run(argv: string[], signal = new AbortController().signal) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = {
    out: { write: (text: string) => void out.push(text), isTTY: false, columns: 80 },
    err: { write: (text: string) => void err.push(text), isTTY: false, columns: 80 },
  };
  const code = await testLessons(
    [...argv, '--json'],
    // Reading all that ships takes seconds, and is none of the player's business.
    { cwd: folder, shipped: join(folder, 'nothing-ships'), err: streams.err.write },
    (request) => playAndShow(request, { root: process.cwd(), env: process.env, signal, ...streams }),
    'usage',
  );
  return { code, err: err.join(''), report: JSON.parse(out.join('')) as PlayReport };
}

async function refresh(argv: string[]) {
  const said: string[] = [];
  const stream = { write: (text: string) => void said.push(text), isTTY: false, columns: 80 };
  const around = { root: process.cwd(), env: process.env, signal: new AbortController().signal };
  const code = await refreshLessons(
    argv,
    { cwd: folder, shipped: join(folder, 'nothing-ships'), err: stream.write },
    (request) => playAndShow(request, { ...around, out: stream, err: stream }),
    'usage',
  );
  return { code, said: said.join('') };
}

function left(): string[] {
  const found = [...labs].flatMap((lab) =>
    [
      ['ps', '-aq'],
      ['volume', 'ls', '-q'],
    ].map((command) =>
      execFileSync('docker', [...command, '--filter', `label=drydock.lab=${lab}`], { encoding: 'utf8' }),
    ),
  );
  return [...found.filter((text) => text !== ''), ...readdirSync(join(folder, 'tmp'))];
}

test('a sound lesson passes, a broken one is reported at its step and block, and nothing is left', async () => {
  const root = write({ sound, 'met-first': metFirst, 'cannot-pass': cannotPass });
  const { code, err, report } = await run([root]);
  expect(err).toContain('✓ c/sound');
  expect(code).toBe(1);
  expect(report).toMatchObject({ passed: 1, failed: 2, skipped: 0, interrupted: false });
  const lineOf = (body: string, text: string) =>
    bodyLine + body.split('\n').findLastIndex((line) => line.includes(text)) - 1;

  const [first, second, third] = report.lessons;
  expect(first).toMatchObject({ lesson: 'c/sound', state: 'passed', failures: [], trouble: [] });
  expect(first?.steps.flatMap((step) => step.checks.map((check) => check.met))).toEqual(
    Array.from({ length: 4 }, () => 'by-itself'),
  );
  expect(second?.failures).toMatchObject([
    {
      kind: 'met-first',
      step: { id: 'too-easy' },
      block: { id: 'too-easy-check-1', line: lineOf(metFirst, 'title:') },
    },
  ]);
  expect(third?.failures).toMatchObject([
    {
      kind: 'not-met',
      step: { id: 'too-hard' },
      block: { id: 'too-hard-check-1', line: lineOf(cannotPass, 'title:') },
      conditions: [{ check: 'too-hard-check-1', message: expect.stringContaining('no volume') }],
      transcripts: [
        { terminal: 'main', lines: expect.arrayContaining(['cannot-pass $ docker volume create tow', 'tow']) },
      ],
    },
  ]);
  expect(labs.size).toBe(3);
  expect(left()).toEqual([]);
}, 120_000);

test('another learner starts over from the last step; setup that is not safe to run twice is found', async () => {
  const once = `## One\n\n${fence('sh setup', 'mkdir given')}\n\n${create('one')}\n\n${volume('one')}`;
  const { code, report } = await run([write({ sound, once }), '--start-over', '--jobs', '1']);
  expect(code).toBe(1);
  expect(report.lessons[0]).toMatchObject({ lesson: 'c/sound', state: 'passed', failures: [], trouble: [] });
  expect(report.lessons[0]?.steps.map((step) => step.quizzes.map((quiz) => quiz.passed))).toEqual([
    [],
    [],
    [true, true],
    [],
  ]);
  expect(report.lessons[1]?.failures).toMatchObject([
    { kind: 'setup', block: { id: 'one-setup-1' }, message: expect.stringContaining('given') },
  ]);
  expect(left()).toEqual([]);
}, 180_000);

test('a setup block that fails in the lab is reported with its place and words', async () => {
  const body = `## One\n\n${fence('sh setup', 'echo not there >&2; exit 4')}\n\n${create('one')}\n\n${volume('one')}`;
  const { report } = await run([write({ broken: body })]);
  expect(report.lessons[0]?.failures).toMatchObject([
    { kind: 'setup', step: { id: 'one' }, block: { id: 'one-setup-1', line: bodyLine + 2 } },
  ]);
  expect(report.lessons[0]?.failures[0]?.message).toContain('exit status 4. It said:\nnot there');
  expect(left()).toEqual([]);
}, 60_000);

test('a command that does not end is reported with what it printed', async () => {
  const body = `## Wait\n\n${fence('sh run timeout=2s', 'echo begun; sleep 600')}\n\n${volume('never')}`;
  const { code, report } = await run([write({ endless: body })]);
  expect(code).toBe(1);
  expect(report.lessons[0]?.failures).toMatchObject([{ kind: 'not-ended', block: { id: 'wait-run-1' } }]);
  expect(report.lessons[0]?.failures[0]?.transcripts[0]?.lines).toContain('begun');
  expect(left()).toEqual([]);
}, 60_000);

test('a lesson with mistakes is not played', async () => {
  const { code, report } = await run([write({ mistaken: `## Go\n\n${create('x')}` })]);
  expect(code).toBe(1);
  expect(report.lessons[0]).toMatchObject({ state: 'failed', steps: [], problems: [{ code: 'step.no-check' }] });
  expect(labs.size).toBe(0);
});

test('outputs are written as the terminal showed them, and stay as they are until something else is printed', async () => {
  const printing = [
    'printf "10%%\\r100%%\\n"; printf "\\033[31mred\\033[0m   \\n"; head -c 6 /dev/urandom | od -An -tx1 | tr -d " \\n"; echo',
    'for line in 1 2 3; do\n  echo "line $line"\ndone\nprintf "no end"',
  ];
  const body = [
    '## Look',
    fence('sh run', printing[0] ?? ''),
    fence('console output', 'old'),
    fence('sh run background terminal=second', 'sleep 600'),
    fence('sh run interrupt terminal=second', printing[1] ?? ''),
    fence('console output first=1 last=1', ''),
    create('one'),
    volume('one'),
  ].join('\n\n');
  const root = write({ shown: body });
  const file = join(root, 'c/shown/lesson.md');
  expect((await run([root])).report.lessons[0]?.failures).toMatchObject([
    { kind: 'output.stale', message: expect.stringContaining('│ old\nSeen:\n  │ 100%\n  │ red\n') },
    { kind: 'output.stale', message: expect.stringContaining('still empty') },
  ]);
  const { code, said } = await refresh([root]);
  expect(said).toContain('2 outputs written');
  expect(code).toBe(0);
  const written = readFileSync(file, 'utf8');
  expect(written).toMatch(/```console output\n100%\nred\n[0-9a-f]{12}\n```/);
  expect(written).toContain('last=1\nline 1\n…\nno end\n```');
  expect(written.replace(/(console output[^\n]*)\n[^`]*```/g, '$1')).toBe(
    lessonSource(body).replace(/(console output[^\n]*)\n[^`]*```/g, '$1'),
  );

  expect((await refresh([root, '--check'])).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(written);
  expect(left()).toEqual([]);
}, 120_000);

test('a lesson that failed is played once more where that is asked for, and both are told', async () => {
  const root = write({ shaky: `## One\n\n${create('one')}\n\n${volume('one')}`, 'cannot-pass': cannotPass });
  const tries: string[] = [];
  const said: string[] = [];
  const stream = { write: (text: string) => void said.push(text), isTTY: false, columns: 80 };
  const around = { root: process.cwd(), env: process.env, signal: new AbortController().signal, err: stream };
  const code = await testLessons(
    [root, '--retries', '1'],
    { cwd: folder, shipped: join(folder, 'nothing-ships'), err: stream.write },
    (request) =>
      playAndShow(
        {
          ...request,
          finish: async (report) => {
            tries.push(report.lesson);
            const isFirst = report.lesson === 'c/shaky' && report.earlier.length === 0;
            return isFirst ? { ...report, state: 'failed', trouble: ['The machine stood still.'] } : report;
          },
        },
        { ...around, out: stream },
      ),
    'usage',
  );
  expect(code).toBe(1);
  expect(tries.toSorted()).toEqual(['c/cannot-pass', 'c/cannot-pass', 'c/shaky', 'c/shaky']);
  expect(said.join('')).toContain('Passed at the second try. Before:\n        The machine stood still.');
  expect(said.join('')).toContain('c/shaky passed only when it was played again.\n2 lessons: 1 passed, 1 failed');
  expect(left()).toEqual([]);
}, 180_000);

const containersOf = (lab: string) =>
  execFileSync('docker', ['ps', '-q', '--filter', `label=drydock.lab=${lab}`], { encoding: 'utf8' });

test.each([
  ['before the sandbox is there', () => labs.size > 0],
  ['when the sandbox runs', () => [...labs].some((lab) => containersOf(lab) !== '')],
])(
  'an interruption %s removes everything',
  async (_when, isTime) => {
    const abort = new AbortController();
    const body = `## Wait\n\n${fence('sh run timeout=5m', 'sleep 600')}\n\n${volume('never')}`;
    const running = run([write({ endless: body })], abort.signal);
    const looking = setInterval(() => {
      if (isTime()) abort.abort();
    }, 20);
    const { code, report } = await running;
    clearInterval(looking);
    expect(code).toBe(130);
    expect(report).toMatchObject({ interrupted: true, lessons: [] });
    expect(labs.size).toBe(1);
    expect(left()).toEqual([]);
  },
  60_000,
);

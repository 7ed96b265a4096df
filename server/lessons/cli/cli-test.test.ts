import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DrydockError } from '../../errors.ts';
import type { PlayRequest } from '../../lesson-player/play-request.ts';
import type { PlayReport } from '../../lesson-player/report.ts';
import { fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import { runLessonsCli } from './cli.ts';
import type { LessonsCliIo } from './cli-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-cli-test-'));
/** What ships, for these tests: reading all lessons takes seconds. */
const shipped = join(folder, 'shipped');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  const run = fence('sh run', 'docker run -d --name web busybox');
  const lessons = { good: lessonSource(`## Go\n\n${run}\n\n${passingCheck}`, ['images: [busybox]']) };
  const all = { ...lessons, undeclared: lessonSource(`## Go\n\n${run}\n\n${passingCheck}`) };
  const write = (course: string, sources: Record<string, string>) => {
    for (const [name, source] of Object.entries(sources)) {
      mkdirSync(join(course, name), { recursive: true });
      writeFileSync(join(course, name, 'lesson.md'), source);
    }
    const names = Object.keys(sources).join(', ');
    writeFileSync(join(course, 'course.yaml'), `title: C\nsummary: S\naudience: A\nlessons: [${names}]\n`);
  };
  write(join(folder, 'c'), all);
  write(join(shipped, 'first-steps'), {
    'first-container': lessons.good,
    'second-container': lessons.good,
    third: lessons.good,
  });
});

async function run(
  argv: string[],
  result: Partial<PlayReport> | Error = {},
  around: Partial<LessonsCliIo> = {},
  command = 'test',
) {
  const requests: PlayRequest[] = [];
  let err = '';
  const code = await runLessonsCli([command, ...argv], {
    cwd: folder,
    shipped,
    ...around,
    out: () => undefined,
    err: (text) => {
      err += text;
    },
    play: async (request) => {
      requests.push(request);
      if (result instanceof Error) throw result;
      return { passed: 1, failed: 0, skipped: 0, interrupted: false, milliseconds: 1, lessons: [], ...result };
    },
  });
  return { code, err, request: requests[0] };
}

describe('lessons test', () => {
  it('plays the shipped lessons when no folder is named', async () => {
    const { code, request } = await run([]);
    expect(code).toBe(0);
    expect(request).toMatchObject({ jobs: null, json: false });
    expect(request?.lessons.map((lesson) => lesson.id)).toContain('first-steps/first-container');
  });

  it('takes a folder of courses, a course or a lesson, each lesson once', async () => {
    const idsOf = async (...folders: string[]) => (await run(folders)).request?.lessons.map((lesson) => lesson.id);
    expect(await idsOf('.')).toEqual(['c/good', 'c/undeclared']);
    expect(await idsOf('c', '.')).toEqual(['c/good', 'c/undeclared']);
    expect(await idsOf('c/undeclared')).toEqual(['c/undeclared']);
  });

  it('hands on the linter’s errors, so that undeclared images are found', async () => {
    const { request } = await run(['.', '--only', 'c/undeclared', '--jobs', '3', '--json']);
    expect(request).toMatchObject({
      jobs: 3,
      json: true,
      lessons: [{ id: 'c/undeclared', root: folder, problems: [{ code: 'image.undeclared' }] }],
    });
  });

  it('ends with 1 when a lesson fails or nothing can be played, and with 130 when it was interrupted', async () => {
    expect((await run(['.'], { failed: 1 })).code).toBe(1);
    expect((await run(['.'], { interrupted: true })).code).toBe(130);
    const away = await run(['.'], new DrydockError('engine.unreachable', 'No engine.'));
    expect(away).toMatchObject({ code: 1, err: 'No engine.\n' });
  });

  it.each(['test', 'refresh'])('%s says why there is nothing to play, and does not pass', async (command) => {
    const linked = join(folder, `linked-${command}`, 'l');
    mkdirSync(join(linked, 'one'), { recursive: true });
    writeFileSync(join(linked, 'course.yaml'), 'title: C\nsummary: S\naudience: A\nlessons: [one]\n');
    symlinkSync(join(folder, 'c/good/lesson.md'), join(linked, 'one/lesson.md'));
    const { code, err, request } = await run([`linked-${command}`], {}, {}, command);
    expect(code).toBe(1);
    expect(err).toContain(`linked-${command}/l/course.yaml:4:11 error course.lesson-missing`);
    expect(request).toBeUndefined();
    rmSync(join(folder, `linked-${command}`), { recursive: true });
  });

  it('writes the report where it is told to', async () => {
    await run(['.', '--report', 'report.json'], { passed: 7 });
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({ passed: 7 });
  });

  it('plays those whose turn it is, and says so', async () => {
    const git = async () => '/clone\n';
    const turn = async (number: number) => run(['--turn', 'auto'], {}, { env: { DRYDOCK_TURN: String(number) }, git });
    const played = [await turn(1), await turn(2), await turn(3)];
    expect(played[0]?.err).toMatch(/^Turn 1 \(DRYDOCK_TURN\): \d of 3 lessons are played/);
    const ids = played.flatMap(({ request }) => request?.lessons.map(({ id }) => id) ?? []);
    expect(ids.toSorted()).toEqual([
      'first-steps/first-container',
      'first-steps/second-container',
      'first-steps/third',
    ]);
    const unknown = await run(['--turn', '1'], {}, { git: async () => null });
    expect(unknown.err).toContain('Turn 1: all 3 lessons are played, because git does not tell what changed');
    const all = await run(['--turn', 'auto']);
    expect(all.request?.lessons).toHaveLength(3);
    expect(all.err).toBe('Nothing says which turn this is, so all 3 lessons are played.\n');
  });

  it.each([
    [['--turn', 'next'], 'allowed is auto'],
    [['--onyl', 'c/good'], 'Did you mean `--only`?'],
    [['--jobs', '0'], 'from 1 to 99'],
    [['.', '--only', 'c/god'], 'Did you mean `c/good`?'],
    [['nowhere'], 'There is no folder nowhere'],
  ])('ends with 2 for %j', async (argv, words) => {
    const { code, err, request } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(request).toBeUndefined();
  });
});

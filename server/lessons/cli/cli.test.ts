import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyLine, fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import { runLessonsCli } from './cli.ts';

const shipped = new URL('../../../lessons', import.meta.url).pathname;
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Outside the clone nothing ships: to read all of the course for every small lesson takes long. */
async function run(argv: string[], cwd = shipped): Promise<Outcome> {
  const outcome = { code: 0, out: '', err: '' };
  outcome.code = await runLessonsCli(argv, {
    cwd,
    shipped: cwd === shipped ? shipped : join(cwd, 'nothing-ships'),
    out: (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
  });
  return outcome;
}

const run1 = fence('sh run', 'docker run -d --name web busybox');
const good = `## Go\n\n${run1}\n\n${passingCheck}`;

/** Lints one lesson; gives "LINE CODE" for each problem: the line in the body, or `front`. */
async function lint(
  body: string,
  more: string[] = ['images: [busybox]'],
  files: Record<string, string> = {},
): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'drydock-lint-'));
  folders.push(root);
  const all = {
    'c/course.yaml': 'title: C\nsummary: S\naudience: A\nlessons: [one, two]\n',
    'c/one/lesson.md': lessonSource(body, more),
    'c/two/lesson.md': lessonSource(good, ['images: [busybox]']),
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  const { out } = await run(['lint', root, '--json'], root);
  const report = JSON.parse(out) as { problems: { file: string; line: number; code: string }[] };
  const first = bodyLine + more.length;
  return report.problems.map(({ file, line, code }) => {
    if (file !== 'c/one/lesson.md') return `${file} ${code}`;
    return `${line < first ? 'front' : line - first + 1} ${code}`;
  });
}

describe('the shipped lessons', () => {
  it('have no problem', async () => {
    const { code, out } = await run(['lint']);
    expect(out).toMatch(/^\d+ lessons: 0 errors, 0 warnings\.\n$/);
    expect(code).toBe(0);
  }, 120_000);
});

describe('lint', () => {
  it('prints file, line, column, code and words, and ends with 1', async () => {
    const root = await mkdtemp(join(tmpdir(), 'drydock-lint-'));
    folders.push(root);
    await mkdir(join(root, 'c/one'), { recursive: true });
    await writeFile(join(root, 'c/course.yaml'), 'title: C\nsummary: S\naudience: A\nlessons: [one]\n');
    await writeFile(
      join(root, 'c/one/lesson.md'),
      lessonSource(good.replace('state: running', 'stat: running'), ['images: [busybox]']),
    );
    const { code, out } = await run(['lint', '.'], root);
    expect(code).toBe(1);
    expect(out).toContain(
      'c/one/lesson.md:19:1 error key.unknown\n    A check of a container has no key `stat`. Did you mean `state`?\n',
    );
    expect(out).toContain('1 lesson: 1 error, 0 warnings.\n');
    expect((await run(['lint', 'c/one'], root)).out).toContain('c/one/lesson.md:19:1');
    expect((await run(['lint', join(root, 'c')], root)).code).toBe(1);
  });

  it('finds nothing wrong with a good lesson', async () => expect(await lint(good)).toEqual([]));

  const quiz = (choices: string): string => `## Go\n\n${fence('yaml quiz', `question: x\nchoices:\n${choices}`)}`;
  it.each<[string, string, string[], string[]?]>([
    ['a lesson without a step', 'Text.', ['front lesson.no-steps'], []],
    ['a step without a check', `${good}\n\n## Read\n\nText.`, ['13 step.no-check']],
    ['a step nothing can pass', `## Go\n\n${passingCheck}`, ['1 step.no-way-to-pass'], []],
    ['a check before the first step', `${passingCheck}\n\n${good}`, ['1 step.no-way-to-pass']],
    ['a check without a condition', good.replace('\nstate: running', ''), ['9 check.no-condition']],
    [
      'a hint without a condition',
      good.replace('state: running', 'state: running\nhints:\n  - when: {}\n    say: x'),
      ['12 check.no-condition'],
    ],
    [
      'a quiz without a right choice',
      quiz('  - { text: a, why: b }\n  - { text: c, why: d }'),
      ['5 quiz.no-right-choice'],
      [],
    ],
    [
      'a quiz without a wrong choice',
      quiz('  - { text: a, why: b, correct: true }\n  - { text: c, why: d, correct: true }'),
      ['5 quiz.no-wrong-choice'],
      [],
    ],
    ['a link to a step that is not there', `${good}\n\n[a](#og)`, ['13 link.dead']],
    [
      'a link to a lesson that is not there',
      `${good}\n\n[a](../three/lesson.md) [b](../two/lesson.md#go) [c](../two/lesson.md#no)`,
      ['13 link.dead', '13 link.dead'],
    ],
    ['a link to a file that is not there', `${good}\n\n[a](files/x.txt)`, ['13 link.dead']],
    ['a link out of the lessons', `${good}\n\n[a](../../../../x)`, ['13 link.dead']],
    ['a link that runs code', `${good}\n\n[a](javascript:x)`, ['13 link.unsafe']],
    ['an image that is not there', `${good}\n\n![a](media/x.png)`, ['13 media.dead']],
    ['an image from elsewhere', `${good}\n\n![a](https://example.org/x.png)`, ['13 media.remote']],
    [
      'an image without words',
      `${good}\n\n![](https://example.org/x.png)`,
      ['13 media.no-description', '13 media.remote'],
    ],
    ['an image of Docker that is not declared', good, ['4 image.undeclared'], []],
    ['an image of Docker that is not used', good, ['front image.unused'], ['images: [busybox, debian]']],
    ['a tag that is not declared', good, ['front image.unused', '4 image.undeclared'], ['images: ["busybox:1"]']],
    ['a prerequisite that is not there', good, ['front after.unknown'], ['images: [busybox]', 'after: [c/tow]']],
    [
      'a variable nobody uses',
      good,
      ['front variable.unused'],
      ['images: [busybox]', 'variables: { x: { prompt: y } }'],
    ],
  ])('finds %s', async (_name, body, expected, more) => {
    expect(await lint(body, more)).toEqual(expected);
  });

  it('knows links to files and images that are there', async () => {
    const body = `${good}\n\n[a](files/x.txt) ![b](media/b.png) [c](#go) [d](../two/lesson.md)\n\n### Part {#part}\n\n[e](#part)`;
    expect(await lint(body, ['images: [busybox]'], { 'c/one/files/x.txt': '', 'c/one/media/b.png': '' })).toEqual([]);
  });

  it('finds prerequisites that go round in a circle', async () => {
    const two = lessonSource(good, ['images: [busybox]', 'after: [c/one]']);
    expect(await lint(good, ['images: [busybox]', 'after: [c/two]'], { 'c/two/lesson.md': two })).toEqual([
      'front after.cycle',
      'c/two/lesson.md after.cycle',
    ]);
  });

  it('looks into Dockerfiles for images', async () => {
    const body = `${good}\n\n${fence('dockerfile file=Dockerfile', 'FROM debian AS base\nFROM base\nCOPY --from=alpine /a /b')}`;
    expect(await lint(body)).toEqual(['14 image.undeclared', '16 image.undeclared']);
    expect(await lint(good, ['images: [busybox]'], { 'c/one/files/app/Dockerfile': 'FROM debian' })).toEqual([
      'front image.undeclared',
    ]);
  });
});

describe('the command line', () => {
  it.each([
    [[], 'Usage'],
    [['tset'], 'There is no command `tset`'],
    [['lint', '--jsno'], 'Did you mean `--json`?'],
    [['lint', 'no-such-folder'], 'There is no folder no-such-folder'],
  ])('%j is answered with 2', async (argv, words) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it('says when there is no lesson', async () => {
    const root = await mkdtemp(join(tmpdir(), 'drydock-lint-'));
    folders.push(root);
    expect(await run(['lint', '.'], root)).toMatchObject({ code: 2, err: 'There is no lesson in ..\n' });
  });

  it('helps when asked', async () => expect(await run(['--help'])).toMatchObject({ code: 0 }));
});

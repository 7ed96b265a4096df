import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTargets } from '../cli/cli-targets.ts';
import { fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import { createLessonLibrary } from '../library/lesson-library.ts';
import type { Problem } from '../problem.ts';

const root = { path: '' };
beforeEach(async () => {
  root.path = await mkdtemp(join(tmpdir(), 'drydock-reference-'));
});
afterEach(() => rm(root.path, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root.path, path)), { recursive: true });
    await writeFile(join(root.path, path), text);
  }
}

const lesson = (text: string, command: string): string =>
  lessonSource(`## Step\n\n${text}\n\n${fence('sh run', command)}\n\n${passingCheck}`);
const course = (title: string): string => `title: ${title}\nsummary: S.\naudience: All.\nlessons: [web]\n`;
const link = (term: string): string => `[word](../../glossary.md#${term})`;
const sheet = (...lines: string[]): string =>
  ['groups:', '  - title: Containers', '    commands:', ...lines.map((line) => `      ${line}`), ''].join('\n');

const shipped = {
  'shipped/first/course.yaml': course('First'),
  'shipped/first/web/lesson.md': lesson(link('volume'), 'docker ps -a\ndocker ps'),
  'shipped/glossary.md':
    '# Glossary\n\n## Image\n\nFiles. See [volume](#volume).\n\nSee also: [volume](#volume), [A lesson](first/web/lesson.md).\n\n## Volume\n\nStorage.\n',
  'shipped/cheat-sheet.yaml': sheet('docker ps:', '  does: Lists them.', '  options: {-a: All of them.}'),
};
const mine = {
  'mine/second/course.yaml': course('Second'),
  'mine/second/web/lesson.md': lesson(`${link('volume')} ${link('image')}`, 'docker ps && docker volume ls'),
  'mine/glossary.md': '# Ours\n\n## Volume\n\nOur own.\n',
};

async function lint(folder: string): Promise<string[]> {
  const io = { cwd: root.path, shipped: join(root.path, 'shipped'), err: () => undefined };
  const targets = await readTargets([folder], io);
  const show = ({ file, line, column, severity, code, expected }: Problem): string =>
    `${file}:${line}:${column} ${severity} ${code}${expected === undefined ? '' : ` ${expected}`}`;
  return (targets ?? []).flatMap(({ problems }) => problems.map(show));
}

describe('the linter', () => {
  it('finds nothing wrong where everything is explained', async () => {
    await write(shipped);
    expect(await lint('shipped')).toEqual([]);
  });

  it('knows the terms of the own glossary and of the shipped one', async () => {
    await write({ ...shipped, ...mine });
    expect(await lint('mine')).toEqual(['mine/second/web/lesson.md:14:1 warning cheat-sheet.no-sentence']);
    await write({ 'mine/second/web/lesson.md': lesson(link('volumes'), 'docker ps') });
    expect(await lint('mine')).toEqual([
      'mine/glossary.md:3:1 warning glossary.unused',
      'mine/second/web/lesson.md:11:1 error link.dead ../../glossary.md#volume',
    ]);
  });

  it('finds dead links of a glossary', async () => {
    await write({
      ...shipped,
      'shipped/glossary.md':
        '# Glossary\n\n## Volume\n\nStorage, [imagine](#imaeg), [file](first/x.md).\n\nSee also: [Image](#volum), [A](first/wed/lesson.md), [B](https://example.org).\n',
    });
    expect(await lint('shipped')).toEqual([
      'shipped/glossary.md:5:10 error link.dead',
      'shipped/glossary.md:5:29 error link.unsafe',
      'shipped/glossary.md:7:11 error link.dead #volume',
      'shipped/glossary.md:7:28 error link.dead first/web',
      'shipped/glossary.md:7:54 error link.unsafe',
    ]);
  });

  it('holds the cheat sheet against what lessons carry out', async () => {
    await write({
      ...shipped,
      'shipped/first/web/lesson.md': lesson(link('volume'), 'docker ps -a | head\ndocker info'),
      'shipped/cheat-sheet.yaml': sheet(
        'docker ps:',
        '  does: Lists them.',
        '  example: docker ps -a',
        '  explained: first/other',
        '  options:',
        '    -q: Ids.',
        'docker pss:',
        '  does: No.',
      ),
    });
    expect(await lint('shipped')).toEqual([
      'shipped/cheat-sheet.yaml:6:18 error cheat-sheet.example docker ps -a | head',
      'shipped/cheat-sheet.yaml:7:20 error cheat-sheet.example first/web',
      'shipped/cheat-sheet.yaml:9:11 error cheat-sheet.unused',
      'shipped/cheat-sheet.yaml:10:7 error cheat-sheet.unused docker ps',
      'shipped/first/web/lesson.md:15:1 error cheat-sheet.no-sentence',
    ]);
  });
});

describe('the library', () => {
  const open = () =>
    createLessonLibrary({
      directories: [join(root.path, 'shipped'), join(root.path, 'mine')],
      logger: { warn: () => undefined },
    });

  it('gives a lesson the terms it links to, those of its own directory first', async () => {
    await write({ ...shipped, ...mine });
    const library = await open();
    expect(library.view('first/web').terms).toEqual([
      { id: 'volume', title: 'Volume', definition: 'Storage.', more: '' },
    ]);
    expect(library.view('second/web').terms).toEqual([
      { id: 'volume', title: 'Volume', definition: 'Our own.', more: '' },
      { id: 'image', title: 'Image', definition: 'Files.', more: 'See volume.' },
    ]);
  });

  it('makes one glossary of all, with the lessons that link to each meaning', async () => {
    await write({ ...shipped, ...mine });
    const library = await open();
    const { entries } = library.glossary();
    expect(entries.map(({ id }) => id)).toEqual(['image', 'volume']);
    expect(entries[0]?.meanings).toEqual([
      {
        of: null,
        html: '<p>Files. See <a href="#volume">volume</a>.</p>',
        seeAlso: [{ id: 'volume', title: 'Volume' }],
        lessons: [
          { id: 'first/web', title: 'A lesson' },
          { id: 'second/web', title: 'A lesson' },
        ],
      },
    ]);
    expect(entries[1]?.meanings.map(({ of, lessons }) => [of, lessons.map(({ id }) => id)])).toEqual([
      [null, ['first/web']],
      [['Second'], ['second/web']],
    ]);
    expect(library.glossary()).toBe(library.glossary());
  });

  it('makes the cheat sheet of what lessons carry out', async () => {
    await write({ ...shipped, ...mine });
    const library = await open();
    expect(library.cheatSheet().groups).toEqual([
      {
        id: 'containers',
        title: 'Containers',
        commands: [
          {
            id: 'docker-ps',
            name: 'docker ps',
            also: [],
            does: 'Lists them.',
            example: 'docker ps',
            options: [{ names: '-a', does: 'All of them.' }],
            lessons: [
              { id: 'first/web', title: 'A lesson' },
              { id: 'second/web', title: 'A lesson' },
            ],
          },
        ],
      },
      {
        id: 'more',
        title: 'More',
        commands: [
          // It never stands alone, and yet each has an example: the page promises one.
          expect.objectContaining({
            name: 'docker volume ls',
            does: null,
            example: 'docker ps && docker volume ls',
            options: [],
          }),
        ],
      },
    ]);
  });

  it('takes for an example the line that begins with the command, where none is of it alone', async () => {
    const text = 'true; docker rename a b\ndocker rename $(docker ps -lq) web';
    await write({ ...shipped, ...mine, 'mine/second/web/lesson.md': lesson('', text) });
    const commands = (await open()).cheatSheet().groups.flatMap((group) => group.commands);
    expect(commands.find(({ name }) => name === 'docker rename')?.example).toBe('docker rename $(docker ps -lq) web');
  });

  it('has one group named More', async () => {
    const own = sheet('docker ps:', '  does: Lists them.').replace('Containers', 'More');
    await write({ ...shipped, ...mine, 'shipped/cheat-sheet.yaml': own });
    const { groups } = (await open()).cheatSheet();
    expect(groups.map(({ id, commands }) => [id, commands.map(({ name }) => name)])).toEqual([
      ['more', ['docker ps', 'docker volume ls']],
    ]);
  });

  it('follows what an author saves, and tells the lessons whose words are others', async () => {
    await write({ ...shipped, ...mine });
    const library = await open();
    const told: string[][] = [];
    library.changed.on(({ lessons, nearby }) => told.push([...lessons, ...nearby]));
    await write({ 'mine/glossary.md': '# Ours\n\n## Volume\n\nAnother one.\n' });
    await library.reload([join(root.path, 'mine/glossary.md')]);
    expect(told).toEqual([['second/web']]);
    expect(library.view('second/web').terms[0]?.definition).toBe('Another one.');
    expect(library.glossary().entries[1]?.text).toContain('Another one.');

    await write({ 'shipped/cheat-sheet.yaml': 'groups: [' });
    await library.reload();
    expect(library.broken().map(({ id }) => id)).toEqual(['cheat-sheet.yaml']);
    expect(library.cheatSheet().groups.map(({ id }) => id)).toEqual(['more']);

    await write({ 'shipped/placement.yaml': 'courses: [' });
    await library.reload();
    expect(library.broken().map(({ id }) => id)).toEqual(['cheat-sheet.yaml', 'placement.yaml']);
  });
});

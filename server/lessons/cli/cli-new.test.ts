import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runLessonsCli } from './cli.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'drydock-new-'));
});
afterEach(async () => {
  await chmod(root, 0o700);
  await rm(root, { recursive: true, force: true });
});

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const outcome = { code: 0, out: '', err: '' };
  outcome.code = await runLessonsCli(argv, {
    cwd: root,
    shipped: join(root, 'shipped'),
    out: (text) => {
      outcome.out += text;
    },
    err: (text) => {
      outcome.err += text;
    },
  });
  return outcome;
}

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

describe('new', () => {
  it('writes a lesson and its course that have no problem, and says how to go on', async () => {
    const { code, out, err } = await run('new', 'shop/keep-your-data', 'mine');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('preview mine/shop/keep-your-data\n');
    expect(out).toContain('test mine --only shop/keep-your-data\n');
    expect(await read('mine/shop/keep-your-data/lesson.md')).toContain('title: "Keep your data"');
    expect(await run('lint', 'mine')).toMatchObject({ code: 0, out: '1 lesson: 0 errors, 0 warnings.\n' });
  });

  it('goes to the shipped lessons when no folder is named', async () => {
    expect((await run('new', 'shop/volumes')).code).toBe(0);
    expect(await read('shipped/shop/course.yaml')).toContain('lessons: [volumes]');
  });

  it('adds further lessons to the list, and keeps what stands there', async () => {
    const list = `# our course
title: 'Our shop' # short
summary: S.
audience: A.

lessons: # in order
  - volumes
  # not yet: networks
`;
    await write('mine/shop/course.yaml', list);
    expect((await run('new', 'shop/volumes', 'mine')).code).toBe(0);
    expect(await read('mine/shop/course.yaml')).toBe(list);
    expect((await run('new', 'shop/images', 'mine')).code).toBe(0);
    const after = await read('mine/shop/course.yaml');
    expect(after).toContain("# our course\ntitle: 'Our shop' # short\n");
    expect(after).toContain('lessons: # in order\n  - volumes\n');
    expect(after).toContain('# not yet: networks');
    expect(after).toMatch(/^ {2}- images$/m);
    expect((await run('lint', 'mine')).code).toBe(0);
  });

  it('keeps a list on one line as it is written', async () => {
    await write('mine/shop/course.yaml', 'title: T\nsummary: S.\naudience: A.\nlessons: [volumes]\n');
    await run('new', 'shop/volumes', 'mine');
    await run('new', 'shop/images', 'mine');
    expect(await read('mine/shop/course.yaml')).toContain('lessons: [volumes, images]\n');
  });

  it('never overwrites', async () => {
    await run('new', 'shop/volumes', 'mine');
    await write('mine/shop/volumes/lesson.md', 'my own words');
    const list = await read('mine/shop/course.yaml');
    const { code, err } = await run('new', 'shop/volumes', 'mine');
    expect(code).toBe(2);
    expect(err).toBe('mine/shop/volumes is there already, and nothing is overwritten. Take another name.\n');
    expect(await read('mine/shop/volumes/lesson.md')).toBe('my own words');
    expect(await read('mine/shop/course.yaml')).toBe(list);
  });

  it.each([
    ['Shop/My Volumes', '`shop/my-volumes`'],
    ['shop/volumes/one', '`shop/volumes-one`'],
    ['../shop/volumes', '`shop/volumes`'],
    ['shop/..', '`my-course/my-lesson`'],
    ['Café/Été', '`cafe/ete`'],
    [`shop/${'a'.repeat(80)}`, `\`shop/${'a'.repeat(60)}\``],
  ])('refuses the name %s and offers %s', async (name, offered) => {
    const { code, err } = await run('new', name, 'mine');
    expect(code).toBe(2);
    expect(err).toContain(offered);
    await expect(readdir(join(root, 'mine'))).rejects.toThrow('ENOENT');
  });

  it('asks for the course when only a lesson is named', async () => {
    await run('new', 'shop/volumes', 'mine');
    expect((await run('new', 'images', 'mine')).err).toBe(
      'A lesson is named COURSE/LESSON, for example `shop/images`. There are the courses shop.\n',
    );
  });

  it.each([
    ['with mistakes', 'title: [T\n'],
    ['without a title', 'lessons: [a]\n'],
    ['with a list that is none', 'title: T\nlessons: a\n'],
    ['that is empty', ''],
  ])('leaves everything as it is beside a course.yaml %s', async (_name, text) => {
    await write('mine/shop/course.yaml', text);
    const { code, err } = await run('new', 'shop/volumes', 'mine');
    expect(code).toBe(2);
    expect(err).toContain('mine/shop/course.yaml has mistakes');
    expect(await readdir(join(root, 'mine/shop'))).toEqual(['course.yaml']);
    expect(await read('mine/shop/course.yaml')).toBe(text);
  });

  it('does not follow a link to another folder', async () => {
    await mkdir(join(root, 'elsewhere'));
    await mkdir(join(root, 'mine'));
    await symlink(join(root, 'elsewhere'), join(root, 'mine/shop'));
    expect((await run('new', 'shop/volumes', 'mine')).err).toContain('mine/shop is no folder');
    expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
  });

  it('says so when a file stands in the way', async () => {
    await write('mine', 'a file');
    const { code, err } = await run('new', 'shop/volumes', 'mine');
    expect(code).toBe(2);
    expect(err).toBe('mine cannot be written: a file stands where a folder has to be.\n');
  });

  it.skipIf(process.getuid?.() === 0)('says so when it may not write', async () => {
    await chmod(root, 0o500);
    const { code, err } = await run('new', 'shop/volumes', 'mine');
    expect(code).toBe(2);
    expect(err).toContain('you may not write there');
  });

  it.each([
    [['new'], 'new needs the name of the lesson'],
    [['new', 'a/b', 'c', 'd'], 'there is `d` too'],
    [['new', '--force', 'a/b'], "Unknown option '--force'"],
  ])('%j is asked wrongly', async (argv, words) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});

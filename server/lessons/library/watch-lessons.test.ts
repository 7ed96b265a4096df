import { watch as watchFolder } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from '../../disposable.ts';
import { fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import type { WatchFolder } from './folder-tree.ts';
import { createLessonLibrary } from './lesson-library.ts';
import type { LibraryChange } from './library-state.ts';
import { watchLessons } from './watch-lessons.ts';

const folders: string[] = [];
const watching: Disposable[] = [];
afterEach(async () => {
  for (const each of watching.splice(0)) each.dispose();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const course = (title: string, ...lessons: string[]): string =>
  `title: ${title}\nsummary: S\naudience: All\nlessons: [${lessons.join(', ')}]\n`;
const good = lessonSource(`Hello.\n\n## Go\n\n${fence('sh run', 'docker ps')}\n\n${passingCheck}\n`);
const titled = (title: string): string => good.replace('A lesson', title);

async function write(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-watch-'));
  folders.push(folder);
  return folder;
}

/** A library of the folder `lessons`, watched. */
async function watched(files: Record<string, string>, options: { watch?: WatchFolder; failing?: () => boolean } = {}) {
  const home = await newFolder();
  const root = join(home, 'lessons');
  await mkdir(root);
  await write(root, files);
  const warnings: string[] = [];
  const logger = { warn: (_details: object, message: string) => warnings.push(message) };
  const library = await createLessonLibrary({ directories: [root], logger });
  const changes: LibraryChange[] = [];
  library.changed.on((change) => changes.push(change));
  const reloads: string[][] = [];
  watching.push(
    watchLessons({
      directories: [root],
      logger,
      settleMs: 60,
      pollMs: 200,
      watch: options.watch ?? watchFolder,
      reload: async (paths) => {
        reloads.push([...paths]);
        if (options.failing?.() === true) throw new Error('no memory');
        await library.reload(paths);
      },
    }),
  );
  // What is there at the beginning is read once more, after it is watched.
  await vi.waitFor(() => expect(reloads).toHaveLength(1), soon);
  reloads.length = 0;
  return { home, root, library, changes, reloads, warnings };
}

const two = { 'c/course.yaml': course('C', 'one', 'two'), 'c/one/lesson.md': good, 'c/two/lesson.md': good };
const soon = { timeout: 20_000, interval: 20 };
vi.setConfig({ testTimeout: 90_000 });

describe('a watched directory', () => {
  it('reads a lesson that was saved again, and only that one', async () => {
    const { root, library, changes } = await watched(two);
    const neighbour = library.lesson('c/two');
    const view = library.view('c/two');
    await writeFile(join(root, 'c/one/lesson.md'), good.replace('Hello.', 'Good morning.'));
    await vi.waitFor(() => expect(changes).toEqual([{ lessons: ['c/one'], nearby: [] }]), soon);
    expect(JSON.stringify(library.view('c/one'))).toContain('Good morning.');
    expect(library.lesson('c/two')).toBe(neighbour);
    expect(library.view('c/two')).toBe(view);
  });

  it('takes what an editor puts in the place of the file by renaming', async () => {
    const { root, changes, library } = await watched(two);
    const lesson = join(root, 'c/one/lesson.md');
    await writeFile(`${lesson}.tmp`, titled('Renamed'));
    await rename(lesson, `${lesson}~`);
    await rename(`${lesson}.tmp`, lesson);
    await vi.waitFor(() => expect(library.lesson('c/one').frontMatter.title).toBe('Renamed'), soon);
    expect(changes.flatMap((change) => change.lessons)).toContain('c/one');
    // The title stands in the list that its neighbour shows.
    expect(library.view('c/two').course.lessons[0]?.title).toBe('Renamed');
  });

  it('makes one reload of a burst', async () => {
    const { root, reloads, library } = await watched(two);
    for (let index = 0; index < 20; index += 1) {
      await writeFile(join(root, 'c/one/lesson.md'), titled(`Version ${index}`));
      await writeFile(join(root, 'c/two/lesson.md'), titled(`Version ${index}`));
    }
    await vi.waitFor(() => expect(library.lesson('c/two').frontMatter.title).toBe('Version 19'), soon);
    expect(reloads.length).toBeLessThan(10);
  });

  it('sees files, images, new and removed lessons, and the course', async () => {
    const { root, library, changes } = await watched(two);
    const last = () => changes.at(-1);
    await write(root, { 'c/one/files/deep/a.txt': 'A' });
    await vi.waitFor(() => expect(last()?.lessons).toEqual(['c/one']), soon);
    expect(library.view('c/one').usesFiles).toBe(true);
    await write(root, { 'c/two/media/a.png': 'PNG' });
    await vi.waitFor(() => expect(last()?.lessons).toEqual(['c/two']), soon);
    await write(root, { 'c/three/lesson.md': good, 'c/course.yaml': course('New', 'three', 'one', 'two') });
    const ids = () => library.catalogue().flatMap((each) => each.lessons.map((lesson) => lesson.id));
    await vi.waitFor(() => expect(ids()).toEqual(['c/three', 'c/one', 'c/two']), soon);
    expect(library.catalogue()[0]?.title).toBe('New');
    await rm(join(root, 'c/one'), { recursive: true });
    await vi.waitFor(() => expect(library.has('c/one')).toBe(false), soon);
    expect(ids()).toEqual(['c/three', 'c/two']);
  });

  it('sees a course that is moved in whole, and files written to it later', async () => {
    const { home, root, library } = await watched(two);
    await write(home, { 'd/course.yaml': course('D', 'x'), 'd/x/lesson.md': good, 'd/x/files/f': '' });
    await rename(join(home, 'd'), join(root, 'd'));
    await vi.waitFor(() => expect(library.has('d/x')).toBe(true), soon);
    await writeFile(join(root, 'd/x/lesson.md'), titled('Later'));
    await vi.waitFor(() => expect(library.lesson('d/x').frontMatter.title).toBe('Later'), soon);
    // Away, and another in its place: the same names, and no folder is the same.
    await rename(join(root, 'd'), join(home, 'old'));
    await cp(join(home, 'old'), join(home, 'new'), { recursive: true });
    await rename(join(home, 'new'), join(root, 'd'));
    await writeFile(join(root, 'd/x/lesson.md'), titled('Latest'));
    await vi.waitFor(() => expect(library.lesson('d/x').frontMatter.title).toBe('Latest'), soon);
  });

  it('may go and come back', async () => {
    const { home, root, library } = await watched(two);
    await rename(root, join(home, 'away'));
    await vi.waitFor(() => expect(library.catalogue()).toEqual([]), soon);
    await rename(join(home, 'away'), root);
    await vi.waitFor(() => expect(library.has('c/one')).toBe(true), soon);
    await writeFile(join(root, 'c/one/lesson.md'), titled('Back'));
    await vi.waitFor(() => expect(library.lesson('c/one').frontMatter.title).toBe('Back'), soon);
  });

  it('is read whole when the system tells of itself, as when it was away only for a moment', async () => {
    const told = new Map<string, (event: string, name: string | null) => void>();
    const watch: WatchFolder = (folder, listener) => {
      told.set(folder, listener);
      return watchFolder(folder, listener);
    };
    const { root, reloads } = await watched(two, { watch });
    told.get(root)?.('rename', 'lessons');
    await vi.waitFor(() => expect(reloads.flat()).toContain(root), soon);
  });

  it('takes a broken lesson away and gives it back, and the others stay', async () => {
    const { root, library } = await watched(two);
    await writeFile(join(root, 'c/one/lesson.md'), good.replace('state: running', 'stat: running'));
    await vi.waitFor(() => expect(library.has('c/one', { newest: true })).toBe(false), soon);
    // Who has it open goes on with what it was.
    expect(library.lesson('c/one').frontMatter.title).toBe('A lesson');
    expect(library.has('c/one', { broken: true })).toBe(true);
    expect(library.broken()).toMatchObject([{ id: 'c/one', title: 'A lesson', problems: [{ code: 'key.unknown' }] }]);
    expect(library.has('c/two')).toBe(true);
    await writeFile(join(root, 'c/one/lesson.md'), good);
    await vi.waitFor(() => expect(library.has('c/one', { newest: true })).toBe(true), soon);
    expect(library.broken()).toEqual([]);
  });

  it('does not follow links', async () => {
    const { home, root, library, reloads } = await watched(two);
    await write(home, { 'outside/course.yaml': course('Outside', 'x'), 'outside/x/lesson.md': good });
    await symlink(join(home, 'outside'), join(root, 'link'));
    await symlink(join(home, 'outside/x'), join(root, 'c/linked'));
    await writeFile(join(root, 'c/two/lesson.md'), titled('Seen'));
    await vi.waitFor(() => expect(library.lesson('c/two').frontMatter.title).toBe('Seen'), soon);
    expect([...library.catalogue()].map((each) => each.id)).toEqual(['c']);
    expect(library.has('c/linked')).toBe(false);
    reloads.length = 0;
    await writeFile(join(home, 'outside/x/lesson.md'), titled('Unseen'));
    await writeFile(join(root, 'c/two/lesson.md'), titled('Seen again'));
    await vi.waitFor(() => expect(library.lesson('c/two').frontMatter.title).toBe('Seen again'), soon);
    expect(reloads.flat().filter((path) => path.includes('outside') || path.includes('link'))).toEqual([]);
  });

  it('keeps what it had when it cannot read, and tries again', async () => {
    let failing = false;
    const { root, library, warnings } = await watched(two, { failing: () => failing });
    failing = true;
    await writeFile(join(root, 'c/one/lesson.md'), titled('After'));
    await vi.waitFor(() => expect(warnings).toHaveLength(1), soon);
    expect(library.lesson('c/one').frontMatter.title).toBe('A lesson');
    failing = false;
    await vi.waitFor(() => expect(library.lesson('c/one').frontMatter.title).toBe('After'), soon);
  });

  it.each([
    ['ENOSPC', 'fs.inotify.max_user_watches'],
    ['EMFILE', 'fs.inotify.max_user_instances'],
  ])('looks by itself when the system refuses to watch (%s), and says which limit it is', async (code, limit) => {
    let left = 2;
    const watch: WatchFolder = (folder, listener) => {
      left -= 1;
      if (left < 0) throw Object.assign(new Error(code), { code });
      return watchFolder(folder, listener);
    };
    const { root, library, warnings } = await watched(two, { watch });
    expect(warnings).toEqual([expect.stringContaining(limit)]);
    await writeFile(join(root, 'c/two/lesson.md'), titled('Polled'));
    await vi.waitFor(() => expect(library.lesson('c/two').frontMatter.title).toBe('Polled'), soon);
    expect(warnings).toHaveLength(1);
  });

  it('carries thousands of files', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `l${index}`);
    const files: Record<string, string> = { 'c/course.yaml': course('Many', ...names) };
    for (const name of names) {
      files[`c/${name}/lesson.md`] = good;
      for (let index = 0; index < 5; index += 1) files[`c/${name}/files/${index}.txt`] = 'x';
    }
    const { root, library, changes } = await watched(files);
    const other = library.lesson('c/l7');
    await writeFile(join(root, 'c/l399/files/4.txt'), 'y');
    await vi.waitFor(() => expect(changes).toEqual([{ lessons: ['c/l399'], nearby: [] }]), soon);
    expect(library.lesson('c/l7')).toBe(other);
  });
});

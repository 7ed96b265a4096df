import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DrydockError } from '../../errors.ts';
import { fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import { createLessonLibrary, type LessonLibrary } from './lesson-library.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folder(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'drydock-lessons-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const course = (...lessons: string[]): string =>
  `title: A course\nsummary: S\naudience: All\nlessons: [${lessons.join(', ')}]\n`;
const good = lessonSource(`Hello.\n\n## Go\n\n${fence('sh run', 'docker ps')}\n\n${passingCheck}\n`);

async function library(...directories: string[]): Promise<{ library: LessonLibrary; warnings: unknown[] }> {
  const warnings: unknown[] = [];
  return {
    library: await createLessonLibrary({ directories, logger: { warn: (details) => warnings.push(details) } }),
    warnings,
  };
}

function codeOf(ask: () => unknown): { code: string; details: unknown } {
  try {
    ask();
  } catch (error) {
    if (error instanceof DrydockError) return { code: error.code, details: error.details };
    throw error;
  }
  return { code: 'nothing', details: undefined };
}

describe('the library', () => {
  it('shows courses in the order of their course.yaml', async () => {
    const root = await folder({
      'c/course.yaml': course('two', 'one'),
      'c/one/lesson.md': good,
      'c/two/lesson.md': good,
      'README.md': '',
    });
    const { library: lessons, warnings } = await library(root);
    expect(lessons.catalogue()).toMatchObject([
      { id: 'c', title: 'A course', lessons: [{ id: 'c/two', steps: [{ id: 'go', title: 'Go' }] }, { id: 'c/one' }] },
    ]);
    expect(lessons.view('c/one')).toMatchObject({
      course: { title: 'A course', lessons: [{ id: 'c/two', title: 'A lesson' }, { id: 'c/one' }] },
    });
    expect(lessons.problems()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('leaves a broken lesson out, tells its problems, and goes on with the others', async () => {
    const root = await folder({
      'c/course.yaml': course('bad', 'good'),
      'c/bad/lesson.md': good.replace('state: running', 'stat: running'),
      'c/good/lesson.md': good,
      'd/course.yaml': 'title: [',
      'd/x/lesson.md': good,
    });
    const { library: lessons, warnings } = await library(root);
    expect(lessons.catalogue().flatMap((each) => each.lessons.map((lesson) => lesson.id))).toEqual(['c/good']);
    expect(lessons.has('c/bad')).toBe(false);
    expect(codeOf(() => lessons.lesson('c/bad'))).toMatchObject({
      code: 'lesson.invalid',
      details: { problems: [{ file: 'c/bad/lesson.md', code: 'key.unknown', expected: 'state' }] },
    });
    expect(lessons.problems().map((problem) => problem.file)).toEqual(['c/bad/lesson.md', 'd/course.yaml']);
    expect(warnings).toHaveLength(1);
  });

  it('knows what it does not have', async () => {
    const { library: lessons } = await library(
      await folder({ 'c/course.yaml': course('one'), 'c/one/lesson.md': good }),
    );
    expect(codeOf(() => lessons.view('c/other')).code).toBe('lesson.not-found');
    expect(codeOf(() => lessons.view('../c/one')).code).toBe('lesson.not-found');
    expect(codeOf(() => lessons.block('c/one', 'go-run-9')).code).toBe('lesson.block-not-found');
    expect(lessons.block('c/one', 'go-run-1')).toMatchObject({ kind: 'run', command: 'docker ps' });
  });

  it('says when course.yaml and folders do not agree', async () => {
    const { library: lessons } = await library(
      await folder({ 'c/course.yaml': course('onne'), 'c/one/lesson.md': good, 'e/x/lesson.md': good }),
    );
    expect(lessons.problems().map((problem) => [problem.code, problem.line, problem.expected])).toEqual([
      ['course.lesson-missing', 4, 'one'],
      ['course.lesson-unlisted', 4, 'one'],
      ['course.missing', 1, 'course.yaml'],
    ]);
  });

  it('shows the first of two courses with the same id', async () => {
    const first = await folder({ 'c/course.yaml': course('one'), 'c/one/lesson.md': good });
    const second = await folder({ 'c/course.yaml': course('two'), 'c/two/lesson.md': good });
    const { library: lessons } = await library(first, second, join(first, 'nowhere'));
    expect(lessons.catalogue()).toMatchObject([{ lessons: [{ id: 'c/one' }] }]);
    expect(lessons.problems()).toMatchObject([{ code: 'course.duplicate' }]);
  });

  it('hands out plain files only', async () => {
    const root = await folder({
      'c/course.yaml': course('one'),
      'c/one/lesson.md': good,
      'c/one/files/a.txt': 'A',
      'c/one/files/deep/run.sh': 'B',
      'c/one/files/.hidden': 'C',
    });
    await symlink('/etc/passwd', join(root, 'c/one/files/link'));
    await symlink('/etc', join(root, 'c/one/files/folder'));
    await writeFile(join(root, 'c/one/files/large'), Buffer.alloc(9 * 1024 * 1024));
    const { library: lessons } = await library(root);
    const files = await lessons.filesOf('c/one');
    expect(files.map(({ path, content }) => [path, content.toString()])).toEqual([
      ['.hidden', 'C'],
      ['a.txt', 'A'],
      ['deep/run.sh', 'B'],
    ]);
  });

  it('hands out images, and nothing else as one', async () => {
    const root = await folder({
      'c/course.yaml': course('one'),
      'c/one/lesson.md': good,
      'c/one/media/a b.png': 'PNG',
      'c/one/media/page.html': 'x',
    });
    await symlink('/etc', join(root, 'c/one/media/etc'));
    const { library: lessons } = await library(root);
    expect((await lessons.mediaOf('c/one', 'a b.png'))?.contentType).toBe('image/png');
    for (const path of ['page.html', '../lesson.md', 'etc/passwd', '', 'none.png', '/etc/passwd'])
      expect(await lessons.mediaOf('c/one', path)).toBeNull();
    expect(await lessons.mediaOf('c/none', 'a b.png')).toBeNull();
  });

  it('gives a picture that changed another address', async () => {
    const picture = '![A](media/a.png)';
    const root = await folder({
      'c/course.yaml': course('one'),
      'c/one/lesson.md': good.replace('Hello.', `Hello. ${picture}\n\n> [!NOTE]\n> ${picture}`),
      'c/one/media/a.png': 'PNG',
    });
    const { library: lessons } = await library(root);
    const addresses = () => [
      ...JSON.stringify(lessons.view('c/one').introduction).matchAll(
        /src=\\"(\/lessons-media\/c\/one\/a\.png\?v=[^"\\]+)\\"/g,
      ),
    ];
    const before = addresses().map((match) => match[1]);
    expect(before).toHaveLength(2);
    await writeFile(join(root, 'c/one/media/a.png'), 'another');
    await lessons.reload();
    const after = addresses().map((match) => match[1]);
    expect(after).toHaveLength(2);
    expect(after).not.toEqual(before);
  });

  it('does not follow a link in the place of a lesson', async () => {
    const root = await folder({ 'c/course.yaml': course('one'), 'c/one/x': '' });
    await symlink('/etc/passwd', join(root, 'c/one/lesson.md'));
    const { library: lessons } = await library(root);
    expect(codeOf(() => lessons.lesson('c/one')).code).toBe('lesson.not-found');
  });

  it('reads everything again when asked', async () => {
    const root = await folder({ 'c/course.yaml': course('one'), 'c/one/lesson.md': good });
    const { library: lessons } = await library(root);
    expect(lessons.view('c/one').title).toBe('A lesson');
    await writeFile(join(root, 'c/one/lesson.md'), good.replace('A lesson', 'Another'));
    await lessons.reload();
    expect(lessons.view('c/one').title).toBe('Another');
  });

  it('gives who may author a broken lesson as far as it could be read', async () => {
    const root = await folder({
      'c/course.yaml': course('half', 'good'),
      'c/half/lesson.md': `${good}\n## More\n\n${fence('yaml check', 'title: T\ncontainer: x\nstat: running')}\n`,
      'c/good/lesson.md': good,
      'd/course.yaml': 'title: [',
      'd/x/lesson.md': 'no front matter',
    });
    const { library: lessons } = await library(root);
    const sight = { broken: true };
    expect(lessons.has('c/half', sight)).toBe(true);
    expect(lessons.view('c/half', undefined, sight).steps.map((step) => step.id)).toEqual(['go', 'more']);
    // Seen by an author before, it is still not given to a learner.
    expect(codeOf(() => lessons.view('c/half')).code).toBe('lesson.invalid');
    expect(lessons.block('c/half', 'go-run-1', undefined, sight)).toMatchObject({ command: 'docker ps' });
    expect(lessons.has('d/x', sight)).toBe(false);
    expect(codeOf(() => lessons.lesson('d/x', undefined, sight)).code).toBe('lesson.invalid');
    expect(lessons.broken()).toMatchObject([
      { id: 'c/half', title: 'A lesson', problems: [{ code: 'key.unknown' }] },
      { id: 'd', title: null, problems: [{ file: 'd/course.yaml' }] },
      { id: 'd/x', title: null, problems: [{ file: 'd/x/lesson.md', code: 'front-matter.missing' }] },
    ]);
    expect(lessons.ids()).toEqual(['c/half', 'c/good', 'd/x']);
    expect(lessons.sourceOf('d/x')).toEqual({ file: 'd/x/lesson.md', source: 'no front matter' });
    expect(lessons.sourceOf('d/y')).toBeNull();
  });

  it('gives learners the last sound version of a lesson while the newest is broken, authors the newest', async () => {
    const root = await folder({
      'c/course.yaml': course('one', 'two'),
      'c/one/lesson.md': good,
      'c/one/files/a.txt': 'A',
      'c/two/lesson.md': good,
    });
    const { library: lessons } = await library(root);
    const sight = { broken: true };
    const mistake = `${good.replace('A lesson', 'Newer')}\n## More\n\n${fence('sh rum', 'ls')}\n`;
    // As far as it can be read, then not at all, then longer than a lesson may be.
    for (const source of [mistake, 'no front matter', 'a\n'.repeat(400_000)]) {
      await writeFile(join(root, 'c/one/lesson.md'), source);
      await lessons.reload();
      expect(lessons.broken().map(({ id }) => id)).toEqual(['c/one']);
      expect(lessons.catalogue().flatMap((each) => each.lessons.map(({ id }) => id))).toEqual(['c/two']);
      const readable = source === mistake;
      expect(lessons.has('c/one', sight)).toBe(readable);
      if (readable) expect(lessons.view('c/one', undefined, sight).title).toBe('Newer');
      else expect(codeOf(() => lessons.lesson('c/one', undefined, sight)).code).toBe('lesson.invalid');
      expect(lessons.has('c/one')).toBe(true);
      expect(lessons.has('c/one', { newest: true })).toBe(false);
      expect(lessons.lesson('c/one').frontMatter.title).toBe('A lesson');
      expect(lessons.view('c/one')).toMatchObject({ title: 'A lesson', steps: [{ id: 'go' }] });
      expect(lessons.block('c/one', 'go-run-1')).toMatchObject({ command: 'docker ps' });
      expect((await lessons.filesOf('c/one')).map(({ path }) => path)).toEqual(['a.txt']);
    }
    await writeFile(join(root, 'c/one/lesson.md'), good.replace('A lesson', 'Mended'));
    await lessons.reload();
    expect(lessons.view('c/one').title).toBe('Mended');
    // Another lesson of the same name is not the one that was sound.
    await rm(join(root, 'c/one'), { recursive: true });
    await lessons.reload();
    expect(codeOf(() => lessons.lesson('c/one')).code).toBe('lesson.not-found');
    await mkdir(join(root, 'c/one'));
    await writeFile(join(root, 'c/one/lesson.md'), mistake);
    await lessons.reload();
    expect(lessons.has('c/one')).toBe(false);
    expect(codeOf(() => lessons.lesson('c/one')).code).toBe('lesson.invalid');
  });

  it('counts what is only unwise as sound, and tells it', async () => {
    const root = await folder({
      'c/course.yaml': course('one', 'two'),
      'c/one/lesson.md': good.replace('Hello.', 'See [there](nowhere).'),
      'c/two/lesson.md': good,
    });
    const { library: lessons } = await library(root);
    expect(lessons.has('c/one')).toBe(true);
    expect(lessons.broken()).toEqual([]);
    const codes = async (id: string) => (await lessons.problemsOf(id)).map((problem) => problem.code);
    expect(await codes('c/one')).toContain('link.dead');
    expect(await codes('c/two')).not.toContain('link.dead');
    expect(await codes('c/three')).toEqual([]);
    await writeFile(join(root, 'c/one/lesson.md'), good);
    await lessons.reload();
    expect(await codes('c/one')).not.toContain('link.dead');
  });

  it('reads again only what the paths lie in, and tells what is another one', async () => {
    const root = await folder({
      'c/course.yaml': course('one'),
      'c/one/lesson.md': good,
      'd/course.yaml': course('one'),
      'd/one/lesson.md': good,
    });
    const { library: lessons } = await library(root);
    const changes: unknown[] = [];
    lessons.changed.on((change) => changes.push(change));
    for (const id of ['c/one', 'd/one']) await writeFile(join(root, id, 'lesson.md'), good.replace('A lesson', 'New'));
    await lessons.reload([join(root, 'c/one/lesson.md'), join(root, '../elsewhere/d')]);
    expect(changes).toEqual([{ lessons: ['c/one'], nearby: [] }]);
    expect(lessons.lesson('d/one').frontMatter.title).toBe('A lesson');
    await lessons.reload([root]);
    expect(changes.slice(1)).toEqual([{ lessons: ['d/one'], nearby: [] }]);
    await lessons.reload();
    expect(changes).toHaveLength(2);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fence, lessonSource, passingCheck } from '../lesson-fixture.ts';
import { assembleLibrary } from '../library/library-state.ts';
import { loadDirectory } from '../library/load-courses.ts';
import { lintCourses } from './lint.ts';

const lesson = lessonSource(`## Go\n\n${fence('sh run', 'docker run --name web busybox')}\n\n${passingCheck}`, [
  'images: [busybox]',
]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-order-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(after: Record<string, string[]>) {
  for (const [id, needs] of Object.entries(after)) {
    const file = join(folder, id, 'one/lesson.md');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lesson);
    const course = `title: ${id}\nsummary: S\naudience: All\nlessons: [one]\nafter: [${needs.join(', ')}]\n`;
    writeFileSync(join(folder, id, 'course.yaml'), course);
  }
  return loadDirectory(folder);
}

async function lint(after: Record<string, string[]>) {
  const problems = await lintCourses(await load(after));
  return problems
    .filter(({ code }) => code.startsWith('course.after'))
    .map(({ file, line, column, code, expected }) => ({ place: `${file}:${line}:${column}`, code, expected }));
}

test('courses are listed after those they need', async () => {
  const state = assembleLibrary([await load({ a: ['c'], b: [], c: ['b'] })]);
  expect(state.catalogue.map(({ id, after }) => [id, after])).toEqual([
    ['b', []],
    ['c', ['b']],
    ['a', ['c']],
  ]);
});

test('a course that is not there is told with the one that was meant', async () => {
  expect(await lint({ containers: [], images: ['contaners'] })).toEqual([
    { place: 'images/course.yaml:5:9', code: 'course.after-unknown', expected: 'containers' },
  ]);
});

test('a circle and a course after itself are told at each place', async () => {
  expect(await lint({ a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: ['a', 'e'] })).toEqual([
    { place: 'a/course.yaml:5:9', code: 'course.after-cycle', expected: undefined },
    { place: 'b/course.yaml:5:9', code: 'course.after-cycle', expected: undefined },
    { place: 'c/course.yaml:5:9', code: 'course.after-cycle', expected: undefined },
    { place: 'e/course.yaml:5:12', code: 'course.after-cycle', expected: undefined },
  ]);
});

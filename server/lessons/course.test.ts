import { beforeAll, describe, expect, it } from 'vitest';
import { blocksOfLesson, checksOfStep, everyBlock, type Lesson, quizzesOfStep } from './lesson.ts';
import { type LoadedCourse, loadDirectory } from './library/load-courses.ts';

/** Somebody's first lesson: nothing comes before. */
const veryFirst = 'first-steps/first-container';
/** Too short a course to end with a challenge. */
const beginning = 'first-steps';

/** What an output may take: see unfitOutput in server/lesson-player/shown-output.ts. */
const mostLines = 40;

let courses: LoadedCourse[] = [];
let lessons: { id: string; lesson: Lesson; source: string; isFirst: boolean; isLast: boolean; after: string[] }[] = [];

beforeAll(async () => {
  courses = await loadDirectory('lessons');
  lessons = courses.flatMap(({ course, lessons: all }) =>
    all.flatMap(({ id, lesson, source }) => {
      const listed = course?.lessons ?? [];
      const name = id.split('/')[1] ?? '';
      const place = { isFirst: listed[0] === name, isLast: listed.at(-1) === name, after: course?.after ?? [] };
      return lesson === null || source === null ? [] : [{ id, lesson, source, ...place }];
    }),
  );
}, 120_000);

/** Names all that lack something, so that one run tells of everything. */
function lacking(find: (lesson: (typeof lessons)[number]) => string[] | boolean): string[] {
  return lessons.flatMap((each) => {
    const found = find(each);
    if (typeof found === 'boolean') return found ? [each.id] : [];
    return found.map((what) => `${each.id}: ${what}`);
  });
}

describe('the course that ships', () => {
  it('can be read, and is as large as was promised', () => {
    const all = courses.flatMap((course) => course.lessons);
    expect(all.filter(({ lesson }) => lesson === null).map(({ id }) => id)).toEqual([]);
    expect(lessons.length).toBeGreaterThanOrEqual(50);
    const checks = lessons.flatMap(({ lesson }) => lesson.steps.flatMap(checksOfStep));
    expect(checks.length).toBeGreaterThanOrEqual(250);
  });

  it('says in every lesson what one can do afterwards', () => {
    expect(lacking(({ lesson }) => lesson.frontMatter.objectives.length === 0)).toEqual([]);
  });

  it('has a check in every step, and a question in every lesson', () => {
    const withoutCheck = (lesson: Lesson) => lesson.steps.filter((step) => checksOfStep(step).length === 0);
    expect(lacking(({ lesson }) => withoutCheck(lesson).map((step) => `no check in “${step.title}”`))).toEqual([]);
    expect(lacking(({ lesson }) => !lesson.steps.some((step) => quizzesOfStep(step).length > 0))).toEqual([]);
  });

  it('ends every lesson with what to remember', () => {
    const lastStep = (source: string) => source.slice(source.lastIndexOf('\n## '));
    expect(lacking(({ source }) => !/^### What to remember$/m.test(lastStep(source)))).toEqual([]);
  });

  it('ends every course with a challenge that gives no command away', () => {
    expect(
      lacking(({ id, lesson, isLast }) => {
        if (!isLast || id.startsWith(`${beginning}/`)) return [];
        const given = lesson.steps.filter((step) => [...everyBlock(step.blocks)].some(({ kind }) => kind === 'run'));
        const isChallenge = /^challenge\b/i.test(lesson.frontMatter.title);
        return [
          ...(isChallenge ? [] : ['the last lesson of its course, and its title does not begin with “Challenge”']),
          ...given.map((step) => `a command to run in “${step.title}” of a challenge`),
        ];
      }),
    ).toEqual([]);
  });

  it('says of every lesson what to do before', () => {
    expect(
      lacking(({ id, lesson, isFirst, after }) => {
        if (id === veryFirst || lesson.frontMatter.after.length > 0) return false;
        return !(isFirst && after.length > 0);
      }),
    ).toEqual([]);
  });

  it('lists every lesson in its course', () => {
    const listed = new Set(courses.flatMap(({ id, course }) => course?.lessons.map((name) => `${id}/${name}`) ?? []));
    expect(lacking(({ id }) => !listed.has(id))).toEqual([]);
  });

  it('shows what commands printed, and not too much of it', () => {
    const outputs = (lesson: Lesson) => [...blocksOfLesson(lesson)].filter((block) => block.kind === 'output');
    expect(
      lacking(({ lesson }) =>
        outputs(lesson).flatMap(({ code, at }) => {
          if (code.trim() === '') return [`line ${at.line}: an output that was never refreshed`];
          return code.split('\n').length > mostLines
            ? [`line ${at.line}: an output of more than ${mostLines} lines`]
            : [];
        }),
      ),
    ).toEqual([]);
    expect(lessons.flatMap(({ lesson }) => outputs(lesson)).length).toBeGreaterThanOrEqual(50);
  });
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkSchemas, conditionKeys, subjects } from '../../../protocol/check-schema.ts';
import { frontMatterSchema, quizSchema } from '../../../protocol/lesson-schema.ts';
import { loadDirectory } from '../library/load-courses.ts';
import { lintCourses } from '../lint/lint.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { fillVariables } from '../parse/variables.ts';
import { type Problem, type ProblemCode, problemCodes } from '../problem.ts';
import { createHighlight } from '../render/highlight.ts';
import { renderLesson } from '../render/render-lesson.ts';
import { goodStep, inFence, lesson, lessonFile, type Malformed } from './malformed.ts';
import { malformedBlocks } from './malformed-blocks.ts';
import { malformedChecks } from './malformed-checks.ts';
import { malformedCourses } from './malformed-courses.ts';
import { malformedFrontMatter } from './malformed-front-matter.ts';
import { malformedCharacters, malformedText } from './malformed-text.ts';

// Some lint thousands of texts; a machine that does other things as well takes its time.
vi.setConfig({ testTimeout: 60_000 });

/** Written by hand, each for a mistake somebody makes. */
const written = [
  ...malformedFrontMatter,
  ...malformedBlocks,
  ...malformedChecks,
  ...malformedText,
  ...malformedCharacters,
  ...malformedCourses,
];

/** A letter that was typed twice: every condition of every subject. */
const misspeltConditions = subjects.flatMap((subject) => {
  const value = subject === 'http' ? '8080/' : 'web';
  return inFence(
    'yaml check',
    conditionKeys[subject].map((key) => {
      const wrong = `${key.slice(0, 2)}${key.slice(1)}`;
      return [`${wrong} of ${subject}`, `title: x\n${subject}: ${value}\n¦${wrong}: 1`, 'key.unknown', key] as const;
    }),
  );
});
const misspeltSubjects = inFence(
  'yaml check',
  subjects.map((subject) => {
    const wrong = `${subject}e`;
    return [`${wrong} as subject`, `title: x\n¦${wrong}: web`, 'check.no-subject', subject] as const;
  }),
);

const root = { path: '' };
beforeAll(async () => {
  root.path = await mkdtemp(join(tmpdir(), 'drydock-malformed-'));
});
afterAll(async () => {
  await rm(root.path, { recursive: true, force: true });
});

let count = 0;

/** Writes the lesson to a folder of its own and lints it as `npm run lessons -- lint` does. */
async function lint({ files }: Pick<Malformed, 'files'>) {
  count += 1;
  const folder = join(root.path, String(count));
  const all: Malformed['files'] = {
    'shop/course.yaml': 'title: Shop\nsummary: S.\naudience: All.\nlessons: [web]\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    if (content === '' && path.endsWith('course.yaml')) continue;
    if ('my shop/course.yaml' in files && path.startsWith('shop/')) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content.replace('¦', '') : without(content));
  }
  const courses = await loadDirectory(folder);
  return { problems: await lintCourses(courses), lessons: courses.flatMap((course) => course.lessons) };
}

function without(content: Buffer): Buffer {
  const mark = Buffer.from('¦');
  const at = content.indexOf(mark);
  return Buffer.concat([content.subarray(0, at), content.subarray(at + mark.length)]);
}

/** "file:line:column" of the mark, or of the beginning of the file that is meant. */
function placeOf({ files }: Malformed): string {
  for (const [path, content] of Object.entries(files)) {
    const text = content.toString('utf8').replace(/^\ufeff/, '');
    const at = text.indexOf('¦');
    if (at === -1) continue;
    const before = text.slice(0, at).split(/\r\n?|\n/);
    return `${path}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
  }
  return 'shop/course.yaml:1:1';
}

const show = ({ file, line, column, code }: Problem): string => `${file}:${line}:${column} ${code}`;
const highlight = createHighlight();

async function expectFound(malformed: Malformed): Promise<void> {
  const { problems, lessons } = await lint(malformed);
  const errors = problems.filter((problem) => problem.severity === 'error');
  const found = errors.find((problem) => show(problem) === `${placeOf(malformed)} ${malformed.code}`);
  expect(errors.map(show), JSON.stringify(errors)).toContain(`${placeOf(malformed)} ${malformed.code}`);
  expect(errors.map(({ code }) => code).sort()).toEqual([malformed.code, ...(malformed.also ?? [])].sort());
  expect(found?.message).toMatch(/^\S.*[.?…]$/s);
  if (malformed.meant !== undefined) expect(found?.expected).toBe(malformed.meant);
  for (const loaded of lessons) {
    if (loaded.lesson === null) continue;
    const about = { course: { id: 'shop', title: 'Shop', lessons: [] }, hasFiles: false };
    const view = JSON.stringify(renderLesson(fillVariables(loaded.lesson, {}), about, highlight));
    const html = [...view.matchAll(/"html":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]).join('\n');
    // What stands in code is text: its brackets are entities.
    expect(html).not.toMatch(
      /<(?:script|style|iframe|svg|object|meta|form)|<[^>]*\s(?:on\w+|style)=|(?:href|src)=\\"(?:javascript|data):/i,
    );
  }
}

describe('a malformed lesson', () => {
  it('is one of a hundred or more, all of them different', () => {
    expect(written.length).toBeGreaterThanOrEqual(100);
    const sources = written.map(({ files }) => JSON.stringify(files));
    expect(new Set(sources).size).toBe(sources.length);
    expect(new Set(written.map(({ name }) => name)).size).toBeGreaterThan(100);
  });

  it.each(written.map((malformed) => [malformed.name, malformed] as const))('%s', (_name, malformed) =>
    expectFound(malformed),
  );
});

describe('a word that is misspelt', () => {
  it.each([...misspeltSubjects, ...misspeltConditions].map((malformed) => [malformed.name, malformed] as const))(
    '%s',
    (_name, malformed) => expectFound(malformed),
  );

  it('covers every condition there is', () => {
    const conditions = Object.values(conditionKeys).flat().length;
    expect(misspeltConditions).toHaveLength(conditions);
    expect(Object.keys(checkSchemas)).toHaveLength(misspeltSubjects.length);
  });
});

describe('a value of the wrong kind', () => {
  const values = [
    '',
    '~',
    '1',
    '-1.5',
    'true',
    '""',
    'x',
    '[]',
    '{}',
    '[[]]',
    '{ a: { b: 1 } }',
    '[~]',
    '2024-01-01',
    '"\\0"',
  ];
  /** @param first line of `text` in the file */
  const expectPlaced = (source: string, text: string, first: number): void => {
    const lines = text.split('\n').length;
    for (const { line, message } of parseLesson(source, 'lesson.md', 'a/b').problems) {
      // At the value, or, when something else is missing now, where the block begins.
      expect([first, first + lines - 1], `${text}: ${message}`).toContain(line);
      expect(message, text).not.toMatch(/undefined|null|object Object|NaN|``|Invalid input/);
      expect(message, text).toMatch(/[.?]$/);
    }
  };

  it.each(subjects)('in any condition of %s is read or reported where it stands', (subject) => {
    for (const key of ['title', 'hints', 'initially', ...conditionKeys[subject]]) {
      for (const value of values) {
        const subjectLine = `${subject}: ${subject === 'http' ? '8080/' : 'web'}`;
        const yaml = [...(key === 'title' ? [] : ['title: x']), subjectLine, `${key}: ${value}`].join('\n');
        expectPlaced(lesson(`${goodStep}\n\n\`\`\`yaml check\n${yaml}\n\`\`\``), yaml, 25);
      }
    }
  });

  it.each(Object.keys(quizSchema.shape))('in %s of a quiz is read or reported where it stands', (key) => {
    for (const value of values) {
      const yaml = [...(key === 'question' ? [] : ['question: x']), `${key}: ${value}`].join('\n');
      expectPlaced(lesson(`${goodStep}\n\n\`\`\`yaml quiz\n${yaml}\n\`\`\``), yaml, 25);
    }
  });

  it.each(Object.keys(frontMatterSchema.shape))(
    'in %s of the front matter is read or reported where it stands',
    (key) => {
      for (const value of values) {
        const lines = ['title: x', 'summary: x', 'minutes: 5', 'level: beginner', 'objectives: [x]'];
        const yaml = [...lines.filter((line) => !line.startsWith(`${key}:`)), `${key}: ${value}`].join('\n');
        expectPlaced(`---\n${yaml}\n---\n\n${goodStep}\n`, yaml, 2);
      }
    },
  );
});

describe('a warning', () => {
  it.each([
    ['a heading of the first level', `${goodStep}\n\n# Title`, 'heading.level'],
    ['an image without words', `${goodStep}\n\n![](media/a.png)`, 'media.no-description'],
  ] as const)('%s', async (_name, body, code) => {
    const { problems } = await lint({ files: { [lessonFile]: lesson(body), 'shop/web/media/a.png': 'x' } });
    expect(problems).toMatchObject([{ code, severity: 'warning' }]);
  });

  it('a variable nobody uses', async () => {
    const source = lesson(goodStep, ['variables:', '  title: { prompt: Who }']);
    const { problems } = await lint({ files: { [lessonFile]: source } });
    expect(problems.map(show)).toEqual([`${lessonFile}:9:3 variable.unused`]);
  });

  it('a lesson nobody lists', async () => {
    const { problems } = await lint({
      files: { [lessonFile]: lesson(goodStep), 'shop/two/lesson.md': lesson(goodStep) },
    });
    expect(problems.map(show)).toEqual(['shop/course.yaml:4:1 course.lesson-unlisted']);
  });
});

describe('a file that is handed to the learner', () => {
  it('is refused when it leads elsewhere', async () => {
    const folder = join(root.path, String(count + 1), 'shop/web/files');
    await mkdir(folder, { recursive: true });
    await symlink('/etc/passwd', join(folder, 'passwd'));
    const { problems } = await lint({ files: { [lessonFile]: lesson(goodStep) } });
    expect(problems.map(show)).toEqual([`${lessonFile}:1:1 files.refused`]);
  });
});

describe('every code', () => {
  /** Found where a test needs more than text: two directories, a link, or only a warning. */
  const elsewhere: ProblemCode[] = [
    'course.duplicate',
    'files.refused',
    'heading.level',
    'media.no-description',
    'variable.unused',
    'course.lesson-unlisted',
    'image.not-in-catalogue',
    'image.hub-only',
    // lint-quiz.test.ts
    'quiz.choice-place',
    // glossary.test.ts, cheat-sheet.test.ts and reference.test.ts
    'glossary.shape',
    'glossary.no-definition',
    'glossary.long',
    'glossary.order',
    'glossary.unused',
    'cheat-sheet.no-sentence',
    'cheat-sheet.unused',
    'cheat-sheet.example',
    'cheat-sheet.duplicate',
    // placement-file.test.ts: a file beside the courses, which is linted by itself
    'placement.unknown-course',
    'placement.duplicate',
  ];
  it('has a malformed lesson', () => {
    const covered = new Set<string>([...written.map(({ code }) => code), ...elsewhere]);
    expect(Object.keys(problemCodes).filter((code) => !covered.has(code))).toEqual([]);
  });
});

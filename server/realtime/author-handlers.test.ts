import { expect, test } from 'vitest';
import { lessonSource } from '../lessons/lesson-fixture.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import { parseLesson } from '../lessons/parse/parse-lesson.ts';
import { authorHandlers } from './author-handlers.ts';
import { AuthorPages } from './author-pages.ts';
import type { LessonReader } from './lesson-reader.ts';
import type { PageSocket } from './page-socket.ts';

const lesson = 'course/lesson';
const actor = { learner: 'ada', mayAuthor: true };
const page: PageSocket = { id: 'p', send: () => undefined };

function surroundings() {
  const { lesson: parsed } = parseLesson(lessonSource('## One\n\nText.'), 'lesson.md', lesson);
  if (parsed === null) throw new Error('the fixture is broken');
  let read: () => void = () => undefined;
  const reading = new Promise<void>((resolve) => (read = resolve));
  const entered: string[] = [];
  const authors = new AuthorPages({
    sessions: {
      enter: async (_actor, id, { id: of }) => {
        entered.push(`${of} ${id}`);
      },
      observe: () => ({ dispose: () => undefined }),
    },
  });
  const library: Pick<LessonLibrary, 'sourceOf' | 'has' | 'problemsOf'> = {
    sourceOf: () => ({ file: 'lesson.md', source: '' }),
    has: () => true,
    problemsOf: async () => [],
  };
  const reader: Pick<LessonReader, 'lesson'> = {
    lesson: async () => {
      await reading;
      return parsed;
    },
  };
  const handlers = authorHandlers({ library: library as LessonLibrary, reader: reader as LessonReader, authors });
  return { authors, entered, read, ask: () => handlers['author:read']({ actor, page }, { lesson }) };
}

test('a page that asks how a lesson is made is in its session', async () => {
  const { authors, entered, read, ask } = surroundings();
  const asked = ask();
  read();
  await asked;
  expect(entered).toEqual(['p course/lesson']);
  expect(authors.shows(page, lesson)).toBe(true);
});

test('one that goes away while the lesson is read keeps no session open', async () => {
  const { authors, entered, read, ask } = surroundings();
  const asked = ask();
  authors.leave(page);
  read();
  await asked;
  expect(entered).toEqual([]);
  expect(authors.of(lesson)).toEqual([]);
});

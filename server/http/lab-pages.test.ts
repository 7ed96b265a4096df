import { afterEach, expect, test } from 'vitest';
import type { ImageView } from '../../protocol/images.ts';
import type { LabPages } from '../../protocol/lab.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import { openReading, type Reading } from '../realtime/reading-fixture.ts';
import { createLabPages } from './lab-pages.ts';

const quiz = fence('yaml quiz', 'question: Q?\nanswer: a');
const course = (...lessons: string[]) => `title: A\nsummary: S\naudience: All\nlessons: [${lessons.join(', ')}]\n`;
const files = {
  'a/course.yaml': course('needy', 'plain', 'broken', 'unreadable'),
  'a/needy/lesson.md': lessonSource(`## Go\n\n${quiz}`, ['needs: [cgroup2]']),
  'a/plain/lesson.md': lessonSource(`## Go $$name$$ {#go}\n\n${quiz}`, [
    'variables: { name: { prompt: Name?, default: web } }',
    'images: [busybox]',
  ]),
  'a/broken/lesson.md': lessonSource(`## Go\n\n${quiz}\n\n${fence('sh rum', 'ls')}`),
  'a/unreadable/lesson.md': 'no front matter',
};

type Stock = Parameters<typeof createLabPages>[0]['stock'];

let reading: Reading;
afterEach(() => reading.dispose());

async function pagesFor(options: { mayAuthor: boolean }, stock: Stock = null): Promise<LabPages> {
  reading = await openReading(files, { cgroupVersion: '1' });
  return createLabPages({
    ...reading,
    sandboxes: { outlook: async () => ({ state: 'none' }) as never },
    stock,
    actorOf: (learner) => ({ learner, ...options }),
  });
}

test('learners see what is sound, with what the machine lacks; not that anything is broken', async () => {
  const pages = await pagesFor({ mayAuthor: false });
  const catalogue = await pages.catalogue('ada');
  expect(catalogue.courses[0]?.lessons).toMatchObject([
    { id: 'a/needy', missing: [{ need: 'cgroup2' }] },
    { id: 'a/plain', missing: [], steps: [{ id: 'go', title: 'Go web' }] },
  ]);
  expect(catalogue).toMatchObject({ broken: [], mayAuthor: false, practice: null });
  expect(await pages.lesson('ada', 'a/broken')).toBeNull();
  expect(await pages.lesson('ada', 'a/unreadable')).toBeNull();
  expect(await pages.lesson('ada', 'a/gone')).toBeNull();
  expect(await pages.lesson('ada', 'a/plain')).toMatchObject({
    kind: 'lesson',
    lesson: { id: 'a/plain' },
    progress: { lesson: 'a/plain', openedAt: null },
    mayAuthor: false,
    problems: 0,
  });
});

test('authors see what is broken as far as it can be shown, and how many problems it has', async () => {
  const pages = await pagesFor({ mayAuthor: true });
  const { broken } = await pages.catalogue('ada');
  expect(broken.map(({ id }) => id)).toEqual(expect.arrayContaining(['a/broken', 'a/unreadable']));
  const shown = await pages.lesson('ada', 'a/broken');
  expect(shown).toMatchObject({ kind: 'lesson', mayAuthor: true });
  expect(shown?.kind === 'lesson' && shown.problems).toBeGreaterThan(0);
  expect(await pages.lesson('ada', 'a/unreadable')).toMatchObject({ kind: 'broken', broken: { id: 'a/unreadable' } });
  expect(await pages.lesson('ada', 'a/gone')).toBeNull();
});

test('the catalogue offers what is due of lessons that were finished some days ago', async () => {
  const pages = await pagesFor({ mayAuthor: false });
  const outline = outlineOf(reading.library.lesson('a/plain'));
  await reading.progress.open('ada', 'a/plain', 1_000);
  await reading.progress.answerQuiz('ada', 'a/plain', 'go-quiz-1', true, 1_000);
  await reading.progress.settle('ada', outline, 1_000);
  expect(await pages.catalogue('ada')).toMatchObject({ practice: null, progress: [{ completedAt: 1_000 }] });
  reading.clock.set(1_000 + 2 * 24 * 60 * 60 * 1000);
  expect(await pages.catalogue('ada')).toMatchObject({
    practice: { questions: [{ lesson: 'a/plain', quiz: 'go-quiz-1' }], more: 0 },
  });
  expect(await pages.catalogue('ben')).toMatchObject({ practice: null });
});

test('pages say how the images stand that lessons need, and nothing where a lab has none', async () => {
  const image = { id: 'busybox', names: ['busybox:latest'], status: { state: 'absent' } } as ImageView;
  const pages = await pagesFor(
    { mayAuthor: false },
    {
      view: () => ({ images: [image] }),
      missing: () => [image],
      lessonImages: (references) => references.map((reference) => ({ reference, image })),
    },
  );
  expect(await pages.images()).toEqual({ images: [image] });
  expect(await pages.catalogue('ada')).toMatchObject({ images: [image] });
  expect(await pages.lesson('ada', 'a/plain')).toMatchObject({ images: [{ reference: 'busybox', image }] });
  await reading.dispose();
  const without = await pagesFor({ mayAuthor: false });
  expect(await without.images()).toEqual({ images: [] });
  expect(await without.catalogue('ada')).toMatchObject({ images: [] });
  expect(await without.lesson('ada', 'a/plain')).toMatchObject({ images: [] });
});

test('the last lesson of a course leads to its certificate, and to the next course', async () => {
  const sound = lessonSource(`## Go {#go}\n\n${quiz}`);
  reading = await openReading({
    'a/course.yaml': `${course('one')}after: [b]\n`,
    'a/one/lesson.md': sound,
    'b/course.yaml': course('one', 'two'),
    'b/one/lesson.md': sound,
    'b/two/lesson.md': sound,
    'placement.yaml': 'courses:\n  b:\n    - { question: Q?, answer: yes, explanation: So. }\n',
  });
  const pages = createLabPages({
    ...reading,
    sandboxes: { outlook: async () => ({ state: 'none' }) as never },
    stock: null,
    actorOf: (learner) => ({ learner, mayAuthor: false }),
  });
  const link = { id: 'a/one', title: 'A lesson' };
  expect(await pages.lesson('ada', 'b/one')).toMatchObject({ ending: null });
  expect(await pages.lesson('ada', 'b/two')).toMatchObject({ ending: { course: { id: 'b' }, next: { lesson: link } } });
  expect(await pages.lesson('ada', 'a/one')).toMatchObject({ ending: { next: { lesson: { id: 'b/one' } } } });
  expect((await pages.catalogue('ada')).courses.map(({ id }) => id)).toEqual(['b', 'a']);

  // Where somebody left off counts until a placement quiz says something newer.
  await reading.progress.open('ada', 'b/one', 500);
  expect(await pages.catalogue('ada')).toMatchObject({ resume: { lesson: 'b/one' }, placement: { decidedAt: null } });
  const question = (await pages.placement('ada'))?.question?.id ?? '';
  await reading.placement.answer('ada', question, { text: 'Yes' });
  expect(await pages.catalogue('ada')).toMatchObject({ resume: null, placement: { known: ['b'], start: 'a' } });
  expect(await pages.lesson('ada', 'a/one'), 'what may be skipped is not next').toMatchObject({
    ending: { next: null },
  });
  await reading.progress.open('ada', 'b/one', 2_000);
  expect(await pages.catalogue('ada')).toMatchObject({ resume: { lesson: 'b/one' } });
  expect(await pages.certificate('ada', 'b')).toMatchObject({ done: 0, of: 2, issuedAt: null });
  expect(await pages.certificate('ada', 'gone')).toBeNull();
});

test('a course is done when all of it is done that this machine can do', async () => {
  const sound = lessonSource(`## Go {#go}\n\n${quiz}`);
  reading = await openReading(
    {
      'a/course.yaml': course('one'),
      'a/one/lesson.md': sound,
      'b/course.yaml': course('plain', 'needy'),
      'b/plain/lesson.md': sound,
      'b/needy/lesson.md': files['a/needy/lesson.md'],
      'placement.yaml': ['a', 'b']
        .map((id) => `  ${id}: [{ question: Q?, answer: yes, explanation: So. }]\n`)
        .reduce((text, each) => text + each, 'courses:\n'),
    },
    { cgroupVersion: '1' },
  );
  const pages = createLabPages({
    ...reading,
    sandboxes: { outlook: async () => ({ state: 'none' }) as never },
    stock: null,
    actorOf: (learner) => ({ learner, mayAuthor: false }),
  });
  expect(await pages.lesson('ada', 'a/one')).toMatchObject({ ending: { next: { lesson: { id: 'b/plain' } } } });
  await reading.progress.open('ada', 'b/plain', 1_000);
  await reading.progress.answerQuiz('ada', 'b/plain', 'go-quiz-1', true, 1_000);
  await reading.progress.settle('ada', outlineOf(reading.library.lesson('b/plain')), 1_000);
  expect(await pages.certificate('ada', 'b')).toMatchObject({
    done: 1,
    of: 2,
    issuedAt: expect.any(Number),
    lessons: [{ missing: [] }, { missing: [{ need: 'cgroup2' }] }],
  });
  expect(await pages.lesson('ada', 'a/one')).toMatchObject({ ending: { next: null } });
  expect(await pages.placement('ada'), 'nothing is asked about what is done').toMatchObject({ atMost: 1 });
});

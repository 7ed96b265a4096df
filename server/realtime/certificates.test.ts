import { afterEach, expect, test } from 'vitest';
import { learnerName } from '../../protocol/certificate.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import type { HostFacts } from '../lessons/missing-needs.ts';
import { openReading, type Reading } from './reading-fixture.ts';

const body = `## Go {#go}\n\n${fence('yaml quiz', 'question: Q?\nanswer: a')}\n\n${fence('yaml check', 'title: T\nran: ^ls')}`;
const course = (...lessons: string[]) => `title: A\nsummary: S\naudience: All\nlessons: [${lessons.join(', ')}]\n`;
const files = {
  'a/course.yaml': course('one', 'two'),
  'a/one/lesson.md': lessonSource(body),
  'a/two/lesson.md': lessonSource(body, ['needs: [cgroup2]']),
};

let reading: Reading;
afterEach(() => reading.dispose());

const open = async (host: HostFacts | null = null) => {
  reading = await openReading(files, host);
};

async function finish(id: string, at: number, how: 'learner' | 'lab' = 'learner'): Promise<void> {
  await reading.progress.open('ada', id, at);
  await reading.progress.pass('ada', id, ['go-check-1'], at, how);
  await reading.progress.answerQuiz('ada', id, 'go-quiz-1', true, at);
  await reading.progress.settle('ada', outlineOf(reading.library.lesson(id)), at);
}

test('it is issued when all lessons are done, to who did them alone', async () => {
  await open();
  await finish('a/one', 10);
  expect(await reading.certificates.view('ada', 'a')).toMatchObject({ done: 1, of: 2, issuedAt: null });
  await finish('a/two', 20, 'lab');
  expect(await reading.certificates.view('ada', 'a')).toMatchObject({
    course: { id: 'a', title: 'A' },
    name: '',
    done: 2,
    of: 2,
    issuedAt: 1_000,
    first: 10,
    last: 20,
    checks: { passed: 2, byLab: 1 },
    quizzes: 2,
    objectives: ['Do it', 'Do it'],
    version: '1.2.3',
  });
  expect(await reading.certificates.view('ben', 'a')).toMatchObject({ done: 0, issuedAt: null, checks: { passed: 0 } });
  expect(await reading.certificates.view('ada', 'gone')).toBeNull();
});

test('a lesson that this machine cannot do stands in nobody’s way, and is said to be open', async () => {
  await open({ cgroupVersion: '1' });
  await finish('a/one', 10);
  const view = await reading.certificates.view('ada', 'a');
  expect(view).toMatchObject({ done: 1, of: 2, issuedAt: 1_000 });
  expect(view?.lessons[1]).toMatchObject({ id: 'a/two', completedAt: null, missing: [{ need: 'cgroup2' }] });
  await finish('a/two', 20);
  expect(await reading.certificates.view('ada', 'a')).toMatchObject({ done: 2, of: 2 });
});

test('it stays when the course grows, and then says how many lessons are done', async () => {
  await open();
  await finish('a/one', 10);
  await finish('a/two', 20);
  await reading.certificates.view('ada', 'a');
  reading.clock.set(9_000);
  await reading.write({ 'a/course.yaml': course('one', 'two', 'three'), 'a/three/lesson.md': lessonSource(body) });
  expect(await reading.certificates.view('ada', 'a')).toMatchObject({ done: 2, of: 3, issuedAt: 1_000 });
  expect(await reading.certificates.view('ben', 'a')).toMatchObject({ done: 0, of: 3, issuedAt: null });
});

test('a name is kept for the learner', async () => {
  await open();
  await reading.certificates.rename('ada', 'Ada Lovelace');
  await reading.certificates.rename('ada', 'Ada King');
  expect(await reading.certificates.view('ada', 'a')).toMatchObject({ name: 'Ada King' });
  expect(await reading.certificates.view('ben', 'a')).toMatchObject({ name: '' });
});

test('names are of any script, and never markup', () => {
  for (const name of [
    '',
    'Ada Lovelace',
    'Nguyễn Thị Minh Khai',
    '李小龙',
    'أحمد',
    "Conan O'Brien-Łukasz (2.)",
    'José ',
  ]) {
    expect(learnerName.safeParse(name).success, name).toBe(true);
  }
  expect(learnerName.parse('  A\t\n b ')).toBe('A b');
  const odd = [
    '<b>Ada</b>',
    'a&b',
    'a\u0000b',
    'a\u202eb',
    'a\u200bb',
    '...',
    '12',
    'x'.repeat(81),
    `a${'\u0301'.repeat(9)}`,
  ];
  for (const name of odd) expect(learnerName.safeParse(name).success, name).toBe(false);
});

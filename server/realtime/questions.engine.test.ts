import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { openTestLab, type TestLab, type TestPage } from '../test-lab.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';

const lesson = 'asked/questions';
const body = [
  'Hello $$name$$.',
  '## Make {#make}',
  fence('sh run', 'echo $$name$$ > $$name$$.txt'),
  fence('text file=late.txt solution', 'late'),
  fence('yaml check', 'title: A file of $$name$$ is there\nfile: $$name$$.txt\ncontains: $$name$$'),
  '## Say {#say}',
  fence('yaml quiz', 'question: What is it called?\nanswer: $$name$$.txt\nexplanation: So it is.'),
].join('\n\n');

let lab: TestLab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-asked-'));
  mkdirSync(join(folder, 'asked', 'questions'), { recursive: true });
  writeFileSync(join(folder, 'asked', 'course.yaml'), 'title: A\nsummary: S\naudience: All\nlessons: [questions]\n');
  const variables = ['variables:', '  name: { prompt: Your name?, default: web, pattern: "[a-z]+" }'];
  writeFileSync(join(folder, 'asked', 'questions', 'lesson.md'), lessonSource(body, variables));
  lab = await openTestLab({ sandboxImage: testSandboxImage(), lessons: folder });
});
afterAll(async () => {
  await lab?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function openLesson(page: TestPage): Promise<void> {
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('lesson:open', { lesson });
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
}

test('an answer goes into commands, checks and questions of the lesson that is open, and outlives the server', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await page.must('lesson:answer-variables', { lesson, values: { name: 'ada' } });
  await page.until('lesson:changed', (fact) => fact.lesson === lesson);
  await page.must('terminal:run', { lesson, block: 'make-run-1', interrupt: false });
  await page.untilOutput('main', /echo ada > ada\.txt/);
  await page.until('check:changed', ({ checks }) =>
    checks.some((check) => check.id === 'make-check-1' && check.state === 'met'),
  );
  expect((await page.must('file:read', { lesson, path: 'ada.txt' })).content).toBe('ada\n');

  const second = await lab.visit({ cookie: page.cookie });
  const wrong = await page.must('quiz:answer', { lesson, quiz: 'say-quiz-1', answer: { text: 'web.txt' } });
  expect(wrong).toMatchObject({ right: false, attempts: 1, explanation: null });
  const right = await page.must('quiz:answer', { lesson, quiz: 'say-quiz-1', answer: { text: 'ada.txt' } });
  expect(right).toMatchObject({ right: true, attempts: 2, explanation: 'So it is.', answer: 'ada.txt' });
  await second.until('quiz:judged', ({ verdict }) => verdict.right);
  await second.until('progress:changed', ({ progress }) => progress.completedAt !== null);

  await lab.restart();
  const again = await lab.visit({ cookie: page.cookie });
  const opened = await again.must('lesson:open', { lesson });
  expect(opened.quizzes).toEqual([right]);
  expect(opened.progress).toMatchObject({ stepsDone: ['make', 'say'], caughtUp: [] });
  const practiced = await again.ask('practice:answer', { lesson, quiz: 'say-quiz-1', answer: { text: 'ada.txt' } });
  expect(practiced).toMatchObject({ ok: false, error: { code: 'practice.not-due' } });
});

test('a learner who looks at a solution is told so; another one has neither their answers nor their ticks', async () => {
  const page = await lab.visit();
  const before = await page.must('lesson:open', { lesson });
  expect(before).toMatchObject({ quizzes: [], progress: { passed: {}, solutionsShown: {} } });
  await page.must('solution:show', { lesson, block: 'make-solution-1' });
  await page.until('progress:changed', ({ progress }) => Object.hasOwn(progress.solutionsShown, 'make-solution-1'));
  const refused = await page.ask('lesson:answer-variables', { lesson, values: { name: 'Not So' } });
  expect(refused).toMatchObject({ ok: false, error: { code: 'variable.invalid', details: { variable: 'name' } } });
  const answered = await page.must('quiz:answer', { lesson, quiz: 'say-quiz-1', answer: { text: 'web.txt' } });
  expect(answered.right).toBe(true);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { openTestLab, type TestLab, type TestPage } from '../test-lab.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';

const lesson = 'c/draft';
const folder = mkdtempSync(join(tmpdir(), 'drydock-author-test-'));
const check = (title: string, what: string) => fence('yaml check', `title: ${title}\n${what}`);
const source = (more = '') =>
  lessonSource(
    `Words.\n\n## Go\n\n${fence('sh run', 'echo hello')}\n\n${check('You said hello', 'ran: ^echo hello')}\n\n${check('A note', 'file: note.txt\ncontains: hi')}\n${more}`,
  );
const write = (text: string) => writeFileSync(join(folder, 'c/draft/lesson.md'), text);
const sandboxImage = testSandboxImage();
const labs: TestLab[] = [];

beforeAll(() => {
  mkdirSync(join(folder, 'c/draft'), { recursive: true });
  writeFileSync(join(folder, 'c/course.yaml'), 'title: C\nsummary: S\naudience: A\nlessons: [draft]\n');
});
beforeEach(() => write(source()));
afterAll(async () => {
  for (const lab of labs) await lab.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function openLab(env: Record<string, string> = {}): Promise<TestLab> {
  const lab = await openTestLab({ sandboxImage, lessons: folder, env });
  labs.push(lab);
  return lab;
}

async function openLesson(page: TestPage): Promise<void> {
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('lesson:open', { lesson });
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
}

const type = (page: TestPage, text: string) =>
  page.must('terminal:input', { lesson, terminal: 'main', data: Buffer.from(text) });

test('an author sees source, places and every check as it is, and a saved file in the same shell', async () => {
  const lab = await openLab();
  const page = await lab.visit();
  await openLesson(page);
  const read = await page.must('author:read', { lesson });
  expect(read).toMatchObject({ lesson, file: 'c/draft/lesson.md', source: source() });
  const line = (words: string) => source().slice(0, source().indexOf(words)).split('\n').length;
  expect(read.lines).toMatchObject({
    go: line('## Go'),
    'go-run-1': line('```sh run'),
    'go-check-1': line('```yaml check'),
  });
  expect(read.checks).toMatchObject([
    {
      id: 'go-check-1',
      step: 'go',
      title: 'You said hello',
      state: 'waiting',
      source: expect.stringContaining('ran:'),
    },
    { id: 'go-check-2', step: 'go', title: 'A note' },
  ]);
  // What a check found is told, also when it has its tick already.
  const observed = (id: string, state: string) =>
    page.until('author:observed', ({ checks }) => checks.some((each) => each.id === id && each.state === state));
  await observed('go-check-2', 'unmet');
  await page.must('file:write', { lesson, path: 'note.txt', content: 'hi\n', basedOn: null, overwrite: false });
  await observed('go-check-2', 'met');
  const before = page.facts('author:observed').length;
  await type(page, 'rm note.txt; mine=still-here\r');
  await page.until(
    'author:observed',
    (fact) =>
      page.facts('author:observed').indexOf(fact) >= before &&
      fact.checks.some((each) => each.id === 'go-check-2' && each.state === 'unmet'),
  );

  write(source(`\n## Then\n\n${fence('sh run', 'touch b')}\n\n${check('B is there', 'file: b\nstate: present')}\n`));
  await page.until('lesson:changed', (fact) => fact.lesson === lesson);
  const again = await page.must('author:read', { lesson });
  expect(again.checks.map((each) => each.id)).toEqual(['go-check-1', 'go-check-2', 'then-check-1']);
  await type(page, 'echo hello\recho $mine\r');
  await page.untilOutput('main', /\n\r*still-here\r\n/);
  // The session knows the new text: its check is looked at, and what was earned before stays.
  await type(page, 'touch b\r');
  await page.until('check:changed', ({ checks }) =>
    checks.some((each) => each.id === 'then-check-1' && each.state === 'met'),
  );
  const { progress } = await page.must('lesson:open', { lesson });
  expect(Object.keys(progress.passed).sort()).toEqual(['go-check-1', 'go-check-2', 'then-check-1']);
});

test('a lesson that breaks goes on for its author with its problems, and is mended in place', async () => {
  const lab = labs[0] ?? (await openLab());
  const page = await lab.visit();
  await openLesson(page);
  await page.must('author:read', { lesson });
  write(source().replace('contains: hi', 'contians: hi'));
  const codes = async () => (await page.must('author:read', { lesson })).problems.map((problem) => problem.code);
  await expect.poll(codes, { timeout: 20_000 }).toContain('key.unknown');
  expect(page.facts('lesson:changed')).not.toEqual([]);
  await page.must('terminal:run', { lesson, block: 'go-run-1', interrupt: false });

  // Nothing of it can be read: there is still its source, and word when that changes.
  write('---\ntitle: [\n---\n');
  const sourceSeen = async (who: TestPage) => (await who.must('author:read', { lesson })).source;
  await expect.poll(() => sourceSeen(page), { timeout: 20_000 }).toBe('---\ntitle: [\n---\n');
  expect(await page.must('author:read', { lesson })).toMatchObject({ lines: {}, checks: [] });
  // A page that came only now, and has no session to be told through.
  const stranger = await lab.visit();
  await stranger.must('author:read', { lesson });
  write(source());
  await stranger.until('lesson:changed', (fact) => fact.lesson === lesson);
  await expect.poll(() => sourceSeen(page), { timeout: 20_000 }).toBe(source());
  await page.must('terminal:run', { lesson, block: 'go-run-1', interrupt: false });
});

test('who may not author keeps the lesson they have, and is told nothing of how it is made', async () => {
  const lab = await openLab({ DRYDOCK_AUTHOR: 'never' });
  const page = await lab.visit();
  await openLesson(page);
  const refused = await page.ask('author:read', { lesson });
  expect(refused).toMatchObject({ ok: false, error: { code: 'access.denied' } });
  write(source().replace('contains: hi', 'contians: hi'));
  // The library has seen the mistake once it has seen what was written after it.
  mkdirSync(join(folder, 'd/probe'), { recursive: true });
  writeFileSync(join(folder, 'd/probe/lesson.md'), source());
  await expect
    .poll(() => page.ask('terminal:run', { lesson: 'd/probe', block: 'none', interrupt: false }), { timeout: 20_000 })
    .toMatchObject({ ok: false, error: { code: 'lesson.block-not-found' } });
  // They work on: commands and saving, and when they open the lesson again.
  await page.must('terminal:run', { lesson, block: 'go-run-1', interrupt: false });
  await page.must('file:write', { lesson, path: 'kept.txt', content: 'hi\n', basedOn: null, overwrite: false });
  await page.must('lesson:open', { lesson });
  expect(page.facts('lesson:changed')).toEqual([]);
  await type(page, 'echo went-$((40+2))\r');
  await page.untilOutput('main', /went-42/);
  write(source('\nMore words.\n'));
  await page.until('lesson:changed', (fact) => fact.lesson === lesson);
  await page.must('terminal:run', { lesson, block: 'go-run-1', interrupt: false });
});

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { test as base, expect } from './fixtures/test.ts';

/** A folder with one course of lessons that a story writes while a page shows them. */
const test = base.extend<object, { folder: string }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'drydock-e2e-author-'));
      mkdirSync(join(folder, 'writing/draft'), { recursive: true });
      writeFileSync(join(folder, 'writing/draft/lesson.md'), draft());
      writeFileSync(
        join(folder, 'writing/course.yaml'),
        'title: Writing\nsummary: Lessons that tests write.\naudience: Tests of Drydock.\nlessons: [draft]\n',
      );
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ folder }, use) => use({ DRYDOCK_LESSONS: folder }), { scope: 'worker' }],
});

const paragraphs = Array.from({ length: 30 }, (_, index) => `Paragraph ${index}.`).join('\n\n');

function draft({ title = 'Draft', words = 'First words.', more = '' } = {}): string {
  return `---
title: ${title}
summary: A lesson that is being written.
minutes: 5
level: beginner
objectives:
  - Say hello.
---

${words}

## Say hello {#hello}

${paragraphs}

\`\`\`sh run
echo hello drydock
\`\`\`

\`\`\`yaml check
title: You said hello
ran: ^echo hello
\`\`\`

## Leave a note {#note}

\`\`\`text file=note.txt
remember me
\`\`\`

\`\`\`yaml check
title: The note is there
file: note.txt
contains: remember me
\`\`\`

${paragraphs}
${more}`;
}

/** As editors save: another file takes the place of the old one. */
function save(folder: string, text: string): void {
  const file = join(folder, 'writing/draft/lesson.md');
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

/** Gone when the page is loaded anew. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute('data-same-page', ''));
const isSamePage = (page: Page) => page.evaluate(() => document.documentElement.hasAttribute('data-same-page'));

/** Distance from the top of the window, once it does not move any more. */
async function restingPlace(locator: Locator): Promise<number> {
  let before = Number.NaN;
  let now = Number.NaN;
  await expect
    .poll(async () => {
      before = now;
      now = (await locator.boundingBox())?.y ?? Number.NaN;
      return now === before;
    })
    .toBe(true);
  return now;
}

test('a saved file changes the page in place: sandbox, terminal, ticks and place stay', async ({
  page,
  lesson,
  folder,
}) => {
  await lesson.open('writing/draft');
  await mark(page);
  await lesson.run('echo hello drydock');
  await lesson.ticks('You said hello');
  await lesson.enter('mine=kept-$((40+2)); docker volume create mine; clear; echo on-the-screen-$((1+1))');
  await expect(lesson.screen()).toContainText('on-the-screen-2', { timeout: 30_000 });
  await page.getByRole('link', { name: /^Step 2/ }).click();
  const heading = page.getByRole('heading', { name: 'Leave a note' });
  await expect(heading).toBeInViewport();
  const place = await restingPlace(heading);

  const more =
    '\n## Say goodbye {#bye}\n\n```sh run\necho goodbye\n```\n\n```yaml check\ntitle: You said goodbye\nran: ^echo goodbye\n```\n';
  const longer = `Other words.\n\n${paragraphs}`;
  save(folder, draft({ title: 'Better draft', words: longer, more }));

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Better draft');
  await expect(page.getByText('Other words.')).toBeAttached();
  expect(await isSamePage(page)).toBe(true);
  expect(Math.abs((await restingPlace(heading)) - place)).toBeLessThanOrEqual(2);
  await expect(page.getByRole('link', { name: /^Step 2/ })).toHaveAttribute('aria-current', 'step');
  await lesson.ticks('You said hello');
  await expect(lesson.sandbox('Sandbox ready')).toBeAttached();
  await expect(lesson.screen()).toContainText('on-the-screen-2');
  await lesson.enter('echo $mine; docker volume ls -q');
  await expect(lesson.screen()).toContainText('kept-42');
  await expect(lesson.screen()).toContainText('mine');

  await test.step('and the new text works', async () => {
    await lesson.run('echo goodbye');
    await expect(lesson.check('You said goodbye')).toBeAttached();
    await lesson.enter('echo remember me > note.txt');
    await lesson.ticks('The note is there');
    await page.getByRole('link', { name: /^Step 3/ }).click();
    await lesson.enter('echo goodbye');
    await lesson.ticks('You said goodbye');
  });
});

test('a lesson that breaks stays open, and is mended in place', async ({ page, lesson, folder }) => {
  save(folder, draft());
  await lesson.open('writing/draft');
  await mark(page);
  await lesson.enter('echo before-$((40+2))');
  await expect(lesson.screen()).toContainText('before-42');
  // The check cannot be read any more; the rest can.
  save(folder, draft({ title: 'Half' }).replace('contains: remember me', 'contians: remember me'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Half');
  await expect(lesson.check('The note is there')).toHaveCount(0);
  await expect(lesson.screen()).toContainText('before-42');
  // Nothing of it can be read.
  save(folder, '---\ntitle: [\n---\n\n## A step\n');
  await expect(page.getByText('writing/draft/lesson.md').first()).toBeVisible();
  save(folder, draft({ title: 'Mended' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mended');
  expect(await isSamePage(page)).toBe(true);
  // The shell went on meanwhile, and its text is there again.
  await expect(lesson.screen()).toContainText('before-42', { timeout: 30_000 });
  await lesson.ready();
});

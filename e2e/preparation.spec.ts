import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from './fixtures/test.ts';

const text = `---
title: Set up
summary: Two steps that the lab prepares.
minutes: 5
level: beginner
objectives:
  - Find what was prepared.
---

## One {#one}

\`\`\`sh setup
sleep 3
\`\`\`

\`\`\`sh run
echo one
\`\`\`

\`\`\`yaml check
title: You said one
ran: ^echo one
\`\`\`

## Two {#two}

\`\`\`sh setup
sleep 2; test -e /tmp/mended || { echo nothing there >&2; false; }
\`\`\`

\`\`\`sh run
echo two
\`\`\`

\`\`\`yaml check
title: You said two
ran: ^echo two
\`\`\`
`;

const test = base.extend<object, { folder: string }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'drydock-preparation-'));
      mkdirSync(join(folder, 'prepared/setup'), { recursive: true });
      writeFileSync(
        join(folder, 'prepared/course.yaml'),
        'title: Prepared\nsummary: Lessons that are set up.\naudience: Tests of Drydock.\nlessons: [setup]\n',
      );
      writeFileSync(join(folder, 'prepared/setup/lesson.md'), text);
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ folder }, use) => use({ DRYDOCK_LESSONS: folder }), { scope: 'worker' }],
});

test('a step says that it is being prepared, why that failed, and tries again', async ({ page, lesson }) => {
  await page.goto('/learn/prepared/setup?step=one');
  const told = page.getByRole('region', { name: 'What the lab does for you' });
  await expect(told).toContainText('Preparing step 1', { timeout: 60_000 });
  await expect(told).toHaveCount(0);

  await page.getByRole('link', { name: 'Next: Two' }).click();
  await expect(told.getByRole('alert')).toHaveText('Step 2 could not be prepared');
  await expect(told).toContainText('nothing there');
  await told.getByRole('button', { name: 'Retry' }).click();
  await expect(told).toContainText('Preparing step 2');
  await expect(told.getByRole('alert')).toHaveText('Step 2 could not be prepared');

  // The sandbox is the learner's meanwhile.
  await lesson.enter('touch /tmp/mended');
  await told.getByRole('button', { name: 'Retry' }).click();
  await expect(told).toHaveCount(0);
  await lesson.enter('echo two');
  await lesson.ticks('You said two');
});

test('starting over is asked for by keyboard, and gives the focus back', async ({ page, lesson }) => {
  await lesson.open('first-steps/first-container');
  const button = page.getByRole('button', { name: 'Start over from step 2' });
  const question = page.getByRole('alertdialog', { name: 'Start over from step 2?' });
  await button.focus();
  await expect(button).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(question).toContainText('the lab does what step 1 asks for');
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(button).toBeFocused();

  await page.getByRole('link', { name: /^Step 2: / }).click();
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Start over from this step' }).click();
  await expect(question).toBeVisible();
});

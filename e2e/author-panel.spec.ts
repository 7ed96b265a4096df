import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { test as base, expect } from './fixtures/test.ts';

const draft = (folder: string) => join(folder, 'writing/draft/lesson.md');
const wrecked = (folder: string) => join(folder, 'writing/wrecked/lesson.md');

const front = (title: string) =>
  `---\ntitle: ${title}\nsummary: A lesson that is being written.\nminutes: 5\nlevel: beginner\nobjectives:\n  - Say hello.\n---\n`;

const mended = `${front('Draft')}
Words before the first step.

## Say hello {#hello}

\`\`\`sh run
echo hello drydock
\`\`\`

\`\`\`yaml check
title: You said hello
ran: ^echo hello
\`\`\`

\`\`\`yaml quiz
question: What did you say?
choices:
  - text: Hello
    correct: true
    why: That is what was typed.
  - text: Good night
    why: It is early.
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
`;
const withProblem = mended.replace('contains: remember me', 'contians: remember me');
const lineOf = (text: string, what: string) => text.slice(0, text.indexOf(what)).split('\n').length;
const problemLine = lineOf(withProblem, 'contians');

function writeLessons(folder: string): void {
  for (const lesson of ['draft', 'wrecked']) mkdirSync(join(folder, 'writing', lesson), { recursive: true });
  writeFileSync(
    join(folder, 'writing/course.yaml'),
    'title: Writing\nsummary: Lessons that tests write.\naudience: Tests of Drydock.\nlessons:\n  - draft\n  - wrecked\n',
  );
  writeFileSync(draft(folder), withProblem);
  writeFileSync(wrecked(folder), '---\ntitle: [\n---\n\n## A step\n');
}

const test = base.extend<object, { folder: string }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'drydock-author-'));
      writeLessons(folder);
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ folder }, use) => use({ DRYDOCK_LESSONS: folder }), { scope: 'worker' }],
});
test.beforeEach(({ folder }) => writeLessons(folder));

async function command(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Commands' }).click();
  await page.getByRole('option', { name, exact: true }).click();
}

const panel = (page: Page) => page.getByRole('region', { name: 'Author view', exact: true });

test('an author sees each problem beside the text, and the way to its line', async ({ page, context, lesson }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  // Nobody who did not ask for it is shown anything of it, unless there is something to mend.
  await page.goto('/learn/first-steps/first-container');
  await expect(page.getByRole('button', { name: 'Commands' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Author view' })).toHaveCount(0);
  await lesson.open('writing/draft');
  await expect(page.getByRole('button', { name: 'Author view' })).toBeVisible();
  await expect(panel(page)).toHaveCount(0);
  await command(page, 'Open the author view');
  const problems = panel(page).getByRole('list', { name: 'Problems' });
  const problem = problems
    .getByRole('listitem')
    .filter({ hasText: `${problemLine}:1` })
    .first();
  await expect(problem).toContainText('contians');
  await expect(problem).toContainText('contains');

  await problem.getByRole('button', { name: /^error/ }).click();
  const line = panel(page).getByRole('region', { name: 'Source' }).locator('[aria-current="location"]');
  await expect(line).toContainText('contians: remember me');
  await expect(line).toBeInViewport();
  const text = page.getByRole('region', { name: 'Lesson', exact: true });
  const mark = text.getByRole('button', { name: `Error in line ${problemLine}` }).first();
  await expect(mark).toBeInViewport();

  await problem.getByRole('button', { name: /^Copy/ }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    new RegExp(`writing/draft/lesson\\.md:${problemLine}$`),
  );

  // From the text back to the source.
  await page.getByRole('tab', { name: 'Editor', exact: true }).click();
  await expect(panel(page)).toBeHidden();
  await mark.click();
  await expect(line).toBeInViewport();

  // It stays open over a reload, and goes for good when it is closed.
  await page.reload();
  await expect(problems).toContainText('contians');
  await page.getByRole('button', { name: 'Author view' }).click();
  await expect(panel(page)).toHaveCount(0);
  await expect(mark).toHaveCount(0);
});

test('checks show what they see right now, and a saved file is read again', async ({ page, lesson, folder }) => {
  await lesson.open('writing/draft');
  await command(page, 'Open the author view');
  await panel(page).getByRole('tab', { name: 'Checks and quizzes' }).click();
  const check = panel(page).getByRole('listitem', { name: 'You said hello' });
  await expect(check).toContainText('Not met');
  await check.getByText('What it looks at').click();
  await expect(check).toContainText('ran: ^echo hello');
  await expect(panel(page).getByRole('listitem', { name: 'What did you say?' })).toContainText('Not answered yet');
  await lesson.enter('echo hello drydock');
  await expect(check).toContainText('Met');
  await expect(check).not.toContainText('Not met');

  // What runs in the terminal and what it showed stays.
  await panel(page)
    .getByRole('tab', { name: /^Problems/ })
    .click();
  writeFileSync(draft(folder), mended.replace('Words before the first step.', 'Other words before the first step.'));
  const text = page.getByRole('region', { name: 'Lesson', exact: true });
  await expect(text.getByText('Other words before the first step.')).toBeVisible();
  await expect(panel(page).getByText('The linter finds nothing to mend in this lesson.')).toBeVisible();
  await expect(lesson.screen()).toContainText('hello drydock');
});

test('a lesson nothing of which can be shown is a page with its problems, until it is mended', async ({
  page,
  folder,
}) => {
  const answer = await page.goto('/learn/writing/wrecked');
  expect(answer?.status()).toBe(200);
  await expect(page.getByText('This lesson is broken')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Problems' }).getByRole('listitem')).not.toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Source' })).toContainText('title: [');
  writeFileSync(
    wrecked(folder),
    readFileSync(draft(folder), 'utf8').replaceAll('contians', 'contains').replace('Draft', 'Mended'),
  );
  await expect(page.getByRole('heading', { level: 1, name: 'Mended' })).toBeVisible();
  await expect(page.getByText('This lesson is broken')).toHaveCount(0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the author view has no accessibility violations in the ${scheme} theme`, async ({ page, lesson }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto('/learn/writing/wrecked');
    await expect(page.getByRole('region', { name: 'Source' })).toContainText('title: [');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await lesson.open('writing/draft?author');
    for (const tab of [/^Problems/, 'Checks and quizzes']) {
      await panel(page).getByRole('tab', { name: tab }).click();
      const found = await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze();
      expect(found.violations).toEqual([]);
    }
  });
}

test('on a narrow screen the author view is a tab', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/learn/writing/draft?author');
  await page.getByRole('tab', { name: 'Author', exact: true }).click();
  const problems = panel(page).getByRole('list', { name: 'Problems' });
  await problems
    .getByRole('button', { name: /^error/ })
    .first()
    .click();
  await expect(
    panel(page).getByRole('region', { name: 'Source' }).locator('[aria-current="location"]'),
  ).toBeInViewport();
  await panel(page)
    .getByRole('tab', { name: /^Problems/ })
    .click();
  await problems
    .getByRole('button', { name: `Show line ${problemLine} in the lesson` })
    .first()
    .click();
  await expect(page.getByRole('button', { name: `Error in line ${problemLine}` }).first()).toBeInViewport();
});

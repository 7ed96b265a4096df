import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { CourseFolder } from './fixtures/course-folder.ts';
import { test as base, expect } from './fixtures/test.ts';

const text = [
  'A [gangway](../../glossary.md#gangway) leads to a [volume](../../glossary.md#volume).',
  '```sh run\ndocker volume ls --filter name=gangway\n```',
  '```sh run\ndocker plugin ls\n```',
];

const test = base.extend<object, { courses: CourseFolder }>({
  courses: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const courses = new CourseFolder();
      courses.add('harbour', {
        title: 'Harbour',
        lessons: { words: { title: 'Know the words', tail: text.join('\n\n') } },
      });
      const explained =
        '## Gangway\n\nA gangway is a way onto a ship. It is no `bridge`.\n\nSee also: [volume](#volume).';
      courses.write('glossary.md', `# Words of the harbour\n\n${explained}\n`);
      await use(courses);
      courses.dispose();
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ courses }, use) => use({ DRYDOCK_LESSONS: courses.path }), { scope: 'worker' }],
});

const term = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true });
const card = (page: Page): Locator => page.locator('[data-term-card]');

async function axe(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze();
  expect(found.violations).toEqual([]);
}

test('the glossary is found from every page, searched, and leads to lessons', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Glossary' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Glossary' })).toBeVisible();
  await expect(term(page, 'Gangway')).toContainText('It is no bridge.');
  await expect(term(page, 'Volume')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the glossary' }).fill('gang');
  await expect(term(page, 'Volume')).toBeHidden();
  await expect(page.getByText(/^1 of \d+ terms$/).first()).toBeVisible();

  // What it leads to is shown and marked, whatever is searched for.
  await term(page, 'Gangway').getByRole('link', { name: 'Volume' }).click();
  await expect(page).toHaveURL(/\/glossary#volume$/);
  await expect(term(page, 'Volume')).toBeInViewport();
  expect(await term(page, 'Volume').evaluate((entry) => entry.matches(':target'))).toBe(true);
  await term(page, 'Gangway').getByRole('link', { name: 'Know the words' }).click();
  await expect(page).toHaveURL(/\/learn\/harbour\/words$/);
});

test('a word of a lesson is explained in place, by mouse and by keyboard', async ({ page, lesson }) => {
  await lesson.open('harbour/words');
  const word = page.getByRole('link', { name: 'gangway' });
  await word.hover();
  await expect(card(page)).toContainText('A gangway is a way onto a ship.');
  await expect(card(page)).toContainText('It is no bridge.');
  await expect(word).toHaveAccessibleDescription(/A gangway is a way onto a ship/);
  // It can be entered with the pointer, and stays then.
  await card(page).hover();
  await axe(page);
  await expect(card(page)).toBeVisible();
  await page.mouse.move(5, 5);
  await expect(card(page)).toHaveCount(0);

  await word.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(word).toBeFocused();
  await expect(card(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(card(page)).toHaveCount(0);
  await expect(word).toBeFocused();
  // Not a trap: the next word is the next stop.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'volume', exact: true })).toBeFocused();
  await expect(card(page)).toContainText('Volume');

  // The lesson stays where it is.
  const [opened] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  await expect(opened).toHaveURL(/\/glossary#volume$/);
  // Another word goes to the same tab.
  await page.bringToFront();
  await page.getByRole('link', { name: 'gangway' }).click();
  await expect(opened).toHaveURL(/\/glossary#gangway$/);
  expect(page.context().pages()).toHaveLength(2);
  await expect(page).toHaveURL(/\/learn\/harbour\/words$/);
});

test('a touch explains a word, and a second one leads to the glossary', async ({ browser, lab }) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${lab.url}/learn/harbour/words`);
  const word = page.getByRole('link', { name: 'gangway' });
  await expect(async () => {
    await word.tap();
    await expect(card(page)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const box = await card(page).boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    card(page)
      .getByRole('link', { name: /Open the glossary/ })
      .tap(),
  ]);
  await expect(opened).toHaveURL(/\/glossary#gangway$/);
  await context.close();
});

test('the cheat sheet holds what lessons carry out', async ({ page }) => {
  await page.goto('/cheat-sheet');
  const run = term(page, 'docker run');
  await expect(run.getByText('Makes a container from an image and starts it.')).toBeVisible();
  await expect(run.getByRole('link', { name: 'Run your first container' })).toBeVisible();
  const volumes = term(page, 'docker volume ls');
  await volumes.getByText(/^and in \d+ more$/).click();
  await expect(volumes.getByRole('link', { name: 'Know the words' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the commands' }).fill('plugin');
  // Nobody wrote a sentence for it: it is on the sheet all the same.
  await expect(term(page, 'docker plugin ls')).toBeVisible();
  await expect(run).toBeHidden();
});

test('both pages follow a lesson that is saved', async ({ page, courses }) => {
  const lessons = { words: { title: 'Know other words', tail: text[0] ?? '' } };
  courses.add('harbour', { title: 'Harbour', lessons });
  await expect(async () => {
    await page.goto('/cheat-sheet');
    await expect(term(page, 'docker plugin ls')).toHaveCount(0, { timeout: 500 });
  }).toPass();
  await page.goto('/glossary#gangway');
  await expect(term(page, 'Gangway').getByRole('link', { name: 'Know other words' })).toBeVisible();
});

test('both can be read without JavaScript, on a narrow screen and on paper', async ({ browser, lab }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${lab.url}/glossary?q=gangway`);
  await expect(term(page, 'Gangway')).toBeVisible();
  await expect(term(page, 'Volume')).toBeHidden();
  for (const path of ['/glossary', '/cheat-sheet']) {
    await page.goto(`${lab.url}${path}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(390);
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('searchbox')).toBeHidden();
  await expect(page.getByRole('link', { name: 'Run your first container' })).toBeHidden();
  expect(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--paper-ink').trim())).toBe(
    '#1e1c17',
  );
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no accessibility violations in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Some entries of many that are made alike: looking at all takes minutes on a small machine.
    for (const path of ['/glossary?q=volume#volume', '/cheat-sheet?q=volume']) {
      await page.goto(path);
      await axe(page);
    }
  });
}

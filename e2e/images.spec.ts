import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { CourseFolder } from './fixtures/course-folder.ts';
import { LessonPage } from './fixtures/lesson-page.ts';
import { OwnRegistry } from './fixtures/own-registry.ts';
import { test as base, expect } from './fixtures/test.ts';

/** Two images that are made within seconds, and one that is not made from Debian packages at all. */
const images = ['busybox', 'hello-world', 'alpine', 'school/tool:2'];

const test = base.extend<object, { courses: CourseFolder }>({
  courses: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const courses = new CourseFolder();
      const lessons = {
        waiting: { title: 'Wait for an image', images },
        ready: { title: 'Everything is here', images: ['busybox'] },
      };
      courses.add('pulling', { title: 'Pulling', lessons });
      await use(courses);
      courses.dispose();
    },
    { scope: 'worker' },
  ],
  ownRegistry: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const registry = new OwnRegistry();
      await registry.hold();
      await use(registry);
      await registry.dispose();
    },
    { scope: 'worker' },
  ],
  labEnv: [
    // The course that ships needs every image, and making them all takes minutes.
    async ({ courses }, use) =>
      use({ DRYDOCK_LESSONS: courses.path, DRYDOCK_COURSE: 'no', DRYDOCK_HUB: 'none', DRYDOCK_IMAGES: 'needed' }),
    { scope: 'worker' },
  ],
});

/** Making the images of a lab may take a while on a small machine. */
const patience = { timeout: 180_000 };

const notice = (page: Page): Locator => page.getByRole('region', { name: /this lesson/i });
const entry = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true });

async function axe(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze();
  expect(found.violations).toEqual([]);
}

/** Resolves when the element has shown these words, for however short a time: a small image is made in no time. */
function wordsThatPass(element: Locator, words: string): Promise<void> {
  return element.evaluate(
    (shown, expected) =>
      new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (!shown.textContent.includes(expected)) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(shown, { subtree: true, childList: true, characterData: true });
      }),
    words,
  );
}

// One story after the other in one lab: its registry is empty first and filled then.
test.describe.configure({ mode: 'serial' });

test('a lab whose images are not there yet says so everywhere', async ({ page, lesson }) => {
  await page.goto('/');
  const strip = page.getByRole('region', { name: 'Making images for the lessons' });
  await expect(strip).toContainText(/0 of 3 ready/);
  await expect(strip).toContainText('alpine cannot be had here');
  await axe(page);
  await strip.getByRole('link', { name: 'All images' }).click();
  await expect(entry(page, 'busybox')).toContainText(/Waits its turn|Being made/);
  await expect(entry(page, 'hello-world')).toContainText('Waits its turn');
  await expect(entry(page, 'alpine')).toContainText('Cannot be had here');
  await axe(page);

  await lesson.open('pulling/waiting');
  await expect(notice(page)).toContainText('hello-world waits its turn');
  await expect(notice(page)).toContainText('alpine cannot be had here');
  await expect(notice(page)).toContainText(
    'school/tool:2 is not among the images of this lab, and your sandbox has no',
  );
  await lesson.enter('docker pull --quiet hello-world; echo "ended $?"');
  await expect(lesson.screen()).toContainText('ended 1');
  await expect(lesson.screen()).toContainText(/hello-world waits to be\s+made/);
});

test('they become ready while people look, and are what docker pull gets', async ({ page, context, ownRegistry }) => {
  test.setTimeout(300_000);
  await page.goto('/');
  const strip = page.getByRole('region', { name: /images for the lessons/i });
  await expect(strip).toContainText('0 of 3 ready');
  const list = await context.newPage();
  await list.goto('/images');
  const lessonTab = new LessonPage(await context.newPage());
  await lessonTab.open('pulling/waiting');
  const line = notice(lessonTab.page).getByRole('listitem').filter({ hasText: 'hello-world' });
  await expect(line).toContainText('waits its turn');
  const seen = wordsThatPass(strip, 'is being made');
  await ownRegistry?.release();
  await seen;

  await expect(line).toContainText('hello-world is ready', patience);
  await expect(entry(list, 'hello-world')).toContainText('Ready', patience);
  // What cannot be had stays in sight; nothing is being made any more.
  await expect(strip).toContainText('2 of 3 ready', patience);
  await expect(strip.getByRole('heading')).toHaveText('Images for the lessons');
  await expect(strip).toContainText('alpine cannot be had here');

  await lessonTab.enter('docker pull hello-world');
  await expect(lessonTab.screen()).toContainText('Downloaded newer image for hello-world:latest');
  const digest = /Digest: (sha256:[0-9a-f]{64})/.exec((await lessonTab.screen().textContent()) ?? '')?.[1];
  await entry(list, 'hello-world').getByText('Digest sha256:').click();
  await expect(entry(list, 'hello-world')).toContainText(digest ?? 'a digest in the terminal');
  await expect(entry(list, 'hello-world')).toContainText('Drydock’s own build');
  await expect(entry(list, 'hello-world')).toContainText('from Debian trixie');

  // Said to be ready once; after a reload only what is not is spoken of.
  await lessonTab.page.reload();
  await expect(notice(lessonTab.page)).toContainText('alpine');
  await expect(notice(lessonTab.page)).not.toContainText('hello-world');
});

test('a lesson whose images are ready says nothing of them, and leads to the list', async ({ page, lesson }) => {
  await lesson.open('pulling/ready');
  await expect(notice(page)).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('images');
  await page.getByRole('option', { name: 'Images of this lab' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Images of this lab' })).toBeVisible();
  await entry(page, 'busybox').getByRole('link', { name: 'Everything is here' }).click();
  await expect(page).toHaveURL(/\/learn\/pulling\/ready$/);
  await page.getByRole('link', { name: 'uses busybox' }).click();
  await expect(page).toHaveURL(/\/images$/);
});

test('the list can be read without JavaScript, and on a narrow screen', async ({ browser, lab }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${lab.url}/images`);
  await expect(entry(page, 'busybox')).toContainText('Ready');
  await entry(page, 'busybox').getByText('Digest sha256:').click();
  await expect(entry(page, 'busybox').getByText(/^sha256:[0-9a-f]{64}$/)).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no accessibility violations in the ${colorScheme} theme`, async ({ page, lesson }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/', '/images']) {
      await page.goto(path);
      await axe(page);
    }
    await lesson.open('pulling/waiting');
    await axe(page);
  });
}

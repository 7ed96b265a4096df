import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { mainLabConfig } from '../server/test-sandbox-image.ts';
import { CourseFolder } from './fixtures/course-folder.ts';
import { LabProcess } from './fixtures/lab-process.ts';
import { writeCourses } from './fixtures/many-courses.ts';
import { test as base, expect } from './fixtures/test.ts';
import { withStore } from './fixtures/with-store.ts';

const test = base.extend<object, { folder: CourseFolder }>({
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names in it
    async ({}, use) => {
      const folder = new CourseFolder();
      writeCourses(folder);
      await use(folder);
      folder.dispose();
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ folder }, use) => use({ DRYDOCK_LESSONS: folder.path }), { scope: 'worker' }],
});

const field = (page: Page) => page.getByRole('textbox', { name: 'Search lessons' });
const course = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const lesson = (page: Page, id: string): Locator => page.locator(`[data-lesson="${id}"]`);

/** What the page must not lose: set once, gone after a reload. */
async function noteReloads(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  return () => page.evaluate(() => 'sameDocument' in window);
}

test('dozens of courses are outlines with a table of contents, and a chosen look is remembered', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText(/^1[34]\d lessons in 2\d courses$/)).toBeVisible();
  // The course at hand has all details, the others one line for each lesson.
  await expect(course(page, 'First steps').getByText('Afterwards you can').first()).toBeVisible();
  const third = course(page, 'Course number 3');
  await expect(third.getByRole('listitem')).toHaveCount(5);
  await expect(third.getByText('Afterwards you can')).toHaveCount(0);
  await page
    .getByRole('navigation', { name: 'Courses' })
    .getByRole('link', { name: /^Course number 3/ })
    .click();
  await expect(page).toHaveURL(/#more-3$/);
  await expect(third).toBeInViewport();
  await third.getByRole('button', { name: 'Show details: Course number 3' }).click();
  await expect(third.getByText('Afterwards you can').first()).toBeVisible();
  await course(page, 'First steps')
    .getByRole('button', { name: /^Show as outline/ })
    .click();
  await page.reload();
  await expect(third.getByText('Afterwards you can').first()).toBeVisible();
  // The lesson to go on with keeps its details.
  await expect(course(page, 'First steps').getByText('Afterwards you can')).toHaveCount(1);
});

test('a search finds words in any order without their accents, marks them, and is in the address', async ({ page }) => {
  await page.goto('/');
  const same = await noteReloads(page);
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('EMPORT cafe');
  const found = lesson(page, 'keep/cafe');
  await expect(found.locator('mark')).toHaveText(['café', 'emport']);
  await expect(page.locator('[data-lesson]')).toHaveCount(1);
  await expect(page).toHaveURL('/?q=EMPORT+cafe');
  await expect(page.getByRole('status').filter({ hasText: '1 lesson in 1 course' })).toBeAttached();
  // What does not match keeps its place on the way.
  await course(page, 'Keeping data').getByText('2 lessons that do not match').click();
  await expect(course(page, 'Keeping data').getByRole('link', { name: 'Bind mounts' }).first()).toBeVisible();

  await field(page).fill('vacant');
  await expect(page).toHaveURL('/?q=vacant');
  await page.goBack();
  await expect(page).toHaveURL('/');
  await expect(field(page)).toHaveValue('');
  await expect(course(page, 'Course number 10')).toBeAttached();
  await page.goForward();
  await expect(field(page)).toHaveValue('vacant');
  expect(await same()).toBe(true);

  await page.getByRole('link', { name: '1. Begin with a vacant volume' }).click();
  await expect(page).toHaveURL(/\/learn\/keep\/volumes\?step=begin-with-a-vacant-volume$/);
  await page.goBack();
  await expect(field(page)).toHaveValue('vacant');
  await expect(page.locator('[data-lesson]')).toHaveCount(1);
});

test('other words for Docker’s find lessons too, and each says why', async ({ page }) => {
  await page.goto('/?q=delete+a+container');
  await expect(page.getByText(/“delete” finds rm.* too\./)).toBeVisible();
  const first = lesson(page, 'containers/life-of-a-container');
  const reason = first.getByRole('listitem').filter({ hasText: 'docker rm:' });
  await expect(reason.getByRole('link', { name: 'docker rm', exact: true })).toHaveAttribute(
    'href',
    '/cheat-sheet#docker-rm',
  );
  await expect(reason.locator('mark').first()).toHaveText('rm');
  for (const words of ['see logs', 'list', 'environment variable', 'open a shell', 'vm']) {
    await field(page).fill(words);
    await expect(page.getByText(/“.+” finds .+ too\./)).toBeVisible();
    await expect(page.locator('[data-lesson] mark').first()).toBeVisible();
  }
  await page.goto('/cheat-sheet?q=delete+a+container');
  await expect(page.getByRole('heading', { name: 'docker rm', exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'docker pull', exact: true })).toBeHidden();
});

test('what a learner types right before following a link is there when they come back', async ({ page }) => {
  await page.goto('/');
  await field(page).fill('bind mou');
  await lesson(page, 'keep/mounts').getByRole('link', { name: 'Bind mounts' }).click();
  await expect(page).toHaveURL(/\/learn\/keep\/mounts$/);
  await page.goBack();
  await expect(page).toHaveURL('/?q=bind+mou');
  await expect(field(page)).toHaveValue('bind mou');
});

test('a search that finds nothing says so and offers ways out', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('volmue');
  await expect(page.getByText('No lesson matches “volmue”')).toBeVisible();
  await page.getByRole('link', { name: 'volume', exact: true }).click();
  await expect(field(page)).toHaveValue('volume');
  await expect(field(page)).toBeFocused();
  await expect(lesson(page, 'keep/volumes')).toBeVisible();
  await page.getByRole('radio', { name: 'Intermediate' }).check();
  await field(page).fill('emporter');
  await expect(page.getByText('No intermediate lesson matches “emporter”')).toBeVisible();
  await expect(page.getByText('One lesson has these words, but not what else you asked for.')).toBeVisible();
  await page.getByRole('link', { name: 'Search all lessons' }).click();
  await expect(lesson(page, 'keep/cafe')).toBeVisible();
  await expect(page).toHaveURL('/?q=emporter');
  await page.keyboard.press('Escape');
  await expect(field(page)).toHaveValue('');
  await expect(page).toHaveURL('/');
});

test('lessons build on others, in other courses and unknown ones', async ({ page }) => {
  await page.goto('/?q=emporter');
  await expect(lesson(page, 'keep/cafe')).toContainText(
    'Builds on Bind mounts and else/where (not in this catalogue).',
  );
  await lesson(page, 'keep/cafe').getByRole('link', { name: 'Bind mounts' }).click();
  await expect(page).toHaveURL(/\/learn\/keep\/mounts$/);
  await page.goto('/?q=know');
  await expect(lesson(page, 'asked/only').getByRole('link', { name: 'Volumes and their names' })).toBeVisible();
});

test('levels and what is not done narrow the catalogue', async ({ page, lab }) => {
  await page.goto('/');
  await page.getByRole('radio', { name: 'Advanced' }).check();
  await expect(page).toHaveURL('/?level=advanced');
  await expect(course(page, 'Keeping data').locator('[data-lesson]')).toHaveCount(1);
  await expect(lesson(page, 'keep/volumes')).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole('radio', { name: 'Any level' })).toBeChecked();

  // Whoever has finished a lesson; others have opened it before.
  const began = Date.now();
  await page.goto('/learn/keep/volumes');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await withStore(lab, async (store) => {
    await expect(async () => {
      const visited = await store
        .updateTable('lesson_visit')
        .set({ completed_at: Date.now() })
        .where('lesson', '=', 'keep/volumes')
        .where('opened_at', '>=', began)
        .executeTakeFirst();
      expect(visited.numUpdatedRows).toBeGreaterThan(0n);
    }).toPass();
  });
  await page.goto('/?q=volumes');
  await expect(lesson(page, 'keep/volumes')).toContainText('Done');
  await expect(course(page, 'Keeping data')).toContainText('1 of 3 lessons done · 45 min in all, 20 min left');
  await page.getByRole('checkbox', { name: 'Not done yet' }).check();
  await expect(lesson(page, 'keep/volumes')).toHaveCount(0);
  await expect(page).toHaveURL('/?q=volumes&todo=1');
  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Next on your path' })).toContainText('Bind mounts');
  await expect(lesson(page, 'keep/mounts')).toContainText('Next for you');
});

test('without JavaScript the search is a form that the server answers', async ({ browser, lab }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(lab.url);
  await field(page).fill('emporter cafe');
  await page.getByRole('radio', { name: 'Advanced' }).check();
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page).toHaveURL(`${lab.url}/?q=emporter+cafe&level=advanced`);
  await expect(page.locator('[data-lesson]')).toHaveCount(1);
  await expect(field(page)).toHaveValue('emporter cafe');
  await expect(page.getByText('1 lesson in 1 course').first()).toBeVisible();
  await context.close();
});

test('broken lessons are shown with their problems to who may author, and to nobody else', async ({ page, folder }) => {
  await page.goto('/');
  const own = page.getByRole('region', { name: 'Not shown to learners: A basket', exact: true });
  await expect(own.getByRole('link', { name: 'Spoiled fruit' })).toHaveAttribute('href', '/learn/spoiled/fruit');
  await expect(own).toContainText(/spoiled\/fruit\/lesson\.md:\d+:1 .*Did you mean container/);
  await expect(own).toContainText(/spoiled\/fruit · \d+ problem/);
  // A course that is broken as a whole stands at the end.
  const homeless = page.getByRole('region', { name: 'Not shown to learners', exact: true });
  await expect(homeless).toContainText('odd/course.yaml:1:1');
  await field(page).fill('spoiled');
  await expect(page.getByRole('link', { name: 'Spoiled fruit' })).toBeVisible();

  const dataDir = mkdtempSync(join(tmpdir(), 'drydock-e2e-'));
  const main = mainLabConfig();
  copyFileSync(join(main.dataDir, 'setup.json'), join(dataDir, 'setup.json'));
  const lab = await LabProcess.prepare({
    DOCKER_HOST: main.dockerHost,
    DRYDOCK_DATA: dataDir,
    DRYDOCK_LESSONS: folder.path,
    DRYDOCK_AUTHOR: 'never',
  });
  try {
    await lab.start();
    await page.goto(lab.url);
    await expect(course(page, 'A basket').getByRole('link', { name: 'Fresh bread' })).toBeVisible();
    await expect(page.getByText('Not shown to learners')).toHaveCount(0);
    expect(await page.content()).not.toContain('Spoiled');
    await page.goto('about:blank'); // what it fetches ahead would find nobody
  } finally {
    await lab.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a finished lesson is asked again some days later', async ({ page, lab, lesson: room }) => {
  await page.goto('/');
  await expect(page.getByText('A short quiz from lessons you finished')).toHaveCount(0);

  await test.step('the lesson is finished by its quizzes', async () => {
    await room.open('asked/only');
    await page.getByRole('radio', { name: 'Its container' }).check();
    await page.getByRole('button', { name: 'Answer: What does a volume outlive?' }).click();
    await page.getByRole('textbox', { name: 'Your answer' }).fill('docker volume ls');
    await page.getByRole('button', { name: 'Answer: Which command lists volumes?' }).click();
    await expect(page.getByText('It can be filtered, too.', { exact: true })).toBeVisible();
  });

  await test.step('nothing is asked on the same day; days later, both are', async () => {
    await page.goto('/');
    await expect(page.getByText('A short quiz from lessons you finished')).toHaveCount(0);
    await withStore(lab, async (store) => {
      const due = await store
        .updateTable('quiz_practice')
        .set({ due_at: Date.now() - 1_000 })
        .executeTakeFirst();
      expect(due.numUpdatedRows).toBe(2n);
    });
    await page.reload();
    await expect(page.getByText('2 questions from Say what you know.')).toBeVisible();
  });

  const practice = page.locator('#practice');
  await test.step('one at a time, each answered once, with why and a way back', async () => {
    await practice.getByRole('button', { name: 'Practise now' }).click();
    await expect(practice.getByRole('heading', { name: 'Question 1 of 2' })).toBeFocused();
    await practice.getByRole('button', { name: 'Answer' }).click();
    await expect(practice).toContainText('Choose an answer first.');
    await practice.getByRole('radio', { name: 'The daemon' }).check();
    await practice.getByRole('button', { name: 'Answer' }).click();
    await expect(practice).toContainText('That is not it.');
    await expect(practice).toContainText('The daemon keeps the volumes; without it there are none.');
    await expect(practice.getByRole('link', { name: 'Say what you know' })).toHaveAttribute(
      'href',
      '/learn/asked/only?step=learned',
    );
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await practice.getByRole('button', { name: 'Next question' }).click();
    await expect(practice.getByRole('heading', { name: 'Question 2 of 2' })).toBeFocused();
    await practice.getByRole('textbox', { name: 'Your answer' }).fill('docker volume ls');
    await page.keyboard.press('Enter');
    await expect(practice).toContainText('It can be filtered, too.');
    await practice.getByRole('button', { name: 'Finish' }).click();
    await expect(practice.getByRole('heading', { name: 'You knew 1 of 2' })).toBeFocused();
    await expect(practice).toContainText('What you did not know comes back tomorrow.');
  });

  await test.step('what was answered is not due any more', async () => {
    await page.reload();
    await expect(field(page)).toBeVisible();
    await expect(practice).toHaveCount(0);
  });

  await test.step('what is left out waits, and another round can follow at once', async () => {
    await withStore(lab, (store) =>
      store
        .updateTable('quiz_practice')
        .set({ due_at: Date.now() - 1_000 })
        .execute(),
    );
    await page.reload();
    await practice.getByRole('button', { name: 'Practise now' }).click();
    await practice.getByRole('button', { name: 'Stop here' }).click();
    await expect(practice.getByRole('heading', { name: 'Nothing was answered' })).toBeFocused();
    await expect(practice).toContainText('What you left out waits here.');
    await practice.getByRole('button', { name: 'Practise 2 questions' }).click();
    await practice.getByRole('button', { name: 'Leave this one out' }).click();
    await expect(practice.getByRole('heading', { name: 'Question 2 of 2' })).toBeFocused();
  });
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    test(`the catalogue is accessible, ${scheme}, ${width} wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      for (const address of ['/', '/?q=volume', '/?q=nothing-like-it&level=advanced']) {
        await page.goto(address);
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        // Nothing is wider than the page.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    });
  }
}

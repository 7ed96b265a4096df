import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { CourseFolder } from './fixtures/course-folder.ts';
import { test as base, expect } from './fixtures/test.ts';
import { withStore } from './fixtures/with-store.ts';

const quiz = `
\`\`\`yaml quiz
question: What did you say?
answer: hello
explanation: You did.
\`\`\`
`;

const test = base.extend<object, { courses: CourseFolder }>({
  courses: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const courses = new CourseFolder();
      courses.add('greeting', {
        title: 'Greeting',
        lessons: {
          first: { title: 'Say hello', minutes: 3, objectives: ['Greet a shell'], tail: quiz },
          needy: { title: 'Out of reach', steps: [], tail: `## Ask\n${quiz}` },
        },
      });
      courses.add('answering', {
        title: 'Answering',
        after: ['greeting'],
        lessons: { only: { title: 'Answer back', steps: [], tail: `## Ask\n${quiz}` } },
      });
      await use(courses);
      courses.dispose();
    },
    { scope: 'worker' },
  ],
  labEnv: [async ({ courses }, use) => use({ DRYDOCK_LESSONS: courses.path }), { scope: 'worker' }],
});

const courseOnMap = (page: Page, id: string): Locator => page.locator(`[data-course="${id}"]`);
const sheet = (page: Page, course: string): Locator =>
  page.getByRole('article', { name: `Certificate of ${course}`, exact: true });

async function axe(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze();
  expect(found.violations).toEqual([]);
}

test('the map shows what each course needs, in lines and in words', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Map of the courses' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Map of the courses' })).toBeVisible();
  const list = page.getByRole('list', { name: 'Courses, each after those it needs' });
  const titles = await list.getByRole('heading', { level: 2 }).allTextContents();
  const shipped = 'First steps,Containers,Images,Dockerfiles,Layers,Networks,Volumes,Compose,In production';
  expect(titles.join()).toContain(shipped);
  expect(titles.indexOf('Greeting')).toBeLessThan(titles.indexOf('Answering'));
  await expect(courseOnMap(page, 'first-steps')).toContainText('Next for you');
  await expect(courseOnMap(page, 'compose')).toContainText('After Dockerfiles, Networks and Volumes');
  await expect(courseOnMap(page, 'answering')).toContainText('1 lesson');
  // What a course needs stands to the left of it.
  const left = async (id: string) => (await courseOnMap(page, id).boundingBox())?.x ?? 0;
  expect(await left('containers')).toBeLessThan(await left('networks'));
  expect(await left('networks')).toBeLessThan(await left('compose'));
  await page.getByRole('link', { name: 'Answering' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#answering$/);
  await expect(page.getByRole('region', { name: 'Answering', exact: true })).toBeInViewport();
});

test('the map can be read without JavaScript, and on a narrow screen', async ({ browser, lab }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${lab.url}/map`);
  const top = async (id: string) => (await courseOnMap(page, id).boundingBox())?.y ?? 0;
  expect(await top('containers')).toBeLessThan(await top('networks'));
  expect(await top('networks')).toBeLessThan(await top('compose'));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await context.close();
});

test('the placement quiz is taken by keyboard, and the catalogue begins where it says', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Find your start' }).press('Enter');
  await page.getByRole('button', { name: 'Begin' }).press('Enter');
  const heading = (words: RegExp) => page.getByRole('heading', { level: 2, name: words });
  await expect(heading(/^Question 1 /)).toBeFocused();
  // Nothing chosen yet.
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.getByRole('button', { name: 'Answer' }).press('Enter');
  await expect(page.getByText('Choose an answer first.')).toBeVisible();
  const choose = async (text: string) => {
    await page.getByRole('radio', { name: text }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
  };
  await expect(async () => {
    await choose('Two containers that have exited');
    await expect(heading(/^Question 2 /)).toBeFocused({ timeout: 3_000 });
  }).toPass();
  // A page that is loaded again goes on where it was.
  await page.reload();
  await expect(heading(/^Question 2 /)).toBeVisible();
  await axe(page);
  await expect(async () => {
    await choose('Never: you build a new image, and run a new container from it');
    await expect(heading(/^Question 3 /)).toBeFocused({ timeout: 3_000 });
  }).toPass();
  await page.getByRole('button', { name: 'I do not know' }).press('Enter');

  await expect(heading(/^Begin with Containers$/)).toBeFocused();
  const main = page.getByRole('main');
  await expect(main).toContainText('First steps, because you answered both questions about it rightly.');
  await expect(main).toContainText('Compose, which builds on Containers. It was not asked about.');
  await expect(main).toContainText('You said that you do not know.');
  await expect(main).toContainText('Nothing is locked');
  await axe(page);
  const start = await page.getByRole('link', { name: 'Start the lesson' }).getAttribute('href');

  await page.goto('/');
  const strip = page.getByRole('region', { name: 'Begin here, says your placement quiz' });
  await expect(strip.getByRole('link', { name: 'Start the lesson' })).toHaveAttribute('href', start ?? '');
  await expect(page.getByRole('region', { name: 'First steps', exact: true })).toContainText('You may skip it');
  await page.getByRole('link', { name: 'Your result' }).click();
  await page.getByRole('button', { name: 'Take the quiz again' }).click();
  await expect(heading(/^Question 1 /)).toBeVisible();
});

test('a course that is finished leads to its certificate, on one page and always light', async ({
  page,
  lesson,
  lab,
  courses,
}) => {
  await lesson.open('greeting/needy');
  await page.goto('/certificate/greeting');
  await expect(page.getByRole('main')).toContainText('0 of 2 so far');
  await page.getByRole('link', { name: 'Say hello' }).click();
  await lesson.ready();
  await lesson.run('echo step-0');
  await lesson.ticks('You said 0');
  const answer = async () => {
    await page.getByRole('textbox', { name: 'Your answer' }).fill('hello');
    await page.getByRole('textbox', { name: 'Your answer' }).press('Enter');
  };
  await answer();
  await page.getByRole('link', { name: 'Next lesson: Out of reach' }).first().click();
  await lesson.ready();
  await answer();
  await expect(page.getByRole('heading', { name: 'You can now' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Next course: Answering' })).toBeVisible();
  await page.getByRole('link', { name: 'Certificate of Greeting' }).click();

  const name = page.getByRole('textbox', { name: 'Your name on certificates' });
  await expect(name).toHaveValue('');
  await expect(sheet(page, 'Greeting')).toContainText('has done all 2 lessons of the course');
  await expect(sheet(page, 'Greeting')).toContainText('1 check met');
  await expect(sheet(page, 'Greeting')).toContainText('2 quizzes passed');
  await expect(sheet(page, 'Greeting')).toContainText('Greet a shell');
  const save = page.getByRole('button', { name: 'Save the name' });
  await name.fill('<b>Ada</b>');
  await save.click();
  await expect(page.getByText('A name is written with letters')).toBeVisible();
  await name.fill('  Ada   Lovelace ');
  await expect(async () => {
    await save.click();
    await expect(page.getByText('Saved.')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(sheet(page, 'Greeting')).toContainText('Ada Lovelace');

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.reload();
    await axe(page);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    await page.emulateMedia({ media: 'print', colorScheme });
    const ink = await sheet(page, 'Greeting').evaluate((element) => getComputedStyle(element).color);
    expect(ink).toBe('rgb(30, 28, 23)');
    await expect(name).toBeHidden();
    await page.emulateMedia({ media: null });
  }

  await page.goto('/map');
  await courseOnMap(page, 'greeting').getByRole('link', { name: 'Certificate of Greeting' }).click();
  await expect(sheet(page, 'Greeting')).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Your certificate of Greeting' })).toBeVisible();

  // The course grows: the certificate stays, and says what is true.
  await withStore(lab, async (store) => {
    expect(await store.selectFrom('certificate').select('course').execute()).toEqual([{ course: 'greeting' }]);
  });
  courses.add('greeting', {
    title: 'Greeting',
    lessons: {
      first: { title: 'Say hello', minutes: 3, objectives: ['Greet a shell'], tail: quiz },
      needy: { title: 'Out of reach', steps: [], tail: `## Ask\n${quiz}` },
      third: { title: 'Say it again' },
    },
  });
  await expect(async () => {
    await page.goto('/certificate/greeting');
    await expect(sheet(page, 'Greeting')).toContainText('has done 2 of 3 lessons', { timeout: 1_000 });
  }).toPass();
  await expect(page.getByRole('link', { name: 'Say it again' })).toBeVisible();
});

test('nobody gets the certificate of somebody else, and there is none of a course that does not exist', async ({
  page,
  complaints,
}) => {
  await page.goto('/certificate/greeting');
  await expect(page.getByRole('main')).toContainText('so far');
  await expect(page.getByRole('article')).toHaveCount(0);
  await axe(page);
  expect((await page.goto('/certificate/gone'))?.status()).toBe(404);
  complaints.length = 0;
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no accessibility violations in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/', '/map', '/placement', '/certificate/containers']) {
      await page.goto(path);
      await axe(page);
    }
  });
}

import type { Page } from '@playwright/test';
import type { LessonPage } from './fixtures/lesson-page.ts';
import { expect, test } from './fixtures/test.ts';

const notice = (page: Page) => page.getByRole('note', { name: 'Earlier steps' });
const strip = (page: Page) => page.getByRole('region', { name: 'What the lab does for you' });

/** The heading of a step that stands so. */
const titled = (title: string, standing?: string) =>
  new RegExp(`^${title}${standing === undefined ? '' : ` ?, ${standing}`}$`);

/** Comes to a lesson at one of its steps, past those before it. */
async function comeTo(step: string, page: Page, lesson: LessonPage): Promise<void> {
  await lesson.open(step);
  await expect(notice(page)).toBeVisible();
}

async function startOver(page: Page, number: number): Promise<void> {
  await notice(page).getByRole('button', { name: 'Start over from here' }).click();
  const dialog = page.getByRole('alertdialog', { name: `Start over from step ${number}?` });
  await expect(dialog).toContainText('All containers, images, volumes and networks of your sandbox');
  await dialog.getByRole('button', { name: 'Start over', exact: true }).click();
}

test.describe('a latecomer', () => {
  test('joins at step three: the lab does what comes before, and the step is theirs to earn', async ({
    page,
    lesson,
  }) => {
    await comeTo('everything/late?step=read', page, lesson);
    await expect(notice(page)).toContainText('2 earlier steps are not done.');

    await test.step('who keeps it has lost nothing', async () => {
      await lesson.enter('docker volume create mine');
      await expect(lesson.screen()).toContainText(/mine\s*mine\s*late \$/);
      await notice(page).getByRole('button', { name: 'Start over from here' }).click();
      await page.getByRole('button', { name: 'Keep it' }).click();
      await expect(notice(page)).toBeVisible();
    });

    await startOver(page, 3);
    await expect(page.getByRole('heading', { name: titled('A note in it', 'done for you') })).toBeAttached({
      timeout: 60_000,
    });
    await expect(strip(page)).toHaveCount(0, { timeout: 60_000 });
    await lesson.ready();

    await test.step('the terminal shows what was done, in a fresh sandbox', async () => {
      await expect(lesson.screen()).toContainText('docker volume create late');
      await expect(lesson.screen()).toContainText('cat > /data/note.txt');
      await lesson.enter('clear; docker volume ls -q; cat note.txt');
      await expect(lesson.screen()).toContainText('written in step two');
      await expect(lesson.screen()).not.toContainText('mine');
    });

    await test.step('the step itself has been left to the learner', async () => {
      const check = 'reader has printed the note';
      await expect(lesson.check(check).getByRole('img', { name: 'Done' })).toHaveCount(0);
      await lesson.ask(check);
      await expect(lesson.check(check)).toContainText('There is no container named reader');
      await lesson.run('docker run --name reader -v late:/data:ro busybox cat /data/note.txt');
      await lesson.ticks(check);
      await expect(page.getByRole('heading', { name: titled('Read it', 'done') })).toBeAttached();
    });

    await test.step('a quiz is nobody’s but theirs', async () => {
      await lesson.ticks('There is a volume named late');
      await expect(page.getByRole('heading', { name: titled('A volume') })).toBeAttached();
      const quiz = page.locator('form').filter({ hasText: 'Does a volume go when' });
      await quiz.getByRole('radio', { name: 'No' }).check();
      await quiz.getByRole('button', { name: /^Answer: / }).click();
      await expect(page.getByRole('heading', { name: titled('A volume', 'done for you') })).toBeAttached();
    });
  });

  test('may reload in the middle', async ({ page, lesson }) => {
    await comeTo('everything/slow?step=on', page, lesson);
    await startOver(page, 2);
    await expect(strip(page)).toContainText('sleep 15', { timeout: 60_000 });
    await page.reload();
    await expect(strip(page)).toContainText('sleep 15');
    await expect(page.getByRole('heading', { name: titled('Wait', 'done for you') })).toBeAttached({ timeout: 60_000 });
    await expect(strip(page)).toHaveCount(0);
    await lesson.run('docker volume inspect rested');
    await lesson.ticks('You have looked at the volume');
  });

  test('may stop the lab', async ({ page, lesson }) => {
    await comeTo('everything/slow?step=on', page, lesson);
    await startOver(page, 2);
    await expect(strip(page)).toContainText('sleep 15', { timeout: 60_000 });
    await strip(page).getByRole('button', { name: 'Stop' }).click();
    await expect(strip(page)).toHaveCount(0);
    await lesson.ready();
    await lesson.enter('clear; echo free-$((20+2))');
    await expect(lesson.screen()).toContainText('free-22');
    await expect(page.getByRole('heading', { name: titled('Wait') })).toBeAttached();
    await expect(lesson.check('There is a volume named rested').getByRole('img', { name: 'Done' })).toHaveCount(0);
  });
});

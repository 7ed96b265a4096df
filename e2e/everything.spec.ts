import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Store } from '../server/store/open-store.ts';
import { mainLabConfig } from '../server/test-sandbox-image.ts';
import { expect, test } from './fixtures/test.ts';
import { withStore } from './fixtures/with-store.ts';

/** A learner in each of the small lessons in e2e/lessons/everything, which together hold all that a lesson can. */
test.describe('everything a lesson can hold', () => {
  test('commands: by button and by typing, in terminals of their own, in the background, after Ctrl-C', async ({
    page,
    lab,
    lesson,
  }) => {
    const began = Date.now();
    await lesson.open('everything/running');
    await lesson.run('echo from the main terminal');
    await lesson.ticks('You have greeted from the main terminal');
    // The page itself goes on to the second step just then.
    await expect(async () => {
      await page.getByRole('link', { name: /^Step 3: With time to wait/ }).click();
      await expect(page.getByRole('link', { name: 'Next: In the background' })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    // A short visit is scrolling past; a tick of a later step counts once the lab knows that the learner is there.
    const place = (store: Store) =>
      store
        .selectFrom('lesson_visit')
        .select('current_step')
        .where('lesson', '=', 'everything/running')
        .where('opened_at', '>=', began)
        .executeTakeFirst();
    await withStore(lab, (store) => expect.poll(async () => (await place(store))?.current_step).toBe('patient'));
    await lesson.enter('docker pull busybox');
    await lesson.ticks('The image busybox is here');

    await lesson.run('echo from the second terminal > /tmp/second.txt');
    await lesson.ticks('The second terminal has left a file');
    await expect(lesson.screen('second')).toContainText('echo from the second terminal');

    const ticker = `docker run --rm --name ticker busybox sh -c 'trap "exit 0" INT TERM; while true; do echo tick; sleep 1; done'`;
    await lesson.run(ticker);
    await lesson.ticks('ticker runs, and ticks');
    await lesson.run('echo the server terminal is free again');
    await lesson.ticks('ticker has ended');
    await lesson.ticks('The terminal took another command');

    await lesson.run('ls /no-such-folder');
    await lesson.ticks('You have seen ls fail');
  });

  test('files: whole, at the end, in the middle, and as a solution after a confirmation', async ({ page, lesson }) => {
    await lesson.open('everything/files');
    const step = (title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) });
    await step('A whole file').getByRole('button', { name: 'Write to app/Dockerfile' }).click();
    await lesson.ticks('app/Dockerfile copies the note and prints it');
    await step('At its end').getByRole('button', { name: 'Write to given.conf' }).click();
    await lesson.ticks('given.conf sets the colour, and keeps the name');
    await step('In the middle').getByRole('button', { name: 'Write to given.conf' }).click();
    await lesson.ticks('given.conf has one size, and it is large');

    await test.step('a hint for a wrong answer', async () => {
      await lesson.enter('echo 5 > answer.txt');
      await expect(lesson.file('answer.txt')).toBeVisible();
      await lesson.ask('answer.txt holds the number');
      await expect(lesson.check('answer.txt holds the number')).toContainText('Count once more, with the r.');
    });

    await test.step('the solution, which is hidden until it is asked for twice', async () => {
      const solution = page.getByRole('group', { name: 'Solution: answer.txt' });
      await page.getByRole('button', { name: 'Show solution: answer.txt' }).click();
      await page.getByRole('button', { name: 'Try once more' }).click();
      await expect(solution).toHaveCount(0);
      await page.getByRole('button', { name: 'Show solution: answer.txt' }).click();
      await page.getByRole('button', { name: 'See how it is done' }).click();
      await solution.getByRole('button', { name: 'Write to answer.txt' }).click();
      await lesson.ticks('answer.txt holds the number');
      await page.reload();
      await expect(solution).toBeVisible();
    });
  });

  test('setup: the lab has done its part before the step begins', async ({ page, lesson }) => {
    await lesson.open('everything/setup');
    await lesson.ticks('The lab has made the volume prepared');
    await lesson.run('docker volume inspect prepared');
    await lesson.ticks('You have looked at the volume');

    await page.getByRole('heading', { name: 'Prepared for this step' }).scrollIntoViewIfNeeded();
    await page
      .getByRole('link', { name: /Prepared for this step/ })
      .first()
      .click();
    await expect
      .poll(async () => {
        await lesson.enter('clear; docker logs broken');
        return lesson.screen().textContent();
      })
      .toContain('the disk is full');
    await lesson.enter('echo no idea > reason.txt');
    await expect(lesson.file('reason.txt')).toBeVisible();
    await lesson.ask('reason.txt holds what broken said last');
    await expect(lesson.check('reason.txt holds what broken said last')).toContainText('shows what the container said');
    await lesson.enter('docker logs broken > reason.txt');
    await lesson.ticks('reason.txt holds what broken said last');

    await test.step('a solution that is a command is run like any other', async () => {
      const step = page.getByRole('region', { name: /^A solution that is a command/ });
      await step.getByRole('button', { name: 'Show solution: the command' }).click();
      await step.getByRole('button', { name: 'See how it is done' }).click();
      await lesson.run('docker rm broken');
      await lesson.ticks('broken is gone');
    });
  });

  test('quizzes: of every kind, wrong with the reason, then right', async ({ page, lesson }) => {
    await lesson.open('everything/quizzes');
    const quiz = (question: string) => page.locator('form').filter({ hasText: question });
    const answer = async (question: string) =>
      quiz(question)
        .getByRole('button', { name: /^Answer: / })
        .click();

    await test.step('one choice', async () => {
      const question = 'What is left of a container after';
      await quiz(question).getByRole('radio', { name: 'Its writable layer' }).check();
      await answer(question);
      await expect(quiz(question)).toContainText('The writable layer belongs to the container and goes with it.');
      await expect(quiz(question)).not.toContainText('The image is not part of the container');
      await quiz(question).getByRole('radio', { name: 'Its image' }).check();
      await answer(question);
      await expect(quiz(question)).toContainText('The image is not part of the container, and stays.');
      await expect(quiz(question)).toContainText('A container is a process and a writable layer; both go.');
    });

    await test.step('several', async () => {
      const question = 'Which of these publish a port?';
      await quiz(question).getByRole('checkbox', { name: '-p 8080:80' }).check();
      await answer(question);
      await expect(quiz(question)).toContainText('it is not all');
      await quiz(question).getByRole('checkbox', { name: '-P', exact: true }).check();
      await answer(question);
      await expect(quiz(question)).toContainText('Only docker run publishes.');
    });

    await test.step('a word, a number, and words of one’s own', async () => {
      for (const [question, wrong, right, told] of [
        ['Which instruction of a Dockerfile', 'RUN', 'FROM', 'Every Dockerfile begins with FROM'],
        ['Which port does', '80', '8080', "The host's port stands first."],
        ['Which command lists the containers', 'docker images', 'docker container ls', 'the short form'],
      ] as const) {
        await quiz(question).getByRole('textbox', { name: 'Your answer' }).fill(wrong);
        await answer(question);
        await expect(quiz(question)).toContainText('That is not it.');
        await quiz(question).getByRole('textbox', { name: 'Your answer' }).fill(right);
        await answer(question);
        await expect(quiz(question)).toContainText(told);
      }
    });

    await test.step('two of them and a check make one step, and the last one the lesson', async () => {
      await expect(page.getByRole('heading', { name: 'At the end you can' })).toBeAttached();
      await quiz('Is a container a virtual machine?').getByRole('radio', { name: 'No' }).check();
      await answer('Is a container a virtual machine?');
      await quiz('How many kernels').getByRole('textbox').fill('1');
      await quiz('How many kernels').getByRole('textbox').press('Enter');
      await lesson.run('echo done with questions');
      await lesson.ticks('You have said that you are done');
      await expect(page.getByRole('heading', { name: 'You can now' })).toBeAttached();
    });
  });

  test('variables: asked once, used everywhere', async ({ page, lesson }) => {
    await lesson.open('everything/variables');
    const form = page.getByRole('form', { name: 'Before you begin' });
    await form.getByRole('textbox', { name: 'What is your container to be called?' }).fill('No Such Name');
    await form.getByRole('textbox', { name: 'Which colour do you like?' }).fill('green');
    await form.getByRole('button', { name: 'Use these' }).click();
    await expect(form.getByRole('alert')).not.toBeEmpty();
    await form.getByRole('textbox', { name: 'What is your container to be called?' }).fill('tea-box');
    await form.getByRole('button', { name: 'Use these' }).click();
    await expect(page.getByText('Your container will be called tea-box, and its colour is green.')).toBeVisible();

    await lesson.run('docker run -d --name tea-box -e COLOR=green busybox sleep 600');
    await lesson.ticks('A container named tea-box runs, with its colour');
    await lesson.ticks('You have started it yourself');
    await page.getByRole('button', { name: 'Write to about.txt' }).click();
    await lesson.ticks('The file names the colour');
    await lesson.enter('clear; cat about.txt');
    await expect(lesson.screen()).toContainText('The colour of tea-box is green.');

    const quiz = page.locator('form').filter({ hasText: 'What did you call your container?' });
    await quiz.getByRole('textbox').fill('tea-box');
    await quiz.getByRole('button', { name: /^Answer: / }).click();
    await expect(quiz).toContainText('It is called tea-box.');

    await page.reload();
    await expect(page.getByText('Your container will be called tea-box, and its colour is green.')).toBeVisible();
    await expect(form).toHaveCount(0);
  });

  test('what there is to read: diagrams, call-outs, pictures, links and hints', async ({ page, lesson }) => {
    await lesson.open('everything/reading');
    const diagram = page.getByRole('img', { name: 'Flowchart' });
    await diagram.scrollIntoViewIfNeeded();
    await expect(diagram).toContainText('docker commit');
    await page.getByText('Show as text').click();
    await expect(page.locator('pre').filter({ hasText: 'flowchart LR' })).toBeVisible();

    for (const kind of ['Note', 'Tip', 'Important', 'Warning'])
      await expect(page.getByRole('note', { name: kind, exact: true })).toHaveCount(1);
    await lesson.run('echo careful');
    await lesson.ticks('You have been careful');

    const picture = page.getByRole('img', { name: 'A blue square with a white frame' });
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64);

    await page.getByText('A hint with a command and a check').click();
    await lesson.run('echo found in the hint');
    await lesson.ticks('You have opened the hint');

    await page.getByRole('link', { name: 'a link away' }).click();
    await expect(page).toHaveURL(/\/learn\/everything\/files\b/);
  });

  test('needs: what this machine lacks is told before anything is tried', async ({ page }) => {
    await page.goto('/learn/everything/needs');
    await expect(page.getByRole('heading', { level: 1, name: 'Limited memory' })).toBeVisible();
    const notice = page.getByRole('region', { name: 'This lesson needs something that this machine lacks' });
    if ((await cgroupVersion()) === '1') await expect(notice).toContainText('cgroup');
    else await expect(notice).toHaveCount(0);
  });
});

/** Of the engine on which the sandboxes run. */
async function cgroupVersion(): Promise<string> {
  const { engine } = mainLabConfig();
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request({ ...engine, path: '/info' }, (response) => text(response).then(resolve, reject));
    asked.on('error', reject).end();
  });
  return (JSON.parse(answer) as { CgroupVersion?: string }).CgroupVersion ?? '1';
}

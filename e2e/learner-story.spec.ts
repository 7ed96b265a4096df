import { expect, test } from './fixtures/test.ts';

test.describe('a learner', () => {
  test('opens the site, starts the first lesson and learns by button and by typing', async ({ page, lesson }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Run your first container' }).first()).toBeVisible();
    await page
      .getByRole('link', { name: /Start the lesson/ })
      .first()
      .click();
    await expect(page).toHaveURL(/\/learn\/first-steps\/first-container/);
    await expect(page.getByRole('heading', { level: 1, name: 'Run your first container' })).toBeVisible();
    await lesson.ready();

    await test.step('a command by its button', async () => {
      await lesson.run('docker run busybox echo hello');
      await expect(lesson.screen()).toContainText('docker run busybox echo hello');
      await lesson.ticks('A container made from busybox has run and ended well');
    });

    await test.step('a command typed, with other options than the lesson’s', async () => {
      await lesson.enter('docker ps --all --no-trunc');
      await lesson.ticks('You have listed all containers, ended ones too');
    });

    await test.step('a mistake is explained', async () => {
      const title = 'There is a container named web, and port 8080 leads to its port 80';
      await lesson.enter('docker run -d --name web -p 80:8080 busybox httpd -f -v -p 80 -h /tmp');
      await lesson.ask(title);
      await expect(lesson.check(title)).toContainText('You swapped the two ports');
      await lesson.enter('clear; docker rm -f web');
      await expect(lesson.screen()).toContainText(/^\s*web\s*first-container \$/);
      await lesson.run('docker run -d --name web -p 8080:80 busybox httpd -f -v -p 80 -h /tmp');
      await lesson.ticks(title);
    });

    await test.step('what the container serves is reached from the host', async () => {
      await lesson.run(`docker exec web sh -c 'echo "Hello from inside" > /tmp/index.html'`);
      await lesson.ticks('There is a page in the container');
      await lesson.enter('clear; curl -s localhost:8080');
      await expect(lesson.screen()).toContainText('Hello from inside');
      await lesson.ticks('The server has given the page to somebody who asked');
    });

    await test.step('a reload in the middle finds everything as it was', async () => {
      await lesson.enter('clear; MARK=still-$((40+2)); echo $MARK');
      await expect(lesson.screen()).toContainText('still-42');
      await page.reload();
      await lesson.ready();
      await expect(lesson.screen()).toContainText('still-42');
      await lesson.ticks('There is a page in the container');
      await lesson.enter('clear; echo again $MARK');
      await expect(lesson.screen()).toContainText('again still-42');
    });
  });

  test('edits a Dockerfile, builds it, and sees the checks turn green', async ({ page, lesson }) => {
    await lesson.open('checks/dockerfile');
    await lesson.file('Dockerfile').click();
    const editor = page.locator('.monaco-editor').first();
    await expect(editor).toContainText('FROM');
    await editor.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\nLABEL edited="yes"');
    await lesson.ticks('The Dockerfile has a label');
    await page.getByRole('button', { name: 'Build', exact: true }).click();
    await expect(page.getByRole('log', { name: 'Output of the build' })).toContainText('$ docker build', {
      timeout: 30_000,
    });
    await expect(page.getByRole('status').filter({ hasText: 'Built dockerfile' })).toBeVisible({ timeout: 60_000 });
    await lesson.ticks('The image was built');

    await test.step('typing the same in the terminal works too', async () => {
      await page.getByRole('tab', { name: 'Terminals' }).click();
      await lesson.enter('clear; docker build -q -t typed . && docker run --rm typed');
      await expect(lesson.screen()).toContainText('built in a sandbox');
    });
  });

  test('loses the network and finds everything as it was', async ({ page, context, lesson, complaints }) => {
    await lesson.open('checks/basics');
    await lesson.enter('echo before-$((1+1))');
    await expect(lesson.screen()).toContainText('before-2');
    await context.setOffline(true);
    // An open socket outlives Chromium's switch; the page notices when its connection is cut.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await expect(page.getByText(/Connection lost|cannot be reached|Trying again/i).first()).toBeVisible({
      timeout: 40_000,
    });
    await context.setOffline(false);
    await expect(page.getByRole('status').filter({ hasText: 'Sandbox ready' })).toBeAttached({ timeout: 30_000 });
    await expect(lesson.terminal()).toHaveAttribute('data-state', 'open');
    await expect(lesson.screen()).toContainText('before-2');
    await lesson.enter('echo after-$((2+2))');
    await expect(lesson.screen()).toContainText('after-4');
    complaints.length = 0; // failed connections are what the story is about
  });

  test('is still there when the server has been restarted', async ({ lab, lesson, complaints }) => {
    await lesson.open('checks/basics');
    await lesson.enter('MARK=alive; echo before-$((3+3))');
    await expect(lesson.screen()).toContainText('before-6');
    expect(await lab.stop('SIGTERM')).toBeLessThan(10_000);
    await expect(lesson.terminal()).toHaveAttribute('data-state', /lost|connecting/);
    await lab.start();
    await expect(lesson.terminal()).toHaveAttribute('data-state', 'open', { timeout: 40_000 });
    await expect(lesson.screen()).toContainText('before-6');
    await lesson.enter('echo $MARK-$((4+4))');
    await expect(lesson.screen()).toContainText('alive-8');

    await test.step('even when it was killed', async () => {
      await lab.stop('SIGKILL');
      await lab.start();
      await expect(lesson.terminal()).toHaveAttribute('data-state', 'open', { timeout: 40_000 });
      await lesson.enter('clear; echo $MARK-$((5+5))');
      await expect(lesson.screen()).toContainText('alive-10');
    });
    complaints.length = 0;
  });

  test('resets the sandbox after being asked', async ({ page, lesson }) => {
    await lesson.open('checks/basics');
    await lesson.run('echo hello drydock');
    await lesson.ticks('You said hello');
    await lesson.enter('echo changed > given.txt; docker volume create mine; echo made-$((1+1))');
    await expect(lesson.screen()).toContainText('made-2');
    await page.getByRole('button', { name: 'Reset' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Reset the sandbox?' });
    await expect(dialog).toContainText('All containers, images, volumes and networks');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await lesson.enter('clear; docker volume ls -q');
    await expect(lesson.screen()).toContainText('mine');
    await page.getByRole('button', { name: 'Reset' }).click();
    await dialog.getByRole('button', { name: 'Reset the sandbox' }).click();
    await expect(dialog).toBeHidden();
    await expect(lesson.screen()).not.toContainText('mine', { timeout: 60_000 });
    await lesson.ready();
    await lesson.ticks('You said hello');
    await lesson.enter('clear; cat given.txt; docker volume ls -q | wc -l');
    await expect(lesson.screen()).toContainText('given');
    await expect(lesson.screen()).not.toContainText('changed');
  });
});

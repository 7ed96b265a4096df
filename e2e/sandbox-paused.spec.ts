import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/test.ts';

test.use({ labEnv: { DRYDOCK_PAUSE_AFTER: '8s', DRYDOCK_STOP_AFTER: 'never', DRYDOCK_REMOVE_AFTER: 'never' } });

const idle = { timeout: 40_000 };

test('a sandbox nobody uses is paused, and goes on at the first key with everything in it', async ({
  page,
  lesson,
}) => {
  await lesson.open('checks/basics');
  await lesson.enter('MARK=alive; sleep 1000 & echo before-$((1+1))');
  await expect(lesson.screen()).toContainText('before-2');
  await expect(lesson.sandbox('Sandbox paused')).toBeAttached(idle);
  await expect(lesson.terminal()).toContainText('Everything is as you left it');
  await expect(lesson.screen()).toContainText('before-2');

  await test.step('and the page is as accessible as before', async () => {
    expect((await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze()).violations).toEqual(
      [],
    );
  });

  await test.step('not one key is lost', async () => {
    await lesson.enter('echo $MARK-$((40+2)); kill -0 %1 && echo runs-$((6*7))');
    await expect(lesson.screen()).toContainText('alive-42');
    await expect(lesson.screen()).toContainText('runs-42');
    await expect(lesson.sandbox('Sandbox ready')).toBeAttached();
    await expect(lesson.terminal()).not.toContainText('Everything is as you left it');
    await expect(page.getByText(/Going on\. It was paused for \d+ second/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss: Going on' }).click();
    await expect(page.getByRole('button', { name: 'Dismiss: Going on' })).toBeHidden();
  });
});

test('Run, a save, and the button wake it too', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.file('given.txt').click();
  await expect(page.locator('.monaco-editor').first()).toContainText('given');

  await expect(lesson.sandbox('Sandbox paused')).toBeAttached(idle);
  await lesson.run('echo hello drydock');
  await lesson.ticks('You said hello');

  await expect(lesson.sandbox('Sandbox paused')).toBeAttached(idle);
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('typed while it slept');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await lesson.enter('clear; cat given.txt');
  await expect(lesson.screen()).toContainText('typed while it slept');

  await expect(lesson.sandbox('Sandbox paused')).toBeAttached(idle);
  await lesson.terminal().getByRole('button', { name: 'Go on' }).click();
  await expect(lesson.sandbox('Sandbox ready')).toBeAttached();
  await expect(lesson.terminal().getByRole('textbox')).toBeFocused();
});

test('a page whose connection comes back leaves a paused sandbox alone', async ({
  page,
  context,
  lesson,
  complaints,
}) => {
  await lesson.open('checks/basics');
  await lesson.enter('MARK=alive; echo before-$((1+1))');
  await expect(lesson.sandbox('Sandbox paused')).toBeAttached(idle);
  await context.setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await expect(page.getByText(/Connection lost/).first()).toBeVisible({ timeout: 40_000 });
  await context.setOffline(false);
  await expect(page.getByText('Connected', { exact: true })).toBeVisible({ timeout: 40_000 });
  await expect(lesson.sandbox('Sandbox paused')).toBeAttached();
  await lesson.enter('echo $MARK-$((40+2))');
  await expect(lesson.screen()).toContainText('alive-42');
  complaints.length = 0; // failed connections are what the story is about
});

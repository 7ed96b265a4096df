import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/test.ts';

test.use({ labEnv: { DRYDOCK_PAUSE_AFTER: '8s', DRYDOCK_STOP_AFTER: '14s', DRYDOCK_REMOVE_AFTER: 'never' } });

const stopped = { timeout: 60_000 };
const started = { timeout: 60_000 };

test('a sandbox that was stopped comes back with everything in place', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.run('echo hello drydock');
  await lesson.ticks('You said hello');
  await page.getByRole('link', { name: /^Step 2/ }).click();
  await lesson.enter('echo kept > mine.txt; docker run -d --restart always --name keeps busybox sleep 1000');
  await lesson.enter('docker run -d --name ends busybox sleep 1000; echo written-$((40+2))');
  await expect(lesson.screen()).toContainText('written-42', { timeout: 60_000 });
  await expect(lesson.sandbox('Sandbox stopped')).toBeAttached(stopped);
  await expect(lesson.terminal()).toContainText('Files, images, volumes and containers are kept');
  expect((await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze()).violations).toEqual([]);

  await test.step('on a click', async () => {
    await lesson.terminal().getByRole('button', { name: 'Start' }).click();
    await expect(lesson.sandbox('Sandbox ready')).toBeAttached(started);
    const notices = page.getByRole('region', { name: 'About your sandbox' });
    await expect(notices).toContainText('Your sandbox was started again');
    await expect(notices.getByText('keeps', { exact: true })).toBeVisible();
    await expect(notices.getByText('docker start ends', { exact: true })).toBeVisible();
    expect((await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze()).violations).toEqual(
      [],
    );
    // What was on the screen before is above the new prompt.
    await expect(lesson.screen()).toContainText('written-42');
    await lesson.enter('clear; cat mine.txt; docker ps --format "{{.Names}}:{{.State}}"');
    await expect(lesson.screen()).toContainText('keeps:running');
    await expect(lesson.screen()).toContainText('kept');
    await expect(lesson.screen()).not.toContainText('ends:running');
    await notices.getByRole('button', { name: /^Dismiss/ }).click();
    await expect(notices).toBeHidden();
  });

  await test.step('and to a visit on another day', async () => {
    await expect(lesson.sandbox('Sandbox stopped')).toBeAttached(stopped);
    await page.goto('/');
    await page.goto('/learn/checks/basics');
    await expect(page.getByRole('link', { name: /^Step 2/ })).toHaveAttribute('aria-current', 'step');
    await lesson.ready();
    await expect(page.getByRole('region', { name: 'About your sandbox' })).toContainText('was started again');
    await lesson.ticks('You said hello');
  });

  await test.step('and to Run', async () => {
    await expect(lesson.sandbox('Sandbox stopped')).toBeAttached(stopped);
    await page.getByRole('link', { name: /^Step 1/ }).click();
    await lesson.run('echo hello drydock');
    await expect(lesson.sandbox('Sandbox ready')).toBeAttached(started);
    await expect(lesson.screen()).toContainText('hello drydock', { timeout: 30_000 });
  });
});

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/test.ts';

test.use({ labEnv: { DRYDOCK_SANDBOX_DISK: '512m' } });

test('a full disk is this learner’s alone, is said in time, and can be emptied', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  const gauges = page.getByRole('button', { name: /^Sandbox use/ });
  const panel = page.getByRole('dialog', { name: 'Sandbox' });
  await expect(gauges).toHaveText(/Memory\s*\d+\s*%.*Disk\s*\d+\s*%/);

  await test.step('all limits are named, with what is used of them', async () => {
    await gauges.click();
    for (const name of ['Memory', 'CPU', 'Processes', 'Open files', 'Disk']) {
      const meter = panel.getByRole('meter', { name, exact: true });
      await expect(meter).toHaveAttribute('aria-valuetext', /\d.* of [\d,.]+/);
    }
    await expect(panel.getByRole('meter', { name: 'Disk', exact: true })).toHaveAttribute(
      'aria-valuetext',
      /of \d+ MiB/,
    );
    expect((await new AxeBuilder({ page }).include('[role="dialog"]').analyze()).violations).toEqual([]);
    await gauges.click();
    await expect(panel).toBeHidden();
  });

  await lesson.enter('docker run --name hog busybox dd if=/dev/zero of=/hog bs=1M; echo ended-$((40+2))');
  await expect(lesson.screen()).toContainText('ended-42', { timeout: 90_000 });
  await expect(lesson.screen()).toContainText('No space left on device');
  await expect(gauges).toHaveText(/Disk is (full|9\d.% full)/);
  expect((await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze()).violations).toEqual([]);

  await test.step('the lesson goes on', async () => {
    await lesson.run('echo hello drydock');
    await lesson.ticks('You said hello');
    await lesson.file('given.txt').click();
    await page.locator('.monaco-editor').first().click();
    await page.keyboard.type('still saved ');
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  });

  await test.step('what the panel says makes room', async () => {
    await gauges.click();
    await expect(panel.getByText('docker system prune --force', { exact: true }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await lesson.enter('clear; docker system prune --force; echo pruned-$((40+2))');
    await expect(lesson.screen()).toContainText('pruned-42', { timeout: 60_000 });
    await expect(gauges).not.toHaveText(/full/, { timeout: 30_000 });
  });
});

test('a narrow screen has the gauges too', async ({ page, lesson }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/learn/checks/basics');
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await lesson.ready();
  await page.getByRole('button', { name: /^Sandbox use/ }).click();
  const panel = page.getByRole('dialog', { name: 'Sandbox' });
  await expect(panel.getByRole('meter', { name: 'Memory' })).toBeVisible();
  const box = await panel.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
  await panel.getByRole('meter', { name: 'Number of your files' }).scrollIntoViewIfNeeded();
  await expect(panel.getByRole('meter', { name: 'Number of your files' })).toBeInViewport();
});

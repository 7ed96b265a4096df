import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/test.ts';

test.use({
  labEnv: {
    DRYDOCK_PAUSE_AFTER: '10s',
    DRYDOCK_STOP_AFTER: '15s',
    DRYDOCK_REMOVE_AFTER: '30s',
    DRYDOCK_REMOVE_WARNING: '12s',
  },
});

test('a sandbox nobody uses for long is removed with a warning, and its files come back', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.enter('echo precious > mine.txt; mkdir -p deep/er; echo too > deep/er/two.txt; echo done-$((40+2))');
  await expect(lesson.screen()).toContainText('done-42');

  await test.step('the catalogue warns', async () => {
    await page.goto('/');
    const outlook = page.getByRole('region', { name: 'Your sandbox' });
    await expect(async () => {
      await page.reload();
      await expect(outlook).toContainText('will be removed', { timeout: 500 });
    }).toPass({ timeout: 60_000 });
    await expect(outlook).toContainText('Open any lesson to keep it');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });

  const archives = page.getByRole('list', { name: 'Files of earlier sandboxes' });
  await test.step('then has the files to download', async () => {
    await expect(async () => {
      await page.reload();
      await expect(archives).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 90_000 });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    const address = await archives.getByRole('link', { name: 'Download' }).getAttribute('href');
    const answer = await page.request.get(address ?? '');
    expect(answer.status()).toBe(200);
    const bytes = await answer.body();
    expect([bytes[0], bytes[1]]).toEqual([0x1f, 0x8b]);
  });

  await test.step('the lesson offers them, and puts back what is missing', async () => {
    await archives.getByRole('link', { name: 'Put them back' }).click();
    await expect(page).toHaveURL(/\/learn\/checks\/basics\?restore=/);
    await lesson.ready();
    const notices = page.getByRole('region', { name: 'About your sandbox' });
    await expect(notices).toContainText('your files were kept');
    expect((await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze()).violations).toEqual(
      [],
    );
    await lesson.enter('ls; echo listed-$((40+2))');
    await expect(lesson.screen()).toContainText('listed-42');
    await expect(lesson.screen()).not.toContainText('mine.txt');
    await notices.getByRole('button', { name: 'Put my files back' }).click();
    await expect(notices).toContainText(/\d+ files are back/);
    await lesson.enter('clear; cat mine.txt deep/er/two.txt');
    await expect(lesson.screen()).toContainText('precious');
    await expect(lesson.screen()).toContainText('too');
    await notices.getByRole('button', { name: /^Dismiss/ }).click();
    await expect(notices).toBeHidden();
  });
});

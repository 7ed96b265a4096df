import { expect, test } from './fixtures/test.ts';

test('what is typed is saved, and the terminal sees it', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.file('given.txt').click();
  await expect(page.locator('.monaco-editor').first()).toContainText('given');
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('typed here');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await lesson.enter('clear; cat given.txt');
  await expect(lesson.screen()).toContainText('typed here');
});

test('a new file opens with the cursor in it, and keeps what is typed at once', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await expect(lesson.file('given.txt')).toBeVisible();
  await page.getByRole('button', { name: 'New file' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Name of the new file' })).toBeFocused();
  await page.keyboard.type('notes.txt');
  await page.keyboard.press('Enter');
  await page.keyboard.type('typed at once\nand more');
  await expect(page.locator('.monaco-editor').first()).toContainText('and more');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(lesson.file('notes.txt')).toBeVisible();
  await lesson.enter('clear; cat notes.txt');
  await expect(lesson.screen()).toContainText('typed at once');
  await expect(lesson.screen()).toContainText('and more');
});

test('a change made in the terminal appears in the editor', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.file('given.txt').click();
  await expect(page.locator('.monaco-editor').first()).toContainText('given');
  await lesson.enter('echo from the shell > given.txt; touch made-outside.txt');
  await expect(page.locator('.monaco-editor').first()).toContainText('from the shell');
  await expect(lesson.file('made-outside.txt')).toBeVisible();
});

test('a file that is binary or too large is refused kindly', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.enter('head -c 2000 /dev/urandom > noise.bin; head -c 2000000 /dev/zero | tr "\\0" x > large.txt');
  await lesson.file('noise.bin').click();
  await expect(page.getByText(/not text/)).toBeVisible();
  await lesson.file('large.txt').click();
  await expect(page.getByText(/too large/i).first()).toBeVisible();
});

test('the workspace can be downloaded as an archive', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await expect(lesson.file('given.txt')).toBeVisible();
  const answer = await page.request.get('/api/workspace/checks/basics/archive');
  expect(answer.status()).toBe(200);
  const bytes = await answer.body();
  expect([bytes[0], bytes[1]]).toEqual([0x1f, 0x8b]);
});

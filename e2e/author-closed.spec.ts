import { expect, test } from './fixtures/test.ts';

test.use({ labEnv: { DRYDOCK_AUTHOR: 'never' } });

test('where nobody may author, nothing of it is offered, and a broken lesson is not there', async ({
  page,
  complaints,
}) => {
  await page.goto('/learn/checks/basics?author');
  await page.getByRole('button', { name: 'Commands' }).click();
  await expect(page.getByRole('option', { name: 'Keys' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'author view' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Author view' })).toHaveCount(0);
  expect((await page.goto('/learn/checks/broken'))?.status()).toBe(404);
  complaints.length = 0; // the browser notes the 404
});

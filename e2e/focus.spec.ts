import { expect, test } from './fixtures/test.ts';

const hello = 'echo hello drydock';

test('after a click on Run one types on in the terminal; after a key one reads on', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  const button = page.getByRole('button', { name: `Run ${hello}`, exact: true });
  const input = lesson.terminal().getByRole('textbox');

  await test.step('a click', async () => {
    await button.click();
    await expect(input).toBeFocused();
    await expect(lesson.screen()).toContainText('hello drydock');
    // Left on the button, the space would have run it again.
    await page.keyboard.type('clear; echo typed on');
    await page.keyboard.press('Enter');
    await expect(lesson.screen()).toContainText(/^\s*typed on\s*basics \$/);
    await expect(lesson.screen()).not.toContainText('hello');
  });

  await test.step('a key, and F6 to the terminal and back', async () => {
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(lesson.screen()).toContainText('hello drydock');
    await expect(button).toBeFocused();
    // What is typed on goes nowhere: the page says so, as long as the focus is there.
    const words = page.getByText(/^You are still at this button\./);
    await expect(words).toBeVisible();
    await page.keyboard.press('Control+Backquote');
    await expect(input).toBeFocused();
    await expect(words).toHaveCount(0);
    await page.keyboard.press('F6');
    await expect(button).toBeFocused();
    await page.keyboard.press('Shift+F6');
    await expect(input).toBeFocused();
    await page.keyboard.press('F6');
    await expect(button).toBeFocused();
  });

  await test.step('a click, and then somewhere else before the server has answered', async () => {
    await lesson.enter('clear');
    await expect(lesson.screen()).toContainText(/^\s*basics \$/);
    const check = page.getByRole('button', { name: /^Check/ }).first();
    await page.evaluate((name) => {
      const run = document.querySelector(`button[aria-label="${name}"]`);
      run?.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));
      document.querySelector<HTMLElement>('[data-pane="lesson"] button[aria-label^="Check"]')?.focus();
    }, `Run ${hello}`);
    await expect(lesson.screen()).toContainText('hello drydock');
    await expect(check).toBeFocused();
  });
});

test('on a narrow page the focus stays in sight when Run shows the terminal', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await page.setViewportSize({ width: 390, height: 844 });
  const button = page.getByRole('button', { name: `Run ${hello}`, exact: true });
  const tab = page.getByRole('tab', { name: 'Terminal', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(tab).toBeFocused();
  await page.getByRole('button', { name: 'Step done' }).press('Enter');
  await expect(button).toBeFocused();
  await button.click();
  await expect(lesson.terminal().getByRole('textbox')).toBeFocused();
  await page.getByRole('toolbar', { name: 'Terminal keys' }).getByRole('button', { name: 'Esc' }).click();
  await expect(lesson.terminal().getByRole('textbox')).toBeFocused();
});

test('a busy terminal: the button that interrupts goes away, the focus does not', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  const button = page.getByRole('button', { name: `Run ${hello}`, exact: true });
  await lesson.enter('sleep 1000');
  await expect(page.getByRole('tab', { name: /^main \(a command runs\)/ })).toBeVisible();
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Interrupt and run' }).press('Enter');
  await expect(lesson.screen()).toContainText('hello drydock');
  await expect(button).toBeFocused();
});

test('a step done by typing moves nothing; the next is marked in sight, or offered below', async ({ page, lesson }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await lesson.open('checks/basics');
  const text = page.locator('[id="page:main"]');
  const steps = text.locator('[data-step]');
  const place = () => text.evaluate((column) => column.scrollTop);
  const input = lesson.terminal().getByRole('textbox');
  await page.mouse.move(1300, 600);

  const before = await place();
  await lesson.enter(hello);
  await lesson.ticks('You said hello');
  await expect(steps.nth(1)).toHaveAttribute('data-current', 'true');
  await expect(input).toBeFocused();
  expect(await place()).toBe(before);

  // So low that the next title is out of sight when this step is done.
  await page.setViewportSize({ width: 1440, height: 360 });
  const write = page.getByRole('button', { name: 'Write to note.txt' });
  const offer = page.getByRole('navigation', { name: 'Previous and next' });
  await expect(offer.getByText('Step done')).toHaveCount(0);
  await write.evaluate((button) => button.scrollIntoView({ block: 'center' }));
  await expect(steps.nth(1)).toHaveAttribute('data-current', 'true');
  const here = await place();
  await lesson.enter('echo remember me > note.txt');
  await lesson.ticks('The note is there');
  await expect(offer.getByText('Step done')).toBeVisible();
  await expect(steps.nth(1)).toHaveAttribute('data-current', 'true');
  await expect(input).toBeFocused();
  expect(await place()).toBe(here);
});

test('a link to a step takes the keyboard along', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  const steps = page.locator('[id="page:main"] [data-step]');
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link').nth(1).press('Enter');
  await expect(steps.nth(1).getByRole('heading', { level: 2 })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(steps.nth(1).locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Shift+F6');
  await expect(lesson.terminal().getByRole('textbox')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(steps.nth(1).locator(':focus')).toHaveCount(1);
});

test('a folded pane is no place for the focus, until it is shown', async ({ page, lesson }) => {
  await lesson.open('first-steps/first-container');
  const newFile = page.locator('button[aria-label="New file"]');
  await expect(newFile).toBeAttached();
  await newFile.evaluate((button) => button.focus());
  await expect(newFile).not.toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Show the editor');
  await page.keyboard.press('Enter');
  await newFile.focus();
  await expect(newFile).toBeFocused();
});

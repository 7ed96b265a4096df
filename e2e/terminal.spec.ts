import { expect, test } from './fixtures/test.ts';

test('a flood neither freezes the page nor grows the server, and Ctrl-C takes hold', async ({ page, lesson, lab }) => {
  await lesson.open('checks/basics');
  await lesson.enter('yes flood');
  // Nothing but the flood on the screen, its last line perhaps in part: no prompt.
  const floodOnly = /^(?:flood\s*)+(?:f|fl|flo|floo)?\s*$/;
  await expect(lesson.screen()).toHaveText(floodOnly);
  const tab = page.getByRole('tab', { name: /^main/ });
  await expect(tab).toHaveAccessibleName('main (a command runs)');
  const memory = lab.residentMemory();
  // Ten seconds of it, in which the page has to go on drawing frames.
  const frames = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let count = 0;
        const end = performance.now() + 10_000;
        const tick = () => {
          count += 1;
          if (performance.now() < end) requestAnimationFrame(tick);
          else resolve(count);
        };
        requestAnimationFrame(tick);
      }),
  );
  expect(frames).toBeGreaterThan(20);
  expect(lab.residentMemory() - memory).toBeLessThan(150 * 1024 * 1024);
  // It was a flood to the end.
  await expect(tab).toHaveAccessibleName('main (a command runs)');
  expect(await lesson.screen().textContent()).toMatch(floodOnly);
  await lesson.terminal().getByRole('textbox').focus();
  await page.keyboard.press('Control+c');
  await expect(lesson.screen()).toContainText('$', { timeout: 5_000 });
  await expect(tab).toHaveAccessibleName('main', { timeout: 5_000 });
  await lesson.enter('clear; echo stopped-$((6+1))');
  await expect(lesson.screen()).toContainText('stopped-7');
});

test('several terminals, each with its own shell', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.enter('NAME=first');
  await page.getByRole('button', { name: 'New terminal' }).click();
  await expect(lesson.terminal('shell-2')).toHaveAttribute('data-state', 'open');
  await expect(lesson.screen('shell-2')).toContainText('$');
  await lesson.enter('echo "[$NAME]"', 'shell-2');
  await expect(lesson.screen('shell-2')).toContainText('[]');
  await page.getByRole('tab', { name: /main/ }).click();
  await lesson.enter('echo "[$NAME]"');
  await expect(lesson.screen()).toContainText('[first]');
});

test('copy and paste work on a page without the clipboard API', async ({ page, lesson }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  });
  await lesson.open('checks/basics');
  await lesson.enter('echo copied-$((20+3))');
  await expect(lesson.screen()).toContainText('copied-23');
  const row = lesson.screen().getByText('copied-23', { exact: false }).last();
  const box = await row.boundingBox();
  if (box === null) throw new Error('the word is not on the screen');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.press('Control+Shift+C');
  await lesson.type('echo pasted: ');
  await page.keyboard.press('Control+V');
  await page.keyboard.press('Enter');
  await expect(lesson.screen()).toContainText('pasted: copied-23');
});

test('the terminal is left by Esc Esc, and F6 moves between panes', async ({ page, lesson }) => {
  await lesson.open('checks/basics');
  await lesson.terminal().getByRole('textbox').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(lesson.terminal().getByRole('textbox')).not.toBeFocused();
  await page.keyboard.press('Control+Backquote');
  await expect(lesson.terminal().getByRole('textbox')).toBeFocused();
  await page.keyboard.press('F6');
  await expect(lesson.terminal().getByRole('textbox')).not.toBeFocused();
});

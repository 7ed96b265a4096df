import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures/test.ts';

const question = {
  one: 'What does docker run need at least?',
  several: 'Which of these start something?',
  free: 'Which command lists running containers?',
};

/** The whole block: sign, form and words. */
const quiz = (page: Page, step: string): Locator => page.locator(`[data-step="${step}"] [data-quiz]`);

/** Beside the choices; what is read out says the same once more. */
const reason = (block: Locator, words: string): Locator => block.locator('fieldset').getByText(words);

test('a wrong choice says why, a right one explains, and a reload shows it passed', async ({ page, lesson }) => {
  await lesson.open('blocks/questions');
  const block = quiz(page, 'one');
  const form = page.getByRole('group', { name: question.one });
  const answer = block.getByRole('button', { name: /^Answer: / });

  await answer.click();
  await expect(block.getByText('Choose an answer first.').first()).toBeVisible();

  await form.getByRole('radio', { name: 'A name for the container' }).check();
  await answer.click();
  await expect(reason(block, 'Docker makes one up.')).toBeVisible();
  await expect(block).not.toContainText('A container begins as an image.');
  await expect(block).not.toContainText('Everything else has a default.');
  await expect(block.getByRole('img', { name: 'Not yet' })).toBeVisible();
  await expect(form.getByRole('radio', { name: 'A name for the container' })).toHaveAccessibleDescription(
    /Not this\. Docker makes one up\./,
  );
  await expect(block.getByRole('status')).toContainText('That is not it.');
  await expect(answer).toBeFocused();

  // By keyboard: the arrow chooses the next one, Enter answers.
  await form.getByRole('radio', { name: 'A name for the container' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(block.getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(form.getByRole('radio', { name: 'An image' })).toBeFocused();
  for (const words of ['Docker makes one up.', 'A container begins as an image.', 'Publishing a port is optional.'])
    await expect(reason(block, words)).toBeVisible();
  await expect(block.locator('form > div').getByText('Everything else has a default.')).toBeVisible();
  await expect(
    page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: /^Step 1: .*, done$/ }),
  ).toBeVisible();
  // Enter once more is not a wish to begin again.
  await page.keyboard.press('Enter');
  await expect(block.getByRole('button', { name: /^Answer again: / })).toBeVisible();

  await page.reload();
  await expect(reason(block, 'A container begins as an image.')).toBeVisible();
  await expect(form.getByRole('radio', { name: 'An image' })).toBeChecked();
  await expect(block.getByRole('img', { name: 'Done' })).toBeVisible();

  await block.getByRole('button', { name: /^Answer again: / }).click();
  await expect(block).not.toContainText('A container begins as an image.');
  await form.getByRole('radio', { name: 'A -p option' }).check();
  await answer.click();
  await expect(reason(block, 'Publishing a port is optional.')).toBeVisible();
  await expect(block.getByRole('img', { name: 'Done' })).toBeVisible();
  await page.reload();
  await expect(form.getByRole('radio', { name: 'An image' })).toBeChecked();
});

test('choices stand in an order of the learner’s own, the same after a reload and in another window', async ({
  page,
  lesson,
  context,
  browser,
  lab,
}) => {
  await lesson.open('blocks/questions');
  const written = ['docker run', 'docker start', 'docker ps'];
  const orderIn = async (where: Page): Promise<string[]> => {
    const labels = where.getByRole('group', { name: question.several }).locator('label');
    await expect(labels).toHaveCount(written.length);
    return labels.allTextContents();
  };
  const own = await orderIn(page);
  expect([...own].sort()).toEqual([...written].sort());
  await page.reload();
  expect(await orderIn(page)).toEqual(own);
  const other = await context.newPage();
  await other.goto('/learn/blocks/questions');
  expect(await orderIn(other)).toEqual(own);
  await other.close();
  // `shuffle: false`
  await expect(page.getByRole('group', { name: question.one }).locator('label')).toHaveText([
    'A name for the container',
    'An image',
    'A -p option',
  ]);
  // Others see other orders: six orders are possible, so thirteen learners with one of them are no accident.
  const orders = new Set([own.join()]);
  for (let learner = 0; learner < 12 && orders.size === 1; learner += 1) {
    const somebody = await browser.newContext({ javaScriptEnabled: false });
    const theirs = await somebody.newPage();
    await theirs.goto(`${lab.url}/learn/blocks/questions`);
    orders.add((await orderIn(theirs)).join());
    await somebody.close();
  }
  expect(orders.size).toBe(2);
});

test('several right choices: what is missing and what is wrong are told apart', async ({ page, lesson }) => {
  await lesson.open('blocks/questions');
  const block = quiz(page, 'several');
  const form = page.getByRole('group', { name: question.several });
  const answer = block.getByRole('button', { name: /^Answer: / });
  const choose = (name: string) => form.getByRole('checkbox', { name, exact: true });

  await choose('docker run').check();
  await answer.click();
  await expect(block.getByText('There is more to choose.').first()).toBeVisible();
  await expect(reason(block, 'It makes a container and starts it.')).toBeVisible();
  await choose('docker ps').check();
  await answer.click();
  await expect(block.getByText('One of your choices is wrong. There is more to choose.').first()).toBeVisible();
  await expect(choose('docker ps')).toHaveAccessibleDescription(/^Not this\. It lists/);
  await choose('docker ps').uncheck();
  await choose('docker start').check();
  await answer.click();
  await expect(block.getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(choose('docker run')).toBeChecked();
  await expect(choose('docker ps')).not.toBeChecked();
});

test('an answer of one’s own is judged, in every window of the lesson', async ({ page, lesson, context }) => {
  await lesson.open('blocks/questions');
  const other = await context.newPage();
  await other.goto('/learn/blocks/questions');
  await expect(other.getByRole('banner').getByRole('status').filter({ hasText: 'Sandbox ready' })).toBeAttached();
  const block = quiz(page, 'free');
  const field = page.getByRole('group', { name: question.free }).getByRole('textbox', { name: 'Your answer' });
  await field.fill('docker images');
  await field.press('Enter');
  await expect(block.getByText('That is not it.').first()).toBeVisible();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toBeFocused();
  await field.fill('  Docker   ps ');
  await field.press('Enter');
  await expect(block.getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(quiz(other, 'free').getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(quiz(other, 'free').getByRole('textbox')).toHaveValue('docker ps');
  await other.close();
});

test('a solution asks first, is noted, and stays shown; the end tells how it went', async ({ page, lesson }) => {
  await lesson.open('blocks/questions');
  const step = page.locator('[data-step="task"]');
  const show = step.getByRole('button', { name: 'Show solution: the command' });
  await show.click();
  await expect(step.getByText('Try once more, or see how it is done?')).toBeVisible();
  await step.getByRole('button', { name: 'Try once more' }).click();
  await expect(step.getByText('Try once more, or see how it is done?')).toBeHidden();
  await expect(show).toBeFocused();
  await show.click();
  await step.getByRole('button', { name: 'See how it is done' }).click();
  const solution = step.getByRole('group', { name: 'Solution: the command' });
  await expect(solution).toBeFocused();
  await page.reload();
  await expect(solution.getByRole('button', { name: 'Run echo harbour' })).toBeVisible();
  await lesson.ready();

  const end = page.getByRole('region', { name: /you can$/i });
  await expect(end.getByText('You looked at one solution, in step 4.')).toBeVisible();
  await expect(end.getByRole('link', { name: 'The last one' })).toBeVisible();
  await lesson.run('echo harbour');
  await lesson.ticks('You said harbour');
  await page.getByRole('button', { name: 'Check again: You said harbour' }).click();
  await expect(lesson.check('You said harbour').getByRole('img', { name: 'Done' })).toBeVisible();

  // What is done needs no question, and is no looking up.
  await step.getByRole('button', { name: 'Show solution: harbour.txt' }).click();
  await expect(step.getByRole('group', { name: 'Solution: harbour.txt' })).toBeFocused();
  await expect(end.getByText('You looked at one solution, in step 4.')).toBeVisible();

  await page.locator('[data-step="last"]').getByRole('textbox').fill('0');
  await page.locator('[data-step="last"]').getByRole('textbox').press('Enter');
  await expect(quiz(page, 'last').getByRole('img', { name: 'Done' })).toBeVisible();
  await expect(end.getByText(/^You answered [1-4] of 4 questions|^You answered all 4 questions/)).toBeVisible();
  await expect(end.getByRole('link', { name: 'The last one' })).toBeHidden();
});

test('diagrams are drawn here, can be read as text, follow the theme, and a broken one breaks nothing', async ({
  page,
  lesson,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await lesson.open('blocks/pictures');
  const drawn = page.getByRole('img', { name: 'From image to container. docker run makes a container of an image.' });
  await expect(drawn).toBeVisible();
  await expect(page.getByRole('img', { name: 'Sequence diagram' })).toBeVisible();
  const fill = () =>
    drawn
      .locator('.node rect')
      .first()
      .evaluate((node) => getComputedStyle(node).fill);
  const light = await fill();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(fill).not.toBe(light);

  const first = page.locator('figure').nth(0);
  await first.getByText('Show as text').click();
  await expect(first.getByText('image[Image] -->|docker run| container[Container]')).toBeVisible();

  const broken = page.locator('figure').nth(2);
  await expect(broken.getByText('This diagram could not be drawn.')).toBeVisible();
  await expect(broken.getByText('a -->')).toBeVisible();

  const hostile = page.locator('figure').nth(3).locator('svg');
  await expect(hostile).toBeVisible();
  await expect(hostile).toContainText('onerror=window.hacked=1');
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await hostile.locator('[onerror], script, img, [href^="javascript"]').count()).toBe(0);
  await lesson.run('echo after the diagrams');
  await lesson.ticks('The lesson is still there');
});

test('a page without a diagram loads nothing that draws', async ({ page, lesson }) => {
  const scripts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.text());
  });
  const loaded = async (id: string) => {
    scripts.length = 0;
    await lesson.open(id);
    await expect(page.locator('[data-diagram="drawing"]')).toHaveCount(0);
    const texts = await Promise.all(scripts);
    return { drawing: texts.some((text) => text.includes(drawingCode)), size: texts.join('').length };
  };
  const without = await loaded('blocks/questions');
  const withDiagrams = await loaded('blocks/pictures');
  test.info().annotations.push({ type: 'scripts', description: `${without.size} and ${withDiagrams.size} characters` });
  expect(without.drawing).toBe(false);
  expect(withDiagrams.drawing).toBe(true);
});

test('variables are asked once and stand everywhere; changing them keeps the place and the terminal', async ({
  page,
  lesson,
  context,
}) => {
  await lesson.open('blocks/names');
  const form = page.getByRole('form', { name: 'Before you begin' });
  const name = form.getByRole('textbox', { name: 'What is your boat called?' });
  await expect(name).toHaveValue('ferry');
  await expect(page.getByRole('button', { name: 'Run echo ahoy ferry' })).toBeVisible();
  await lesson.enter('echo still the same shell');

  await name.fill('X');
  await form.getByRole('button', { name: 'Use these' }).click();
  await expect(form.getByRole('alert')).toContainText('does not fit');
  await expect(name).toBeFocused();
  await name.fill('pinta');
  await name.press('Enter');
  await expect(page.getByRole('button', { name: 'Run echo ahoy pinta' })).toBeVisible();
  await expect(form).toBeHidden();
  await expect(lesson.screen()).toContainText('still the same shell');
  await lesson.run('echo ahoy pinta');
  await lesson.ticks('You greeted pinta');

  await expect(page.getByText('This lesson uses name pinta and pier 3.')).toBeVisible();

  // Another window changes them while this one reads further down, without the browser's own help.
  await page.addStyleTag({ content: '[id="page:main"] { overflow-anchor: none }' });
  await page.setViewportSize({ width: 1440, height: 420 });
  const place = page.getByRole('heading', { name: 'Say where it lies' });
  await place.evaluate((heading) => heading.scrollIntoView());
  const top = () => place.evaluate((heading) => Math.round(heading.getBoundingClientRect().top));
  const [before, height] = [await top(), await textHeight(page)];
  const other = await context.newPage();
  await other.setViewportSize({ width: 1440, height: 900 });
  await other.goto('/learn/blocks/names');
  const change = other.getByRole('button', { name: 'Change your answers' });
  await change.click();
  const pier = other.getByRole('textbox', { name: 'At which pier does it lie?' });
  await expect(other.getByRole('textbox', { name: 'What is your boat called?' })).toBeFocused();
  await expect(other.getByText('Connected')).toBeVisible();
  await pier.fill('seven '.repeat(30));
  await other.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(change).toBeFocused();
  await other.close();
  await expect(page.getByText(/^It lies at pier seven/)).toBeAttached();
  expect(await textHeight(page)).toBeGreaterThan(height);
  expect(await top()).toBe(before);
  const field = page.getByRole('group', { name: 'Where does pinta lie?' }).getByRole('textbox');
  await field.fill('seven '.repeat(30));
  await field.press('Enter');
  await expect(quiz(page, 'pier').getByRole('img', { name: 'Done' })).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`every block is accessible and fits a phone, ${theme}`, async ({ page, lesson }) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const id of ['questions', 'pictures', 'names']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await lesson.open(`blocks/${id}`);
      await expect(page.locator('[data-diagram="drawing"]')).toHaveCount(0);
      if (id === 'questions') await answerSome(page);
      const { violations } = await new AxeBuilder({ page }).include('[id="page:main"]').analyze();
      expect(violations.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
        [],
      );
      await shoot(page, `${id}-${theme}-wide`);
      await page.setViewportSize({ width: 390, height: 844 });
      const overflow = await page.locator('[id="page:main"]').evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(overflow).toBe(0);
      await shoot(page, `${id}-${theme}-phone`);
    }
  });
}

const textHeight = (page: Page): Promise<number> =>
  page.locator('[id="page:main"]').evaluate((main) => main.scrollHeight);

/** One wrong, one right, one half right, and a solution that is asked for. */
async function answerSome(page: Page): Promise<void> {
  const answer = async (step: string, choice: string) => {
    const block = quiz(page, step);
    await block.getByLabel(choice).check();
    await block.getByRole('button', { name: /^Answer: / }).click();
    await expect(block.locator('[role="status"]')).not.toBeEmpty();
  };
  await answer('one', 'An image');
  await answer('several', 'docker run');
  await answer('several', 'docker ps');
  const field = quiz(page, 'free').getByRole('textbox');
  await field.fill('docker images');
  await field.press('Enter');
  await expect(quiz(page, 'free')).toHaveAttribute('data-state', 'wrong');
  await page.getByRole('button', { name: 'Show solution: the command' }).click();
  await expect(page.getByRole('button', { name: 'See how it is done' })).toBeVisible();
}

/** Words that only mermaid's code holds. */
const drawingCode = 'No diagram type detected matching';

/** Pictures for people, where a folder for them is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.DRYDOCK_SHOTS;
  if (folder === undefined) return;
  const steps = await page.locator('[data-step]').count();
  for (let at = 0; at <= steps; at += 2) {
    const place = at === 0 ? page.locator('[id="page:main"] h1') : page.locator('[data-step]').nth(at - 1);
    await place.evaluate((element) => element.scrollIntoView());
    await page.screenshot({ path: `${folder}/${name}-${at}.png` });
  }
}

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures/test.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`no accessibility violations in the ${scheme} theme`, async ({ page, lesson }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto('/');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await lesson.open('checks/basics');
    // xterm and Monaco draw text as rows of spans; their own accessibility trees are what counts there.
    const found = await new AxeBuilder({ page }).exclude('.xterm').exclude('.monaco-editor').analyze();
    expect(found.violations).toEqual([]);
  });
}

test('a lesson can be read without JavaScript', async ({ browser, lab }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${lab.url}/learn/first-steps/first-container`);
  await expect(page.getByRole('heading', { level: 1, name: 'Run your first container' })).toBeVisible();
  await expect(page.getByText('docker run busybox echo hello').first()).toBeVisible();
  await context.close();
});

test('a narrow screen shows the lesson first, the rest as tabs', async ({ page, lesson }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/learn/checks/basics');
  await expect(page.getByRole('heading', { level: 1, name: 'Basics' })).toBeVisible();
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await lesson.ready();
  await page.getByRole('tab', { name: 'Lesson' }).click();
  await lesson.run('echo hello drydock');
  // The command is typed where the learner can see it.
  await expect(page.getByRole('tab', { name: 'Terminal' })).toHaveAttribute('aria-selected', 'true');
  await expect(lesson.screen()).toContainText('echo hello drydock');
  await page.getByRole('tab', { name: 'Lesson' }).click();
  await lesson.ticks('You said hello');
});

test('on a phone no option is torn from its hyphens, and nothing is wider than the page', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/learn/first-steps/first-container');
  const text = page.locator('[id="page:main"]');
  const options = await text.locator('.command, p code, li code').evaluateAll((codes) =>
    codes.flatMap((code) => {
      const all = code.textContent ?? '';
      const pieces = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      const at: { node: Node; from: number }[] = [];
      for (let from = 0; pieces.nextNode(); from += pieces.currentNode.textContent?.length ?? 0)
        at.push({ node: pieces.currentNode, from });
      /** Where on the page this character stands. */
      const lineOf = (index: number) => {
        const piece = at.findLast(({ from }) => from <= index);
        if (piece === undefined) throw new Error('no such character');
        const range = document.createRange();
        range.setStart(piece.node, index - piece.from);
        range.setEnd(piece.node, index - piece.from + 1);
        return Math.round(range.getBoundingClientRect().top);
      };
      return [...all.matchAll(/(?<=^|\s)--?[a-z]+/g)].map((found) => ({
        option: found[0],
        torn: lineOf(found.index) !== lineOf(found.index + found[0].length - 1),
      }));
    }),
  );
  expect(options.map(({ option }) => option)).toContain('--name');
  expect(options.filter(({ torn }) => torn)).toEqual([]);
  expect(await text.evaluate((column) => column.scrollWidth - column.clientWidth)).toBe(0);
});

test('a lesson that is not there is a page that says so', async ({ page, complaints }) => {
  for (const lesson of ['first-steps/nothing', 'No/Such']) {
    const answer = await page.goto(`/learn/${lesson}`);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('link', { name: /lessons|catalogue/i }).first()).toBeVisible();
  }
  complaints.length = 0; // the browser notes the 404s
});

test('curl and monitors get the pages too, and are nobody', async ({ lab }) => {
  for (const path of ['/', '/learn/first-steps/first-container']) {
    const answer = await fetch(`${lab.url}${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
});

test('the page runs under a policy without inline or evaluated script', async ({ page }) => {
  const answer = await page.goto('/');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("'strict-dynamic'");
  expect(policy).not.toContain('unsafe-eval');
  expect(policy.match(/script-src[^;]*/)?.[0]).not.toContain('unsafe-inline');
});

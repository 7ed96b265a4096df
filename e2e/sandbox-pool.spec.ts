import type { Health } from '../protocol/lab.ts';
import { LessonPage } from './fixtures/lesson-page.ts';
import { expect, test } from './fixtures/test.ts';

test.use({ labEnv: { DRYDOCK_POOL: '1' } });

test('learners who come get a prompt from the pool, each a sandbox of their own', async ({ browser, lab }) => {
  const ready = async () => ((await (await fetch(`${lab.url}/api/health`)).json()) as Health).pool.ready;
  const contexts = [];
  for (const name of ['first', 'second']) {
    await expect.poll(ready, { timeout: 90_000 }).toBe(1);
    const context = await browser.newContext();
    contexts.push(context);
    const lesson = new LessonPage(await context.newPage());
    await lesson.page.goto(`${lab.url}/learn/checks/basics`);
    await lesson.ready();
    // Nobody's traces, the lesson's files, and a Docker that works.
    await lesson.enter(`docker volume ls --quiet | wc -l; cat given.txt; docker volume create ${name}`);
    await expect(lesson.screen()).toContainText(new RegExp(`0\\s*given\\s*${name}`));
  }
  for (const context of contexts) await context.close();
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { labId } from '../server/config.ts';
import { mainLabConfig } from '../server/test-sandbox-image.ts';
import { LessonPage } from './fixtures/lesson-page.ts';

const lesson = (title: string) => `---
title: ${title}
summary: A lesson that is being written.
minutes: 5
level: beginner
objectives:
  - Say hello.
---

## Say hello {#hello}

\`\`\`sh run
echo hello drydock
\`\`\`

\`\`\`yaml check
title: You said hello
ran: ^echo hello
\`\`\`
`;

/** `npm run lessons -- preview`, after the set-up, with a data folder of its own. */
interface Preview {
  folder: string;
  dataDir: string;
  url: string;
  process: ChildProcess;
  /** What it printed. */
  output: () => string;
}

const test = base.extend<{ preview: Preview }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  preview: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'drydock-e2e-preview-'));
    const folder = join(home, 'lessons');
    const dataDir = join(home, 'data');
    mkdirSync(join(folder, 'writing/draft'), { recursive: true });
    mkdirSync(dataDir);
    writeFileSync(join(folder, 'writing/draft/lesson.md'), lesson('Draft'));
    writeFileSync(
      join(folder, 'writing/course.yaml'),
      'title: Writing\nsummary: Lessons that tests write.\naudience: Tests of Drydock.\nlessons: [draft]\n',
    );
    const main = mainLabConfig();
    copyFileSync(join(main.dataDir, 'setup.json'), join(dataDir, 'setup.json'));
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DRYDOCK_')));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'server/lessons/cli/cli.ts', 'preview', join(folder, 'writing/draft'), '--open', 'never'],
      {
        env: { ...inherited, NODE_ENV: 'production', DOCKER_HOST: main.dockerHost, DRYDOCK_DATA: dataDir },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        output += data.toString();
      });
    }
    const find = () => /ready: +(\S+)/.exec(output)?.[1];
    await expect.poll(find, { timeout: 90_000, message: 'the address' }).toBeDefined();
    await use({ folder, dataDir, url: find() ?? '', process: child, output: () => output });
    if (child.exitCode === null) child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(home, { recursive: true, force: true });
  },
});

test('lessons preview shows a lesson, reads it again when it is saved, and leaves nothing behind', async ({
  page,
  preview,
}) => {
  const learner = new LessonPage(page);
  expect(preview.url).toMatch(/\/learn\/writing\/draft\?author$/);
  await page.goto(preview.url);
  await learner.ready();
  await expect(page.getByRole('region', { name: 'Author view', exact: true })).toBeVisible();
  await learner.run('echo hello drydock');
  await learner.ticks('You said hello');
  writeFileSync(join(preview.folder, 'writing/draft/lesson.md'), lesson('Saved again'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Saved again');
  await learner.ticks('You said hello');
  await expect(learner.screen()).toContainText('hello drydock');

  const [own = ''] = readdirSync(preview.dataDir).filter((name) => name.startsWith('preview-'));
  const lab = labId(join(preview.dataDir, own));
  const made = (kind: 'container' | 'volume') =>
    execFileSync('docker', [kind, 'ls', '-q', '--filter', `label=drydock.lab=${lab}`], {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_HOST: mainLabConfig().dockerHost },
    }).trim();
  expect(made('container')).not.toBe('');
  await page.close();
  const ended = once(preview.process, 'exit');
  preview.process.kill('SIGINT');
  const [code] = await ended;
  expect(code, preview.output()).toBe(0);
  expect(made('container')).toBe('');
  expect(made('volume')).toBe('');
  expect(readdirSync(preview.dataDir).filter((name) => name.startsWith('preview-'))).toEqual([]);
});

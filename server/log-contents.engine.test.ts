import { execFileSync } from 'node:child_process';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestLab, type TestLab, type TestPage } from './test-lab.ts';
import { testSandboxImage } from './test-sandbox-image.ts';

const lesson = 'checks/basics';
/** In everything the learner types, names and writes. Fit for a container, a file and a shell. */
const marker = 'zq7learner';

let lab: TestLab;
let log = '';

beforeAll(async () => {
  const write = (line: string) => {
    log += line;
  };
  const logger = pino({ level: 'info', base: null }, { write });
  lab = await openTestLab({ sandboxImage: testSandboxImage(), lessons: 'e2e/lessons', logger });
});
afterAll(() => lab?.dispose());

const size = { cols: 120, rows: 30 };

async function openLesson(page: TestPage, since = 0): Promise<void> {
  await page.must('lesson:open', { lesson });
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since >= since);
  await page.must('lesson:open', { lesson });
}

/** Types a command and waits until it has run, whatever became of it. */
async function run(page: TestPage, terminal: string, command: string, timeoutMs = 60_000): Promise<void> {
  const done = `${Math.random().toString(36).slice(2)}`;
  const data = Buffer.from(`${command}; echo over-${done.slice(0, 4)}''${done.slice(4)}\r`);
  await page.must('terminal:input', { lesson, terminal, data });
  await page.untilOutput(terminal, new RegExp(`over-${done}`), timeoutMs);
}

test('nothing a learner types, names or writes is in the log from info on', async () => {
  const page = await lab.visit();
  await openLesson(page);
  const named = `${marker}-term`;
  await page.must('terminal:open', { lesson, terminal: named, ...size, after: 0 });
  await page.untilOutput(named, /\$ /);

  // Containers, images, volumes and networks of that name; one runs on, with a restart policy.
  await run(
    page,
    named,
    `tar -chf - /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -o '/lib[^ ]*' | sort -u) | docker import - ${marker}:latest`,
  );
  await run(page, named, `docker run -d --restart always --name ${marker}-on ${marker} sleep 1000`);
  await run(page, named, `docker run --name ${marker}-off ${marker} /no/such/${marker}`);
  await run(
    page,
    named,
    `docker volume create ${marker}; docker network create ${marker}; docker inspect ${marker}-no`,
  );
  await run(page, named, `echo ${marker} > ${marker}.txt; cat /no/${marker}; kill -9 $(pgrep -f ${marker}-nobody)`);

  // The editor, with everything that can go wrong there.
  const write = { lesson, path: `${marker}/a.txt`, content: marker, basedOn: null, overwrite: false };
  await page.ask('file:write', write);
  await page.ask('file:write', { ...write, content: `${marker}2` });
  await page.ask('file:read', { lesson, path: `${marker}/none` });
  await page.ask('file:read', { lesson, path: marker });
  await page.ask('file:rename', { lesson, from: `${marker}.txt`, to: `${marker}/a.txt` });
  await page.ask('file:remove', { lesson, path: `${marker}-none` });
  await page.ask('file:read', { lesson, path: `../${marker}` });
  await page.ask('terminal:input', { lesson, terminal: `${marker}-none`, data: Buffer.from(marker) });
  page.socket.emit(`no:${marker}`, { [marker]: marker });

  // Builds: one that fails, one that loses its daemon under it.
  const dockerfile = (text: string) =>
    page.ask('file:write', { ...write, path: `${marker}.dockerfile`, content: text, overwrite: true });
  await dockerfile(`FROM ${marker}\nRUN ${marker}\n`);
  await page.must('build:start', { lesson, path: `${marker}.dockerfile` });
  await page.until('build:changed', ({ build }) => build.state === 'failed', 60_000);
  await dockerfile(`FROM ${marker}\nRUN sleep 100 # ${marker}\n`);
  await page.must('build:start', { lesson, path: `${marker}.dockerfile` });
  await page.until('build:output', ({ text }) => /RUN sleep 100/.test(text), 60_000);
  await run(page, named, 'pkill -9 dockerd');
  await page.until('build:changed', ({ build }) => build.state === 'lost' || build.state === 'failed', 60_000);
  await page.ask('check:evaluate', { lesson });
  await run(page, named, 'until docker version >/dev/null 2>&1; do sleep 0.2; done', 90_000);

  // The sandbox dies under all of it and comes back with its containers; then it is reset.
  const died = Date.now();
  const [id] = execFileSync(
    'docker',
    ['ps', '-q', '--filter', `label=drydock.lab=${lab.lab}`, '--filter', 'label=drydock.learner'],
    {
      encoding: 'utf8',
    },
  ).split('\n');
  execFileSync('docker', ['kill', id ?? '']);
  await openLesson(page, died);
  // The page is told of the container by its name; so it did come this way.
  const { sandbox } = await page.until(
    'sandbox:changed',
    (fact) => fact.sandbox.state === 'ready' && fact.sandbox.notices.length > 0,
  );
  expect(JSON.stringify(sandbox)).toContain(`${marker}-on`);
  await page.must('terminal:open', { lesson, terminal: named, ...size, after: 0 });
  const reset = Date.now();
  await page.must('sandbox:reset', { lesson });
  await openLesson(page, reset);
  await lab.restart();

  // It does say something, of this very sandbox.
  expect(log).toMatch(/"sandbox":"[a-z0-9]+"/);
  expect(log).toContain('sandbox ready');
  expect(log).not.toContain(marker);
}, 300_000);

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { openStore } from '../store/open-store.ts';
import { openTestLab, type TestLab, type TestPage } from '../test-lab.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';

const lesson = 'checks/basics';
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const uptime = {
  time: 0,
  now: () => uptime.time,
  pass: (seconds: number) => {
    uptime.time += seconds * 1_000;
  },
};
let lab: TestLab;

beforeAll(async () => {
  lab = await openTestLab({
    sandboxImage: testSandboxImage(),
    lessons: 'e2e/lessons',
    // Nothing is unused before a test says that time has passed.
    uptime,
    env: {
      DRYDOCK_POOL: '1',
      DRYDOCK_PAUSE_AFTER: '10s',
      DRYDOCK_STOP_AFTER: '20s',
      DRYDOCK_REMOVE_AFTER: '60s',
      DRYDOCK_REMOVE_WARNING: '30s',
    },
  });
});
afterAll(() => lab?.dispose());

/** The engine's own word, by sandbox. */
function onEngine(): Map<string, string> {
  const filter = ['--filter', `label=drydock.lab=${lab.lab}`];
  const format = '{{.Label "drydock.sandbox"}} {{.State}}';
  const lines = execFileSync('docker', ['ps', '-a', ...filter, '--format', format], { encoding: 'utf8' }).trim();
  return new Map(lines.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])));
}

const poolReady = async () => {
  const health = async () => (await (await fetch(`${lab.url}/api/health`)).json()) as { pool: { ready: number } };
  await vi.waitFor(async () => expect((await health()).pool.ready).toBe(1), { timeout: 30_000, interval: 200 });
};

const isState = (state: SandboxStatus['state']) => (fact: { sandbox: SandboxStatus }) => fact.sandbox.state === state;

async function openLesson(page: TestPage): Promise<void> {
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', isState('ready'));
}

async function openTerminal(page: TestPage, terminal = 'main'): Promise<string> {
  const opened = await page.must('terminal:open', { lesson, terminal, cols: 100, rows: 24, after: 0 });
  await page.untilOutput(terminal, /\$ /);
  return opened.generation;
}

const type = (page: TestPage, text: string) =>
  page.must('terminal:input', { lesson, terminal: 'main', data: Buffer.from(text) });

/** The sandbox that was given to a learner last. */
async function newestSandbox(): Promise<string> {
  const db = await openStore(lab.dataDir, () => undefined);
  try {
    const row = await db.selectFrom('sandbox').select('id').orderBy('created_at', 'desc').executeTakeFirstOrThrow();
    return row.id;
  } finally {
    await db.destroy();
  }
}

/** An image for the learner's own containers, of what their sandbox has. */
const makeImage = `
  programs="/bin/sh /usr/bin/sleep"
  tar -chf - $programs $(ldd $programs | grep -o '/lib[^ ]*' | sort -u) 2> /dev/null | docker import - tiny`;

/** Runs a command in the learner's terminal and waits until it is done. */
let commands = 0;
async function run(page: TestPage, command: string): Promise<void> {
  commands += 1;
  await type(page, `${command}; echo "done-$((${commands} + 1000))"\r`);
  await page.untilOutput('main', new RegExp(`done-${commands + 1000}`));
}

test('a learner without a sandbox gets the one that waits, with a prompt in it', async () => {
  await poolReady();
  const waiting = [...onEngine()].filter(([, state]) => state === 'running').map(([id]) => id);
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await type(page, 'ls; docker version -f "server={{.Server.Version}}"\r');
  await page.untilOutput('main', /given\.txt[\s\S]*server=\d+/);
  const [ready] = page.facts('sandbox:changed').filter(isState('ready'));
  expect(ready?.sandbox).toMatchObject({ notices: [], limits: { egress: 'none', pids: expect.any(Number) } });
  await poolReady();
  expect(onEngine().size).toBe(waiting.length + 1);
});

test('one that nobody uses is frozen, and goes on at the first key where it was', async () => {
  await poolReady();
  const page = await lab.visit();
  await openLesson(page);
  const generation = await openTerminal(page);
  await run(page, 'echo before the pause; (sleep 1000; true) & counted=41');
  const id = await newestSandbox();
  /** Programs that follow the sandbox for the lab. */
  const followers = () =>
    execFileSync('docker', ['top', `drydock-${lab.lab}-${id}`, '-eo', 'pid,args'], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /(?:^|\s)(inotifywait|drydock-measure)\s/.exec(line)?.[1] ?? [])
      .sort();
  uptime.pass(12);
  await page.until('sandbox:changed', isState('paused'));
  await vi.waitFor(() => expect(onEngine().get(id)).toBe('paused'), { timeout: 10_000 });
  // Reconnecting alone wakes nothing.
  expect((await page.must('lesson:open', { lesson, again: true })).sandbox.state).toBe('paused');
  expect(await page.ask('file:list', { lesson })).toMatchObject({ ok: false, error: { code: 'sandbox.stopped' } });

  await Promise.all([...'echo still $((counted+1)); jobs\r'].map((key) => type(page, key)));
  await page.untilOutput('main', /still 42\r?\n[\s\S]*Running/);
  const woken = await page.until(
    'sandbox:changed',
    ({ sandbox }) => sandbox.state === 'ready' && sandbox.notices.some((notice) => notice.kind === 'woken'),
  );
  expect(woken.sandbox).toMatchObject({ notices: [{ kind: 'woken', pausedMs: expect.any(Number) }] });
  const again = await page.must('terminal:open', { lesson, terminal: 'main', cols: 100, rows: 24, after: 0 });
  expect(again.generation).toBe(generation);
  expect(page.output('main')).toContain('before the pause');
  // The lesson is followed again: its checks see what is done.
  await run(page, 'echo hello drydock');
  await page.until('check:changed', ({ checks }) =>
    checks.some((check) => check.id === 'hello-check-1' && check.state === 'met'),
  );
  await page.must('file:write', { lesson, path: 'note.txt', content: 'remember me\n', basedOn: null, overwrite: true });
  await page.until('check:changed', ({ checks }) =>
    checks.some((check) => check.id === 'note-check-1' && check.state === 'met'),
  );
  // What followed it before the pause ended with the pause.
  await vi.waitFor(() => expect(followers()).toEqual(['drydock-measure', 'inotifywait']), { timeout: 10_000 });
  page.close();
});

test('stopped and started again: what has a restart policy runs again, what has none is named, files are there', async () => {
  await poolReady();
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await run(page, makeImage);
  await run(page, 'docker run -d --name lasting --restart unless-stopped tiny /usr/bin/sleep 1000');
  await run(page, 'docker run -d --name passing tiny /usr/bin/sleep 1000');
  await run(page, 'docker run --name over tiny /usr/bin/sleep 0; docker volume create kept; echo mine > mine.txt');
  const id = await newestSandbox();
  uptime.pass(25);
  const stopped = await page.until('sandbox:changed', isState('stopped'));
  expect(stopped.sandbox).toMatchObject({ why: 'idle' });
  await vi.waitFor(() => expect(onEngine().get(id)).toBe('exited'), { timeout: 20_000 });
  expect((await page.must('lesson:open', { lesson, again: true })).sandbox).toMatchObject({
    state: 'stopped',
    why: 'idle',
  });

  // A request that cannot wait says that it starts.
  expect(await page.ask('file:read', { lesson, path: 'mine.txt' })).toMatchObject({
    ok: false,
    error: { code: 'sandbox.starting' },
  });
  const isReported = ({ sandbox }: { sandbox: SandboxStatus }) =>
    sandbox.state === 'ready' && sandbox.notices.some((notice) => notice.kind === 'restarted');
  const { sandbox } = await page.until('sandbox:changed', isReported);
  const notice = sandbox.state === 'ready' ? sandbox.notices.find(({ kind }) => kind === 'restarted') : undefined;
  expect(notice).toMatchObject({ why: 'idle', running: ['lasting'], stoppedAt: expect.any(Number) });
  expect(notice?.kind === 'restarted' ? notice.ended : []).toContain('passing');
  expect((await page.must('file:read', { lesson, path: 'mine.txt' })).content).toBe('mine\n');
  await page.must('sandbox:dismiss', { lesson, kind: 'restarted' });
  await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready' && fact.sandbox.notices.length === 0);
  page.close();
});

test('removed after long, its files are kept, can be had by their owner alone, and put back where nothing is', async () => {
  await poolReady();
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await run(
    page,
    'echo of mine > mine.txt; echo changed > given.txt; mkdir -p deep/er; ln -s ../mine.txt deep/link; chmod 700 deep',
  );
  const id = await newestSandbox();
  uptime.pass(70);
  await page.until('sandbox:changed', isState('none'), 60_000);
  expect(onEngine().has(id)).toBe(false);

  const startedAt = page.facts('sandbox:changed').length;
  await page.must('lesson:open', { lesson });
  const told = await page.until(
    'sandbox:changed',
    ({ sandbox }) => sandbox.state === 'ready' && sandbox.notices.some((notice) => notice.kind === 'archived'),
  );
  expect(page.facts('sandbox:changed').indexOf(told)).toBeGreaterThanOrEqual(startedAt);
  const notice = told.sandbox.state === 'ready' ? told.sandbox.notices.find((each) => each.kind === 'archived') : null;
  if (notice?.kind !== 'archived') throw new Error('nothing was archived');
  const { archive } = notice;

  const address = `${lab.url}/api/archives/${archive.id}`;
  const mine = await fetch(address, { headers: { cookie: page.cookie } });
  expect(mine.status).toBe(200);
  expect((await mine.arrayBuffer()).byteLength).toBe(archive.bytes);
  const other = await lab.visit();
  expect((await fetch(address, { headers: { cookie: other.cookie } })).status).toBe(403);
  expect((await fetch(address)).status).toBe(401);
  await openLesson(other);
  expect(await other.ask('sandbox:restore', { lesson, archive: archive.id })).toMatchObject({
    ok: false,
    error: { code: 'access.denied' },
  });

  const restored = await page.must('sandbox:restore', { lesson, archive: archive.id });
  expect(restored.restored).toBeGreaterThanOrEqual(2);
  expect(restored.kept.some((path) => path.endsWith('given.txt'))).toBe(true);
  expect((await page.must('file:read', { lesson, path: 'mine.txt' })).content).toBe('of mine\n');
  expect((await page.must('file:read', { lesson, path: 'given.txt' })).content).toBe('given\n');
  expect((await page.must('file:read', { lesson, path: 'given.txt.restored' })).content).toBe('changed\n');
  await page.must('terminal:open', { lesson, terminal: 'look', cols: 100, rows: 24, after: 0 });
  await page.must('terminal:input', {
    lesson,
    terminal: 'look',
    data: Buffer.from('stat -c "%a %u" deep; cat deep/link; echo looked\r'),
  });
  await page.untilOutput('look', /700 0\r?\nof mine\r?\nlooked/);
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.notices.length === 0);
});

test('one whose container and disks are gone from the engine is made anew, and its learner is told', async () => {
  await poolReady();
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await run(page, 'echo mine > mine.txt');
  uptime.pass(12);
  await page.until('sandbox:changed', isState('paused'));
  const id = await newestSandbox();
  page.close();
  const { engine } = mainLabConfig();
  const disks = { folder: join(lab.dataDir, 'disks'), limit: 'auto' as const };
  const host = createDockerSandboxHost({ engine, lab: lab.lab, seccompProfile: {}, disks, logger: silent });
  await host.remove(id, { keepHome: false });

  const again = await lab.visit({ cookie: page.cookie });
  await again.must('lesson:open', { lesson });
  const told = await again.until('sandbox:changed', isState('ready'));
  expect(told.sandbox).toMatchObject({ notices: [{ kind: 'lost' }] });
  expect(await again.ask('file:read', { lesson, path: 'mine.txt' })).toMatchObject({
    ok: false,
    error: { code: 'file.not-found' },
  });
  again.close();
});

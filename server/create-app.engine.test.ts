import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDockerSandboxHost } from './docker/docker-sandbox-host.ts';
import { openStore } from './store/open-store.ts';
import { openTestLab, type TestLab, TestPage, welcome } from './test-lab.ts';
import { testLimits } from './test-limits.ts';
import { mainLabConfig, testSandboxImage } from './test-sandbox-image.ts';

const lesson = 'checks/basics';
const sandboxImage = testSandboxImage();
let lab: TestLab;

beforeAll(async () => {
  lab = await openTestLab({ sandboxImage, lessons: 'e2e/lessons' });
});
afterAll(() => lab?.dispose());

async function openLesson(page: TestPage): Promise<void> {
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('lesson:open', { lesson });
}

async function openTerminal(page: TestPage, terminal = 'main'): Promise<void> {
  await page.must('terminal:open', { lesson, terminal, cols: 80, rows: 24, after: 0 });
  await page.untilOutput(terminal, /\$ /);
}

const type = (page: TestPage, text: string, terminal = 'main') =>
  page.must('terminal:input', { lesson, terminal, data: Buffer.from(text) });

test('health says whether a sandbox can be had', async () => {
  const answer = await fetch(`${lab.url}/api/health`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    status: 'ok',
    engine: { reachable: true },
    sandboxImage: { present: true },
    reason: null,
  });
});

test('a learner gets a shell that is root of a Docker host of their own', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await type(page, 'id -u; docker version -f "server={{.Server.Version}}"; ip -o addr show docker0 | wc -l\r');
  await page.untilOutput('main', /\n\r*0\r\n[\s\S]*server=\d+[\s\S]*\n1\r\n/);
});

test('two pages of one learner share the shell; another learner has another daemon', async () => {
  const ada = await lab.visit();
  await openLesson(ada);
  await openTerminal(ada);
  const second = await lab.visit({ cookie: ada.cookie });
  await second.must('lesson:open', { lesson });
  await openTerminal(second);
  await type(ada, 'docker volume create of-ada; echo made-$((40+2))\r');
  await second.untilOutput('main', /made-42/);

  const grace = await lab.visit();
  await openLesson(grace);
  await openTerminal(grace);
  await type(grace, 'docker volume ls -q | wc -l; echo counted-$((1+1))\r');
  expect(await grace.untilOutput('main', /counted-2/)).toMatch(/\n\r*0\r\n/);
});

test('checks see a command, a file and a volume by themselves, and progress outlives the server', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await type(page, 'echo hello drydock\r');
  await page.until('check:changed', ({ checks }) =>
    checks.some((check) => check.id === 'hello-check-1' && check.state === 'met'),
  );
  await page.must('file:write', {
    lesson,
    path: 'note.txt',
    content: 'remember me\n',
    basedOn: null,
    overwrite: false,
  });
  await page.until('check:changed', ({ checks }) =>
    checks.some((check) => check.id === 'note-check-1' && check.state === 'met'),
  );
  await page.until('progress:changed', ({ progress }) => progress.completedAt !== null);

  await lab.restart();
  const again = await lab.visit({ cookie: page.cookie });
  const opened = await again.must('lesson:open', { lesson });
  expect(Object.keys(opened.progress.passed).sort()).toEqual(['hello-check-1', 'note-check-1']);
  await openLesson(again);
  // The same shell, with what it printed before the restart.
  await again.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await again.untilOutput('main', /hello drydock/);
  expect((await again.must('file:read', { lesson, path: 'note.txt' })).content).toBe('remember me\n');
});

test('a reset gives a fresh daemon and the lesson’s files, and keeps other ticks', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await type(page, 'docker volume create gone; echo changed > given.txt; echo done-$((2+3))\r');
  await page.untilOutput('main', /done-5/);
  const resetAt = Date.now();
  await page.must('sandbox:reset', { lesson });
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'resetting');
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since >= resetAt);
  await openLesson(page);
  expect((await page.must('file:read', { lesson, path: 'given.txt' })).content).toBe('given\n');
  await page.must('terminal:open', { lesson, terminal: 'fresh', cols: 80, rows: 24, after: 0 });
  await type(page, 'echo volumes: $(docker volume ls -q | wc -l)\r', 'fresh');
  await page.untilOutput('fresh', /volumes: 0\r\n/);
});

test('a sandbox that is killed comes back by itself with its files', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await page.must('file:write', { lesson, path: 'kept.txt', content: 'kept\n', basedOn: null, overwrite: false });
  const names = execFileSync('docker', ['ps', '-q', '--filter', `label=drydock.lab=${lab.lab}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const mine = names.find((id) => {
    const found = execFileSync('docker', ['exec', id, 'sh', '-c', 'cat /root/basics/kept.txt 2>/dev/null || true'], {
      encoding: 'utf8',
    });
    return found === 'kept\n';
  });
  if (mine === undefined) throw new Error('the learner’s sandbox was not found');
  const killedAt = Date.now();
  execFileSync('docker', ['kill', mine]);
  await page.until(
    'sandbox:changed',
    ({ sandbox }) => sandbox.state === 'failed' && sandbox.error.code === 'sandbox.gone',
  );
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since >= killedAt);
  await openLesson(page);
  expect((await page.must('file:read', { lesson, path: 'kept.txt' })).content).toBe('kept\n');
});

test('the learner’s dockerd may die under an open terminal: the shell lives, and Docker comes back', async () => {
  const page = await lab.visit();
  await openLesson(page);
  await openTerminal(page);
  await type(page, 'pkill -9 dockerd; echo killed-$((3+3))\r');
  await page.untilOutput('main', /killed-6/);
  await type(page, 'until docker version >/dev/null 2>&1; do sleep 0.2; done; echo back-$((4+4))\r');
  await page.untilOutput('main', /back-8/, 40_000);
});

test('what the lab let go of is removed at the next start; what it does not know is stopped and kept', async () => {
  const page = await lab.visit();
  await openLesson(page);
  const { engine } = mainLabConfig();
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const host = createDockerSandboxHost({ engine, lab: lab.lab, seccompProfile: {}, logger: silent });
  const limits = testLimits;
  const make = (id: string) =>
    host.make({ id, learner: null, image: testSandboxImage(), limits, registryVolume: null });
  await make('released1');
  await make('stranger1');
  const store = await openStore(lab.dataDir);
  await store.insertInto('released_sandbox').values({ id: 'released1' }).execute();
  await store.destroy();
  const others = (await host.list()).map((record) => record.id).filter((id) => id !== 'released1');
  await lab.restart();
  const after = await host.list();
  await host.remove('stranger1', { keepHome: false });
  expect(after.map((record) => record.id).sort()).toEqual(others.sort());
  expect(after.some((record) => record.state === 'running')).toBe(true);
});

test('unknown events, malformed packets and missing acknowledgements harm nobody', async () => {
  const page = await lab.visit();
  const raw = page.socket;
  for (const packet of [undefined, null, 1, 'x', [], {}, { lesson: 1 }, new Uint8Array(10)]) {
    raw.emit('lesson:open', packet);
    raw.emit('no:such', packet);
    raw.emit('__proto__', packet);
  }
  expect(await raw.timeout(5_000).emitWithAck('no:such', {})).toMatchObject({
    ok: false,
    error: { code: 'request.unknown' },
  });
  expect(await raw.timeout(5_000).emitWithAck('file:read', { lesson, path: '../../etc/passwd' })).toMatchObject({
    ok: false,
    error: { code: 'request.malformed' },
  });
  expect(await page.ask('lesson:open', { lesson: 'no/such' })).toMatchObject({
    ok: false,
    error: { code: 'lesson.not-found' },
  });
  expect(await page.ask('lesson:open', { lesson: 'checks/broken' })).toMatchObject({
    ok: false,
    error: { code: 'lesson.invalid' },
  });
  expect(await page.ask('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 })).toMatchObject({
    ok: false,
    error: { code: 'sandbox.none' },
  });
});

test('packets that pose as socket.io’s own events, or have no name at all, harm nobody', async () => {
  const page = await lab.visit();
  const raw = page.socket as unknown as { packet(packet: object): void };
  for (const name of ['disconnect', 'disconnecting', 'error', 'connect', 'newListener', { toString: 1 }, null, 7, []]) {
    raw.packet({ type: 2, data: [name, { lesson }] });
  }
  raw.packet({ type: 3, id: 1, data: [] });
  // Still connected, and still counted as present.
  expect(await page.ask('lesson:open', { lesson: 'no/such' })).toMatchObject({ ok: false });
  expect(page.socket.connected).toBe(true);
});

test('an oversized packet is refused, and neighbours go on', async () => {
  const neighbour = await lab.visit();
  const page = await lab.visit();
  const large = { lesson, path: 'x', content: 'x'.repeat(1024 * 1024 + 1), basedOn: null, overwrite: false };
  expect(await page.ask('file:write', large)).toMatchObject({ ok: false, error: { code: 'request.too-large' } });
  const closed = new Promise((resolve) => page.socket.once('disconnect', resolve));
  page.socket.emit('file:write', { ...large, content: 'x'.repeat(16 * 1024 * 1024) });
  await closed;
  expect((await fetch(`${lab.url}/api/health`)).status).toBe(200);
  await neighbour.must('lesson:leave', { lesson });
});

test('sockets of another origin, another version or nobody are refused', async () => {
  const cookie = await welcome(lab.url);
  await expect(TestPage.open(lab.url, cookie, { origin: 'http://evil.example' })).rejects.toThrow();
  await expect(TestPage.open(lab.url, 'drydock_x=y')).rejects.toMatchObject({
    data: { code: 'access.unauthenticated' },
  });
});

test('requests addressed to a foreign name, or writing from a foreign page, are refused', async () => {
  const cookie = await welcome(lab.url);
  const { request } = await import('node:http');
  const rebound = await new Promise<number | undefined>((resolve) => {
    request(`${lab.url}/api/health`, { headers: { host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(rebound).toBe(403);
  const foreign = await fetch(`${lab.url}/api/workspace/checks/basics/files/x`, {
    method: 'PUT',
    body: 'x',
    headers: { cookie, origin: 'http://evil.example' },
  });
  expect(foreign.status).toBe(403);
  expect(await foreign.json()).toMatchObject({ error: { code: 'request.origin' } });
  const climbing = await fetch(`${lab.url}/lessons-media/checks/basics/..%2f..%2f..%2fpackage.json`, {
    headers: { cookie },
  });
  expect(climbing.status).toBe(404);
});

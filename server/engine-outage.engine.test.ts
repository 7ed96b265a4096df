import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineRelay } from './engine-relay.ts';
import { openTestLab, type TestLab } from './test-lab.ts';
import { mainLabConfig, testSandboxImage } from './test-sandbox-image.ts';

const lesson = 'checks/basics';
let relay: EngineRelay;
let lab: TestLab;

beforeAll(async () => {
  const { engine } = mainLabConfig();
  if (!('socketPath' in engine)) throw new Error('these tests need an engine on a unix socket');
  relay = new EngineRelay(engine.socketPath);
  await relay.start();
  lab = await openTestLab({
    sandboxImage: testSandboxImage(),
    lessons: 'e2e/lessons',
    env: { DOCKER_HOST: `unix://${relay.socketPath}` },
  });
});
afterAll(async () => {
  await lab?.dispose();
  await relay?.dispose();
});

const health = async () => {
  const answer = await fetch(`${lab.url}/api/health`);
  return { status: answer.status, body: (await answer.json()) as { reason: { code: string } | null } };
};

test('an engine that stops and starts again: everybody is told, and everything comes back by itself', async () => {
  const page = await lab.visit();
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') {
    await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready');
  }
  await page.must('file:write', { lesson, path: 'kept.txt', content: 'kept\n', basedOn: null, overwrite: false });
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);

  const stoppedAt = Date.now();
  const mine = execFileSync('docker', ['ps', '-q', '--filter', `label=drydock.lab=${lab.lab}`], {
    encoding: 'utf8',
  }).trim();
  await relay.stop();
  execFileSync('docker', ['kill', mine]); // an engine that stops takes its containers along
  await page.until(
    'sandbox:changed',
    ({ sandbox }) => sandbox.state === 'failed' && sandbox.error.code === 'engine.unreachable',
  );
  await expect
    .poll(health, { timeout: 5_000 })
    .toMatchObject({ status: 503, body: { reason: { code: 'engine.unreachable' } } });
  expect(await page.ask('file:read', { lesson, path: 'kept.txt' })).toMatchObject({
    ok: false,
    error: { code: 'engine.unreachable' },
  });

  await relay.start();
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since > stoppedAt, 60_000);
  await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe(200);
  expect((await page.must('file:read', { lesson, path: 'kept.txt' })).content).toBe('kept\n');
});

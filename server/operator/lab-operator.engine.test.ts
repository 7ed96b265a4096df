import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestLab, type TestLab, type TestPage } from '../test-lab.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import { runSandboxesCli } from './cli.ts';
import { sandboxList } from './listed-sandbox.ts';
import { operatorOf } from './operator-client.ts';
import { readOperatorRecord } from './operator-record.ts';

const lesson = 'checks/basics';
let lab: TestLab;

beforeAll(async () => {
  lab = await openTestLab({ sandboxImage: testSandboxImage(), lessons: 'e2e/lessons', env: { DRYDOCK_POOL: '0' } });
});
afterAll(() => lab?.dispose());

async function learner(): Promise<TestPage> {
  const page = await lab.visit();
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  return page;
}

async function metrics(): Promise<Map<string, number>> {
  const record = await readOperatorRecord(lab.dataDir);
  const answer = await fetch(`http://127.0.0.1:${record?.port}/metrics`, {
    headers: { authorization: `Bearer ${record?.token}` },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const sum = (all: Map<string, number>, start: string) =>
  [...all].filter(([name]) => name.startsWith(start)).reduce((total, [, value]) => total + value, 0);

/** `npm run sandboxes`, with what it prints. */
async function cli(...argv: string[]) {
  const seen = { out: '', err: '' };
  const code = await runSandboxesCli(argv, {
    operator: () => operatorOf({ dataDir: lab.dataDir }),
    out: (text) => {
      seen.out += text;
    },
    err: (text) => {
      seen.err += text;
    },
    ask: null,
    now: Date.now,
  });
  return { code, ...seen };
}

const listed = async () => sandboxList.parse(JSON.parse((await cli('list', '--json')).out)).sandboxes;

test('a learner’s session shows in the metrics, without anything that is theirs', async () => {
  const before = await metrics();
  const page = await learner();
  await page.must('terminal:input', { lesson, terminal: 'main', data: Buffer.from('echo hello drydock\r') });
  await page.until('check:changed', ({ checks }) => checks.some(({ state }) => state === 'met'));
  const after = await metrics();
  const grown = (start: string) => sum(after, start) - sum(before, start);
  expect(grown('drydock_claims_total')).toBe(1);
  expect(grown('drydock_claim_seconds_count')).toBe(1);
  expect(grown('drydock_sandbox_failures_total')).toBe(0);
  expect(grown('drydock_sandboxes{state="ready"}')).toBe(1);
  expect(grown('drydock_pages')).toBe(1);
  expect(grown('drydock_terminals')).toBe(1);
  expect(grown('drydock_terminal_bytes_total{direction="in"}')).toBe('echo hello drydock\r'.length);
  expect(grown('drydock_terminal_bytes_total{direction="out"}')).toBeGreaterThan('hello drydock'.length);
  expect(grown('drydock_requests_total{request="terminal:input",outcome="ok"}')).toBe(1);
  expect(grown('drydock_check_results_total{state="met"}')).toBeGreaterThan(0);
  expect(grown('drydock_check_round_seconds_count')).toBeGreaterThan(0);
  expect(after.get('drydock_engine_up')).toBe(1);
  expect(after.get('drydock_disk_free_bytes{disk="data"}')).toBeGreaterThan(0);
  expect(after.get('drydock_database_errors_total')).toBe(0);
  const owners = (await listed()).map((sandbox) => sandbox.learner ?? 'nobody');
  for (const name of after.keys()) for (const owner of owners) expect(name).not.toContain(owner);
});

test('a sandbox is listed with its use, stopped, and started by its learner’s next request', async () => {
  const page = await learner();
  await page.must('file:write', { lesson, path: 'kept.txt', content: 'kept\n', basedOn: null, overwrite: false });
  const sandboxes = await listed();
  const mine = sandboxes.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
  if (mine === undefined) throw new Error('the sandbox is not listed');
  expect(mine.state).toBe('ready');
  expect(mine.memory).toBeGreaterThan(10 * 2 ** 20);
  expect(mine.cpus).toBeGreaterThanOrEqual(0);
  expect((await cli()).out).toMatch(new RegExp(`^${mine.id} +${mine.learner} +ready +\\d+ s `, 'm'));

  expect(await cli('stop', mine.id)).toMatchObject({ code: 0, out: `Sandbox ${mine.id} is stopped.\n` });
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'stopped' && sandbox.why === 'operator');
  expect((await listed()).find(({ id }) => id === mine.id)).toMatchObject({ state: 'stopped', memory: null });

  const startedAt = Date.now();
  await page.must('sandbox:start', { lesson });
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since >= startedAt);
  expect((await page.must('file:read', { lesson, path: 'kept.txt' })).content).toBe('kept\n');
});

test('a sandbox that is removed is gone, its files are not', async () => {
  const page = await learner();
  await page.must('file:write', { lesson, path: 'kept.txt', content: 'kept\n', basedOn: null, overwrite: false });
  const mine = (await listed()).toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
  if (mine === undefined) throw new Error('the sandbox is not listed');
  expect((await cli('remove', mine.id)).code).toBe(2);
  expect(await cli('remove', mine.id, '--yes')).toMatchObject({ code: 0 });
  expect((await listed()).map(({ id }) => id)).not.toContain(mine.id);
  await page.until('sandbox:changed', ({ sandbox }) => sandbox.state !== 'ready');
  expect(await cli('stop', mine.id)).toMatchObject({ code: 1, err: expect.stringContaining('sandbox.none') });

  const startedAt = Date.now();
  await page.must('sandbox:start', { lesson });
  const { sandbox } = await page.until(
    'sandbox:changed',
    (fact) => fact.sandbox.state === 'ready' && fact.sandbox.since >= startedAt,
  );
  if (sandbox.state !== 'ready') throw new Error('unreachable');
  const notice = sandbox.notices.find(({ kind }) => kind === 'archived');
  if (notice?.kind !== 'archived') throw new Error('the page is not told of the archive');
  await page.must('lesson:open', { lesson });
  const restored = await page.must('sandbox:restore', { lesson, archive: notice.archive.id });
  expect(restored.restored).toBeGreaterThan(0);
  expect((await page.must('file:read', { lesson, path: 'kept.txt' })).content).toBe('kept\n');
});

test('the record is there while the lab runs, and another lab’s token opens nothing', async () => {
  const before = await readOperatorRecord(lab.dataDir);
  await lab.restart();
  const after = await readOperatorRecord(lab.dataDir);
  expect(after?.token).not.toBe(before?.token);
  const answer = await fetch(`http://127.0.0.1:${after?.port}/sandboxes`, {
    headers: { authorization: `Bearer ${before?.token}` },
  });
  expect(answer.status).toBe(401);
});

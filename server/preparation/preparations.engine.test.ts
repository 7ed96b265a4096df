import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { openTestLab, type TestLab, type TestPage } from '../test-lab.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-preparation-'));
const state = (name: string, wanted: string) =>
  fence('yaml check', `title: ${name} ${wanted}\nvolume: ${name}\nstate: ${wanted}`);
const noted = (line: string) => fence('yaml check', `title: ${line}\nfile: log.txt\ncontains: ${line}`);
const create = (name: string) => fence('sh run', `docker volume create ${name}`);

const bodies: Record<string, string> = {
  // The check of a step holds until its setup has run.
  'set-up': [
    fence('sh setup', 'echo begun >> log.txt'),
    '## One',
    fence('sh setup', 'sleep 1; docker volume create one; echo one >> log.txt'),
    state('one', 'absent'),
    fence('sh run', 'docker volume rm one'),
    '## Two',
    fence('sh setup', 'echo two >> log.txt'),
    state('two', 'present'),
    create('two'),
  ].join('\n\n'),
  failing: [
    '## One',
    fence('sh setup', 'echo tried >> log.txt; echo no mended file >&2; cat mended.txt'),
    state('one', 'present'),
    create('one'),
  ].join('\n\n'),
  endless: [
    '## One',
    fence('sh setup', 'echo begun > log.txt; sleep 987'),
    state('one', 'present'),
    create('one'),
  ].join('\n\n'),
  named: [
    '## One',
    fence('sh setup', 'docker volume create $$name$$'),
    fence('sh run', 'docker volume rm $$name$$ && docker volume create of-$$name$$'),
    state('of-$$name$$', 'present'),
    fence('yaml check', 'title: typed\nran: echo by $$name$$'),
  ].join('\n\n'),
  replayed: [
    fence('sh run', 'mkdir -p inside && cd inside && export WHO=ada'),
    '## One',
    fence('sh setup', 'docker volume create given'),
    fence('sh run', 'echo "$WHO in $(basename "$PWD")" > ../log.txt\nfalse'),
    noted('ada in inside'),
    fence('yaml quiz', 'question: How many?\nanswer: 2'),
    '## Two',
    fence('sh run terminal=second background', 'sleep 1; echo from behind >> log.txt; sleep 600'),
    fence('text file=log.txt mode=append', 'line two'),
    noted('from behind'),
    noted('line two'),
    '## Three',
    fence('sh run terminal=second interrupt', 'echo interrupted >> log.txt'),
    fence('text file=list.txt', 'a\nb\nc'),
    fence('text file=list.txt lines=2-2 solution', 'B'),
    fence('sh solution', 'docker volume create made'),
    fence('yaml check', 'title: changed\nfile: list.txt\ncontains: B'),
    state('made', 'present'),
    '## Four',
    fence('sh setup', 'docker volume create last'),
    create('four'),
    state('four', 'present'),
  ].join('\n\n'),
  broken: ['## One', create('one'), '## Two', fence('text file=no.txt lines=3-3', 'x'), '## Three', create('three')]
    .map((part) => (part.startsWith('##') ? `${part}\n\n${state('one', 'present')}` : part))
    .join('\n\n'),
  slow: ['## One', fence('sh run', 'echo begun > log.txt; sleep 600'), noted('never'), '## Two', create('two')]
    .map((part) => (part === '## Two' ? `${part}\n\n${state('two', 'present')}` : part))
    .join('\n\n'),
};

const variables = ['variables:', '  name: { prompt: Who?, default: nobody }'];

let lab: TestLab;
beforeAll(async () => {
  const files: Record<string, string> = {
    'c/course.yaml': `title: C\nsummary: S\naudience: A\nlessons: [${Object.keys(bodies).join(', ')}]\n`,
  };
  for (const [name, body] of Object.entries(bodies))
    files[`c/${name}/lesson.md`] = lessonSource(body, name === 'named' ? variables : []);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  lab = await openTestLab({ sandboxImage: testSandboxImage(), lessons: folder });
});
afterAll(async () => {
  await lab?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(lesson: string, cookie?: string): Promise<TestPage> {
  const page = await lab.visit(cookie === undefined ? {} : { cookie });
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  return page;
}

const read = async (page: TestPage, lesson: string, path = 'log.txt') =>
  (await page.must('file:read', { lesson, path })).content;

/** Until the last fact about a preparation says so. */
async function untilOver(page: TestPage, after = 0): Promise<void> {
  await page.until('preparation:changed', () => {
    const facts = page.facts('preparation:changed').slice(after);
    return facts.length > 0 && facts.at(-1)?.preparation === null;
  });
}
/** Its last command is over and the shell has said so. */
const atPrompt = (page: TestPage, lesson: string) =>
  expect
    .poll(async () => (await page.must('terminal:list', { lesson })).find((each) => each.terminal === 'main')?.busy, {
      timeout: 20_000,
    })
    .toBe(false);
const failure = (page: TestPage, after = 0) =>
  page.until(
    'preparation:changed',
    (fact) => page.facts('preparation:changed').indexOf(fact) >= after && fact.preparation?.state === 'failed',
  );

test('setup runs once in a sandbox, before its step’s checks are looked at, and again after a reset', async () => {
  const lesson = 'c/set-up';
  const page = await visit(lesson);
  await page.until('preparation:changed', (fact) => fact.preparation?.step === 'one');
  const refused = await page.ask('terminal:run', { lesson, block: 'one-run-1', interrupt: false });
  expect(refused).toMatchObject({ ok: false, error: { code: 'lesson.preparing' } });
  expect(await page.ask('check:evaluate', { lesson })).toMatchObject({ error: { code: 'lesson.preparing' } });
  // A second window sees the same.
  const second = await lab.visit({ cookie: page.cookie });
  expect((await second.must('lesson:open', { lesson })).preparation).toMatchObject({ kind: 'setup', step: 'one' });
  await untilOver(page);
  await untilOver(second);
  await page.until('check:changed', ({ checks }) => checks.some((check) => check.state === 'unmet'));
  expect(page.facts('progress:changed')).toEqual([]);
  expect(await read(page, lesson)).toBe('begun\none\n');

  await page.must('lesson:visit-step', { lesson, step: 'two' });
  await untilOver(page, page.facts('preparation:changed').length);
  expect(await read(page, lesson)).toBe('begun\none\ntwo\n');
  await page.must('lesson:visit-step', { lesson, step: 'one' });

  await lab.restart();
  const again = await visit(lesson, page.cookie);
  await again.must('lesson:open', { lesson });
  expect(await read(again, lesson)).toBe('begun\none\ntwo\n');

  const resetAt = Date.now();
  await again.must('sandbox:reset', { lesson });
  await again.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'ready' && sandbox.since >= resetAt);
  await untilOver(again);
  // The learner is at the first step again: what is set up for the second one waits until they open it.
  expect(await read(again, lesson)).toBe('begun\none\n');
}, 120_000);

test('setup that fails says so, can be tried again, and nothing ticks by itself meanwhile', async () => {
  const lesson = 'c/failing';
  const page = await visit(lesson);
  const { preparation } = await failure(page);
  expect(preparation).toMatchObject({ kind: 'setup', step: 'one', done: 0, of: 1 });
  expect(preparation?.message).toContain('ended with exit status 1. It said:\nno mended file\n');
  // The sandbox is the learner's meanwhile.
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await atPrompt(page, lesson);
  await page.must('terminal:run', { lesson, block: 'one-run-1', interrupt: false });
  await page.untilOutput('main', /\n\r*one\r\n/);
  await page.must('file:write', { lesson, path: 'mended.txt', content: 'x', basedOn: null, overwrite: false });
  expect(page.facts('progress:changed')).toEqual([]);

  await lab.restart();
  const again = await visit(lesson, page.cookie);
  await again.until('progress:changed', ({ progress }) => progress.stepsDone.includes('one'));
  expect(await read(again, lesson)).toBe('tried\ntried\n');
}, 120_000);

test('setup that is stopped leaves no program behind, and the learner goes on', async () => {
  const lesson = 'c/endless';
  const page = await visit(lesson);
  await page.until('preparation:changed', (fact) => fact.preparation?.step === 'one');
  await expect.poll(() => read(page, lesson).catch(() => ''), { timeout: 20_000 }).toBe('begun\n');
  await page.must('preparation:cancel', { lesson });
  await untilOver(page);
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  const data = Buffer.from('until ! pgrep -f "sleep 98[7]"; do sleep 0.2; done; echo gone-$((1+1))\r');
  await page.must('terminal:input', { lesson, terminal: 'main', data });
  await page.untilOutput('main', /gone-2/);
  await atPrompt(page, lesson);
  await page.must('terminal:run', { lesson, block: 'one-run-1', interrupt: false });
  await page.until('progress:changed', ({ progress }) => progress.stepsDone.includes('one'));
}, 120_000);

test('starting over gives a fresh sandbox in which the earlier steps are done, for all windows', async () => {
  const lesson = 'c/replayed';
  const page = await visit(lesson);
  const second = await visit(lesson, page.cookie);
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  const data = Buffer.from('docker volume create mine; echo mine > mine.txt; echo made-$((1+1))\r');
  await page.must('terminal:input', { lesson, terminal: 'main', data });
  await page.untilOutput('main', /made-2/);
  await untilOver(page);
  const before = page.facts('preparation:changed').length;

  await page.must('lesson:start-over', { lesson, step: 'four' });
  expect(await second.ask('lesson:start-over', { lesson, step: 'two' })).toMatchObject({
    error: { code: 'lesson.preparing' },
  });
  await second.until('preparation:changed', (fact) => fact.preparation?.kind === 'start-over');
  await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'resetting');
  await page.until('preparation:changed', (fact) => (fact.preparation?.of ?? 0) > 2);
  expect(await page.ask('terminal:run', { lesson, block: 'four-run-1', interrupt: false })).toMatchObject({
    ok: false,
  });
  await untilOver(page, before);
  await untilOver(second);
  expect(page.facts('preparation:changed').map((fact) => fact.preparation?.message ?? null)).not.toContainEqual(
    expect.any(String),
  );

  const opened = await page.must('lesson:open', { lesson });
  expect(opened.preparation).toBeNull();
  const { progress } = opened;
  expect(progress.currentStep).toBe('four');
  const earlier = ['one-check-1', 'two-check-1', 'two-check-2', 'three-check-1', 'three-check-2'];
  expect(Object.keys(progress.passed).sort()).toEqual([...earlier].sort());
  expect([...progress.caughtUp].sort()).toEqual([...earlier].sort());
  // Its quiz stays the learner's.
  expect(progress.stepsDone).toEqual(['two', 'three']);
  expect(await read(page, lesson)).toBe('ada in inside\nline two\nfrom behind\ninterrupted\n');
  expect(await read(page, lesson, 'list.txt')).toBe('a\nB\nc\n');

  // What was typed is there to be seen, and its shell is the learner's.
  const fresh = await visit(lesson, page.cookie);
  await fresh.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await fresh.untilOutput('main', /export WHO=ada[\s\S]*docker volume create made/);
  const look = Buffer.from('echo "$WHO $(basename "$PWD")" $(docker volume ls -q) $(ls ..) end-$((1+1))\r');
  await fresh.must('terminal:input', { lesson, terminal: 'main', data: look });
  await fresh.untilOutput('main', /ada inside given last made inside list\.txt log\.txt end-2/);
  await atPrompt(fresh, lesson);
  await fresh.must('terminal:run', { lesson, block: 'four-run-1', interrupt: false });
  const { progress: done } = await fresh.until('progress:changed', (fact) => fact.progress.stepsDone.includes('four'));
  expect(done.caughtUp).not.toContain('four-check-1');
}, 180_000);

test('an answer to a variable sets up anew, and keeps sandbox, shell, commands and ticks', async () => {
  const lesson = 'c/named';
  const page = await visit(lesson);
  await untilOver(page);
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  const type = (text: string) => page.must('terminal:input', { lesson, terminal: 'main', data: Buffer.from(text) });
  await type('HERE=still; echo by ada\r');
  await page.untilOutput('main', /\n\r*by ada\r\n/);
  const before = page.facts('preparation:changed').length;
  await page.must('lesson:answer-variables', { lesson, values: { name: 'ada' } });
  await untilOver(page, before);
  // What was typed before counts for the new text's check.
  await page.until('progress:changed', ({ progress }) => Object.hasOwn(progress.passed, 'one-check-2'));
  await type('echo "$HERE" $(docker volume ls -q) end-$((1+1))\r');
  await page.untilOutput('main', /still ada nobody end-2/);
  await atPrompt(page, lesson);
  await page.must('terminal:run', { lesson, block: 'one-run-1', interrupt: false });
  await page.until('progress:changed', ({ progress }) => progress.stepsDone.includes('one'));
}, 120_000);

test('a block that cannot be carried out stops it, and a retry begins anew', async () => {
  const lesson = 'c/broken';
  const page = await visit(lesson);
  await page.must('lesson:start-over', { lesson, step: 'three' });
  const { preparation } = await failure(page);
  expect(preparation).toMatchObject({ kind: 'start-over', step: 'three', done: 1, of: 2, doing: 'no.txt' });
  expect(preparation?.message).toContain('In the step “Two” the lab could not do `no.txt`.');
  const before = page.facts('preparation:changed').length;
  const resets = () => page.facts('sandbox:changed').filter((fact) => fact.sandbox.state === 'resetting').length;
  expect(resets()).toBe(1);
  await page.must('preparation:retry', { lesson });
  await failure(page, before);
  expect(resets()).toBe(2);
  await page.must('preparation:cancel', { lesson });
  await untilOver(page);
}, 120_000);

test('it goes on without a page, and a sandbox that dies in the middle is a failure that can be tried again', async () => {
  const lesson = 'c/slow';
  const page = await visit(lesson);
  await page.must('lesson:start-over', { lesson, step: 'two' });
  page.close();
  const again = await visit(lesson, page.cookie);
  await expect.poll(() => read(again, lesson).catch(() => ''), { timeout: 40_000 }).toBe('begun\n');
  expect((await again.must('lesson:open', { lesson })).preparation).toMatchObject({
    kind: 'start-over',
    state: 'running',
    doing: 'echo begun > log.txt; sleep 600',
  });
  const docker = (...words: string[]) => execFileSync('docker', words, { encoding: 'utf8' }).trim();
  const mine = docker('ps', '-q', '--filter', `label=drydock.lab=${lab.lab}`)
    .split('\n')
    .find((id) => docker('exec', id, 'sh', '-c', 'cat /root/slow/log.txt 2>/dev/null || true') === 'begun');
  if (mine === undefined) throw new Error('the learner’s sandbox was not found');
  docker('kill', mine);
  const { preparation } = await failure(again);
  expect(preparation?.message).toMatch(/^Your sandbox stopped in the middle of this\. Try again/);
  await again.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'failed');
  const before = again.facts('sandbox:changed').length;
  await again.until(
    'sandbox:changed',
    (fact) => again.facts('sandbox:changed').indexOf(fact) >= before && fact.sandbox.state === 'ready',
  );
  await again.must('preparation:retry', { lesson });
  await again.until('sandbox:changed', ({ sandbox }) => sandbox.state === 'resetting');
  await expect
    .poll(async () => (await again.must('lesson:open', { lesson })).preparation, { timeout: 40_000 })
    .toMatchObject({ state: 'running', of: 1 });
  await again.must('preparation:cancel', { lesson });
  expect((await again.must('lesson:open', { lesson })).preparation).toBeNull();
}, 180_000);

test('stopping it presses Ctrl-C; a server that restarts in the middle leaves a sandbox that can be used', async () => {
  const lesson = 'c/slow';
  const page = await visit(lesson);
  await page.must('lesson:start-over', { lesson, step: 'two' });
  await expect.poll(() => read(page, lesson).catch(() => ''), { timeout: 40_000 }).toBe('begun\n');
  await page.must('preparation:cancel', { lesson });
  await untilOver(page);
  await expect
    .poll(() => page.must('terminal:list', { lesson }), { timeout: 20_000 })
    .toEqual([{ terminal: 'main', busy: false }]);

  const before = page.facts('sandbox:changed').length;
  await page.must('lesson:start-over', { lesson, step: 'two' });
  await page.until(
    'sandbox:changed',
    (fact) => page.facts('sandbox:changed').indexOf(fact) >= before && fact.sandbox.state === 'ready',
  );
  await expect.poll(() => read(page, lesson).catch(() => ''), { timeout: 40_000 }).toBe('begun\n');
  await lab.restart();
  const again = await visit(lesson, page.cookie);
  expect((await again.must('lesson:open', { lesson })).preparation).toBeNull();
  await again.must('terminal:open', { lesson, terminal: 'other', cols: 80, rows: 24, after: 0 });
  await again.must('lesson:start-over', { lesson, step: 'one' });
  await untilOver(again);
  expect(
    execFileSync('docker', ['ps', '-q', '--filter', `label=drydock.lab=${lab.lab}`], { encoding: 'utf8' }),
  ).not.toBe('');
}, 180_000);

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testLimits } from '../test-limits.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { SandboxHost, TerminalConnection } from './sandbox-host.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const lab = `holder-${process.pid}`;
const id = 'terminalholder';
const container = `drydock-${lab}-${id}`;
const folder = '/var/lib/docker/drydock/terminals';
const newShell = /The sandbox was stopped and started again\. This is a new shell\./;
let host: SandboxHost;

async function makeAndStart(): Promise<void> {
  await host.make({ id, learner: null, image: testSandboxImage(), limits: testLimits, registryVolume: null });
  await host.start(id, { timeoutMs: 60_000 });
}

beforeAll(async () => {
  host = createDockerSandboxHost({
    engine: mainLabConfig().engine,
    lab,
    seccompProfile: {},
    logger: silent,
  });
  await makeAndStart();
}, 120_000);
afterAll(() => host?.remove(id, { keepHome: false }), 60_000);

/** Runs a line of shell as the learner. */
async function inSandbox(line: string): Promise<string> {
  const session = await host.exec(id, { argv: ['bash', '-c', line] });
  let said = '';
  session.stdout.on('data', (data: Buffer) => (said += data.toString()));
  session.stderr.resume();
  session.stdin.end();
  await session.exit;
  return said;
}

/** A piece of a file as terminal-history.h describes it, in base64. */
function forgedPiece(start: bigint): string {
  const head = Buffer.alloc(32);
  head.write('DdT1');
  head.writeUInt32LE(4, 4);
  head.writeBigUInt64LE(start, 8);
  const text = Buffer.from('boo!');
  let sum = 0xcbf29ce484222325n;
  for (const byte of [...head.subarray(0, 24), ...text])
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  head.writeBigUInt64LE(sum, 24);
  return Buffer.concat([head, text]).toString('base64');
}

/** Somebody at a terminal. */
class Sitting {
  text = '';
  /** number of the byte that comes next */
  at: number;
  readonly connection: TerminalConnection;

  static async begin(name: string, after = 0): Promise<Sitting> {
    const spec = { name, cols: 80, rows: 24, cwd: '/root', nonce: `nonce${Date.now()}`, after };
    return new Sitting(await host.attachTerminal(id, spec));
  }

  constructor(connection: TerminalConnection) {
    this.connection = connection;
    this.at = connection.replayFrom;
    connection.onOutput = ({ seq, data }) => {
      expect(seq).toBe(this.at);
      this.at += data.length;
      this.text += data.toString();
      connection.allow(this.at + 512 * 1024);
    };
  }

  async until(wanted: RegExp): Promise<void> {
    await expect.poll(() => this.text, { timeout: 20_000, interval: 10 }).toMatch(wanted);
  }

  /** Types a line and waits for what it says, which must not be what was typed. */
  async say(line: string, wanted: RegExp): Promise<void> {
    this.connection.write(Buffer.from(`${line}\r`));
    await this.until(wanted);
  }
}

async function untilSaved(name: string, text: string): Promise<void> {
  await expect
    .poll(() => inSandbox(`grep -ac '${text}' ${folder}/${name}`), { timeout: 20_000, interval: 200 })
    .toMatch(/[1-9]/);
}

async function stopAndStart(how: 'in order' | 'killed'): Promise<void> {
  if (how === 'in order') await host.stop(id, { graceSeconds: 1 });
  else await promisify(execFile)('docker', ['kill', '--signal', 'KILL', container]);
  await expect.poll(async () => (await host.list())[0]?.state, { timeout: 20_000 }).toBe('exited');
  await host.start(id, { timeoutMs: 60_000 });
}

test('the program that holds a terminal keeps its contract, case by case', { timeout: 180_000 }, async () => {
  const child = spawn(process.execPath, ['images/sandbox/test-terminal.mjs', container]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, output).toBe(0);
});

describe('what a terminal said outlives its sandbox', { timeout: 120_000 }, () => {
  test('a stop in order: all of it, the last moment too, then a new shell behind it', async () => {
    const before = await Sitting.begin('stopped');
    await before.say('echo first-$((40+2))', /first-42/);
    await before.say('printf "\\e[?1049h\\e[31mlast-$((40+3))"', /last-43/);
    const ended = new Promise<number | null>((resolve) => (before.connection.onEnd = resolve));
    await stopAndStart('in order');
    expect(await ended, 'the shell was not ended by the learner').toBeNull();

    const after = await Sitting.begin('stopped');
    expect(after.connection.fresh).toBe(true);
    expect(after.connection.replayFrom).toBe(0);
    expect(after.connection.end, 'goes on behind').toBeGreaterThan(before.at);
    await after.until(newShell);
    expect(after.text.slice(0, before.text.length)).toBe(before.text);
    await after.say('echo again-$((40+4))', /again-44/);

    const third = await Sitting.begin('stopped', after.at);
    expect(third.connection.fresh).toBe(false);
    expect(third.connection.replayFrom).toBe(after.at);
  });

  test('a sudden end: what was there some seconds before, twice in a row', async () => {
    const first = await Sitting.begin('killed');
    await first.say('echo one-$((40+2))', /one-42/);
    await untilSaved('killed', 'one-42');
    await stopAndStart('killed');
    const second = await Sitting.begin('killed', first.at);
    await second.until(/633;B/);
    await second.say('echo two-$((40+2))', /two-42/);
    await untilSaved('killed', 'two-42');
    await stopAndStart('killed');
    const third = await Sitting.begin('killed');
    await third.until(/one-42[\s\S]*This is a new shell[\s\S]*two-42[\s\S]*This is a new shell[\s\S]*633;B/);
    await third.say('echo three-$((40+2))', /three-42/);
  });

  test('a holder that was killed alone says so', async () => {
    const before = await Sitting.begin('alone');
    await before.say('echo here-$((40+2))', /here-42/);
    await untilSaved('alone', 'here-42');
    await inSandbox("pkill -KILL -f 'drydock-terminal hold --name alone'");
    await expect.poll(() => inSandbox("pgrep -f 'hold --name [a]lone'"), { timeout: 10_000 }).toBe('');
    const after = await Sitting.begin('alone');
    await after.until(/here-42[\s\S]*This terminal ended unexpectedly\. This is a new shell\.[\s\S]*633;B/);
  });

  test('of much output the last mebibyte', async () => {
    const before = await Sitting.begin('much');
    await before.say('seq -f "line %.0f" 1 300000; echo end-$((40+2))', /end-42/);
    await stopAndStart('in order');
    const after = await Sitting.begin('much');
    await after.until(newShell);
    const { replayFrom, end } = after.connection;
    expect(end - replayFrom).toBe(1024 * 1024);
    expect(after.text).toContain('line 299999\r\nline 300000\r\nend-42');
    await after.say('echo again-$((40+4))', /again-44/);
    expect(Number(await inSandbox(`stat -c %s ${folder}/much`))).toBeLessThan(2.2 * 1024 * 1024);
  });

  test.each([
    ['rubbish', 'head -c 200000 /dev/urandom > F'],
    ['too large', 'head -c 50000000 /dev/zero > F'],
    ['a link that leads nowhere', 'ln -s /nowhere F'],
    ['a pipe', 'mkfifo F'],
    ['a folder', 'mkdir F'],
    ['of impossible numbers', `echo ${forgedPiece(2n ** 60n)} | base64 -d > F`],
  ])('a file that is %s is a clean start', async (what, make) => {
    const name = `bad-${what.replaceAll(' ', '-')}`;
    await inSandbox(`mkdir -p ${folder}; cd ${folder} && ${make.replaceAll('F', name)}`);
    const terminal = await Sitting.begin(name);
    expect(terminal.connection).toMatchObject({ fresh: true, replayFrom: 0, end: 0 });
    await terminal.say('echo works-$((40+2))', /works-42/);
  });

  test('a file that a learner wrote is shown as it is', async () => {
    await inSandbox(`mkdir -p ${folder}; echo ${forgedPiece(1000n)} | base64 -d > ${folder}/forged`);
    const terminal = await Sitting.begin('forged');
    expect(terminal.connection).toMatchObject({ fresh: true, replayFrom: 1000 });
    await terminal.until(/boo![\s\S]*This is a new shell[\s\S]*633;B/);
  });

  test('of a file that was cut short all but the piece that was cut', async () => {
    const before = await Sitting.begin('cut');
    await before.say('echo one-$((40+2))', /one-42/);
    await untilSaved('cut', 'one-42');
    await before.say('echo two-$((40+2))', /two-42/);
    await untilSaved('cut', 'two-42');
    await stopAndStart('killed');
    await inSandbox(`truncate -s -1 ${folder}/cut`);
    const after = await Sitting.begin('cut');
    await after.until(newShell);
    expect(after.text).toContain('one-42');
    expect(after.text).not.toContain('two-42');
    await after.say('echo three-$((40+2))', /three-42/);
    await untilSaved('cut', 'three-42');
  });

  test('a disk that takes nothing does not disturb it', async () => {
    await inSandbox(`mv ${folder} ${folder}.away && touch ${folder}`);
    const terminal = await Sitting.begin('nowhere');
    for (const round of [1, 2, 3]) {
      await terminal.say(`echo round-$((40+${round}))`, new RegExp(`round-4${round}`));
      await sleep(1100);
    }
    await inSandbox(`rm ${folder} && mv ${folder}.away ${folder}`);
  });

  test('closing it removes what was kept, and so does leaving the shell', async () => {
    for (const [name, end] of [
      ['closed', (terminal: Sitting) => terminal.connection.kill()],
      ['left', (terminal: Sitting) => terminal.connection.write(Buffer.from('exit\r'))],
    ] as const) {
      const before = await Sitting.begin(name);
      await before.say('echo here-$((40+2))', /here-42/);
      await untilSaved(name, 'here-42');
      const ended = new Promise((resolve) => (before.connection.onEnd = resolve));
      end(before);
      expect(await ended).not.toBeNull();
      await expect.poll(() => inSandbox(`ls ${folder}`), { timeout: 10_000 }).not.toMatch(new RegExp(`^${name}$`, 'm'));
      expect((await Sitting.begin(name)).connection).toMatchObject({ fresh: true, end: 0 });
    }
  });

  test('a reset removes it with the daemon', async () => {
    const before = await Sitting.begin('reset');
    await before.say('echo here-$((40+2))', /here-42/);
    await untilSaved('reset', 'here-42');
    await host.remove(id, { keepHome: true });
    await makeAndStart();
    expect((await Sitting.begin('reset')).connection).toMatchObject({ fresh: true, end: 0 });
  });
});

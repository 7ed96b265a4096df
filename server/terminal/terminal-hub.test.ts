import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { noMetrics } from '../metrics.ts';
import { FakeTerminalHost, FakeViewer } from './fake-terminal-host.ts';
import { type CommandEnded, createTerminalHub, type OpenTerminal, type TerminalHub } from './terminal-hub.ts';

const at = { sandboxId: 'sandbox1', lesson: 'basics/first', terminal: 'main' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let host: FakeTerminalHost;
let hub: TerminalHub;
let now = 0;
let made = 0;

function newHub(): TerminalHub {
  const ids = { next: () => `nonce${made++}` };
  return createTerminalHub({ host: host.asHost(), logger: silent, clock: { now: () => now }, ids, metrics: noMetrics });
}

const open = (viewer: FakeViewer, change: Partial<OpenTerminal> = {}) =>
  hub.open({ ...at, learner: 'ada', cols: 80, rows: 24, cwd: '/root/first', after: 0, viewer, ...change });
const run = (command: string, interrupt = false) =>
  hub.run({ ...at, learner: 'ada', cwd: '/root/first', command, interrupt });
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** Lets a page draw and say so, until there is no more. */
async function drawAll(viewer: FakeViewer, address = at): Promise<void> {
  for (let seen = -1; seen !== viewer.end; ) {
    seen = viewer.end;
    hub.acknowledge(address, viewer.id, seen);
    await tick();
  }
}

beforeEach(() => {
  host = new FakeTerminalHost();
  made = 0;
  now = 1_000_000;
  hub = newHub();
});
afterEach(() => {
  hub.dispose();
  vi.useRealTimers();
});

describe('replay', () => {
  test('a page gets what was said before it came, then what is said', async () => {
    const first = new FakeViewer('a');
    await open(first);
    host.shell('main').say('hello ');
    const second = new FakeViewer('b');
    const opened = await open(second);
    expect(opened).toMatchObject({ from: 0, end: 6 });
    expect(second.chunks, 'nothing before the answer').toEqual([]);
    await tick();
    host.shell('main').say('world');
    await tick();
    expect(first.text).toBe('hello world');
    expect(second.text).toBe('hello world');
    expect(host.shell('main').attachments).toBe(1);
  });

  test('a page that comes back gets only what it missed', async () => {
    const viewer = new FakeViewer('a');
    const { generation } = await open(viewer);
    host.shell('main').say('seen');
    hub.viewerGone('a');
    host.shell('main').say(' unseen');
    const again = new FakeViewer('a2');
    expect(await open(again, { after: 4, generation })).toEqual({ generation, from: 4, end: 11 });
    await tick();
    expect(again.text).toBe(' unseen');
  });

  test('what a page has of another shell does not count', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    host.shell('main').say('new shell');
    const again = new FakeViewer('b');
    expect(await open(again, { after: 7, generation: 'another' })).toMatchObject({ from: 0 });
  });

  test('after a restart of the server the same shell has the same generation and all of its output', async () => {
    const before = await open(new FakeViewer('a'));
    host.shell('main').say('kept by the sandbox');
    hub.dispose();
    hub = newHub();
    const viewer = new FakeViewer('b');
    const after = await open(viewer, { after: 5, generation: before.generation });
    expect(after).toEqual({ generation: before.generation, from: 5, end: 19 });
    await tick();
    await tick();
    expect(viewer.text).toBe('by the sandbox');
  });

  test('older output than is kept is skipped up to a line', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    hub.viewerGone('a');
    for (let index = 0; index < 40; index++) shell.say(`${'x'.repeat(49_999)}\n`);
    const viewer = new FakeViewer('b');
    const { from } = await open(viewer);
    expect(from).toBeGreaterThanOrEqual(40 * 50_000 - limits.terminalReplay);
    await tick();
    expect(viewer.chunks[0]?.seq).toBe(from);
  });
});

describe('flow control', () => {
  test('a page is sent one window, and more as it draws', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    host.shell('main').say('y'.repeat(1_000_000));
    await tick();
    expect(viewer.bytes).toBe(limits.terminalUnacknowledged);
    hub.acknowledge(at, 'a', 100_000);
    expect(viewer.bytes).toBe(limits.terminalUnacknowledged + 100_000);
    hub.acknowledge(at, 'a', 99_000_000);
    expect(viewer.bytes, 'what was not sent cannot be acknowledged').toBe(limits.terminalUnacknowledged * 2 + 100_000);
    expect(Math.max(...viewer.chunks.map((chunk) => chunk.data.length))).toBeLessThanOrEqual(64 * 1024);
  });

  test('the shell may say what the page furthest ahead has drawn and one window', async () => {
    await open(new FakeViewer('fast'));
    await open(new FakeViewer('slow'));
    const shell = host.shell('main');
    expect(shell.allowed).toBe(limits.terminalAhead);
    shell.say('y'.repeat(200_000));
    await tick();
    hub.acknowledge(at, 'fast', 150_000);
    hub.acknowledge(at, 'slow', 10);
    expect(shell.allowed).toBe(150_000 + limits.terminalAhead);
  });

  test('with no page there, the shell may say what the ring can hold unseen', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    const shell = host.shell('main');
    shell.say('y'.repeat(5000));
    await tick();
    hub.acknowledge(at, 'a', 3000);
    hub.viewerGone('a');
    expect(shell.allowed).toBe(3000 + limits.terminalReplay);
    shell.say('z'.repeat(shell.allowed - 5000));
    expect(await open(new FakeViewer('b'), { after: 3000 })).toMatchObject({ from: 3000 });
  });

  test('a slow page that falls out of the ring jumps forward once it has drawn what it has', async () => {
    const slow = new FakeViewer('slow');
    const fast = new FakeViewer('fast');
    fast.onFact = (fact) => {
      if (fact.name === 'terminal:output') queueMicrotask(() => hub.acknowledge(at, 'fast', fast.end));
    };
    await open(slow);
    await open(fast);
    const shell = host.shell('main');
    for (let index = 0; index < 60; index++) {
      shell.say(`${'y'.repeat(49_999)}\n`);
      await tick();
    }
    expect(fast.bytes).toBe(60 * 50_000);
    expect(slow.bytes, 'no more than a window for who does not draw').toBe(limits.terminalUnacknowledged);
    hub.acknowledge(at, 'slow', 1000);
    expect(slow.bytes).toBe(limits.terminalUnacknowledged);
    await drawAll(slow);
    const jump = slow.chunks.find((chunk, index) => index > 0 && chunk.seq > limits.terminalUnacknowledged);
    expect(jump?.seq).toBeGreaterThanOrEqual(60 * 50_000 - limits.terminalReplay);
    expect(slow.end).toBe(60 * 50_000);
  });

  test('the echo of a key goes out at once, a flood of crumbs together', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    await tick();
    const shell = host.shell('main');
    shell.say('e');
    expect(viewer.chunks).toHaveLength(1);
    for (let index = 0; index < 1000; index++) shell.say('crumb');
    await tick();
    // one message for each block of the ring that they touch
    expect(viewer.chunks.length).toBeLessThanOrEqual(3);
    expect(viewer.bytes).toBe(5001);
  });

  test('a flood that nobody draws costs one ring', async () => {
    const viewer = new FakeViewer('a');
    viewer.send = () => {};
    await open(viewer);
    const shell = host.shell('main');
    const connection = shell.connection;
    const data = Buffer.alloc(64 * 1024, 'y\n');
    let seq = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 4000; index++) {
      connection?.onOutput?.({ seq, data });
      seq += data.length;
      if (index % 100 === 0) await tick();
    }
    // Of 250 MiB that went through. What is garbage already counts, too, until it is collected.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
  });
});

test('a page that leaves before the shell is there is not sent anything', async () => {
  const viewer = new FakeViewer('a');
  const opening = open(viewer);
  hub.viewerGone('a');
  await opening;
  host.shell('main').say('nobody is there');
  await tick();
  expect(viewer.facts).toEqual([]);
  expect(host.shell('main').allowed).toBe(limits.terminalReplay);
});

describe('several pages', () => {
  test('the one used last decides the size, and equal sizes are not sent again', async () => {
    await open(new FakeViewer('a'));
    await open(new FakeViewer('b'), { cols: 100, rows: 30 });
    hub.resize(at, 'b', 100, 30);
    hub.resize(at, 'a', 80, 24);
    expect(host.shell('main').sizes).toEqual(['100x30', '80x24']);
  });

  test('only the one used last answers for the terminal', async () => {
    await open(new FakeViewer('a'));
    await open(new FakeViewer('b'));
    hub.input(at, 'a', Buffer.from('x'));
    hub.input(at, 'b', Buffer.from('\x1b[12;1R'));
    hub.input(at, 'a', Buffer.from('\x1b[?1;2c'));
    expect(host.shell('main').typed).toBe('x\x1b[?1;2c');
  });
});

describe('what the shell reports', () => {
  test('commands and whether one runs', async () => {
    const news: string[] = [];
    hub.onCommandStarted(({ command }) => news.push(`started ${command}`));
    const ended: CommandEnded[] = [];
    hub.onCommandEnded((fact) => ended.push(fact));
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    expect(hub.list('sandbox1', 'basics/first')).toEqual([{ terminal: 'main', busy: false }]);
    shell.start('docker ps');
    expect(hub.list('sandbox1', 'basics/first')).toEqual([{ terminal: 'main', busy: true }]);
    shell.finish(1);
    expect(news).toEqual(['started docker ps']);
    expect(ended).toEqual([{ ...at, learner: 'ada', command: 'docker ps', exitCode: 1, cwd: null }]);
  });

  test('after a restart of the server, old commands are no news but a running one is known', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    shell.start('true');
    shell.finish(0);
    shell.start('sleep 100');
    hub.dispose();
    hub = newHub();
    const ended: string[] = [];
    hub.onCommandEnded(({ command }) => ended.push(command));
    await open(new FakeViewer('b'));
    await tick();
    expect(hub.list('sandbox1', 'basics/first')).toEqual([{ terminal: 'main', busy: true }]);
    expect(ended).toEqual([]);
    shell.finish(0);
    expect(ended).toEqual(['sleep 100']);
  });

  test('changes of the list are told, gathered', async () => {
    const lists: unknown[] = [];
    hub.onChanged(({ terminals }) => lists.push(terminals));
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    for (let index = 0; index < 50; index++) {
      shell.start('x');
      shell.finish(0);
    }
    await pause(40);
    expect(lists).toEqual([[{ terminal: 'main', busy: false }]]);
  });
});

describe('run', () => {
  test('opens the terminal, waits for its first prompt, and types', async () => {
    const running = run('docker ps');
    await tick();
    expect(host.shell('main').typed).toBe('');
    host.shell('main').prompt();
    await running;
    expect(host.shell('main').typed).toBe('docker ps\r');
  });

  test('refuses while something runs, also between Enter and the report of the shell', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    await run('sleep 100');
    await expect(run('ls')).rejects.toMatchObject({ code: 'terminal.busy' });
    shell.start('sleep 100');
    await expect(run('ls')).rejects.toMatchObject({ code: 'terminal.busy' });
    shell.finish(0);
    await run('ls');
    expect(shell.typed).toBe('sleep 100\rls\r');
  });

  test('interrupts first when asked to', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    shell.start('sleep 100');
    shell.onTyped = (keys) => {
      if (keys === '\x03') setTimeout(() => shell.finish(130), 5);
    };
    await run('ls', true);
    expect(shell.typed).toBe('\x03ls\r');
  });

  test('says so when a program does not let itself be interrupted', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    shell.start('trap');
    const refused = expect(run('ls', true)).rejects.toMatchObject({ code: 'terminal.busy' });
    await vi.advanceTimersByTimeAsync(3100);
    await refused;
    expect(shell.typed).toBe('\x03');
  });

  test('puts a half-typed line aside', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    hub.input(at, 'a', Buffer.from('docker r'));
    await run('docker ps');
    expect(shell.typed).toBe('docker r\x05\x15docker ps\r');
  });

  test('leaves an unfinished loop by Ctrl-C', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    hub.input(at, 'a', Buffer.from('for a in 1 2; do\r'));
    shell.onTyped = (keys) => {
      if (keys === '\x03') setTimeout(() => shell.prompt(), 5);
    };
    await run('ls');
    expect(shell.typed).toBe('for a in 1 2; do\r\x03ls\r');
  });

  test('pastes several lines as one, and no key presses', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    shell.prompt();
    await run('docker run \\\n\t-d nginx\x1b[201~\n');
    expect(shell.typed).toBe('\x1b[200~docker run \\\n\t-d nginx[201~\x1b[201~\r');
  });

  test('two at once wait for each other', async () => {
    await open(new FakeViewer('a'));
    host.shell('main').prompt();
    const results = await Promise.allSettled([run('one'), run('two')]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(host.shell('main').typed).toBe('one\r');
  });
});

describe('ends', () => {
  test('a shell that ended is told with its code, and opening again starts a new one', async () => {
    const viewer = new FakeViewer('a');
    const first = await open(viewer);
    const shell = host.shell('main');
    shell.say('bye');
    host.shells.clear();
    shell.end(3);
    expect(viewer.exits).toEqual([3]);
    expect(() => hub.input(at, 'a', Buffer.from('x'))).toThrowError(
      expect.objectContaining({ code: 'terminal.not-found' }),
    );
    const second = await open(viewer, { after: 3, generation: first.generation });
    expect(second.generation).not.toBe(first.generation);
    expect(second.from).toBe(0);
  });

  test('a lost connection is found again, typed keys wait, and nothing is sent twice', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    const shell = host.shell('main');
    shell.say('before ');
    await tick();
    shell.end(null);
    shell.output = Buffer.concat([shell.output, Buffer.from('meanwhile ')]);
    hub.input(at, 'a', Buffer.from('typed'));
    expect(viewer.exits).toEqual([null]);
    hub.sandboxReady('sandbox1');
    await tick();
    expect(viewer.chunks.at(-1), 'told even when the shell is silent').toMatchObject({ seq: 7 });
    await tick();
    shell.say('after');
    await tick();
    expect(viewer.text).toBe('before meanwhile after');
    expect(shell.typed).toBe('typed');
  });

  test('it is looked for with growing pauses while somebody looks and the sandbox runs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const viewer = new FakeViewer('a');
    await open(viewer);
    host.down = true;
    host.shell('main').end(null);
    await vi.advanceTimersByTimeAsync(20_000);
    const asked = host.asked.length;
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(14);
    hub.sandboxGone('sandbox1');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(host.asked.length).toBeLessThanOrEqual(asked + 1);
    host.down = false;
    host.shells.clear();
    hub.sandboxReady('sandbox1');
    await vi.advanceTimersByTimeAsync(0);
    host.shell('main').say('a new shell');
    expect(viewer.chunks.at(-1)).toMatchObject({ seq: 0 });
    expect(viewer.chunks.at(-1)?.generation).not.toBe('');
    expect(viewer.text).toBe('a new shell');
  });

  test('nobody looks: nothing is looked for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await open(new FakeViewer('a'));
    hub.viewerGone('a');
    host.shell('main').end(null);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(host.asked).toHaveLength(1);
  });

  test('closing ends the shell and takes it off the list', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    await hub.close(at);
    expect(shell.killed).toBe(true);
    expect(hub.list('sandbox1', 'basics/first')).toEqual([]);
    await expect(async () => hub.close(at)).rejects.toMatchObject({ code: 'terminal.not-found' });
  });

  test('the server going leaves shells alone', async () => {
    await open(new FakeViewer('a'));
    const shell = host.shell('main');
    hub.dispose();
    expect(shell.killed).toBe(false);
    expect(shell.connection).toBeNull();
  });

  test('a terminal that could not be opened is not listed', async () => {
    host.down = true;
    await expect(open(new FakeViewer('a'))).rejects.toMatchObject({ code: 'sandbox.gone' });
    expect(hub.list('sandbox1', 'basics/first')).toEqual([]);
  });
});

describe('a sandbox that stops and starts again', () => {
  async function stopAndStart(lost = 0): Promise<void> {
    hub.sandboxGone('sandbox1');
    host.stopSandbox(lost);
    hub.sandboxReady('sandbox1');
    await tick();
    await tick();
    await tick();
  }
  const ofLast = (viewer: FakeViewer) =>
    viewer.chunks.filter((chunk) => chunk.generation === viewer.chunks.at(-1)?.generation);
  const textOfLast = (viewer: FakeViewer) => Buffer.concat(ofLast(viewer).map((chunk) => chunk.data)).toString();

  test.each([0, 9])('shows what was said before and then the new shell (%i bytes were lost)', async (lost) => {
    const viewer = new FakeViewer('a');
    const before = await open(viewer);
    host.shell('main').say('said before.unsaved..');
    await drawAll(viewer);
    await stopAndStart(lost);
    await drawAll(viewer);
    host.shell('main').say('said after');
    await tick();
    expect(viewer.chunks.at(-1)?.generation).not.toBe(before.generation);
    expect(textOfLast(viewer)).toBe(
      `${'said before.unsaved..'.slice(0, 21 - lost)}\r\n-- a new shell --\r\nsaid after`,
    );
    const ends = ofLast(viewer).map((chunk) => chunk.seq + chunk.data.length);
    expect(ofLast(viewer).map((chunk) => chunk.seq)).toEqual([0, ...ends.slice(0, -1)]);
  });

  test('what shells of the past reported is neither news nor the state of the new one', async () => {
    const ended: CommandEnded[] = [];
    hub.onCommandEnded((command) => ended.push(command));
    const viewer = new FakeViewer('a');
    await open(viewer);
    host.shell('main').prompt();
    host.shell('main').start('sleep 1000');
    await drawAll(viewer);
    expect(hub.list('sandbox1', at.lesson)).toEqual([{ terminal: 'main', busy: true }]);
    await stopAndStart();
    await drawAll(viewer);
    expect(hub.list('sandbox1', at.lesson)).toEqual([{ terminal: 'main', busy: null }]);
    host.shell('main').prompt();
    await run('true');
    expect(host.shell('main').typed).toContain('true');
    host.shell('main').start('true');
    host.shell('main').finish(0);
    expect(ended).toMatchObject([{ command: 'true', exitCode: 0 }]);
  });

  test('an answer to what a program of the past asked is not typed into the new shell', async () => {
    const viewer = new FakeViewer('a');
    await open(viewer);
    host.shell('main').say('\x1b[6n');
    await drawAll(viewer);
    hub.input(at, 'a', Buffer.from('\x1b[1;1R'));
    expect(host.shell('main').typed).toBe('\x1b[1;1R');
    await stopAndStart();
    hub.input(at, 'a', Buffer.from('\x1b[1;1R'));
    hub.input(at, 'a', Buffer.from('ls'));
    expect(host.shell('main').typed).toBe('ls');
    await drawAll(viewer);
    hub.input(at, 'a', Buffer.from('\x1b[2;1R'));
    expect(host.shell('main').typed).toBe('ls\x1b[2;1R');
  });

  test('the server restarts too: all of it is still there', async () => {
    const before = await open(new FakeViewer('a'));
    host.shell('main').say('said before');
    hub.dispose();
    host.stopSandbox();
    hub = newHub();
    const viewer = new FakeViewer('b');
    const after = await open(viewer, { after: 11, generation: before.generation });
    expect(after.from).toBe(0);
    await tick();
    await tick();
    expect(viewer.text).toBe('said before\r\n-- a new shell --\r\n');
  });
});

describe('limit', () => {
  test('so many terminals and no more', async () => {
    for (let index = 0; index < limits.terminalsPerSandbox; index++) {
      await open(new FakeViewer('a'), { terminal: `shell-${index}` });
    }
    await expect(async () => open(new FakeViewer('a'))).rejects.toMatchObject({ code: 'terminal.limit' });
  });

  test('a shell of another lesson that waits unseen makes room', async () => {
    for (let index = 0; index < limits.terminalsPerSandbox; index++) {
      await open(new FakeViewer('a'), { terminal: `shell-${index}`, lesson: 'basics/second' });
      host.shell(`shell-${index}`).prompt();
      now += 1;
    }
    host.shell('shell-0').start('sleep');
    hub.viewerGone('a');
    const spare = host.shell('shell-1');
    await open(new FakeViewer('a'));
    await tick();
    expect(spare.killed).toBe(true);
    expect(hub.list('sandbox1', 'basics/second').map(({ terminal }) => terminal)).not.toContain('shell-1');
  });
});

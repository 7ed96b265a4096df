import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { at, FakeLab, FakeScreen } from './fake-lab.ts';
import { type SessionState, TerminalSession, type TerminalSessionOptions } from './terminal-session.ts';

let lab: FakeLab;
let screen: FakeScreen;
let state: SessionState;
let wakes: number;

function start(options: Partial<TerminalSessionOptions> = {}): TerminalSession {
  return new TerminalSession({
    lab: lab as unknown as TerminalSessionOptions['lab'],
    ...at,
    screen,
    ready: true,
    onWake: () => {
      wakes += 1;
    },
    onState: (next) => {
      state = next;
    },
    ...options,
  });
}
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  lab = new FakeLab();
  screen = new FakeScreen();
  wakes = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('attaching', () => {
  test('opens when the sandbox is there, not before', async () => {
    const session = start({ ready: false });
    await settle();
    expect(state).toEqual({ state: 'waiting' });
    expect(lab.payloads('terminal:open')).toEqual([]);
    session.setReady(true);
    await settle();
    expect(state).toEqual({ state: 'open' });
    expect(lab.payloads('terminal:open')).toEqual([{ ...at, cols: 80, rows: 24, after: 0 }]);
  });

  test('goes on behind the last byte after a reconnection', async () => {
    start();
    await settle();
    lab.output('hello', 0);
    lab.goOffline();
    expect(state).toEqual({ state: 'lost' });
    lab.answer = () => ({ generation: 'g1', from: 5, end: 11 });
    lab.goOnline();
    await settle();
    expect(lab.payloads('terminal:open').at(-1)).toMatchObject({ after: 5, generation: 'g1' });
    lab.output(' world', 5);
    expect(screen.text).toBe('hello world');
    expect(screen.resets).toBe(0);
  });

  test('what comes twice is drawn once', async () => {
    start();
    await settle();
    lab.output('hello', 0);
    lab.output('hello', 0);
    lab.output('lo world', 3);
    expect(screen.text).toBe('hello world');
  });

  test('another shell begins on a clean screen', async () => {
    start();
    await settle();
    lab.output('old', 0);
    lab.output('new', 0, 'g2');
    expect(screen.text).toBe('new');
    expect(screen.resets).toBe(1);
  });

  test('says what was skipped', async () => {
    lab.answer = () => ({ generation: 'g1', from: 500, end: 900 });
    start();
    await settle();
    lab.output('a', 500);
    lab.output('b', 1501);
    expect(screen.notes).toEqual([
      'Older output is no longer kept.',
      '1,000 bytes of output came faster than they could be kept.',
    ]);
  });

  test('output of other terminals is left alone', async () => {
    start();
    await settle();
    lab.tell('terminal:output', {
      lesson: at.lesson,
      terminal: 'shell-2',
      generation: 'x',
      seq: 0,
      data: Buffer.from('no'),
    });
    expect(screen.text).toBe('');
  });

  test('a refusal is shown in the server’s words, and can be tried again', async () => {
    lab.answer = () => {
      throw new LabError({ code: 'terminal.limit', message: 'Close one.' });
    };
    const session = start();
    await settle();
    expect(state).toEqual({ state: 'failed', message: 'Close one.' });
    lab.answer = () => ({ generation: 'g1', from: 0, end: 0 });
    session.startShell();
    await settle();
    expect(state).toEqual({ state: 'open' });
  });

  test('a request without an answer is made again', async () => {
    lab.answer = () => {
      throw new LabError({ code: 'connection.lost', message: 'no answer' });
    };
    start();
    await settle();
    lab.answer = () => ({ generation: 'g1', from: 0, end: 0 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(state).toEqual({ state: 'open' });
  });
});

describe('acknowledging', () => {
  test('tells what is drawn, not what has arrived: after 32 KiB or when it is quiet', async () => {
    screen.slow = [];
    start();
    await settle();
    lab.output('x'.repeat(20_000), 0);
    lab.output('x'.repeat(20_000), 20_000);
    expect(lab.payloads('terminal:acknowledge')).toEqual([]);
    screen.slow[0]?.();
    expect(lab.payloads('terminal:acknowledge')).toEqual([]);
    screen.slow[1]?.();
    expect(lab.payloads('terminal:acknowledge')).toEqual([{ ...at, seq: 40_000 }]);
    lab.output('y', 40_000);
    screen.slow[2]?.();
    await vi.advanceTimersByTimeAsync(100);
    expect(lab.payloads('terminal:acknowledge').at(-1)).toEqual({ ...at, seq: 40_001 });
  });
});

describe('typing', () => {
  test('keys wait while the server is away, up to a bound', async () => {
    const session = start();
    await settle();
    lab.goOffline();
    session.type('ls');
    session.type('x'.repeat(5000));
    session.type('\r');
    expect(lab.typed).toBe('');
    expect(screen.notes).toHaveLength(1);
    lab.goOnline();
    await settle();
    // The Enter was meant for more than this.
    expect(lab.typed).toBe('ls');
    session.type(' -l');
    expect(lab.typed).toBe('ls -l');
  });

  test('keys that wait arrive whole, in order, and before later ones', async () => {
    const session = start();
    await settle();
    session.type('echo one\necho two');
    await settle();
    lab.goOffline();
    for (const key of ['\x03', ...'ls -l', '\r']) session.type(key);
    lab.goOnline();
    session.type('pwd');
    await settle();
    expect(lab.typed).toBe('echo one\necho two\x03ls -l\rpwd');
    expect(screen.notes).toEqual([]);
  });

  test('nothing is typed behind keys that may have been lost with a connection', async () => {
    const session = start();
    await settle();
    session.type('echo one\necho two');
    await settle();
    lab.deaf = true;
    session.type('\x03');
    lab.goOffline();
    session.type('ls');
    session.type('\r');
    expect(screen.notes).toHaveLength(1);
    lab.deaf = false;
    const before = lab.typed;
    lab.goOnline();
    await settle();
    expect(lab.typed).toBe(before);
    session.type('pwd');
    expect(lab.typed).toBe(`${before}pwd`);
  });

  test('keys for a shell that is gone are dropped', async () => {
    const session = start();
    await settle();
    lab.goOffline();
    session.type('rm -r *\r');
    lab.answer = () => ({ generation: 'g2', from: 0, end: 0 });
    lab.goOnline();
    await settle();
    expect(lab.typed).toBe('');
    expect(screen.notes).toEqual(['Not typed: this is a new shell, and it was meant for the one before.']);
  });

  test('a large paste goes in pieces', async () => {
    const session = start();
    await settle();
    session.type('é'.repeat(100_000));
    const sizes = lab.payloads('terminal:input').map(({ data }) => (data as ArrayBuffer).byteLength);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.terminalInput);
    expect(lab.typed).toBe('é'.repeat(100_000));
  });

  test('questions in replayed output are not answered again, keys are sent', async () => {
    lab.answer = () => ({ generation: 'g1', from: 0, end: 10 });
    screen.slow = [];
    const session = start();
    await settle();
    lab.output('0123\x1b[6n90', 0);
    session.type('\x1b[1;5R');
    session.type('\x1b[A');
    screen.slow[0]?.();
    session.type('\x1b[2;5R');
    expect(lab.typed).toBe('\x1b[A\x1b[2;5R');
  });
});

describe('a sandbox at rest', () => {
  test('keys wake a paused one and arrive; nothing else is asked of it', async () => {
    const session = start();
    await settle();
    session.setReady(false, 'paused');
    const before = lab.sent.length;
    session.resize(100, 30);
    lab.goOffline();
    lab.goOnline();
    await settle();
    expect(lab.sent.length).toBe(before);
    expect(state).toEqual({ state: 'lost' });
    session.type('ls\r');
    expect(wakes).toBe(1);
    expect(lab.typed).toBe('');
    session.setReady(true);
    await settle();
    expect(lab.typed).toBe('ls\r');
  });

  test('keys go straight to the shell of a paused one that is still attached, and the size follows', async () => {
    const session = start();
    await settle();
    session.setReady(false, 'paused');
    session.type('l');
    expect(lab.typed).toBe('l');
    expect(wakes).toBe(0);
    screen.size = { cols: 90, rows: 20 };
    session.setReady(true);
    expect(lab.payloads('terminal:open')).toHaveLength(1);
    expect(lab.payloads('terminal:resize').at(-1)).toEqual({ ...at, cols: 90, rows: 20 });
  });

  test('a key that the server could not type is said to be lost, once', async () => {
    const session = start();
    await settle();
    session.setReady(false, 'paused');
    lab.answer = () => {
      throw new LabError({ code: 'sandbox.limit', message: 'All are in use.' });
    };
    session.type('l');
    session.type('s');
    await settle();
    expect(screen.notes).toEqual(['Not typed: All are in use.']);
  });

  test('a key starts a stopped one and is not typed into its new shell', async () => {
    const session = start();
    await settle();
    lab.tell('terminal:exited', { ...at, exitCode: null });
    session.setReady(false, 'stopped');
    session.type('rm -r *\r');
    expect(wakes).toBe(1);
    lab.answer = () => ({ generation: 'g2', from: 0, end: 0 });
    session.setReady(false);
    session.setReady(true);
    await settle();
    expect(state).toEqual({ state: 'open' });
    expect(lab.typed).toBe('');
    expect(screen.notes).toEqual([]);
  });
});

describe('ends', () => {
  test('the last words of a shell may come behind its end', async () => {
    start();
    await settle();
    lab.tell('terminal:exited', { ...at, exitCode: 2 });
    lab.output('bye', 0);
    expect(screen.text).toBe('bye');
    expect(state).toEqual({ state: 'ended', exitCode: 2 });
  });

  test('an ended shell stays ended when the server comes back, until a new one is asked for', async () => {
    const session = start();
    await settle();
    lab.tell('terminal:exited', { ...at, exitCode: 0 });
    lab.goOffline();
    lab.goOnline();
    await settle();
    expect(state).toEqual({ state: 'ended', exitCode: 0 });
    session.startShell();
    await settle();
    expect(state).toEqual({ state: 'open' });
  });

  test('a shell whose connection was lost is open again at its first sign', async () => {
    start();
    await settle();
    lab.tell('terminal:exited', { ...at, exitCode: null });
    expect(state).toEqual({ state: 'lost' });
    lab.output('', 0);
    expect(state).toEqual({ state: 'open' });
  });

  test('a page that goes lets go', async () => {
    const session = start();
    await settle();
    session.dispose();
    lab.output('late', 0);
    expect(screen.text).toBe('');
    expect(lab.sent.at(-1)).toEqual({ name: 'terminal:detach', payload: at });
  });
});

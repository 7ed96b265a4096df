import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TerminalConnection } from './sandbox-host.ts';
import { failure, TestHost, terminalSpec, until } from './test-host.ts';

const ground = new TestHost();
const { host, id } = ground;

beforeAll(() => ground.open());
afterAll(() => ground.dispose());

/** What a terminal shows, and its end. */
class Screen {
  text = '';
  bytes = 0;
  next: number;
  exit: number | null | 'running' = 'running';
  readonly connection: TerminalConnection;

  constructor(connection: TerminalConnection, options: { allow: boolean }) {
    this.connection = connection;
    this.next = connection.replayFrom;
    connection.onOutput = ({ seq, data }) => {
      expect(seq).toBe(this.next);
      this.next = seq + data.length;
      this.bytes += data.length;
      this.text = (this.text + data.toString('utf8')).slice(-100_000);
      if (options.allow) connection.allow(this.next + 256 * 1024);
    };
    connection.onEnd = (exitCode) => {
      this.exit = exitCode;
    };
  }

  async shows(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.text)).catch(() => {
      throw new Error(`${pattern} is not in ${JSON.stringify(this.text.slice(-500))}`);
    });
  }

  type(line: string): void {
    this.connection.write(Buffer.from(line));
  }
}

async function openTerminal(name: string, after = 0, allow = true): Promise<Screen> {
  return new Screen(await host.attachTerminal(id, terminalSpec(name, after)), { allow });
}

describe('a terminal', () => {
  it('runs commands, and outlives its connection with what was missed', async () => {
    const first = await openTerminal('outlive');
    expect(first.connection.fresh).toBe(true);
    expect(first.connection.nonce).toBe('n0nce');
    first.type('echo one-$((40+2))\n');
    await first.shows(/one-42/);
    first.type('sleep 1; echo two-$((40+3))\n');
    await first.shows(/sleep 1/);
    const seen = first.next;
    first.connection.dispose();
    await sleep(1500);
    const second = await openTerminal('outlive', seen);
    expect(second.connection.fresh).toBe(false);
    expect(second.connection.replayFrom).toBe(seen);
    await second.shows(/two-43/);
    expect(second.text).not.toContain('one-42');
    const whole = await openTerminal('outlive', 0);
    await whole.shows(/one-42[\s\S]*two-43/);
    // The newer attachment ended the older one.
    await until(() => second.exit === null);
    expect(first.exit).toBe('running');
    whole.connection.kill();
    await until(() => whole.exit !== 'running');
  });

  it('tells the exit code of its shell', async () => {
    const screen = await openTerminal('leaves');
    screen.type('exit 5\n');
    await until(() => screen.exit === 5);
  });

  it('interrupts with Ctrl-C and follows its size', async () => {
    const screen = await openTerminal('ctrlc');
    screen.type('sleep 600\n');
    await screen.shows(/sleep 600/);
    await sleep(300);
    screen.type('\u0003');
    screen.connection.resize(123, 45);
    screen.type('stty size; echo back-$((1+1))\n');
    await screen.shows(/45 123[\s\S]*back-2/);
    screen.connection.kill();
    await until(() => screen.exit !== 'running');
  });

  it('makes a flood wait until more is allowed', async () => {
    const screen = await openTerminal('flood', 0, false);
    screen.type('head -c 3000000 /dev/zero | tr "\\0" x; echo flood-$((1+1))\n');
    await until(() => screen.bytes > 200_000);
    await sleep(500);
    const stopped = screen.bytes;
    expect(stopped).toBeLessThanOrEqual(256 * 1024 + screen.connection.end);
    screen.connection.allow(screen.next + 500_000);
    await until(() => screen.bytes > stopped + 400_000);
    screen.connection.allow(10_000_000);
    await screen.shows(/flood-2/);
    expect(screen.bytes).toBeGreaterThan(3_000_000);
    screen.connection.kill();
    await until(() => screen.exit !== 'running');
  });

  it('is refused a name that is none', async () => {
    expect(await failure(host.attachTerminal(id, terminalSpec('../x')))).toBe('request.malformed');
  });
});

import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrydockError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { printable } from './engine-errors.ts';
import { enterCommand } from './exec-session.ts';
import { ExecStreams } from './exec-stream.ts';
import { RelayDuplex } from './relay-duplex.ts';

/** Milliseconds for the relay to connect, on a busy server. */
const connectTimeout = 10_000;

/**
 * Opens a byte stream to an address inside the sandbox through socat. socat ends when its input ends, which is
 * what the engine makes of a connection of ours that goes away, so nothing is left behind.
 * @throws whatever `refused` makes, sandbox.gone, engine.unreachable, engine.failed
 */
async function dial(
  engine: Engine,
  id: string,
  address: string,
  refused: (reason: string) => DrydockError,
): Promise<Duplex> {
  // -d -d makes socat say when it is connected; -t: seconds it goes on after one side ended.
  const command = enterCommand(['socat', '-d', '-d', '-t', '10', '-', address], { cwd: '/' });
  const { socket } = await engine.startExec(id, command, { stdin: true });
  const streams = new ExecStreams(socket);
  const timer = new AbortController();
  let said = '';
  try {
    await Promise.race([
      new Promise<void>((resolve, reject) => {
        streams.stderr.on('data', (chunk: Buffer) => {
          if (said.length < 4096) said += chunk.toString('latin1');
          if (said.includes('starting data transfer loop')) resolve();
        });
        streams.stderr.on('close', () => reject(refused(reasonOf(said))));
      }),
      sleep(connectTimeout, undefined, { signal: timer.signal }).then(() => {
        throw refused('no answer');
      }),
    ]);
  } catch (error) {
    streams.destroy();
    await engine.requireRunning(id);
    throw error;
  } finally {
    timer.abort();
  }
  streams.stderr.removeAllListeners('data');
  streams.stderr.resume();
  return new RelayDuplex(streams);
}

/** The words after socat's date, process number and severity of its last complaint. */
function reasonOf(said: string): string {
  const errors = said.split('\n').filter((line) => / [EF] /.test(line));
  return printable((errors.at(-1) ?? said).replace(/^.* [EF] /, ''));
}

export async function dialDaemon(engine: Engine, id: string): Promise<Duplex> {
  return dial(
    engine,
    id,
    'UNIX-CONNECT:/var/run/docker.sock',
    (reason) =>
      new DrydockError(
        'daemon.unreachable',
        'The Docker in your sandbox does not answer. It may be starting, or have been stopped; starting the sandbox anew brings it back.',
        { cause: new Error(reason), details: { reason } },
      ),
  );
}

export async function dialPort(engine: Engine, id: string, port: number): Promise<Duplex> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new DrydockError('request.malformed', 'A port is a number from 1 to 65535.');
  }
  return dial(
    engine,
    id,
    `TCP:127.0.0.1:${port}`,
    (reason) =>
      new DrydockError(
        'sandbox.failed',
        `Nothing answers on port ${port} of your sandbox. Start a program there, or publish the port with \`docker run -p ${port}:…\`.`,
        { cause: new Error(reason), details: { port, refused: true } },
      ),
  );
}

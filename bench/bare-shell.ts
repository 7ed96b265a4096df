import type { Duplex } from 'node:stream';
import type { Engine } from '../server/docker/engine.ts';
import { enterCommand } from '../server/docker/exec-session.ts';
import { sandboxUser } from '../server/docker/sandbox-container.ts';
import { type ShellLine, untilQuiet } from './page/shell-line.ts';

/**
 * The baseline of all terminals: the same shell in the same sandbox on dockerode's own exec with a TTY, with
 * nobody in between.
 */
export async function openBareShell(
  engine: Engine,
  container: string,
  size: { cols: number; rows: number },
): Promise<ShellLine & { dispose(): void }> {
  const exec = await engine.docker.getContainer(container).exec({
    Cmd: enterCommand(['bash', '--rcfile', '/etc/drydock/bashrc', '-i']),
    User: sandboxUser,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
  });
  const stream: Duplex = await exec.start({ hijack: true, stdin: true, Tty: true });
  await exec.resize({ w: size.cols, h: size.rows });
  const shell: ShellLine & { dispose(): void } = {
    onBytes: null,
    type: (text) => void stream.write(text),
    dispose: () => {
      stream.end('\u0015exit\r');
      stream.destroy();
    },
  };
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => shell.onBytes?.(chunk));
  await untilQuiet(shell);
  return shell;
}

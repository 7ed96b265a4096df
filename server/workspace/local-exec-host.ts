import { spawn } from 'node:child_process';
import type { ExecSession, ExecSpec, SandboxHost } from '../docker/sandbox-host.ts';

/**
 * For unit tests: a host whose only sandbox is this machine. Programs really run, so scripts are tested without
 * an engine; everything but `exec` is refused.
 */
export function createLocalExecHost(onExec: (spec: ExecSpec) => void = () => undefined): SandboxHost {
  const refuse = (): never => {
    throw new Error('the local host only runs programs');
  };
  return {
    describe: refuse,
    specOf: refuse,
    make: refuse,
    start: refuse,
    stop: refuse,
    pause: refuse,
    setPriority: refuse,
    setEgress: refuse,
    measure: refuse,
    diskUse: refuse,
    readHome: refuse,
    remove: refuse,
    sweep: refuse,
    list: refuse,
    endOf: refuse,
    attachTerminal: refuse,
    dialDaemon: refuse,
    dialPort: refuse,
    putArchive: refuse,
    watch: refuse,
    exec: async (_id, spec) => {
      onExec(spec);
      return startLocally(spec);
    },
  };
}

function startLocally(spec: ExecSpec): ExecSession {
  // Added to the environment the way the real host does it.
  const assignments = Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`);
  // Detached makes it the leader of a process group, so that everything it starts can be ended with it.
  const child = spawn('env', [...assignments, ...spec.argv], { cwd: spec.cwd ?? '/tmp', detached: true });
  const exit = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 137));
  });
  exit.catch(() => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exit,
    dispose: () => {
      if (child.pid !== undefined && child.exitCode === null) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It ended in this moment.
        }
      }
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import type { CheckContext } from '../checks/check-context.ts';
import { tookTooLong } from '../checks/took-too-long.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import type { LiveSandbox } from '../sandbox/live-sandboxes.ts';
import { runProgram } from '../workspace/run-program.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RanCommand } from './lesson-session.ts';

const outputLimit = 256 * 1024;

/** What a round of checks may look at, in a real sandbox. Lists come from the live model, details from the daemon. */
export function sandboxCheckContext(options: {
  host: SandboxHost;
  sandboxId: string;
  live: LiveSandbox;
  workspace: Workspace;
  commands: readonly RanCommand[];
}): CheckContext {
  const { host, sandboxId, live, workspace } = options;
  const { daemon, state } = live;
  const isLive = () => state.status === 'live';
  // One command in the sandbox for a whole round, however many files its checks are about.
  let listing: Promise<Map<string, WorkspaceEntry>> | undefined;
  const entries = (): Promise<Map<string, WorkspaceEntry>> => {
    listing ??= workspace.list().then((tree) => new Map(tree.entries.map((entry) => [entry.path, entry])));
    return listing;
  };
  return {
    root: workspace.root,
    daemon: {
      containers: async () => (isLive() ? state.snapshot().containers : daemon.containers()),
      images: async () => (isLive() ? state.snapshot().images : daemon.images()),
      networks: async () => (isLive() ? state.snapshot().networks : daemon.networks()),
      volumes: async () => (isLive() ? state.snapshot().volumes : daemon.volumes()),
      container: (name) => daemon.container(name),
      image: (name) => daemon.image(name),
      network: (name) => daemon.network(name),
      containerLog: (name, lines) => daemon.containerLog(name, lines),
      containerChanges: (name) => daemon.containerChanges(name),
      imageHistory: (name) => daemon.imageHistory(name),
    },
    readFile: async (path) => {
      try {
        return (await workspace.read(path)).content;
      } catch (error) {
        const missing = ['file.not-found', 'file.is-folder', 'file.binary'];
        if (error instanceof DrydockError && missing.includes(error.code)) return null;
        throw error;
      }
    },
    stat: async (path) => {
      const entry = (await entries()).get(path);
      return entry === undefined ? null : { type: entry.type, size: entry.size };
    },
    files: async () =>
      [...(await entries()).values()].filter((entry) => entry.type === 'file').map((entry) => entry.path),
    run: async (command, timeoutMs) => {
      const argv: [string, ...string[]] = ['bash', '-c', command];
      const result = await runProgram(
        host,
        sandboxId,
        { argv, cwd: workspace.root },
        { maxOutput: outputLimit, timeoutMs },
      ).catch((error: unknown) => {
        if (!(error instanceof DrydockError) || error.code !== 'file.failed') throw error;
        throw new DrydockError('check.timeout', tookTooLong(timeoutMs), { cause: error });
      });
      return { exit: result.exitCode ?? 124, stdout: result.stdout.toString('utf8'), stderr: result.stderr };
    },
    commands: options.commands.flatMap(({ command, exitCode, at }) =>
      exitCode === null ? [] : [{ command, exitCode, at }],
    ),
  };
}

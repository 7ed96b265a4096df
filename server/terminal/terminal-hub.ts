import type { TerminalOpened, TerminalSummary } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { Emitter } from '../emitter.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { SharedTerminal, type TerminalAddress } from './shared-terminal.ts';
import type { TerminalViewer } from './terminal-viewer.ts';

export interface CommandStarted extends TerminalAddress {
  learner: string;
  command: string;
}

export interface CommandEnded extends CommandStarted {
  /** null when the shell went back to its prompt without saying. */
  exitCode: number | null;
  /** The folder the command was typed in, when known. */
  cwd: string | null;
}

export interface TerminalsChanged {
  sandboxId: string;
  learner: string;
  lesson: string;
  terminals: TerminalSummary[];
}

export interface OpenTerminal extends TerminalAddress {
  learner: string;
  cols: number;
  rows: number;
  /** Absolute folder in the sandbox. */
  cwd: string;
  /** End of what the page has of `generation` (or of whichever shell runs, when that is not given). */
  after: number;
  generation?: string | undefined;
  viewer: TerminalViewer;
}

export interface RunCommand extends TerminalAddress {
  learner: string;
  cwd: string;
  command: string;
  /** Press Ctrl-C first when something runs. */
  interrupt: boolean;
}

export type TerminalHub = ReturnType<typeof createTerminalHub>;

/** Changes of the lists are gathered for so long: milliseconds. */
const changeDelay = 20;

/** All terminals of all sandboxes. Output flows from the sandbox to pages only as fast as they draw it. */
export function createTerminalHub(options: {
  host: SandboxHost;
  logger: Logger;
  clock: Clock;
  ids: Ids;
  metrics: Metrics;
}) {
  const { logger } = options;
  const sandboxes = new Map<string, Map<string, SharedTerminal>>();
  const gone = new Set<string>();
  const pendingChanges = new Map<string, { timer: NodeJS.Timeout; announce: () => void }>();
  const failed = (error: unknown) => logger.error(errorForLog(error), 'a terminal listener failed');
  const changed = new Emitter<TerminalsChanged>(failed);
  const commandStarted = new Emitter<CommandStarted>(failed);
  const commandEnded = new Emitter<CommandEnded>(failed);

  const keyOf = (address: TerminalAddress) => `${address.lesson}:${address.terminal}`;
  const find = (address: TerminalAddress) => sandboxes.get(address.sandboxId)?.get(keyOf(address));

  function list(sandboxId: string, lesson: string): TerminalSummary[] {
    return [...(sandboxes.get(sandboxId)?.values() ?? [])]
      .filter((shared) => shared.address.lesson === lesson)
      .map((shared) => ({ terminal: shared.address.terminal, busy: shared.busy }));
  }

  function announceLater(shared: SharedTerminal): void {
    const { sandboxId, lesson } = shared.address;
    const key = `${sandboxId}:${lesson}`;
    if (pendingChanges.has(key)) return;
    const announce = () => {
      pendingChanges.delete(key);
      changed.emit({ sandboxId, learner: shared.learner, lesson, terminals: list(sandboxId, lesson) });
    };
    pendingChanges.set(key, { timer: setTimeout(announce, changeDelay), announce });
  }

  function forget(shared: SharedTerminal): void {
    const terminals = sandboxes.get(shared.address.sandboxId);
    if (terminals?.get(keyOf(shared.address)) !== shared) return;
    terminals.delete(keyOf(shared.address));
    if (terminals.size === 0) sandboxes.delete(shared.address.sandboxId);
    shared.dispose();
    announceLater(shared);
  }

  /** Room for one more: a shell of another lesson that waits at its prompt unseen has to go, oldest first. */
  function makeRoom(address: TerminalAddress): void {
    const running = [...(sandboxes.get(address.sandboxId)?.values() ?? [])].filter((shared) => !shared.ended);
    if (running.length < limits.terminalsPerSandbox) return;
    const spare = running
      .filter((shared) => shared.address.lesson !== address.lesson && !shared.watched && shared.busy === false)
      .sort((a, b) => a.usedAt - b.usedAt)[0];
    if (spare === undefined) {
      throw new DrydockError(
        'terminal.limit',
        `A sandbox has room for ${limits.terminalsPerSandbox} terminals, and all are in use. Close one, then try again.`,
      );
    }
    close(spare).catch((error: unknown) => {
      logger.warn(
        { sandbox: spare.address.sandboxId, ...errorForLog(error) },
        'an unused terminal could not be closed',
      );
    });
  }

  function findOrMake(request: TerminalAddress & { learner: string; cwd: string }): SharedTerminal {
    const known = find(request);
    if (known !== undefined) return known;
    makeRoom(request);
    const { sandboxId, lesson, terminal, learner } = request;
    const about = { sandboxId, lesson, terminal, learner };
    const shared: SharedTerminal = new SharedTerminal(
      request,
      { ...options, sandboxIsUp: () => !gone.has(sandboxId) },
      {
        onChanged: () => announceLater(shared),
        onCommandStarted: (command) => commandStarted.emit({ ...about, command }),
        onCommandEnded: (ended) => commandEnded.emit({ ...about, ...ended }),
        onAbandoned: () => forget(shared),
      },
    );
    const terminals = sandboxes.get(sandboxId) ?? new Map<string, SharedTerminal>();
    sandboxes.set(sandboxId, terminals.set(keyOf(request), shared));
    return shared;
  }

  /** A terminal that could not be made leaves no trace in the list. */
  async function orForget<T>(shared: SharedTerminal, work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      gone.delete(shared.address.sandboxId);
      return result;
    } catch (error) {
      if (!shared.attachedOnce && !shared.watched) forget(shared);
      throw error;
    }
  }

  async function close(shared: SharedTerminal): Promise<void> {
    try {
      await shared.close();
    } finally {
      forget(shared);
    }
  }

  function require(address: TerminalAddress): SharedTerminal {
    const shared = find(address);
    if (shared === undefined) {
      throw new DrydockError('terminal.not-found', `There is no terminal ${address.terminal} open. Open it again.`);
    }
    return shared;
  }

  return {
    /** @throws terminal.limit, and what `SandboxHost.attachTerminal` throws */
    open(request: OpenTerminal): Promise<TerminalOpened> {
      const shared = findOrMake(request);
      const { viewer, cols, rows, cwd, after, generation } = request;
      return orForget(shared, shared.open({ viewer, cols, rows, cwd, after, generation }));
    },
    /** Starts the shell that a page is about to open. @throws what `open` throws */
    prepare(request: TerminalAddress & { learner: string; cwd: string }): Promise<void> {
      const shared = findOrMake(request);
      return orForget(shared, shared.prepare());
    },
    /** Returns when the command is typed. @throws terminal.busy, and what `open` throws */
    run(request: RunCommand): Promise<void> {
      const shared = findOrMake(request);
      return orForget(shared, shared.run(request));
    },
    /** Ctrl-C, which no page pressed. */
    interrupt(address: TerminalAddress): void {
      find(address)?.interrupt();
    },
    /** @throws terminal.not-found */
    input(address: TerminalAddress, viewerId: string, data: Uint8Array): void {
      require(address).input(viewerId, data);
    },
    /** @throws terminal.not-found */
    resize(address: TerminalAddress, viewerId: string, cols: number, rows: number): void {
      require(address).resize(viewerId, cols, rows);
    },
    acknowledge(address: TerminalAddress, viewerId: string, seq: number): void {
      find(address)?.acknowledge(viewerId, seq);
    },
    detach(address: TerminalAddress, viewerId: string): void {
      find(address)?.detach(viewerId);
    },
    /** The page went away: as `detach` for all it looked at. */
    viewerGone(viewerId: string): void {
      for (const terminals of [...sandboxes.values()]) {
        for (const shared of [...terminals.values()]) shared.detach(viewerId);
      }
    },
    /** Ends the shell. @throws terminal.not-found */
    close: (address: TerminalAddress): Promise<void> => close(require(address)),
    list,
    /** How many shells run, as far as is known. */
    count(): number {
      return [...sandboxes.values()].flatMap((each) => [...each.values()]).filter((shared) => !shared.ended).length;
    },
    /** The sandbox runs (again): lost shells are looked for at once. */
    sandboxReady(sandboxId: string): void {
      gone.delete(sandboxId);
      for (const shared of [...(sandboxes.get(sandboxId)?.values() ?? [])]) shared.sandboxReady();
    },
    /** The sandbox stopped or died: nothing is looked for until `sandboxReady`. */
    sandboxGone(sandboxId: string): void {
      gone.add(sandboxId);
      for (const shared of [...(sandboxes.get(sandboxId)?.values() ?? [])]) {
        shared.sandboxGone();
        if (!shared.watched) forget(shared);
      }
    },
    /** The sandbox was removed for good. */
    sandboxRemoved(sandboxId: string): void {
      gone.delete(sandboxId);
      for (const shared of [...(sandboxes.get(sandboxId)?.values() ?? [])]) forget(shared);
    },
    onChanged: (listener: (fact: TerminalsChanged) => void): Disposable => changed.on(listener),
    onCommandStarted: (listener: (fact: CommandStarted) => void): Disposable => commandStarted.on(listener),
    onCommandEnded: (listener: (fact: CommandEnded) => void): Disposable => commandEnded.on(listener),
    /** The server goes: shells stay. */
    dispose(): void {
      for (const terminals of sandboxes.values()) for (const shared of terminals.values()) shared.dispose();
      sandboxes.clear();
      for (const { timer } of pendingChanges.values()) clearTimeout(timer);
      pendingChanges.clear();
      for (const emitter of [changed, commandStarted, commandEnded]) emitter.dispose();
    },
  };
}

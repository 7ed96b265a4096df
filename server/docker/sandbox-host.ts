import type { Duplex, Readable } from 'node:stream';
import type { SandboxUse } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';

/**
 * The boundary between Drydock and the machine that holds the sandboxes. Everything above `server/docker`
 * knows this interface and nothing of dockerode. Only plain data and streams cross it, so that a sandbox can
 * live on another machine one day. Every method rejects with a `DrydockError`:
 * `engine.unreachable` (no answer), `engine.failed` (it refused), `sandbox.gone` (no such sandbox or not
 * running), `sandbox.image-missing`, `daemon.unreachable`.
 */
export interface SandboxHost {
  /** Facts about the host's engine. @throws engine.unreachable */
  describe(): Promise<HostDescription>;

  /**
   * Makes container, volumes and disks; does not start it. Idempotent for the same id. A container that does
   * not run and was made from another spec (image, limits, registry) is made anew on its volumes.
   * @throws host.disk-full, and what every method throws
   */
  make(spec: SandboxSpec): Promise<void>;

  /** What `SandboxRecord.spec` of a sandbox made now would be. The same for every id and learner. */
  specOf(spec: Pick<SandboxSpec, 'image' | 'limits' | 'registryVolume'>): Promise<string>;

  /**
   * Starts (or unpauses) it and waits until the learner's own daemon answers, at most `timeoutMs`. Starting one
   * that runs and answers resolves at once. `onStage` tells what is going on.
   */
  start(id: string, options: { timeoutMs: number; onStage?: (stage: StartStage) => void }): Promise<void>;

  /** Lets inner containers end in order within `graceSeconds`, then stops the sandbox. Keeps its volumes. */
  stop(id: string, options: { graceSeconds: number }): Promise<void>;

  /** Freezes every process in it. Pausing one that is paused, or does not run, is no error. */
  pause(id: string): Promise<void>;

  /** Its share of the processor when there is not enough for all. */
  setPriority(id: string, priority: 'normal' | 'background'): Promise<void>;

  /**
   * Opens or closes its way to the internet. Whatever was open closes by itself when the sandbox stops.
   * @throws egress.unavailable
   */
  setEgress(id: string, egress: 'none' | 'internet'): Promise<void>;

  /** What it uses, every `intervalMs`, until disposed of. Told by the sandbox itself: for gauges only. */
  measure(id: string, options: { intervalMs: number; onUse: (use: SandboxUse) => void; onEnd: () => void }): Disposable;

  /**
   * Bytes of disk each sandbox uses, as the host sees it, for the sandboxes whose limit is only watched. Costly:
   * seconds where there is much.
   */
  diskUse(): Promise<Map<string, number>>;

  /**
   * The learner's home as a tar stream of `root/…`; the sandbox need not run. Untrusted bytes. It errors with
   * `file.too-large` when it is much more than a home may hold, as files with holes can be.
   * @throws sandbox.gone when there is no home; sandbox.failed when there is one and its container has to be made
   * first; host.disk-full
   */
  readHome(id: string): Promise<Readable>;

  /** Removes the container and the volumes and disks named. Removing what is not there is no error. */
  remove(id: string, options: { keepHome: boolean }): Promise<void>;

  /**
   * Removes the volumes and disks of sandboxes that have no container, are not being made now and are not among
   * `keep`: what a power cut between two steps left behind. @returns the ids of what is gone
   * @param only of these alone; the homes of others may be somebody's work
   */
  sweep(keep: Iterable<string>, only?: ReadonlySet<string>): Promise<string[]>;

  /** Every sandbox of this lab (by label `drydock.lab`), whatever its state. */
  list(): Promise<SandboxRecord[]>;

  /** How the sandbox ended, or null when it runs, never ran, or is not there. */
  endOf(id: string): Promise<SandboxEnd | null>;

  /** Runs a program as the learner: root of the sandbox's namespace, in its network and mounts. */
  exec(id: string, spec: ExecSpec): Promise<ExecSession>;

  /**
   * Attaches to a terminal (a shell on a PTY) that outlives this connection and this server; starts it when it
   * does not run. A second attachment to the same name ends the first one's stream.
   */
  attachTerminal(id: string, spec: TerminalSpec): Promise<TerminalConnection>;

  /** A byte stream to the learner's dockerd. What comes back is untrusted. */
  dialDaemon(id: string): Promise<Duplex>;

  /** A byte stream to a port on the sandbox's loopback (1–65535), as `curl localhost:PORT` would open. */
  dialPort(id: string, port: number): Promise<Duplex>;

  /** Unpacks a tar stream into a folder (made if missing) as the learner; links and devices are refused. */
  putArchive(id: string, path: string, tar: Readable): Promise<void>;

  /** Sandboxes that started or died, whoever caused it. Ends when `signal` aborts; reconnects by itself. */
  watch(listener: (event: HostEvent) => void, signal: AbortSignal): void;
}

export interface HostDescription {
  engineVersion: string;
  apiVersion: string;
  cgroupVersion: '1' | '2';
  operatingSystem: string;
  kernel: string;
  cpus: number;
  /** bytes */
  memory: number;
  securityOptions: string[];
  /** Whether a file system of its own bounds each sandbox, or the lab has to look; and why. */
  diskLimit: { kind: 'hard' | 'watched'; reason: string };
  /** Bytes free where sandboxes' disks lie; null: not known (an engine on another machine). */
  diskFree: number | null;
}

export interface SandboxSpec {
  /** `[a-z0-9]{8,32}`; the container is named `drydock-<lab>-<id>`. */
  id: string;
  /** Whose it is; written as label `drydock.learner`. `null` while it waits in the pool. */
  learner: string | null;
  /** Image reference of the sandbox image on the host. */
  image: string;
  limits: SandboxLimits;
  /** Name of the host volume that holds the registry's socket, or null: no registry. */
  registryVolume: string | null;
}

export interface SandboxLimits {
  /** bytes; swap is the same, so there is none */
  memory: number;
  /** fractions of a core */
  cpus: number;
  pids: number;
  /** Of the learner's daemon: images, containers, volumes. */
  disk: { bytes: number; inodes: number };
  /** Of the learner's files. */
  home: { bytes: number; inodes: number };
  /** Of one process. */
  openFiles: number;
  /** bytes, of one inner container; older lines go */
  logBytes: number;
}

export type StartStage = 'creating' | 'starting' | 'waiting-for-daemon';

export interface SandboxRecord {
  id: string;
  learner: string | null;
  state: 'created' | 'running' | 'paused' | 'exited' | 'dead';
  /** unix milliseconds */
  createdAt: number;
  /** The image id it was made from, to notice that a newer image is there. */
  imageId: string;
  /** Names the spec it was made from, as `specOf` does for a spec: unlike means it is out of date. */
  spec: string;
}

/** When a sandbox that does not run ended, and how. */
export interface SandboxEnd {
  /** unix milliseconds, by the engine's clock */
  at: number;
  exitCode: number;
  outOfMemory: boolean;
}

export interface ExecSpec {
  argv: [string, ...string[]];
  /** Added to the learner's usual environment. */
  env?: Record<string, string>;
  /** Absolute; default is the learner's home. */
  cwd?: string;
}

/**
 * A running program. Streams are demultiplexed, with back-pressure: one that is not read makes the program wait,
 * so read both or `resume()` them. Disposing kills the program.
 */
export interface ExecSession {
  readonly stdin: import('node:stream').Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Exit code, once all output has arrived (its last bytes may still be unread); rejects with `sandbox.gone`
   * when the sandbox died under it.
   */
  readonly exit: Promise<number>;
  /** Ends the program (a client that goes away does not) and closes the streams. */
  dispose(): void;
}

export interface TerminalSpec {
  /** `[a-z0-9-]{1,64}`, unique in the sandbox. */
  name: string;
  cols: number;
  rows: number;
  /** Absolute folder of the shell, made when it is missing. */
  cwd: string;
  /**
   * Proves that an OSC 633 report comes from the shell and not from a program's output. Only the attachment
   * that starts the shell can set it; `TerminalConnection.nonce` is the one in force.
   */
  nonce: string;
  /** Replay from this byte of the terminal's output on (0: everything that is kept). */
  after: number;
}

/**
 * A live terminal. Output is a byte sequence numbered from 0 since the terminal was first opened; `seq` is the number
 * of a chunk's first byte. A shell that starts where the one before was lost with its sandbox goes on behind what is
 * kept of it; after a sudden end some of the last numbers are given once more. The terminal stops producing when it is `allow`ed no more (flow control).
 */
export interface TerminalConnection {
  /** First byte replayed: larger than asked when older output is no longer kept (the last 1 MiB is). */
  readonly replayFrom: number;
  /** End of the output at the time of attaching. */
  readonly end: number;
  /** True when this attachment started the shell, whose own output then begins at `end`. */
  readonly fresh: boolean;
  readonly nonce: string;
  /** Nothing is delivered, and `onEnd` is not called, before this is first set. */
  onOutput: ((chunk: { seq: number; data: Buffer }) => void) | null;
  /** Called once: the shell's exit code, or null when the connection was lost or taken over. */
  onEnd: ((exitCode: number | null) => void) | null;
  write(data: Buffer): void;
  resize(cols: number, rows: number): void;
  /** Output up to this byte number may be sent; beyond it the shell's program waits. Only ever grows. */
  allow(upTo: number): void;
  /** Ends the shell and everything started from it that did not detach. */
  kill(): void;
  /** Leaves the shell running. */
  dispose(): void;
}

export type HostEvent =
  | { type: 'started'; id: string }
  | { type: 'died'; id: string; exitCode: number; outOfMemory: boolean }
  /** Events may have been missed: compare with `list()`. */
  | { type: 'reconnected' }
  | { type: 'engine-lost' };

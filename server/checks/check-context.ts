import type { InnerDaemon } from '../docker/inner-daemon.ts';

/** What checks ask of a learner's dockerd. Details are null for what is not there. */
export type CheckDaemon = Pick<
  InnerDaemon,
  | 'containers'
  | 'images'
  | 'networks'
  | 'volumes'
  | 'container'
  | 'image'
  | 'network'
  | 'containerLog'
  | 'containerChanges'
  | 'imageHistory'
>;

/** A command the learner's shell reported as ended. */
export interface RanCommand {
  command: string;
  exitCode: number;
  /** unix milliseconds */
  at: number;
}

/**
 * Everything a round of checks may look at. Nothing here changes what the learner has. Each method is called at
 * most once with the same arguments in a round, and may reject; that check then fails, the others go on.
 */
export interface CheckContext {
  /** The workspace's absolute folder in the sandbox. */
  root: string;
  daemon: CheckDaemon;
  /** Text of a file in the lesson's workspace; null when there is no such plain file. */
  readFile(path: string): Promise<string | null>;
  stat(path: string): Promise<{ type: 'file' | 'folder' | 'other'; size: number } | null>;
  /** Paths of all files in the workspace, to say what is there instead. */
  files?(): Promise<string[]>;
  /**
   * Runs `bash -c command` in the sandbox as the learner (root of the namespace, cwd the workspace), outside
   * their shell, and cuts what it prints to a bounded length. Rejects when it takes longer than `timeoutMs`.
   */
  run(command: string, timeoutMs: number): Promise<{ exit: number; stdout: string; stderr?: string }>;
  /** Commands of this lesson's terminals, oldest first. */
  commands: readonly RanCommand[];
}

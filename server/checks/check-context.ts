import type {
  ContainerDetails,
  ContainerSummary,
  FilesystemChange,
  ImageDetails,
  ImageHistoryStep,
  ImageSummary,
  NetworkDetails,
  NetworkSummary,
  VolumeSummary,
} from '../../protocol/docker.ts';

/** What checks ask of a learner's dockerd; `InnerDaemon` is one. Details are null for what is not there. */
export interface CheckDaemon {
  containers(): Promise<ContainerSummary[]>;
  images(): Promise<ImageSummary[]>;
  networks(): Promise<NetworkSummary[]>;
  volumes(): Promise<VolumeSummary[]>;
  container(nameOrId: string): Promise<ContainerDetails | null>;
  image(nameOrId: string): Promise<ImageDetails | null>;
  network(nameOrId: string): Promise<NetworkDetails | null>;
  containerLog(nameOrId: string, lines: number): Promise<string | null>;
  containerChanges(nameOrId: string): Promise<FilesystemChange[] | null>;
  imageHistory(nameOrId: string): Promise<ImageHistoryStep[] | null>;
}

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
  daemon: CheckDaemon;
  /** Text of a file in the lesson's workspace; null when there is no such plain file. */
  readFile(path: string): Promise<string | null>;
  stat(path: string): Promise<{ type: 'file' | 'folder' | 'other'; size: number } | null>;
  /** Paths of all files in the workspace, to say what is there instead. */
  files?(): Promise<string[]>;
  /**
   * Runs `bash -c command` in the sandbox as the learner (root of the namespace, cwd the workspace), outside
   * their shell, and cuts stdout to a bounded length. Rejects when it takes longer than `timeoutMs`.
   */
  run(command: string, timeoutMs: number): Promise<{ exit: number; stdout: string }>;
  /** Commands of this lesson's terminals, oldest first. */
  commands: readonly RanCommand[];
}

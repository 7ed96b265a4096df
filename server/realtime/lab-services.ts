import type { BuildService } from '../builds/build-service.ts';
import type { Clock } from '../clock.ts';
import type { ImageStock } from '../images/image-stock.ts';
import type { Certificates } from '../lessons/certificates.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { Placement } from '../lessons/placement/placement.ts';
import type { Logger } from '../logger.ts';
import type { Practice } from '../practice/practice.ts';
import type { Preparations } from '../preparation/preparations.ts';
import type { SandboxManager } from '../sandbox/sandbox-manager.ts';
import type { WorkspaceArchives } from '../sandbox/workspace-archives.ts';
import type { ProgressStore } from '../store/progress-store.ts';
import type { VariableStore } from '../store/variable-store.ts';
import type { TerminalHub } from '../terminal/terminal-hub.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { AuthorPages } from './author-pages.ts';
import type { Gateway } from './gateway.ts';
import type { LessonReader } from './lesson-reader.ts';
import type { LessonSessions } from './lesson-sessions.ts';

/** What handlers work with. Made once, in `create-app`. */
export interface LabServices {
  logger: Logger;
  clock: Clock;
  gateway: Gateway;
  library: LessonLibrary;
  reader: LessonReader;
  sandboxes: SandboxManager;
  /** null: this lab has nothing to do with any registry. */
  stock: Pick<ImageStock, 'want'> | null;
  archives: WorkspaceArchives;
  sessions: LessonSessions;
  authors: AuthorPages;
  preparations: Preparations;
  terminals: TerminalHub;
  builds: BuildService;
  progress: ProgressStore;
  variables: VariableStore;
  practice: Practice;
  placement: Placement;
  certificates: Certificates;
  /** Absolute folder of a lesson's files inside the sandbox. */
  rootOf: (lesson: string) => string;
  /** @throws sandbox.* when the learner's sandbox does not answer now */
  workspaceOf: (learner: string, lesson: string) => Workspace;
  /** Removes a lesson's folder, so that the lesson's own files are put there anew. */
  emptyWorkspace: (sandboxId: string, lesson: string) => Promise<void>;
}

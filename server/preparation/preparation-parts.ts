import type { CheckResult } from '../../protocol/lesson-view.ts';
import type { Preparation } from '../../protocol/preparation.ts';
import type { Actor } from '../access.ts';
import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import type { Lesson } from '../lessons/lesson.ts';
import type { Logger } from '../logger.ts';
import type { ReadySandbox, SandboxManager } from '../sandbox/sandbox-manager.ts';
import type { ProgressStore } from '../store/progress-store.ts';
import type { SetupStore } from '../store/setup-store.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { TypingPlace } from './run-block.ts';

/** A lesson that is open, as far as preparations go. */
export interface PreparedSession {
  /** Resolves when the lesson's files are there, without waiting for what is set up. */
  attach(sandbox: ReadySandbox): Promise<void>;
  /** Looks at these checks; what is met is recorded as the lab's work. */
  catchUp(checks: string[]): Promise<CheckResult[]>;
  visit(step: string): void;
  /** Begins what is set up for the step the learner is at. */
  reopen(): void;
  /** Checks are held no more. */
  prepared(): void;
}

/** What preparations are made with. */
export interface PreparationParts {
  reader: { lesson(actor: Actor, id: string): Promise<Lesson> };
  done: SetupStore;
  progress: Pick<ProgressStore, 'visitStep'>;
  sandboxes: Pick<SandboxManager, 'ready' | 'reset' | 'use'>;
  terminals: TypingPlace['terminals'];
  host: SandboxHost;
  sessions: {
    /** null: no page shows it. */
    find(learner: string, lesson: string): Promise<PreparedSession | null>;
    /** Keeps it open, whatever pages do. */
    keep(actor: Actor, lesson: string): Promise<Disposable>;
  };
  /** Absolute folder of a lesson's files inside the sandbox. */
  rootOf: (lesson: string) => string;
  workspaceOf: (learner: string, lesson: string) => Workspace;
  emptyWorkspace: (sandboxId: string, lesson: string) => Promise<void>;
  tell: (learner: string, lesson: string, preparation: Preparation | null) => void;
  clock: Clock;
  logger: Logger;
}

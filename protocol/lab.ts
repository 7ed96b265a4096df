import type { CourseView, LessonProgress, LessonView } from './lesson-view.ts';
import type { SandboxOutlook } from './sandbox.ts';

/**
 * What the pages read while the server renders them. The server puts one of these on `globalThis` under
 * `labKey`, because Next's own modules and the server's are separate instances in one process.
 */
export interface LabPages {
  catalogue(learner: string): Promise<CatalogueView>;
  /** null: there is no such lesson (or it is broken, and this person may not author). */
  lesson(learner: string, id: string): Promise<{ lesson: LessonView; progress: LessonProgress } | null>;
}

export interface CatalogueView {
  courses: CourseView[];
  progress: LessonProgress[];
  /** Where this person left off. */
  resume: { lesson: string; step: string | null } | null;
  sandbox: SandboxOutlook;
}

export const labKey = Symbol.for('drydock.lab');

/** Headers the server sets on every page request; whatever a client sends under these names is dropped. */
export const learnerHeader = 'x-drydock-learner';
export const nonceHeader = 'x-nonce';

/** What `GET /api/health` answers: 200 once a sandbox can be had, else 503 with `reason`. */
export interface Health {
  status: 'ok' | 'unavailable';
  version: string;
  engine: { reachable: boolean; version: string | null };
  sandboxImage: { reference: string; present: boolean };
  pool: { ready: number; inUse: number; limit: number };
  reason: { code: string; message: string } | null;
}

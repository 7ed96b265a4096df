import type { BrokenLesson } from './authoring.ts';
import type { CertificateView } from './certificate.ts';
import type { ImagesView, ImageView, LessonImage } from './images.ts';
import type { CourseView, LessonLink, LessonProgress, LessonView } from './lesson-view.ts';
import type { PlacementAdvice, PlacementView } from './placement.ts';
import type { PracticeView } from './quiz.ts';
import type { CheatSheetView, GlossaryView, SearchWords } from './reference.ts';
import type { SandboxOutlook } from './sandbox.ts';

/**
 * What the pages read while the server renders them. The server puts one of these on `globalThis` under
 * `labKey`, because Next's own modules and the server's are separate instances in one process.
 */
export interface LabPages {
  catalogue(learner: string): Promise<CatalogueView>;
  /** null: there is no such lesson (or it is broken, and this person may not author). */
  lesson(learner: string, id: string): Promise<LessonPageView | null>;
  /** null: this lab has no placement quiz. */
  placement(learner: string): Promise<PlacementView | null>;
  /** What this learner has done of a course; null: there is no such course. */
  certificate(learner: string, course: string): Promise<CertificateView | null>;
  glossary(): Promise<GlossaryView>;
  cheatSheet(): Promise<CheatSheetView>;
  /** What this lab serves to `docker pull`. */
  images(): Promise<ImagesView>;
}

export type LessonPageView =
  /** `problems`: how many its source has, for who may author, else 0; what could be read of it is shown. */
  | {
      kind: 'lesson';
      lesson: LessonView;
      progress: LessonProgress;
      mayAuthor: boolean;
      problems: number;
      /** Those it declares. */
      images: LessonImage[];
      ending: CourseEnding | null;
    }
  /** Nothing of it can be shown. Only to who may author. */
  | { kind: 'broken'; broken: BrokenLesson };

/** What the last lesson of a course leads to; null for every other lesson. */
export interface CourseEnding {
  course: LessonLink;
  /** All its other lessons are done, but for those this host cannot play. */
  othersDone: boolean;
  /** A course to go on with, and where it begins; null: nothing is left. */
  next: { title: string; lesson: LessonLink } | null;
}

export interface CatalogueView {
  /** Each after those it needs. */
  courses: CourseView[];
  progress: LessonProgress[];
  /** Where this person left off; null also when a placement quiz has said since where to begin. */
  resume: { lesson: string; step: string | null } | null;
  sandbox: SandboxOutlook;
  /** Quizzes of lessons finished some days ago; null: none is due. */
  practice: PracticeView | null;
  placement: PlacementAdvice | null;
  /** This person may author: `broken` are the courses and lessons that learners do not see. */
  mayAuthor: boolean;
  broken: BrokenLesson[];
  /** What lessons carry out and explain, for the search. */
  searchWords: SearchWords;
  /** Images that lessons need and that are not ready. */
  images: ImageView[];
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
  /** Of the images that this lab makes by itself; null: it makes none, and has nothing to do with any registry. */
  images: { wanted: number; ready: number; failed: number } | null;
  reason: { code: string; message: string } | null;
}

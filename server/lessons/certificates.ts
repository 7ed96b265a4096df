import type { CertificateLesson, CertificateView } from '../../protocol/certificate.ts';
import { standingOfCourse } from '../../protocol/course-standing.ts';
import type { Clock } from '../clock.ts';
import type { CertificateStore } from '../store/certificate-store.ts';
import type { ProgressStore } from '../store/progress-store.ts';
import { outlineOf } from './lesson-outline.ts';
import type { LessonLibrary } from './library/lesson-library.ts';
import { type HostFacts, missingNeeds } from './missing-needs.ts';

/** What learners have finished, course by course. Only the learner's own can be asked for. */
export class Certificates {
  readonly #library: Pick<LessonLibrary, 'catalogue' | 'lesson'>;
  readonly #progress: Pick<ProgressStore, 'read'>;
  readonly #store: CertificateStore;
  readonly #hostFacts: () => Promise<HostFacts | null>;
  readonly #clock: Clock;
  readonly #version: string;

  constructor(parts: {
    library: Pick<LessonLibrary, 'catalogue' | 'lesson'>;
    progress: Pick<ProgressStore, 'read'>;
    store: CertificateStore;
    hostFacts: () => Promise<HostFacts | null>;
    clock: Clock;
    version: string;
  }) {
    this.#library = parts.library;
    this.#progress = parts.progress;
    this.#store = parts.store;
    this.#hostFacts = parts.hostFacts;
    this.#clock = parts.clock;
    this.#version = parts.version;
  }

  /**
   * How far somebody is with a course. Where all of it is done, that is noted: the certificate stays theirs when the
   * course gets further lessons, and then says how many of them are done.
   * @returns null when there is no such course
   */
  async view(learner: string, id: string): Promise<CertificateView | null> {
    const course = this.#library.catalogue().find((each) => each.id === id);
    if (course === undefined) return null;
    const parsed = course.lessons.map((card) => this.#library.lesson(card.id));
    const [facts, name, ...progress] = await Promise.all([
      this.#hostFacts(),
      this.#store.name(learner),
      ...parsed.map((lesson) => this.#progress.read(learner, outlineOf(lesson))),
    ]);
    const lessons = parsed.map(
      (lesson, index): CertificateLesson => ({
        id: lesson.id,
        title: lesson.frontMatter.title,
        completedAt: progress[index]?.completedAt ?? null,
        missing: missingNeeds(lesson.frontMatter.needs, facts),
      }),
    );
    const isDone = ({ completedAt }: CertificateLesson): boolean => completedAt !== null;
    const { counted, done: finished, finished: isFinished } = standingOfCourse(lessons, isDone);
    if (isFinished) {
      await this.#store.issue(learner, id, counted.length, this.#clock.now());
    }
    const days = finished.flatMap(({ completedAt }) => completedAt ?? []);
    const own = parsed.flatMap((lesson, index) => {
      const done = progress[index];
      if (done?.completedAt == null) return [];
      // Blocks that the lesson no longer has count for nothing.
      const steps = outlineOf(lesson).steps;
      const checks = steps.flatMap((step) => step.checks).filter((check) => Object.hasOwn(done.passed, check));
      const quizzes = steps.flatMap((step) => step.quizzes).filter((quiz) => done.quizzes[quiz]?.passedAt != null);
      const byLab = checks.filter((check) => done.caughtUp.includes(check)).length;
      return [{ checks: checks.length, byLab, quizzes: quizzes.length }];
    });
    return {
      course: { id, title: course.title, summary: course.summary },
      name,
      lessons,
      done: finished.length,
      of: lessons.length,
      issuedAt: await this.#store.issuedAt(learner, id),
      first: days.length === 0 ? null : Math.min(...days),
      last: days.length === 0 ? null : Math.max(...days),
      checks: { passed: sum(own.map(({ checks }) => checks)), byLab: sum(own.map(({ byLab }) => byLab)) },
      quizzes: sum(own.map(({ quizzes }) => quizzes)),
      objectives: parsed.flatMap(({ frontMatter }, index) =>
        progress[index]?.completedAt == null ? [] : frontMatter.objectives.slice(0, 1),
      ),
      version: this.#version,
    };
  }

  async rename(learner: string, name: string): Promise<void> {
    await this.#store.saveName(learner, name);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

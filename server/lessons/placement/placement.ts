import { firstToDo, standingOfCourse } from '../../../protocol/course-standing.ts';
import type { CourseView } from '../../../protocol/lesson-view.ts';
import type { PlacementAdvice, PlacementMiss, PlacementOutcome, PlacementView } from '../../../protocol/placement.ts';
import type { QuizAnswer } from '../../../protocol/quiz.ts';
import type { Clock } from '../../clock.ts';
import { DrydockError } from '../../errors.ts';
import type { PlacementAnswer, PlacementDecision, PlacementRow, PlacementStore } from '../../store/placement-store.ts';
import type { ProgressStore } from '../../store/progress-store.ts';
import { choiceOrder } from '../choice-order.ts';
import { judgeQuiz } from '../judge-quiz.ts';
import type { LessonLibrary } from '../library/lesson-library.ts';
import { type HostFacts, withMissing } from '../missing-needs.ts';
import { questionOf } from '../render/render-lesson.ts';
import type { PlacementQuiz, PlacementSource } from './placement-file.ts';
import { type AskedCourse, type PlacementRun, runPlacement, startOf } from './placement-run.ts';

/** Everything a quiz is about at one moment. */
interface Scene {
  courses: CourseView[];
  asked: AskedCourse[];
  questions: ReadonlyMap<string, PlacementQuiz>;
  completed: ReadonlyMap<string, number>;
}

/** The placement quiz: where somebody should begin. What is answered is judged here, and kept until it is over. */
export class Placement {
  readonly #source: PlacementSource;
  readonly #library: Pick<LessonLibrary, 'catalogue' | 'lesson'>;
  readonly #progress: Pick<ProgressStore, 'completed'>;
  readonly #store: PlacementStore;
  readonly #hostFacts: () => Promise<HostFacts | null>;
  readonly #clock: Clock;

  constructor(parts: {
    source: PlacementSource;
    library: Pick<LessonLibrary, 'catalogue' | 'lesson'>;
    progress: Pick<ProgressStore, 'completed'>;
    store: PlacementStore;
    hostFacts: () => Promise<HostFacts | null>;
    clock: Clock;
  }) {
    this.#source = parts.source;
    this.#library = parts.library;
    this.#progress = parts.progress;
    this.#store = parts.store;
    this.#hostFacts = parts.hostFacts;
    this.#clock = parts.clock;
  }

  /** null: there are no questions about any course of this lab. */
  async view(learner: string): Promise<PlacementView | null> {
    const [scene, row] = await Promise.all([this.#scene(learner), this.#store.read(learner)]);
    return scene.questions.size === 0 ? null : viewOf(scene, row, learner);
  }

  /** null: there are no questions about any course of this lab. */
  async advice(learner: string): Promise<PlacementAdvice | null> {
    const [scene, { answers, decision }] = await Promise.all([this.#scene(learner), this.#store.read(learner)]);
    if (scene.questions.size === 0) return null;
    return {
      decidedAt: decision?.decidedAt ?? null,
      start: decision?.start ?? null,
      known: decision?.known.map(({ id }) => id) ?? [],
      begun: answers.some(({ question }) => scene.questions.has(question)),
    };
  }

  /**
   * @param answer null: the learner does not know
   * @throws placement.none, placement.not-asked, request.malformed
   */
  async answer(learner: string, question: string, answer: QuizAnswer | null): Promise<PlacementView> {
    const [scene, before] = await Promise.all([this.#scene(learner), this.#store.read(learner)]);
    if (scene.questions.size === 0) throw noQuiz();
    const asked = scene.questions.get(question);
    if (asked === undefined || runOf(scene, before).next !== question) throw notAsked();
    const right = answer !== null && judgeQuiz(asked.quiz, answer).right;
    // Answers to questions that are gone count for nothing, and are not kept.
    const kept = before.answers.filter((each) => scene.questions.has(each.question));
    const answers = [...kept, { question, right, given: answer }];
    const run = runOf(scene, { answers });
    const after: PlacementRow =
      run.next === null
        ? { answers: [], decision: decide(scene, run, answers, this.#clock.now()) }
        : { answers, decision: before.decision };
    if (!(await this.#store.replace(learner, before, after))) throw notAsked();
    return viewOf(scene, after, learner);
  }

  /** From the first question on. @throws placement.none, placement.not-asked */
  async begin(learner: string): Promise<PlacementView> {
    const [scene, before] = await Promise.all([this.#scene(learner), this.#store.read(learner)]);
    if (scene.questions.size === 0) throw noQuiz();
    const after = { ...before, answers: [] };
    if (!(await this.#store.replace(learner, before, after))) throw notAsked();
    return viewOf(scene, after, learner);
  }

  async #scene(learner: string): Promise<Scene> {
    const courses = await withMissing(this.#library.catalogue(), this.#library, this.#hostFacts);
    const [source, completed] = await Promise.all([this.#source.read(), this.#progress.completed(learner)]);
    const asked = courses.map(({ id, after, lessons }) => ({
      id,
      after,
      questions: source.get(id)?.map((question) => question.id) ?? [],
      done: standingOfCourse(lessons, (lesson) => completed.has(lesson.id)).finished,
    }));
    const questions = courses.flatMap(({ id }) => source.get(id)?.map((each) => [each.id, each] as const) ?? []);
    return { courses, asked, questions: new Map(questions), completed };
  }
}

function runOf({ asked }: Scene, { answers }: Pick<PlacementRow, 'answers'>): PlacementRun {
  return runPlacement(asked, new Map(answers.map(({ question, right }) => [question, right])));
}

function viewOf(scene: Scene, row: PlacementRow, learner: string): PlacementView {
  const { next, atMost } = runOf(scene, row);
  const question = next === null ? undefined : scene.questions.get(next);
  return {
    question:
      question === undefined
        ? null
        : {
            id: question.id,
            course: question.course,
            courseTitle: titleOf(scene, question.course),
            ...questionOf(question.quiz, choiceOrder(question.quiz, learner, question.id)),
          },
    answered: row.answers.filter((each) => scene.questions.has(each.question)).length,
    atMost,
    outcome: row.decision === null ? null : outcomeOf(scene, row.decision),
  };
}

/** null: the course to begin with is not in the lab any more. */
function outcomeOf({ courses, completed }: Scene, decision: PlacementDecision): PlacementOutcome | null {
  if (decision.start === null) return { ...decision, start: null };
  const course = courses.find(({ id }) => id === decision.start);
  const lesson = firstToDo(course?.lessons ?? [], ({ id }) => completed.has(id));
  if (course === undefined || lesson === undefined) return null;
  const { id, title, minutes } = lesson;
  return { ...decision, start: { id: course.id, title: course.title, lesson: { id, title, minutes } } };
}

function decide(scene: Scene, run: PlacementRun, answers: PlacementAnswer[], now: number): PlacementDecision {
  const decision: PlacementDecision = {
    decidedAt: now,
    start: startOf(scene.asked, run),
    known: [],
    later: [],
    unknown: [],
    misses: answers.filter(({ right }) => !right).flatMap((answer) => missOf(scene, answer)),
  };
  for (const { id, questions } of scene.asked) {
    const course = { id, title: titleOf(scene, id) };
    const finding = run.findings.get(id);
    switch (finding?.state) {
      case 'known':
        decision.known.push({ ...course, done: finding.done, asked: questions.length });
        break;
      case 'later':
        decision.later.push({
          ...course,
          needs: finding.needs.map((need) => ({ id: need, title: titleOf(scene, need) })),
        });
        break;
      case 'unknown':
        decision.unknown.push(course);
        break;
      case 'open':
      case 'unasked':
      case undefined:
        break;
    }
  }
  return decision;
}

function missOf(scene: Scene, { question, given }: PlacementAnswer): PlacementMiss[] {
  const asked = scene.questions.get(question);
  if (asked === undefined) return [];
  const { quiz, course } = asked;
  const chosen = given !== null && 'choices' in given ? given.choices.flatMap((at) => quiz.choices?.[at] ?? []) : [];
  return [
    {
      courseTitle: titleOf(scene, course),
      question: quiz.question,
      given: given !== null && 'text' in given ? [given.text] : chosen.map(({ text }) => String(text)),
      why: chosen.filter(({ correct }) => correct !== true).map(({ why }) => why),
      explanation: quiz.explanation ?? '',
    },
  ];
}

function titleOf({ courses }: Scene, id: string): string {
  return courses.find((course) => course.id === id)?.title ?? id;
}

function noQuiz(): DrydockError {
  return new DrydockError('placement.none', 'This lab has no placement quiz. Begin with the first course.');
}

function notAsked(): DrydockError {
  return new DrydockError(
    'placement.not-asked',
    'This question is not the one that is asked now: you have answered it in another window, or the quiz has changed. Reload the page to go on.',
  );
}

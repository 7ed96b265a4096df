import type { PracticeQuestion, PracticeView, QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';
import type { Actor } from '../access.ts';
import type { Clock } from '../clock.ts';
import { DrydockError } from '../errors.ts';
import { choiceOrder, lessonQuestion } from '../lessons/choice-order.ts';
import { judgeQuiz } from '../lessons/judge-quiz.ts';
import { type Lesson, type QuizBlock, quizzesOfStep } from '../lessons/lesson.ts';
import { questionOf } from '../lessons/render/render-lesson.ts';
import type { LessonReader } from '../realtime/lesson-reader.ts';
import type { PracticeRow, PracticeStore } from '../store/practice-store.ts';
import { takeInTurns } from './take-in-turns.ts';

const questionsAtOnce = 5;

interface DueQuiz {
  row: PracticeRow;
  lesson: Lesson;
  step: string;
  block: QuizBlock;
}

/** Quizzes of completed lessons, asked again at growing intervals. */
export class Practice {
  readonly #reader: LessonReader;
  readonly #store: PracticeStore;
  readonly #clock: Clock;

  constructor(parts: { reader: LessonReader; store: PracticeStore; clock: Clock }) {
    this.#reader = parts.reader;
    this.#store = parts.store;
    this.#clock = parts.clock;
  }

  /** What is due, a few of each lesson; null: nothing. */
  async view(actor: Actor): Promise<PracticeView | null> {
    const due = await this.#due(actor);
    if (due.length === 0) return null;
    const asked = takeInTurns(due, ({ row }) => row.lesson, questionsAtOnce);
    return { questions: asked.map((each) => toQuestion(each, actor.learner)), more: due.length - asked.length };
  }

  /** @throws practice.not-due, request.malformed */
  async answer(actor: Actor, lesson: string, quiz: string, answer: QuizAnswer): Promise<QuizVerdict> {
    const found = (await this.#due(actor)).find(({ row }) => row.lesson === lesson && row.quiz === quiz);
    if (found === undefined) throw notDue();
    const judgement = judgeQuiz(found.block.quiz, answer);
    const isFirst = await this.#store.answered(actor.learner, found.row, judgement.right, this.#clock.now());
    if (!isFirst) throw notDue();
    return { quiz, ...judgement, attempts: 1 };
  }

  /** Those that still are in their lesson, which still is in the lab. */
  async #due(actor: Actor): Promise<DueQuiz[]> {
    const rows = await this.#store.due(actor.learner, this.#clock.now());
    const lessons = new Map<string, Lesson | null>();
    for (const id of new Set(rows.map((row) => row.lesson))) lessons.set(id, await this.#read(actor, id));
    return rows.flatMap((row) => {
      const lesson = lessons.get(row.lesson) ?? null;
      const found = lesson === null ? null : findQuiz(lesson, row.quiz);
      return lesson === null || found === null ? [] : [{ row, lesson, ...found }];
    });
  }

  async #read(actor: Actor, id: string): Promise<Lesson | null> {
    try {
      return await this.#reader.lesson(actor, id);
    } catch (error) {
      if (error instanceof DrydockError && error.code.startsWith('lesson.')) return null;
      throw error;
    }
  }
}

function findQuiz(lesson: Lesson, id: string): Pick<DueQuiz, 'step' | 'block'> | null {
  for (const step of lesson.steps) {
    const block = quizzesOfStep(step).find((quiz) => quiz.id === id);
    if (block !== undefined) return { step: step.id, block };
  }
  return null;
}

function toQuestion({ lesson, step, block }: DueQuiz, learner: string): PracticeQuestion {
  return {
    lesson: lesson.id,
    lessonTitle: lesson.frontMatter.title,
    step,
    quiz: block.id,
    ...questionOf(block.quiz, choiceOrder(block.quiz, learner, lessonQuestion(lesson.id, block.id))),
  };
}

function notDue(): DrydockError {
  return new DrydockError(
    'practice.not-due',
    'This question is not asked for now: you have answered it already, or its lesson has changed. Reload the page to see what is due.',
  );
}

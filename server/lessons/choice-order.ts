import { createHash } from 'node:crypto';
import type { Quiz } from '../../protocol/lesson-schema.ts';
import type { Block, LessonView } from '../../protocol/lesson-view.ts';
import { type Lesson, quizzesOfStep } from './lesson.ts';

/**
 * In which order somebody sees the choices of a question: their places in the quiz, shuffled. It follows from who asks
 * and what is asked, so a reload and a second window show the same, and nothing is stored. An answer names choices by
 * their places in the quiz, whatever order they were shown in.
 * @param question tells the question from all others
 */
export function choiceOrder({ choices = [], shuffle = true }: Quiz, learner: string, question: string): number[] {
  const places = [...choices.keys()];
  if (!shuffle) return places;
  const drawn = places.map((place) => ({ place, lot: lotOf(`${learner}\n${question}\n${place}`) }));
  return drawn.sort((a, b) => (a.lot < b.lot ? -1 : 1)).map(({ place }) => place);
}

function lotOf(mark: string): string {
  return createHash('sha256').update(mark).digest('hex');
}

/** The lesson with the choices of its quizzes in the order in which this learner sees them. */
export function withChoiceOrders(view: LessonView, lesson: Lesson, learner: string): LessonView {
  const quizzes = lesson.steps.flatMap(quizzesOfStep);
  if (quizzes.every(({ quiz }) => quiz.choices === undefined)) return view;
  const orders = new Map(quizzes.map(({ id, quiz }) => [id, choiceOrder(quiz, learner, lessonQuestion(view.id, id))]));
  const ordered = (blocks: readonly Block[]): Block[] =>
    blocks.map((block) => {
      switch (block.kind) {
        case 'quiz':
          return { ...block, order: orders.get(block.id) ?? block.order };
        case 'hint':
          return { ...block, blocks: ordered(block.blocks) };
        case 'callout':
          return { ...block, blocks: ordered(block.blocks) };
        default:
          return block;
      }
    });
  return { ...view, steps: view.steps.map((step) => ({ ...step, blocks: ordered(step.blocks) })) };
}

/** Names a quiz of a lesson; when it is asked again for practice, too. */
export function lessonQuestion(lesson: string, quiz: string): string {
  return `${lesson}#${quiz}`;
}

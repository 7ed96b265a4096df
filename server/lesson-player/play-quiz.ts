import { slashed } from '../../protocol/check-schema.ts';
import type { Quiz } from '../../protocol/lesson-schema.ts';

/** Answers nobody would take for right: a pattern that takes all of them takes everything. */
const nonsense = ['', '~', 'zzzzzz', '00000', 'no such answer, ever'];

/**
 * Proves that a wrong answer is refused and the right one taken. The server has no event for answers yet, so this
 * looks at the model; once it has one, this is the place to send a wrong answer and then the right one to the page.
 *
 * @returns what is wrong with the quiz, or null
 */
export function playQuiz(quiz: Quiz): string | null {
  if (quiz.choices !== undefined) {
    const right = quiz.choices.filter((choice) => choice.correct === true).length;
    if (right === 0) return 'No choice of this quiz is right, so nobody can pass it.';
    return right === quiz.choices.length ? 'Every choice of this quiz is right, so no answer is refused.' : null;
  }
  const pattern = slashed(String(quiz.answer ?? ''));
  if (pattern === null) return null;
  const expression = new RegExp(pattern.pattern, pattern.flags);
  return nonsense.every((answer) => expression.test(answer))
    ? `The pattern of this quiz takes every answer: /${pattern.pattern}/.`
    : null;
}

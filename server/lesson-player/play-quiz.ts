import { slashed } from '../../protocol/check-schema.ts';
import type { Quiz } from '../../protocol/lesson-schema.ts';
import type { QuizAnswer } from '../../protocol/quiz.ts';
import { exampleOf } from './example-of-pattern.ts';

/** Answers nobody would take for right: a pattern that takes all of them takes everything. */
const nonsense = ['~', 'zzzzzz', '00000', 'no such answer, ever'];

export interface QuizEnd {
  /** What is wrong with the quiz, or null. */
  wrong: string | null;
  /** The right answer was given and taken; where not, and nothing is wrong, no answer could be thought of. */
  passed: boolean;
}

/**
 * Proves that wrong answers are refused and the right one is taken, by giving them.
 * @param isTaken gives the answer
 */
export async function playQuiz(quiz: Quiz, isTaken: (answer: QuizAnswer) => Promise<boolean>): Promise<QuizEnd> {
  const failed = (wrong: string): QuizEnd => ({ wrong, passed: false });
  const { choices } = quiz;
  if (choices === undefined) return playText(quiz, isTaken, failed);
  const all = [...choices.keys()];
  const right = all.filter((index) => choices[index]?.correct === true);
  if (right.length === 0) return failed('No choice of this quiz is right, so nobody can pass it.');
  if (right.length === all.length) return failed('Every choice of this quiz is right, so no answer is refused.');
  for (const index of all) {
    if (right.length === 1 && right[0] === index) continue;
    if (!(await isTaken({ choices: [index] }))) continue;
    return failed(`The lab took choice ${index + 1} alone, which is ${right.includes(index) ? 'not all' : 'wrong'}.`);
  }
  if (!(await isTaken({ choices: right }))) return failed('The lab did not take the right choices.');
  return { wrong: null, passed: true };
}

async function playText(
  quiz: Quiz,
  isTaken: (answer: QuizAnswer) => Promise<boolean>,
  failed: (wrong: string) => QuizEnd,
): Promise<QuizEnd> {
  const { answer = '' } = quiz;
  const pattern = typeof answer === 'string' ? slashed(answer) : null;
  if (pattern === null) {
    const wrong = typeof answer === 'number' ? String(answer + 1) : `${answer}, or something else`;
    if (await isTaken({ text: wrong })) return failed(`The lab took ${JSON.stringify(wrong)}, which is wrong.`);
    if (!(await isTaken({ text: String(answer) }))) return failed('The lab did not take the right answer.');
    return { wrong: null, passed: true };
  }
  let refused = false;
  for (const text of nonsense) {
    refused = !(await isTaken({ text }));
    if (refused) break;
  }
  if (!refused) return failed(`The pattern of this quiz takes every answer: /${pattern.pattern}/.`);
  const example = exampleOf(pattern);
  if (example === null) return { wrong: null, passed: false };
  if (!(await isTaken({ text: example })))
    return failed(`The lab did not take ${JSON.stringify(example)}, which fits /${pattern.pattern}/.`);
  return { wrong: null, passed: true };
}

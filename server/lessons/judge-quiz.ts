import { slashed } from '../../protocol/check-schema.ts';
import type { Quiz } from '../../protocol/lesson-schema.ts';
import type { QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';
import { testPattern } from '../checks/bounded-pattern.ts';
import { DrydockError } from '../errors.ts';

/** What an answer is worth. The caller knows which quiz it was for, and how many answers came before. */
type Judgement = Omit<QuizVerdict, 'quiz' | 'attempts'>;

/**
 * Judges an answer. Of choices the order does not matter, and all right ones have to be there and no other. A text
 * is compared without regard to capitals and to how much white space stands where; a number by its value; a
 * pattern has to take the whole answer, so that `/80/` does not take "not 80".
 * @throws request.malformed for an answer that does not belong to this quiz, check.timeout for a pattern that takes too long
 */
export function judgeQuiz(quiz: Quiz, answer: QuizAnswer): Judgement {
  const { choices } = quiz;
  if (choices === undefined) {
    if (!('text' in answer)) throw notForThisQuiz('This question is answered with a text, not with choices.');
    return matchesAnswer(quiz.answer ?? '', answer.text) ? passedJudgement(quiz) : wrong;
  }
  if (!('choices' in answer)) throw notForThisQuiz('This question is answered with choices, not with a text.');
  const chosen = new Set(answer.choices);
  if ([...chosen].some((index) => index >= choices.length)) {
    throw notForThisQuiz('This question has fewer choices than that.');
  }
  const right = [...choices.keys()].filter((index) => choices[index]?.correct === true);
  const isRight = right.length === chosen.size && right.every((index) => chosen.has(index));
  if (isRight) return passedJudgement(quiz);
  return {
    ...wrong,
    choices: choicesOf(quiz).filter(({ index }) => chosen.has(index)),
    incomplete: right.length > 1 && right.some((index) => !chosen.has(index)),
  };
}

/** What everybody sees who has answered it rightly once. */
export function passedJudgement(quiz: Quiz): Judgement {
  return {
    right: true,
    choices: choicesOf(quiz),
    incomplete: false,
    explanation: quiz.explanation ?? null,
    answer: quiz.answer === undefined || slashed(String(quiz.answer)) !== null ? null : String(quiz.answer),
  };
}

const wrong: Judgement = { right: false, choices: [], incomplete: false, explanation: null, answer: null };

function choicesOf({ choices = [] }: Quiz): Judgement['choices'] {
  return choices.map(({ correct, why }, index) => ({ index, right: correct === true, why }));
}

function matchesAnswer(expected: string | number, given: string): boolean {
  const typed = tidy(given);
  if (typeof expected === 'number') return numberOf(typed) === expected;
  const pattern = slashed(expected);
  if (pattern === null) return tidy(expected).toLowerCase() === typed.toLowerCase();
  return matchesWhole(pattern, typed);
}

function matchesWhole({ pattern, flags }: { pattern: string; flags: string }, typed: string): boolean {
  try {
    return testPattern(`^(?:${pattern})$`, [typed], flags)[0] === true;
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    throw new DrydockError(
      error.code,
      'Comparing your answer with the pattern of this question takes too long. Try a shorter answer; whoever wrote the lesson should simplify the pattern.',
      { cause: error },
    );
  }
}

/** Composed characters, one blank wherever there is white space, none at the ends. */
function tidy(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Decimal notation only: `1`, `1.0`, `-.5`, `2e3`. */
function numberOf(text: string): number | null {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function notForThisQuiz(what: string): DrydockError {
  return new DrydockError('request.malformed', `${what} Reload the page to see the lesson’s newest text.`);
}

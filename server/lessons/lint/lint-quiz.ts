import { slashed } from '../../../protocol/check-schema.ts';
import type { Quiz } from '../../../protocol/lesson-schema.ts';
import { testPattern } from '../../checks/bounded-pattern.ts';
import type { QuizBlock } from '../lesson.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';
import { placesIn } from './block-places.ts';
import type { IsSlow } from './slow-pattern.ts';

/** Answers nobody takes for right: a pattern that takes all of them, from end to end, takes everything. */
const nonsense = ['~', 'zzzzzz', '00000', 'no such answer, ever'];

/** "All of the above", "none of these", "both choices"; not "Both", which may be of two things in the question. */
const allOfThem =
  /^(?:all|none|neither|both|any|either)(?: of)?(?: the)? (?:above|below|these|those|them all|(?:other )?(?:choices|answers|options|others))[.!]?$/i;
/** "The first choice", "answer B", "A and C", "the choice above". An option is mostly one of a command. */
const byPlace =
  /\b(?:first|second|third|fourth|last|previous|next|above|following) choices?\b|\b(?:choice|answer)s? (?:above|below|[1-9]|[A-H])\b|^[A-H](?:,? (?:and|or) [A-H])+$/;

function namesPlace(words: string): boolean {
  const plain = words.replace(/\s+/g, ' ').trim();
  return allOfThem.test(plain) || byPlace.test(plain);
}

/** What is wrong with a quiz that can be read. */
export function lintQuiz(block: QuizBlock, problems: ProblemList, isSlow: IsSlow): void {
  lintQuizAt(block.quiz, placesIn(block), problems, isSlow);
}

/** @param at where what stands at a path of the quiz is in its file */
export function lintQuizAt(
  { choices, answer, shuffle = true, explanation }: Quiz,
  at: (path: readonly PropertyKey[], part?: 'key') => SourceSpot,
  problems: ProblemList,
  isSlow: IsSlow,
): void {
  if (choices) {
    const right = choices.filter((choice) => choice.correct === true).length;
    if (right === 0) {
      problems.error('quiz.no-right-choice', at(['choices'], 'key'), {
        message: 'No choice of this quiz is right. Give at least one `correct: true`.',
        expected: 'correct: true',
      });
    }
    if (right === choices.length) {
      problems.error('quiz.no-wrong-choice', at(['choices'], 'key'), {
        message: 'Every choice of this quiz is right, so it asks nothing.',
      });
    }
    const seen = new Set<string>();
    for (const [index, choice] of choices.entries()) {
      const text = String(choice.text).replace(/\s+/g, ' ').trim().toLowerCase();
      if (seen.has(text)) {
        problems.error('quiz.duplicate-choice', at(['choices', index, 'text']), {
          message: 'This choice stands here twice, so nobody can tell the two apart.',
          found: String(choice.text),
        });
      }
      seen.add(text);
    }
    if (shuffle) {
      const named = (words: string, path: readonly PropertyKey[]): void => {
        if (!namesPlace(words)) return;
        problems.warning('quiz.choice-place', at(path), {
          message:
            'Each learner sees the choices in an order of their own, so “above” or “the first choice” is another one for everybody. Name what is meant, or write `shuffle: false` in the quiz.',
          found: words,
        });
      };
      for (const [index, { text, why }] of choices.entries()) {
        named(String(text), ['choices', index, 'text']);
        named(why, ['choices', index, 'why']);
      }
      if (explanation !== undefined) named(explanation, ['explanation']);
    }
    return;
  }
  const pattern = slashed(String(answer ?? ''));
  if (pattern === null) return;
  const taken = isSlow(pattern.pattern) ? null : takesAnything(pattern);
  if (taken === null) {
    problems.error('pattern.slow', at(['answer']), {
      message:
        'Comparing with this pattern can take longer than anybody waits: a group that is repeated holds something that is repeated, too.',
      found: pattern.pattern,
    });
  } else if (taken) {
    problems.error('quiz.any-answer', at(['answer']), {
      message: 'This pattern takes any answer, so nobody can be wrong. Say more exactly what is right.',
      found: pattern.pattern,
    });
  }
}

/** null: it takes too long to say. */
function takesAnything({ pattern, flags }: { pattern: string; flags: string }): boolean | null {
  try {
    return testPattern(`^(?:${pattern})$`, nonsense, flags).every(Boolean);
  } catch {
    return null;
  }
}

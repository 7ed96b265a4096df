import { DrydockError } from '../errors.ts';
import type { Lesson } from './lesson.ts';
import { matchesPattern, misfits } from './parse/variables.ts';

/** Line ends and other control characters, and halves of characters: none of them belongs on a command line. */
const untypable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The answers as they are kept: without white space at the ends. One that does not fit refuses all of them.
 * @param before what was answered earlier
 * @throws variable.invalid, with the variable in `details`
 */
export function checkAnswers(
  lesson: Lesson,
  answers: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { variables } = lesson.frontMatter;
  const kept: Record<string, string> = {};
  for (const [name, answer] of Object.entries(answers)) {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable === undefined) {
      throw invalid(name, 'This lesson does not ask for that any more. Reload the page to see its newest text.');
    }
    const about = `“${variable.prompt}”:`;
    const value = answer.trim();
    if (value === '') throw invalid(name, `${about} type an answer first.`);
    if (untypable.test(value)) {
      throw invalid(
        name,
        `${about} the answer has a line end or another invisible character in it. Type it in one line.`,
      );
    }
    if (!matchesPattern(variable.pattern, value)) {
      throw invalid(name, `${about} “${value}” does not fit. The whole answer has to match ${variable.pattern ?? ''}`);
    }
    kept[name] = value;
  }
  const misfit = misfits(lesson, { ...before, ...kept }).find((name) => Object.hasOwn(kept, name));
  if (misfit !== undefined) {
    throw invalid(
      misfit,
      `“${variables[misfit]?.prompt}”: with “${kept[misfit]}” a check or question of this lesson makes no sense. Answer as the text asks for, or keep what stands there.`,
    );
  }
  return kept;
}

function invalid(variable: string, message: string): DrydockError {
  return new DrydockError('variable.invalid', message, { details: { variable } });
}

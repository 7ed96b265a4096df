import type * as z from 'zod';
import {
  type Check,
  checkSchemas,
  commonCheckKeys,
  conditionKeys,
  parseDuration,
  type Subject,
  slashed,
  subjects,
} from '../../../protocol/check-schema.ts';
import { type Quiz, quizSchema } from '../../../protocol/lesson-schema.ts';
import { nearestWord, oneOf } from '../../checks/nearest-word.ts';
import type { ProblemList } from '../problem.ts';
import { keysAtPath } from './schema-keys.ts';
import { type Locate, type Replace, readYaml, type YamlSource } from './yaml-source.ts';
import { reportIssues } from './zod-problems.ts';

/** A check that takes longer would keep all the others of its round waiting. */
const longestRunMs = 30_000;

/** Reads the YAML of a check. @returns null when it cannot be used; the problems say why */
export function readCheck(text: string, locate: Locate, problems: ProblemList, replace?: Replace): Check | null {
  const source = readYaml(text, locate, problems, replace);
  if (source === null) return null;
  const keys = keysOf(source, 'A check is written as keys with values, for example `container: web`.', problems);
  if (keys === null) return null;
  const subject = findSubject(keys, source, problems);
  if (subject === null) return null;
  const schema: z.ZodType = checkSchemas[subject];
  const parsed = schema.safeParse(source.value);
  if (!parsed.success) {
    const what =
      subject === 'ran' || subject === 'run' ? `a check of \`${subject}\`` : `a check of ${article(subject)}`;
    reportIssues(parsed.error.issues, source, problems, what, (path) => keysAtPath(schema, path));
    return null;
  }
  const check = { subject, ...(parsed.data as object) } as Check;
  return checkPatterns(check, source, problems) ? check : null;
}

/** Reads the YAML of a quiz. @returns null when it cannot be used; the problems say why */
export function readQuiz(text: string, locate: Locate, problems: ProblemList, replace?: Replace): Quiz | null {
  const source = readYaml(text, locate, problems, replace);
  if (source === null) return null;
  if (keysOf(source, 'A quiz is written as keys with values and begins with `question:`.', problems) === null)
    return null;
  const parsed = quizSchema.safeParse(source.value);
  if (!parsed.success) {
    reportIssues(parsed.error.issues, source, problems, 'a quiz', (path) => keysAtPath(quizSchema, path));
    return null;
  }
  return isWholeQuiz(parsed.data, [], source, problems) ? parsed.data : null;
}

/** What a schema cannot say of a quiz. @param path where in the YAML it stands */
export function isWholeQuiz(
  quiz: Quiz,
  path: readonly PropertyKey[],
  source: YamlSource,
  problems: ProblemList,
): boolean {
  if ((quiz.choices === undefined) === (quiz.answer === undefined)) {
    problems.error('quiz.kind', source.at(quiz.choices ? [...path, 'answer'] : path, 'key'), {
      message: quiz.choices
        ? 'A quiz has either `choices` or an `answer`; this one has both.'
        : 'A quiz needs `choices` or an `answer`; this one has neither.',
      expected: 'choices',
    });
    return false;
  }
  return typeof quiz.answer !== 'string' || checkPattern(slashed(quiz.answer), [...path, 'answer'], source, problems);
}

function keysOf(source: YamlSource, message: string, problems: ProblemList): string[] | null {
  if (typeof source.value === 'object' && source.value !== null && !Array.isArray(source.value))
    return Object.keys(source.value);
  problems.error('value.wrong', source.at([]), { message });
  return null;
}

/** `image` and `file` are subjects, and conditions of other subjects: the subject is the one the others fit to. */
function findSubject(keys: string[], source: YamlSource, problems: ProblemList): Subject | null {
  const present = subjects.filter((subject) => keys.includes(subject));
  const [only] = present;
  if (only === undefined) {
    const odd = keys.filter((key) => !(commonCheckKeys as readonly string[]).includes(key));
    const misspelt = odd
      .map((key) => ({ key, near: nearestWord(key, subjects) }))
      .find(({ near }) => near !== undefined);
    problems.error('check.no-subject', source.at(misspelt ? [misspelt.key] : [], 'key'), {
      message: `This check names nothing to look at. ${misspelt ? `Did you mean \`${misspelt.near}\`?` : `It needs one of: ${subjects.join(', ')}.`}`,
      found: misspelt?.key ?? keys.join(', '),
      expected: misspelt?.near ?? oneOf(subjects),
    });
    return null;
  }
  const fitting = present.filter((subject) =>
    present.every((other) => other === subject || conditionKeys[subject].includes(other)),
  );
  if (fitting[0] !== undefined) return fitting[0];
  const second = present.sort((a, b) => keys.indexOf(a) - keys.indexOf(b))[1] ?? only;
  problems.error('check.two-subjects', source.at([second], 'key'), {
    message: `This check looks at ${present.map((key) => `\`${key}\``).join(' and ')}. A check looks at one thing; write a check for each.`,
    found: present.join(', '),
    expected: present[0],
  });
  return null;
}

function checkPatterns(check: Check, source: YamlSource, problems: ProblemList): boolean {
  const results: boolean[] = [];
  const visit = (value: unknown, path: PropertyKey[]): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = [...path, Array.isArray(value) ? Number(key) : key];
      if ((key === 'matches' || (key === 'ran' && path.length === 0)) && typeof inner === 'string') {
        results.push(checkPattern({ pattern: inner, flags: '' }, here, source, problems));
      } else if (key === 'stdout' && typeof inner === 'string') {
        results.push(checkPattern(slashed(inner), here, source, problems));
      } else visit(inner, here);
    }
  };
  visit(check, []);
  if (check.subject === 'run' && check.timeout !== undefined) {
    const limit = parseDuration(check.timeout);
    if (limit === null || limit > longestRunMs) {
      problems.error('value.wrong', source.at(['timeout']), {
        message: 'A check may take 30s at most. What takes longer is better checked by what it leaves behind.',
        found: check.timeout,
        expected: '30s',
      });
      return false;
    }
  }
  return results.every(Boolean);
}

function checkPattern(
  found: { pattern: string; flags: string } | null,
  path: PropertyKey[],
  source: YamlSource,
  problems: ProblemList,
): boolean {
  if (found === null) return true;
  try {
    new RegExp(found.pattern, `${found.flags}m`);
    return true;
  } catch (error) {
    problems.error('pattern.invalid', source.at(path), {
      message: `This regular expression cannot be read: ${error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''}. A bracket that stands for itself needs a backslash before it.`,
      found: found.pattern,
    });
    return false;
  }
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : word === 'http' ? 'an HTTP answer' : `a ${word}`;
}

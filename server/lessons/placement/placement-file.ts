import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Quiz } from '../../../protocol/lesson-schema.ts';
import { limits } from '../../../protocol/limits.ts';
import { placementSchema } from '../../../protocol/placement.ts';
import { nearestWord } from '../../checks/nearest-word.ts';
import { readPlainFile } from '../library/bounded-files.ts';
import { lintQuizAt } from '../lint/lint-quiz.ts';
import { findSlowPatterns } from '../lint/slow-pattern.ts';
import { normaliseSource } from '../parse/markdown.ts';
import { isWholeQuiz } from '../parse/read-check.ts';
import { keysAtPath } from '../parse/schema-keys.ts';
import { locateIn, readYaml } from '../parse/yaml-source.ts';
import { reportIssues } from '../parse/zod-problems.ts';
import { type Problem, ProblemList } from '../problem.ts';

/** The questions of a folder of courses, beside them. */
export const placementFile = 'placement.yaml';

export interface PlacementQuiz {
  id: string;
  course: string;
  quiz: Quiz;
}

export interface LoadedPlacement {
  /** By course, in the order of the file. Empty when it cannot be used. */
  questions: ReadonlyMap<string, readonly PlacementQuiz[]>;
  problems: Problem[];
}

/**
 * Reads a placement.yaml, and says all that is wrong with it.
 * @param courses folders of all courses there are; null: it is not said whether a course exists
 */
export function parsePlacement(content: string, file: string, courses: readonly string[] | null): LoadedPlacement {
  const problems = new ProblemList(file);
  const questions = new Map<string, PlacementQuiz[]>();
  const text = normaliseSource(content);
  const source = readYaml(text, locateIn(text), problems);
  if (source === null) return { questions, problems: problems.items };
  const parsed = placementSchema.safeParse(source.value ?? {});
  if (!parsed.success) {
    reportIssues(parsed.error.issues, source, problems, 'a placement.yaml', (path) =>
      keysAtPath(placementSchema, path),
    );
    return { questions, problems: problems.items };
  }
  const isSlow = findSlowPatterns();
  const ids = new Set<string>();
  for (const [course, quizzes] of Object.entries(parsed.data.courses)) {
    if (courses !== null && !courses.includes(course)) {
      const near = nearestWord(course, courses);
      problems.error('placement.unknown-course', source.at(['courses', course], 'key'), {
        message: `There is no course \`${course}\`.${near ? ` Did you mean \`${near}\`?` : ''}`,
        found: course,
        expected: near,
      });
    }
    for (const [index, quiz] of quizzes.entries()) {
      const path = ['courses', course, index];
      if (isWholeQuiz(quiz, path, source, problems)) {
        lintQuizAt(quiz, (inner, part) => source.at([...path, ...inner], part), problems, isSlow);
      }
      const id = questionId(course, quiz.question);
      if (ids.has(id)) {
        problems.error('placement.duplicate', source.at([...path, 'question']), {
          message: 'This question stands here twice, so an answer could not be told from the other.',
          found: quiz.question,
        });
      }
      ids.add(id);
    }
    questions.set(
      course,
      quizzes.map((quiz) => ({ id: questionId(course, quiz.question), course, quiz })),
    );
  }
  return { questions: problems.hasErrors ? new Map() : questions, problems: problems.items };
}

/** The same as long as the question is: an answer to other words is no answer to it. */
function questionId(course: string, question: string): string {
  return createHash('sha256').update(`${course}\n${question}`).digest('hex').slice(0, 16);
}

/** @returns null when the folder has none */
export async function readPlacementFile(
  directory: string,
  shown: string,
  courses: readonly string[] | null,
): Promise<LoadedPlacement | null> {
  const content = await readPlainFile(join(directory, placementFile), limits.lessonSource);
  if (content === null) return null;
  const file = `${shown}${placementFile}`;
  if (content !== 'too-large') return parsePlacement(content.toString('utf8'), file, courses);
  const problems = new ProblemList(file);
  problems.error('source.too-large', { line: 1, column: 1 }, { message: 'This file is too large for questions.' });
  return { questions: new Map(), problems: problems.items };
}

/** The questions as they stand on disk now. */
export interface PlacementSource {
  /** By course. Of a course that several folders ask about, the first folder's. */
  read(): Promise<ReadonlyMap<string, readonly PlacementQuiz[]>>;
}

/** @param options.directories the shipped one first */
export function createPlacementSource(options: {
  directories: readonly string[];
  logger: { warn(details: object, message: string): void };
}): PlacementSource {
  const known = new Map<string, { content: string; loaded: LoadedPlacement }>();
  const load = async (directory: string): Promise<LoadedPlacement | null> => {
    const content = await readPlainFile(join(directory, placementFile), limits.lessonSource);
    if (!Buffer.isBuffer(content)) return null;
    const text = content.toString('utf8');
    const before = known.get(directory);
    if (before?.content === text) return before.loaded;
    const loaded = parsePlacement(text, placementFile, null);
    known.set(directory, { content: text, loaded });
    if (loaded.problems.length > 0) {
      const problems = loaded.problems.slice(0, 20);
      options.logger.warn({ directory, problems }, 'the placement quiz has problems; with errors, it is not offered');
    }
    return loaded;
  };
  return {
    read: async () => {
      const questions = new Map<string, readonly PlacementQuiz[]>();
      for (const directory of options.directories) {
        for (const [course, own] of (await load(directory))?.questions ?? []) {
          if (!questions.has(course)) questions.set(course, own);
        }
      }
      return questions;
    },
  };
}

import type { Root, Yaml } from 'mdast';
import { type FrontMatter, frontMatterSchema } from '../../../protocol/lesson-schema.ts';
import { nearestWord } from '../../checks/nearest-word.ts';
import type { Lesson } from '../lesson.ts';
import { comparePlaces, type Problem, ProblemList, type SourceSpot } from '../problem.ts';
import { LessonWalker } from './lesson-walker.ts';
import { normaliseSource, parseMarkdown } from './markdown.ts';
import { reportOddCharacters } from './odd-characters.ts';
import { keysAtPath } from './schema-keys.ts';
import { fillYaml, matchesPattern, standInValues, variableUse } from './variables.ts';
import { locateIn, readYaml, type YamlSource } from './yaml-source.ts';
import { reportIssues } from './zod-problems.ts';

export interface ParsedLesson {
  /** null when the front matter cannot be used; else what could be read, however many problems there are. */
  lesson: Lesson | null;
  problems: Problem[];
}

/**
 * Reads a lesson. Never throws: whatever is wrong with the text is in `problems`, at its place.
 * @param file name of the file in problems
 * @param id course/lesson
 */
export function parseLesson(text: string, file: string, id: string): ParsedLesson {
  const problems = new ProblemList(file);
  try {
    const source = normaliseSource(text);
    const root = parseMarkdown(source, problems);
    if (root === null) return { lesson: null, problems: problems.items.sort(comparePlaces) };
    reportOddCharacters(source, problems);
    const front = readFrontMatter(root, source, problems);
    const values = front === null ? {} : standInValues(front.frontMatter);
    const walker = new LessonWalker(source, problems, fillYaml(values));
    walker.walk(root.children);
    if (front === null) return { lesson: null, problems: problems.items.sort(comparePlaces) };
    checkVariables(source, root, front, problems);
    const { introduction, steps, definitions } = walker;
    return {
      lesson: { id, ...front, introduction, steps, definitions },
      problems: problems.items.sort(comparePlaces),
    };
  } catch (error) {
    // Nesting that overflows the stack of a parser ends here.
    problems.error(
      'source.unreadable',
      { line: 1, column: 1 },
      {
        message: `This file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      },
    );
    return { lesson: null, problems: problems.items.sort(comparePlaces) };
  }
}

type Front = Pick<Lesson, 'frontMatter' | 'frontMatterSpots'>;

function readFrontMatter(root: Root, source: string, problems: ProblemList): Front | null {
  const node = root.children.find((child): child is Yaml => child.type === 'yaml');
  if (!node) {
    const closes = /^---[ \t]*\n/.test(source);
    problems.error(
      'front-matter.missing',
      { line: 1, column: 1 },
      {
        message: closes
          ? 'The front matter is not closed. Write --- on a line of its own after it.'
          : 'A lesson begins with its front matter: --- in the first line, then YAML with title, summary, minutes, level and objectives, then ---.',
        expected: '---',
      },
    );
    return null;
  }
  const first = { line: (node.position?.start.line ?? 1) + 1, column: 1 };
  const yaml = readYaml(node.value, locateIn(node.value, first), problems);
  if (yaml === null) return null;
  const parsed = frontMatterSchema.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    reportIssues(parsed.error.issues, yaml, problems, 'the front matter', (path) =>
      keysAtPath(frontMatterSchema, path),
    );
    return null;
  }
  for (const [name, variable] of Object.entries(parsed.data.variables)) {
    const path = ['variables', name];
    if (variable.pattern !== undefined && !isPattern(variable.pattern)) {
      problems.error('pattern.invalid', yaml.at([...path, 'pattern']), {
        message: 'This regular expression cannot be read.',
        found: variable.pattern,
      });
    } else if (variable.default !== undefined && !matchesPattern(variable.pattern, String(variable.default))) {
      problems.error('variable.default', yaml.at([...path, 'default']), {
        message: `The default \`${variable.default}\` does not match the pattern \`${variable.pattern}\`.`,
        found: String(variable.default),
        expected: variable.pattern,
      });
    }
  }
  return { frontMatter: parsed.data, frontMatterSpots: spotsOf(parsed.data, yaml) };
}

/** What the linter points at later, when the YAML is gone. */
function spotsOf(frontMatter: FrontMatter, yaml: YamlSource): Record<string, SourceSpot> {
  const spots: Record<string, SourceSpot> = {};
  for (const key of ['after', 'images'] as const) {
    spots[key] = yaml.at([key], 'key');
    for (const index of frontMatter[key].keys()) spots[`${key}[${index}]`] = yaml.at([key, index]);
  }
  for (const [name, { pattern }] of Object.entries(frontMatter.variables)) {
    spots[`variables.${name}`] = yaml.at(['variables', name], 'key');
    if (pattern !== undefined) spots[`variables.${name}.pattern`] = yaml.at(['variables', name, 'pattern']);
  }
  return spots;
}

function checkVariables(source: string, root: Root, front: Front, problems: ProblemList): void {
  const { frontMatter, frontMatterSpots } = front;
  const declared = Object.keys(frontMatter.variables);
  const used = new Set<string>();
  const node = root.children.find((child) => child.type === 'yaml');
  const body = node?.position?.end.line ?? 0;
  for (const [index, line] of source.split('\n').entries()) {
    for (const match of line.matchAll(variableUse)) {
      const name = match[1] ?? '';
      if (index < body) {
        problems.error(
          'variable.misplaced',
          { line: index + 1, column: match.index + 1 },
          {
            message:
              'Nothing is filled in here: the front matter is the same for everybody. Use the variable below it.',
            found: match[0],
          },
        );
        continue;
      }
      used.add(name);
      if (declared.includes(name)) continue;
      const near = nearestWord(name, declared);
      problems.error(
        'variable.unknown',
        { line: index + 1, column: match.index + 1 },
        {
          message: `The front matter declares no variable \`${name}\`. ${near ? `Did you mean \`$$${near}$$\`?` : 'Add it under `variables:`.'}`,
          found: match[0],
          expected: near ? `$$${near}$$` : undefined,
        },
      );
    }
  }
  for (const name of declared) {
    if (used.has(name)) continue;
    problems.warning('variable.unused', frontMatterSpots[`variables.${name}`] ?? { line: 1, column: 1 }, {
      message: `The learner is asked for \`${name}\`, and the text never uses \`$$${name}$$\`.`,
      found: name,
    });
  }
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

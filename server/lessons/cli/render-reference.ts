import type * as z from 'zod';
import {
  checkSchemas,
  commonCheckKeys,
  conditionKeys,
  type Subject,
  subjects,
} from '../../../protocol/check-schema.ts';
import { courseSchema, frontMatterSchema, quizSchema, variableSchema } from '../../../protocol/lesson-schema.ts';
import { fenceOptions } from '../parse/fence-options.ts';
import { problemCodes } from '../problem.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

/** Where the tables stand in lessons/README.md. */
const marks = { begin: '<!-- reference: made by `npm run lessons -- reference` -->', end: '<!-- end of reference -->' };

/** The reference part of the authoring guide, from the schemas: Markdown. */
function renderReference(): string {
  return [
    '### Front matter',
    table(frontMatterSchema),
    'A variable:',
    table(variableSchema),
    '### course.yaml',
    table(courseSchema),
    '### Options of blocks',
    optionTable(),
    '### Checks',
    'Every check has these keys, and exactly one subject:',
    table(checkSchemas.ran, commonCheckKeys),
    '`compose`, `http`, `ran` and `run` are conditions by themselves: the project has containers, something answers, the command ended with 0. The others need at least one condition. Beside `state: absent` nothing else may stand.',
    ...subjects.flatMap((subject) => [
      `#### \`${subject}\``,
      subjectWords(subject),
      table(checkSchemas[subject], conditionKeys[subject]),
    ]),
    '### Quizzes',
    table(quizSchema),
    'A choice:',
    choiceTable(),
    '### Problems',
    'What `npm run lessons -- lint` reports. The codes are stable.',
    rows(
      ['code', 'meaning'],
      Object.entries(problemCodes).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  ].join('\n\n');
}

/** The authoring guide with its tables as they have to be. @throws when the marks are not there */
export function withReference(readme: string): string {
  const begin = readme.indexOf(marks.begin);
  const end = readme.indexOf(marks.end);
  if (begin === -1 || end < begin) throw new Error('lessons/README.md has lost the marks around its reference');
  return `${readme.slice(0, begin)}${marks.begin}\n\n${renderReference()}\n\n${readme.slice(end)}`;
}

function subjectWords(subject: Subject): string {
  const { properties = {} } = jsonSchemaOf(checkSchemas[subject]);
  return properties[subject]?.description ?? '';
}

function optionTable(): string {
  const examples: Record<keyof typeof fenceOptions, string> = {
    run: 'sh run',
    solution: 'sh solution',
    setup: 'sh setup',
    file: 'LANG file=PATH',
    check: 'yaml check',
    quiz: 'yaml quiz',
    output: 'console output',
  };
  return rows(
    ['block', 'further options'],
    Object.entries(fenceOptions).map(([kind, options]) => [
      `\`${examples[kind as keyof typeof fenceOptions]}\``,
      options
        .filter((option) => option !== kind)
        .map((option) => `\`${option}${optionValue(option)}\``)
        .join(' ') || '–',
    ]),
  );
}

function optionValue(option: string): string {
  return { terminal: '=NAME', timeout: '=30s', mode: '=append', lines: '=4-7', first: '=5', last: '=5' }[option] ?? '';
}

function choiceTable(): string {
  const { properties = {} } = jsonSchemaOf(quizSchema);
  return tableOf(properties.choices?.items ?? {});
}

function table(schema: z.ZodType, keys?: readonly string[]): string {
  return tableOf(jsonSchemaOf(schema), keys);
}

function tableOf(
  { properties = {}, required = [] }: JsonSchema,
  keys: readonly string[] = Object.keys(properties),
): string {
  return rows(
    ['key', 'value', 'meaning'],
    keys.map((key) => {
      const property = properties[key] ?? {};
      return [`\`${key}\`${required.includes(key) ? ' *' : ''}`, typeWords(property), property.description ?? ''];
    }),
  );
}

function rows(head: string[], body: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}

/** "text", "list of texts", "`running` or `exited`": what to write, in few words. */
function typeWords(json: JsonSchema): string {
  if (json.const !== undefined) return `\`${String(json.const)}\``;
  if (json.enum) return json.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (json.anyOf) return [...new Set(json.anyOf.map(typeWords))].join(', or ');
  switch (json.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return '`true` `false`';
    case 'array':
      return `list of ${(json.items ? typeWords(json.items) : 'texts').replace(/\btext\b/, 'texts').replace(/\bnumber\b/, 'numbers')}`;
    case 'object':
      if (json.properties) return `{${Object.keys(json.properties).join(', ')}}`;
      return 'pairs';
    default:
      return 'text';
  }
}

import * as z from 'zod';
import { cheatSheetSchema } from '../../../protocol/cheat-sheet-schema.ts';
import { checkSchemas, type Subject, subjects } from '../../../protocol/check-schema.ts';
import { courseSchema, frontMatterSchema, quizSchema } from '../../../protocol/lesson-schema.ts';
import { placementSchema } from '../../../protocol/placement.ts';

/** A JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
  [key: string]: unknown;
  title?: string;
  description?: string;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
}

/** Draft 7: what editors know. */
const dialect = 'http://json-schema.org/draft-07/schema#';

/** What the zod schema takes from an author. What only code can check is left out, so this refuses less, not more. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Texts are trimmed before their length is taken.
      if (jsonSchema.type === 'string' && jsonSchema.minLength === 1 && jsonSchema.pattern === undefined)
        jsonSchema.pattern = '\\S';
    },
  });
  return rest as JsonSchema;
}

const subjectTitles: Record<Subject, string> = {
  container: 'a container',
  image: 'an image',
  network: 'a network',
  volume: 'a volume',
  compose: 'a Compose project',
  http: 'an HTTP answer',
  file: 'a file of the workspace',
  ran: 'a command the learner typed',
  run: 'a command the lab runs',
};

/** The published schemas, by file name. */
function jsonSchemas(): Record<string, JsonSchema> {
  const about = (title: string, description: string, schema: JsonSchema): JsonSchema => ({
    $schema: dialect,
    title,
    description,
    ...schema,
  });
  return {
    'front-matter': about(
      'Front matter of a Drydock lesson',
      'What stands between the two lines of --- at the beginning of lesson.md.',
      jsonSchemaOf(frontMatterSchema),
    ),
    course: about(
      'course.yaml of Drydock',
      'A course: its name, and its lessons in order.',
      jsonSchemaOf(courseSchema),
    ),
    check: about('A check of a Drydock lesson', 'What stands in a ```yaml check block: one subject, then conditions.', {
      anyOf: subjects.map((subject) => ({
        title: `Check of ${subjectTitles[subject]}`,
        ...jsonSchemaOf(checkSchemas[subject]),
      })),
    }),
    placement: about(
      'placement.yaml of Drydock',
      'The placement quiz: for each course, questions that show whether somebody may skip it.',
      jsonSchemaOf(placementSchema),
    ),
    'cheat-sheet': about(
      'cheat-sheet.yaml of Drydock',
      'Words for the docker commands that lessons carry out.',
      jsonSchemaOf(cheatSheetSchema),
    ),
    quiz: about(
      'A quiz of a Drydock lesson',
      'What stands in a ```yaml quiz block: choices, or an answer.',
      jsonSchemaOf(quizSchema),
    ),
  };
}

/** Text of each file of public/schema, by name. */
export function schemaFiles(): { name: string; text: string }[] {
  return Object.entries(jsonSchemas()).map(([name, schema]) => ({
    name: `${name}.schema.json`,
    text: `${JSON.stringify(schema, null, 2)}\n`,
  }));
}

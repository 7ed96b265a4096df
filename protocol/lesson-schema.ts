import * as z from 'zod';
import { lessonId } from './ids.ts';

/**
 * The YAML a lesson is written in: front matter, course.yaml and quizzes; checks are in check-schema.ts. All
 * schemas are strict: what is misspelt is an error. `.describe()` is the text of the reference table.
 */
const sentence = z.string().trim().min(1).max(500);
const folderName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'A folder name holds a-z, 0-9 and single hyphens.');

/** `name`, `host:5000/team/name:tag`, `name@sha256:…`. */
const imageReference = z
  .string()
  .max(300)
  .regex(
    /^[a-z0-9]+(?:[._:/-]+[a-zA-Z0-9_]+)*(?:@sha256:[a-f0-9]{64})?$/,
    'An image reference looks like busybox, busybox:latest or localhost:5000/site:1.',
  );

/** A list in which nothing stands twice. */
function distinct<T extends z.ZodType<string>>(item: T) {
  return z
    .array(item)
    .superRefine((values, context) => {
      for (const [index, value] of values.entries()) {
        if (values.indexOf(value) === index) continue;
        context.addIssue({ code: 'custom', path: [index], message: `It stands in the list twice.`, input: value });
      }
    })
    .meta({ uniqueItems: true });
}

/** What a variable is called: what stands between `$$` and `$$`. */
const variableName = /^[a-zA-Z][a-zA-Z0-9_-]{0,39}$/;

export const variableSchema = z.strictObject({
  prompt: sentence.describe('The question the learner is asked.'),
  default: z
    .union([z.string(), z.number()], { error: 'Write a text or a number here.' })
    .optional()
    .describe('What is used until the learner has answered.'),
  pattern: z.string().min(1).max(300).optional().describe('A pattern the whole answer has to match.'),
});

/** Features a host may lack. Each is detected by the lab before the lesson starts. */
const hostNeeds = ['cgroup2'] as const;

export const frontMatterSchema = z.strictObject({
  title: sentence.describe('Name of the lesson.'),
  summary: sentence.describe('One sentence for the catalogue.'),
  minutes: z.int().min(1).max(600).describe('A learner’s time, in minutes.'),
  level: z.enum(['beginner', 'intermediate', 'advanced']).describe('Who it is for.'),
  objectives: z.array(sentence).min(1).max(12).describe('What the learner can do afterwards.'),
  after: distinct(lessonId).default([]).describe('Lessons to do first, as course/lesson.'),
  images: distinct(imageReference).default([]).describe('Images the lesson pulls or builds from.'),
  egress: z.enum(['none', 'internet']).default('none').describe('Whether its sandbox reaches the internet.'),
  needs: distinct(z.enum(hostNeeds)).default([]).describe('Host features it cannot do without.'),
  variables: z
    .record(z.string().regex(variableName, 'A variable is named with letters, digits, _ and -.'), variableSchema)
    .refine((variables) => Object.keys(variables).length <= 20, 'Nobody wants to answer more than 20 questions.')
    .meta({ maxProperties: 20 })
    .default({})
    .describe('Asked from the learner and used as `$$name$$`.'),
});
export type FrontMatter = z.infer<typeof frontMatterSchema>;

export const courseSchema = z.strictObject({
  title: sentence.describe('Name of the course.'),
  summary: sentence.describe('One sentence for the catalogue.'),
  audience: sentence.describe('Who it is for, and what they should know.'),
  lessons: distinct(folderName).min(1).describe('Folders of its lessons, in order.'),
  after: distinct(folderName).default([]).describe('Courses to do first.'),
});
export type Course = z.infer<typeof courseSchema>;

export const quizSchema = z
  .strictObject({
    question: z.string().trim().min(1).max(1000).describe('What is asked.'),
    choices: z
      .array(
        z.strictObject({
          text: z
            .union([z.string(), z.number(), z.boolean()], { error: 'Write a text or a number here.' })
            .describe('The choice.'),
          correct: z.boolean().optional().describe('true for a right one.'),
          why: sentence.describe('Why it is right or wrong; told after answering.'),
        }),
      )
      .min(2)
      .max(10)
      .optional()
      .describe('Choices, one or several of them right.'),
    shuffle: z
      .boolean()
      .optional()
      .describe(
        'false: the choices stand in the order of the file, for everybody. Else each learner sees them in an order of their own.',
      ),
    answer: z
      .union([z.string().trim().min(1, 'An answer has to be something to type.').max(500), z.number()], {
        error: 'Write a text, a number, or a pattern between slashes.',
      })
      .optional()
      .describe('Instead of choices: a text, a number, or a pattern between slashes.'),
    explanation: z.string().trim().min(1).max(2000).optional().describe('Told after answering.'),
  })
  .meta({ oneOf: [{ required: ['choices'] }, { required: ['answer'] }] });
export type Quiz = z.infer<typeof quizSchema>;

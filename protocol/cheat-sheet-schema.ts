import * as z from 'zod';
import { lessonId } from './ids.ts';

/** lessons/cheat-sheet.yaml: words for the commands that lessons carry out. Strict, like all that authors write. */
const words = z.string().trim().min(1).max(300);

/** `docker ps`, `docker compose up`, `docker --version` */
const commandName = z
  .string()
  .max(80)
  .regex(/^docker(?: (?:[a-z]+(?:-[a-z]+)*|--?[a-z]+))+$/, 'A command looks like docker ps or docker volume create.');

const optionNames = z
  .string()
  .max(80)
  .regex(/^--?[a-zA-Z][a-z-]*(?:, --?[a-zA-Z][a-z-]*)*$/, 'Options look like -d or -d, --detach.');

const commandSchema = z.strictObject({
  does: words.describe('What it does, in one sentence.'),
  also: z.array(commandName).min(1).max(5).optional().describe('Other spellings that do the same.'),
  example: words.optional().describe('A line that stands in a lesson; without it the shortest one.'),
  explained: lessonId.optional().describe('The lesson that explains it; without it the first that uses it.'),
  options: z.record(optionNames, words).optional().describe('Important options and what they do.'),
});
export type SheetWords = z.infer<typeof commandSchema>;

export const cheatSheetSchema = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        title: words.describe('Heading of the group.'),
        commands: z.record(commandName, commandSchema).describe('Commands, in the order of the sheet.'),
      }),
    )
    .min(1)
    .max(30)
    .describe('Groups, in the order of the sheet.'),
});
export type CheatSheetWords = z.infer<typeof cheatSheetSchema>;

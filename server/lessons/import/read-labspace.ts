import { basename } from 'node:path';
import * as z from 'zod';
import { DrydockError } from '../../errors.ts';
import { fileLimits } from '../library/bounded-files.ts';
import { locateIn, readYaml, type YamlSource } from '../parse/yaml-source.ts';
import { reportIssues } from '../parse/zod-problems.ts';
import { ProblemList } from '../problem.ts';
import { type DraftCourse, type DraftFile, type DraftStep, folderName, sentence } from './draft-lesson.ts';
import type { GapList } from './gap.ts';
import { LabspaceDialect } from './labspace-dialect.ts';
import { LabspaceVariables } from './labspace-variables.ts';
import { LessonMedia } from './lesson-media.ts';
import { resolveInside, type SourceFolder, textLimit } from './source-folder.ts';
import { splitLines } from './source-lines.ts';
import { translateText } from './translate-text.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The parts of labspace.yaml that are translated; further keys are listed. */
const labspaceSchema = z.looseObject({
  metadata: z.looseObject({ id: z.string().optional() }).nullish(),
  title: scalar,
  description: scalar.nullish(),
  sections: z
    .array(z.looseObject({ title: scalar, contentPath: z.string() }))
    .min(1)
    .max(100),
  services: z.array(z.looseObject({ title: scalar.optional(), url: z.string().optional() })).nullish(),
  variables: z.record(z.string(), scalar.nullable()).nullish(),
});

const knownKeys = ['metadata', 'title', 'description', 'sections', 'services', 'variables'];

/** Where a Labspace's description lies in the folder; null: it is none. */
export async function findLabspace(source: SourceFolder): Promise<string | null> {
  for (const path of ['labspace.yaml', 'labspace/labspace.yaml', '.labspace/labspace.yaml'])
    if (await source.has(path)) return path;
  return null;
}

/**
 * A Labspace is one lesson, with a step for each section: they share a workspace and variables. A section before the
 * first thing to do is the introduction.
 * @throws DrydockError lesson.invalid
 */
export async function readLabspace(source: SourceFolder, path: string, gaps: GapList): Promise<DraftCourse> {
  const { value, at } = await readDescription(source, path);
  const parsed = value;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  for (const key of Object.keys(parsed))
    if (!knownKeys.includes(key))
      gaps.gap('key.unknown', { file: path, line: at([key]) }, `There is nothing for the key \`${key}\`.`, key);
  for (const [index, service] of (parsed.services ?? []).entries())
    gaps.gap(
      'service.dropped',
      { file: path, line: at(['services', index]) },
      'A lesson has no further tabs. Where it needs this service, start it in a `sh setup` block.',
      String(service.title ?? service.url ?? ''),
    );
  const variables = new LabspaceVariables(gaps);
  for (const [name, given] of Object.entries(parsed.variables ?? {}))
    if (given !== null) variables.set(name, String(given), { file: path, line: at(['variables', name]) });

  const sections: { title: string; file: string; text: string; line: number }[] = [];
  for (const [index, section] of parsed.sections.entries()) {
    const line = at(['sections', index, 'contentPath']);
    const file = resolveInside(folder, section.contentPath);
    const text =
      file === null ? { refused: 'it leads out of the source' as const } : await source.readText(file, textLimit);
    if (typeof text === 'string' && file !== null)
      sections.push({ title: sentence(String(section.title), `Section ${index + 1}`), file, text, line });
    else if (typeof text !== 'string')
      gaps.gap(
        'source.unreadable',
        { file: path, line },
        `The text of this section is not read: ${text.refused}.`,
        section.contentPath,
      );
  }
  for (const { file, text } of sections) LabspaceDialect.collect(splitLines(text), file, variables);

  const media = new LessonMedia(source, gaps);
  const dialect = new LabspaceDialect(gaps, variables);
  const introduction: string[] = [];
  const steps: DraftStep[] = [];
  for (const [index, { title, file, text }] of sections.entries()) {
    const { markdown, acts } = await translateText(text, { file, title, dialect, gaps, media });
    const titled = fillTitle(title, variables, file);
    if (!acts && steps.length === 0 && index < sections.length - 1) introduction.push(`### ${titled}`, markdown);
    else steps.push({ title: titled, body: markdown, at: { file, line: 1 }, acts, verify: null, setup: [] });
  }
  const title = sentence(String(parsed.title), 'Labspace');
  const name = folderName(
    (parsed.metadata?.id ?? '').split('/').at(-1) ?? '',
    folderName(basename(source.root), 'labspace'),
  );
  gaps.note(
    'guessed',
    { file: path, line: 1 },
    'A Labspace does not say how long it takes, for whom it is and what one can do afterwards: look at `minutes`, `level` and `objectives`, and at `audience` in course.yaml.',
  );
  const summary = sentence(String(parsed.description ?? ''), title);
  return {
    kind: 'Labspace',
    title,
    summary,
    name,
    lessons: [
      {
        name,
        title,
        summary,
        minutes: Math.min(600, Math.max(5, steps.length * 5)),
        level: 'beginner',
        variables: variables.declared(),
        introduction: introduction.join('\n\n'),
        setup: [],
        steps,
        files: await projectFiles(source, gaps),
        media: media.files,
      },
    ],
  };
}

function fillTitle(title: string, variables: LabspaceVariables, file: string): string {
  return title.replace(/\$\$([^$]{1,60})\$\$/g, (_, name: string) => variables.use(name, { file, line: 1 }));
}

/** The folder `project` is what a learner of a Labspace works in. */
async function projectFiles(source: SourceFolder, gaps: GapList): Promise<Map<string, DraftFile>> {
  const result = new Map<string, DraftFile>();
  const { files, refused } = await source.list('project');
  for (const { path, reason } of refused)
    gaps.gap('asset.missing', { file: `project/${path}`, line: 1 }, `This file is not taken: ${reason}.`);
  for (const { path, executable } of files) {
    const content = await source.read(`project/${path}`, fileLimits.file);
    if (Buffer.isBuffer(content)) result.set(path, { content, executable });
  }
  return result;
}

async function readDescription(
  source: SourceFolder,
  path: string,
): Promise<{ value: z.infer<typeof labspaceSchema>; at: (path: PropertyKey[]) => number }> {
  const text = await source.readText(path);
  if (typeof text !== 'string')
    throw new DrydockError('lesson.invalid', `${path} cannot be imported: ${text.refused}.`);
  const problems = new ProblemList(path);
  const yaml: YamlSource | null = readYaml(text, locateIn(text), problems);
  const parsed = yaml === null ? null : labspaceSchema.safeParse(yaml.value);
  if (yaml !== null && parsed !== null && !parsed.success)
    reportIssues(parsed.error.issues, yaml, problems, 'a labspace.yaml', () => []);
  if (yaml !== null && parsed?.success) return { value: parsed.data, at: (keys) => yaml.at(keys).line };
  const [first] = problems.items;
  throw new DrydockError(
    'lesson.invalid',
    `${path}:${first?.line ?? 1}:${first?.column ?? 1} ${first?.message ?? 'This is no description of a Labspace.'}`,
  );
}

import { basename, join } from 'node:path';
import { DrydockError } from '../../errors.ts';
import {
  type DraftCourse,
  type DraftLesson,
  type DraftStep,
  distinctNames,
  folderName,
  sentence,
} from './draft-lesson.ts';
import type { GapList } from './gap.ts';
import { readAssets } from './killercoda-assets.ts';
import { ChapterReader, noText } from './killercoda-chapters.ts';
import { readScenario, type Scenario } from './killercoda-scenario.ts';
import { SourceFolder } from './source-folder.ts';

/** Scenarios of a collection, at most. */
const mostScenarios = 100;

/** The folders of scenarios below a folder, `''` for the folder itself; empty: it holds none. */
export async function findScenarios(source: SourceFolder): Promise<string[]> {
  if (await source.has('index.json')) return [''];
  const found: string[] = [];
  for (const folder of await source.folders()) {
    if (found.length < mostScenarios && (await source.has(`${folder}/index.json`))) found.push(folder);
  }
  return sorted(found, await source.readText('structure.json'));
}

/** structure.json may give the order. */
function sorted(folders: string[], structure: string | { refused: string }): string[] {
  if (typeof structure !== 'string') return folders;
  let order: string[] = [];
  try {
    const value = JSON.parse(structure) as { items?: unknown };
    if (Array.isArray(value?.items))
      order = value.items.map((item) => String((item as { path?: unknown } | null)?.path ?? ''));
  } catch {
    return folders;
  }
  const rank = (folder: string): number => (order.includes(folder) ? order.indexOf(folder) : order.length);
  return folders.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * A scenario is a lesson; a folder of scenarios is a course of several.
 * @throws DrydockError lesson.invalid when nothing can be read
 */
export async function readKillercoda(
  source: SourceFolder,
  folders: readonly string[],
  gaps: GapList,
): Promise<DraftCourse> {
  const lessons: DraftLesson[] = [];
  let firstError: unknown = null;
  for (const folder of folders) {
    const prefix = folder === '' ? '' : `${folder}/`;
    const own = folder === '' ? source : new SourceFolder(join(source.root, folder));
    const inner = folder === '' ? gaps : gaps.within(folder);
    try {
      lessons.push(await readLesson(own, inner));
    } catch (error) {
      if (!(error instanceof DrydockError)) throw error;
      firstError ??= error;
      if (folders.length > 1)
        gaps.gap(
          'source.unreadable',
          { file: `${prefix}index.json`, line: 1 },
          `${error.message} This scenario is left out.`,
        );
    }
  }
  const [first] = lessons;
  if (first === undefined)
    throw firstError ?? new DrydockError('lesson.invalid', 'There is no scenario in this folder.');
  distinctNames(lessons);
  const single = folders.length === 1 && folders[0] === '';
  const name = folderName(basename(source.root), 'scenarios');
  return {
    kind: single ? 'Killercoda scenario' : 'collection of Killercoda scenarios',
    title: single ? first.title : sentence(basename(source.root).replace(/[-_]+/g, ' '), 'Scenarios'),
    summary: single ? first.summary : `${lessons.length} lessons, imported.`,
    name,
    lessons,
  };
}

async function readLesson(source: SourceFolder, gaps: GapList): Promise<DraftLesson> {
  const scenario = await readScenario(source, gaps);
  const reader = new ChapterReader(source, gaps);
  const introduction = scenario.intro === null ? noText() : await reader.text(scenario.intro, scenario.title);
  const setup = scenario.intro === null ? [] : await reader.background(scenario.intro);
  const first = scenario.intro === null ? '' : await reader.foreground(scenario.intro);
  const steps: DraftStep[] = [];
  for (const [index, chapter] of scenario.steps.entries())
    steps.push(await reader.step(chapter, sentence(chapter.title ?? '', `Step ${index + 1}`), index + 1));
  if (steps.length === 0 && scenario.intro !== null) {
    steps.push({
      title: scenario.title,
      body: introduction.markdown,
      at: { file: scenario.intro.text?.value ?? 'index.json', line: 1 },
      acts: introduction.acts,
      verify: null,
      setup: [],
    });
    introduction.markdown = '';
  }
  await appendFinish(scenario, reader, steps, gaps);
  await readAssets(source, scenario, reader.files, gaps);
  gaps.note(
    'guessed',
    { file: 'index.json', line: 1 },
    'A scenario does not say what one can do afterwards, and often neither how long it takes nor for whom it is: look at `minutes`, `level` and `objectives`, and at `audience` in course.yaml.',
  );
  return {
    name: folderName(basename(source.root), 'scenario'),
    title: scenario.title,
    summary: scenario.description,
    minutes: scenario.minutes ?? Math.min(600, Math.max(5, steps.length * 5)),
    level: scenario.level,
    variables: {},
    introduction: [first, introduction.markdown].filter(Boolean).join('\n\n'),
    setup,
    steps,
    files: reader.files,
    media: reader.media.files,
  };
}

/** What stands behind the last step is its end. */
async function appendFinish(
  scenario: Scenario,
  reader: ChapterReader,
  steps: DraftStep[],
  gaps: GapList,
): Promise<void> {
  const { finish } = scenario;
  const last = steps.at(-1);
  if (finish === null || last === undefined) return;
  for (const script of [finish.background, finish.foreground])
    if (script !== null)
      gaps.gap(
        'script.automatic',
        { file: 'index.json', line: script.line },
        'A script that is run at the end has no counterpart; it is left out.',
        script.value,
      );
  const title = sentence(finish.title ?? '', 'At the end');
  const { markdown, acts } = await reader.text(finish, title);
  if (markdown === '') return;
  last.body = [last.body, `### ${title}`, markdown].filter(Boolean).join('\n\n');
  last.acts ||= acts;
}

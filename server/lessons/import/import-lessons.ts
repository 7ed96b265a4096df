import { lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { DrydockError } from '../../errors.ts';
import { loadDirectory } from '../library/load-courses.ts';
import { lintCourses } from '../lint/lint.ts';
import type { Problem } from '../problem.ts';
import { type DraftCourse, type DraftLesson, listUnproven, sentence } from './draft-lesson.ts';
import { type Gap, GapList } from './gap.ts';
import { LessonText } from './mend-lesson.ts';
import { findScenarios, readKillercoda } from './read-killercoda.ts';
import { findLabspace, readLabspace } from './read-labspace.ts';
import { SourceFolder } from './source-folder.ts';

export interface ImportReport {
  kind: DraftCourse['kind'];
  course: string;
  /** Ids, in order. */
  lessons: string[];
  steps: number;
  files: number;
  /** What could not be translated, then what is worth knowing; each by its place. */
  gaps: Gap[];
  /** What the linter says of the result. */
  errors: number;
  warnings: number;
}

/** These are in the list already, with their places in the source. */
const listed = ['step.no-check', 'step.no-way-to-pass'];
/** Each round mends what it could not see before; then what is left is left. */
const rounds = 5;

/**
 * Writes the lessons of another platform's folder as a course of its own below `directory`: whole, or not at all.
 * Nothing that is there is changed.
 * @param course folder of the course; null: as the source is called
 * @throws DrydockError lesson.invalid, file.not-found, file.exists
 */
export async function importLessons(folder: string, directory: string, course: string | null): Promise<ImportReport> {
  const gaps = new GapList();
  const draft = await readSource(new SourceFolder(folder), gaps);
  const id = course ?? draft.name;
  for (const lesson of draft.lessons) {
    if (lesson.steps.length === 0)
      throw new DrydockError(
        'lesson.invalid',
        `There is nothing to do in “${lesson.title}”: none of its texts could be read.${firstReason(gaps)}`,
      );
    listUnproven(lesson, gaps);
  }
  const target = join(directory, id);
  const exists = (): DrydockError =>
    new DrydockError(
      'file.exists',
      `There is a folder ${id} already. Choose another name with --course, or remove it; nothing was written.`,
    );
  if (await isThere(target)) throw exists();
  await mkdir(directory, { recursive: true });
  const staging = await mkdtemp(join(directory, '.import-'));
  try {
    const { problems, files } = await writeCourse(staging, id, draft);
    for (const problem of problems) {
      if (listed.includes(problem.code)) continue;
      const add = problem.severity === 'error' ? gaps.gap.bind(gaps) : gaps.note.bind(gaps);
      add('result.problem', problem, `${problem.message} (${problem.code})`, problem.found);
    }
    await rename(join(staging, id), target).catch(() => Promise.reject(exists()));
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    return {
      kind: draft.kind,
      course: id,
      lessons: draft.lessons.map((lesson) => `${id}/${lesson.name}`),
      steps: draft.lessons.reduce((sum, lesson) => sum + lesson.steps.length, 0),
      files,
      gaps: gaps.items.toSorted(byPlace),
      errors,
      warnings: problems.length - errors,
    };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function readSource(source: SourceFolder, gaps: GapList): Promise<DraftCourse> {
  const stat = await lstat(source.root).catch(() => null);
  if (!stat?.isDirectory()) throw new DrydockError('file.not-found', `There is no folder ${source.root}.`);
  const labspace = await findLabspace(source);
  if (labspace !== null) return readLabspace(source, labspace, gaps);
  const scenarios = await findScenarios(source);
  if (scenarios.length > 0) return readKillercoda(source, scenarios, gaps);
  throw new DrydockError(
    'lesson.invalid',
    `${source.root} is neither a Labspace nor a Killercoda scenario: it has no labspace.yaml, here or in labspace/ or .labspace/, and no index.json, here or in a folder below.`,
  );
}

/** @returns what the linter still says, and how many files there are */
async function writeCourse(
  staging: string,
  id: string,
  draft: DraftCourse,
): Promise<{ problems: Problem[]; files: number }> {
  const folder = join(staging, id);
  await mkdir(folder);
  const description = {
    title: sentence(draft.title, id),
    summary: sentence(draft.summary, draft.title),
    audience: `For those who want to do “${draft.title.slice(0, 200)}”.`,
    lessons: draft.lessons.map((lesson) => lesson.name),
  };
  await writeNew(join(folder, 'course.yaml'), stringify(description, { lineWidth: 0 }));
  let files = 1 + draft.lessons.length;
  for (const lesson of draft.lessons) files += await writeParts(join(folder, lesson.name), lesson);
  const texts = draft.lessons.map((lesson) => new LessonText(lesson));
  for (let round = 1; ; round++) {
    for (const text of texts) await writeFile(join(folder, text.lesson.name, 'lesson.md'), text.text);
    const problems = await lintCourses(await loadDirectory(staging));
    let changed = false;
    for (const text of texts) {
      const own = problems.filter((problem) => problem.file === `${id}/${text.lesson.name}/lesson.md`);
      changed = text.mend(own) || changed;
    }
    if (!changed || round >= rounds) return { problems, files };
  }
}

/** @returns how many files were written */
async function writeParts(folder: string, lesson: DraftLesson): Promise<number> {
  await mkdir(folder);
  for (const [path, { content, executable }] of lesson.files)
    await writeNew(join(folder, 'files', path), content, executable ? 0o755 : 0o644);
  for (const [path, content] of lesson.media) await writeNew(join(folder, 'media', path), content);
  return lesson.files.size + lesson.media.size;
}

async function writeNew(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { flag: 'wx', mode });
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

function firstReason(gaps: GapList): string {
  const reason = gaps.items.find((item) => item.code === 'source.unreadable');
  return reason === undefined ? '' : ` ${reason.file}:${reason.line} ${reason.message}`;
}

function byPlace(a: Gap, b: Gap): number {
  return a.severity.localeCompare(b.severity) || a.file.localeCompare(b.file) || a.line - b.line;
}

import { nearestWord } from '../../checks/nearest-word.ts';
import type { LessonToPlay } from '../../lesson-player/play-request.ts';
import { problemText, readTargets, type Target, type TargetIo } from './cli-targets.ts';

export interface Chosen {
  targets: Target[];
  /** Each once, with the linter's errors. */
  lessons: LessonToPlay[];
}

/** @param only ids; empty: all. @returns the exit status when there is nothing to play; why has been said */
export async function readChosen(
  folders: readonly string[],
  only: readonly string[],
  io: TargetIo,
): Promise<Chosen | 1 | 2> {
  const targets = await readTargets(folders, io);
  if (targets === null) return 2;
  const empty = targets.filter(({ lessons }) => lessons.length === 0);
  if (empty.length > 0) {
    for (const problem of empty.flatMap(({ problems }) => problems)) io.err(problemText(problem));
    io.err('Without a lesson that can be read there is nothing to play.\n');
    return 1;
  }
  const lessons = chooseLessons(targets, only);
  if (typeof lessons !== 'string') return { targets, lessons };
  io.err(`${lessons}\n`);
  return 2;
}

/** @returns words when one is not there */
function chooseLessons(targets: readonly Target[], only: readonly string[]): LessonToPlay[] | string {
  const found = new Map<string, LessonToPlay>();
  for (const { root, lessons, problems } of targets) {
    for (const { id, file, folder } of lessons) {
      const errors = problems.filter((problem) => problem.file === file && problem.severity === 'error');
      found.set(folder, { id, root, folder, file, problems: errors });
    }
  }
  const all = [...found.values()];
  const ids = all.map((lesson) => lesson.id);
  const missing = only.find((id) => !ids.includes(id));
  if (missing === undefined) return only.length === 0 ? all : all.filter((lesson) => only.includes(lesson.id));
  const near = nearestWord(missing, ids);
  return `There is no lesson \`${missing}\` here.${near ? ` Did you mean \`${near}\`?` : ''}`;
}

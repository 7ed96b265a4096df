import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** In so many turns every lesson is played once. */
export const turns = 3;

type Environment = Readonly<Record<string, string | undefined>>;

/** What numbers the runs of a CI, each one more than the one before: our own word first, then GitHub, GitLab, Jenkins. */
const numbers = ['DRYDOCK_TURN', 'GITHUB_RUN_NUMBER', 'CI_PIPELINE_IID', 'BUILD_NUMBER'];

export interface Turn {
  number: number;
  /** Which variable said so; null: the command line. */
  from: string | null;
}

/** @param asked `auto`, or a number. @returns null when nobody numbers the runs: all is played */
export function readTurn(asked: string, env: Environment): Turn | null {
  if (asked !== 'auto') return { number: Number(asked), from: null };
  const from = numbers.find((name) => /^\d{1,15}$/.test(env[name] ?? ''));
  return from === undefined ? null : { number: Number(env[from]), from };
}

/** Stays the same whatever lessons come and go: 0 to `turns` - 1. */
export function partOf(lesson: string): number {
  return createHash('sha256').update(lesson).digest().readUInt32BE() % turns;
}

export interface TurnLesson {
  id: string;
  folder: string;
  /** Folders of the images it pulls. */
  images: readonly string[];
}

/** What decides whether any check is met: when it changes, all lessons are played. */
const machinery = ['server/checks', 'server/lesson-player', 'server/terminal', 'images/sandbox'];

/**
 * Those whose turn it is and those that changed.
 * @param changed absolute paths; null: nobody knows, so any may have changed, and all are taken. @param root the clone
 */
export function takeTurn(
  lessons: readonly TurnLesson[],
  turn: Turn,
  { changed, root }: { changed: readonly string[] | null; root: string },
): { chosen: Set<string>; words: string } {
  const name = `Turn ${turn.number}${turn.from === null ? '' : ` (${turn.from})`}`;
  if (changed === null) {
    const why = 'because git does not tell what changed: its history here is too short, or there is none';
    return {
      chosen: new Set(lessons.map(({ id }) => id)),
      words: `${name}: all ${lessons.length} lessons are played, ${why}. DRYDOCK_BASE names a commit to compare with.`,
    };
  }
  const isIn = (folder: string) => changed.some((path) => path.startsWith(`${folder}/`));
  const part = turn.number % turns;
  const inTurn = lessons.filter(({ id }) => partOf(id) === part);
  const all = machinery.map((folder) => join(root, folder)).find(isIn);
  const touched = all === undefined ? lessons.filter(({ folder, images }) => [folder, ...images].some(isIn)) : lessons;
  const chosen = new Set([...inTurn, ...touched].map(({ id }) => id));
  const why = [
    `${inTurn.length} of part ${part + 1} of ${turns}`,
    all === undefined
      ? `${touched.length} that changed or whose images did`
      : `and all, because ${all.slice(root.length + 1)} changed`,
  ];
  const left = lessons.length - chosen.size;
  const later = left === 0 ? '' : ` The other ${left} have their turn in the next two runs.`;
  return {
    chosen,
    words: `${name}: ${chosen.size} of ${lessons.length} lessons are played: ${why.join(', ')}.${later}`,
  };
}

/** Asks git. @returns what it prints, null when it fails */
export type Git = (argv: readonly string[]) => Promise<string | null>;

/** Where nobody names a base: more commits than a run is likely to bring. */
const commitsBack = 50;

/**
 * Files that differ from where this work began: `DRYDOCK_BASE`, or what the CI calls the base, or fifty commits ago; and
 * those that git does not know yet.
 * @returns absolute paths; null: nobody knows, as in a clone without so much history
 */
export async function changedFiles(env: Environment, git: Git): Promise<string[] | null> {
  const branch = env.GITHUB_BASE_REF;
  const bases = [
    env.DRYDOCK_BASE,
    env.CI_MERGE_REQUEST_DIFF_BASE_SHA,
    branch ? `origin/${branch}` : undefined,
    env.CI_COMMIT_BEFORE_SHA,
    `HEAD~${commitsBack}`,
  ];
  const top = (await git(['rev-parse', '--show-toplevel']))?.trim();
  if (!top) return null;
  for (const base of bases) {
    // A name that begins with a hyphen would be an option.
    if (!base || base.startsWith('-')) continue;
    // Only what this branch changed, not what happened to the other one since.
    const since = (await git(['merge-base', 'HEAD', base]))?.trim();
    if (!since) continue;
    const names = await git(['diff', '--name-only', '--no-renames', '-z', since]);
    // From the top, wherever git is asked.
    const news = await git(['ls-files', '--others', '--exclude-standard', '--full-name', '-z', '--', ':/']);
    if (names !== null && news !== null)
      return `${names}\0${news}`
        .split('\0')
        .filter((name) => name !== '')
        .map((name) => join(top, name));
  }
  return null;
}

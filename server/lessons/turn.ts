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

/** @param changed absolute paths; null: nobody knows. @param root the clone */
export function takeTurn(
  lessons: readonly TurnLesson[],
  turn: Turn,
  { changed, root }: { changed: readonly string[] | null; root: string },
): { chosen: Set<string>; words: string } {
  const isIn = (folder: string) => changed?.some((path) => path.startsWith(`${folder}/`)) ?? false;
  const part = turn.number % turns;
  const inTurn = lessons.filter(({ id }) => partOf(id) === part);
  const all = machinery.map((folder) => join(root, folder)).find(isIn);
  const touched = all === undefined ? lessons.filter(({ folder, images }) => [folder, ...images].some(isIn)) : lessons;
  const chosen = new Set([...inTurn, ...touched].map(({ id }) => id));
  const why = [
    `${inTurn.length} of part ${part + 1} of ${turns}`,
    changed === null
      ? 'what changed is not known'
      : all === undefined
        ? `${touched.length} that changed or whose images did`
        : `and all, because ${all.slice(root.length + 1)} changed`,
  ];
  const left = lessons.length - chosen.size;
  const later = left === 0 ? '' : ` The other ${left} have their turn in the next two runs.`;
  return {
    chosen,
    words: `Turn ${turn.number}${turn.from === null ? '' : ` (${turn.from})`}: ${chosen.size} of ${lessons.length} lessons are played: ${why.join(', ')}.${later}`,
  };
}

/** Asks git. @returns what it prints, null when it fails */
export type Git = (argv: readonly string[]) => Promise<string | null>;

/**
 * Files that differ from where this work began: `DRYDOCK_BASE`, or what the CI calls the base, or three commits ago,
 * because each lesson that is not touched is played in one of three runs.
 * @returns absolute paths; null: nobody knows, as in a clone without history
 */
export async function changedFiles(env: Environment, git: Git): Promise<string[] | null> {
  const branch = env.GITHUB_BASE_REF;
  const bases = [
    env.DRYDOCK_BASE,
    env.CI_MERGE_REQUEST_DIFF_BASE_SHA,
    branch ? `origin/${branch}` : undefined,
    env.CI_COMMIT_BEFORE_SHA,
    `HEAD~${turns}`,
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
    if (names !== null)
      return names
        .split('\0')
        .filter((name) => name !== '')
        .map((name) => join(top, name));
  }
  return null;
}

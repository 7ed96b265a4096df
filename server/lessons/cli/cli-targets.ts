import { lstat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { readCatalogue } from '../../images/catalogue.ts';
import { isPlainFile } from '../library/bounded-files.ts';
import { type LoadedLesson, loadDirectory } from '../library/load-courses.ts';
import { lintCourses } from '../lint/lint.ts';
import { knownReference, lintReference } from '../lint/lint-reference.ts';
import { readPlacementFile } from '../placement/placement-file.ts';
import { comparePlaces, type Problem } from '../problem.ts';
import { loadReference } from '../reference/reference-files.ts';

export interface TargetIo {
  /** Folder that relative arguments and shown paths are relative to. */
  cwd: string;
  /** The shipped lessons: what is meant when no folder is named. */
  shipped: string;
  /** The folder with the catalogue of images that labs serve; without it nothing is said about them. */
  images?: string;
  err: (text: string) => void;
}

/** A folder that was named, or the shipped lessons. */
export interface Target {
  /** The folder of courses. */
  root: string;
  lessons: LoadedLesson[];
  problems: Problem[];
}

/** Reads and lints what was named. @returns null when that cannot be; why has been said */
export async function readTargets(folders: readonly string[], io: TargetIo): Promise<Target[] | null> {
  const places: Place[] = [];
  for (const folder of folders.length > 0 ? folders.map((name) => resolve(io.cwd, name)) : [io.shipped]) {
    const place = await findPlace(folder);
    if (place === null) {
      io.err(`There is no folder ${show(folder, io.cwd)}.\n`);
      return null;
    }
    places.push(place);
  }
  const images = io.images === undefined ? null : await readCatalogue(io.images);
  const shipped = await loadDirectory(io.shipped, prefixOf(io.shipped, io.cwd));
  const shippedReference = await loadReference(io.shipped, prefixOf(io.shipped, io.cwd));
  const targets: Target[] = [];
  for (const { root, prefix } of places) {
    const courses = root === io.shipped ? shipped : await loadDirectory(root, prefixOf(root, io.cwd));
    const inside = ({ file }: { file: string }): boolean =>
      prefix === root || file.startsWith(prefixOf(prefix, io.cwd));
    const known = [...new Set([...courses, ...shipped].map(({ id }) => id))];
    const placement = await readPlacementFile(root, prefixOf(root, io.cwd), known);
    const isShipped = root === io.shipped;
    const reference = isShipped ? shippedReference : await loadReference(root, prefixOf(root, io.cwd));
    const explained = knownReference(reference, shippedReference, isShipped);
    const all = [
      ...(await lintCourses(courses, shipped, images, explained)),
      ...lintReference(reference, explained, courses, shipped),
      ...(placement?.problems ?? []),
    ];
    const problems = all.filter(inside).sort(comparePlaces);
    const lessons = courses.flatMap((course) => course.lessons).filter(inside);
    if (lessons.length === 0 && problems.length === 0) {
      io.err(`There is no lesson in ${show(prefix, io.cwd)}.\n`);
      return null;
    }
    targets.push({ root, lessons, problems });
  }
  return targets;
}

/** Finds what was named without judging it. @returns null when there is nothing; why has been said */
export async function findLessons(folder: string, io: TargetIo): Promise<Omit<Target, 'problems'> | null> {
  const place = await findPlace(folder);
  if (place === null) {
    io.err(`There is no folder ${show(folder, io.cwd)}.\n`);
    return null;
  }
  const { root, prefix } = place;
  const all = (await loadDirectory(root)).flatMap((course) => course.lessons);
  const lessons = prefix === root ? all : all.filter((lesson) => `${lesson.folder}/`.startsWith(`${prefix}/`));
  if (lessons.length > 0) return { root, lessons };
  io.err(`There is no lesson in ${show(prefix, io.cwd)}.\n`);
  return null;
}

export function problemText({ file, line, column, severity, code, message }: Problem): string {
  return `${file}:${line}:${column} ${severity} ${code}\n    ${message}\n`;
}

interface Place {
  root: string;
  /** What of it is meant. */
  prefix: string;
}

/** A single lesson is looked at among its neighbours: links and prerequisites lead there. */
async function findPlace(folder: string): Promise<Place | null> {
  const stat = await lstat(folder).catch(() => null);
  if (!stat?.isDirectory()) return null;
  if (await isPlainFile(join(folder, 'lesson.md'))) return { root: dirname(dirname(folder)), prefix: folder };
  if (await isPlainFile(join(folder, 'course.yaml'))) return { root: dirname(folder), prefix: folder };
  return { root: folder, prefix: folder };
}

/** What stands before the names of files below a folder. */
function prefixOf(path: string, cwd: string): string {
  return path === cwd ? '' : `${show(path, cwd)}/`;
}

export function show(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  return short.startsWith('..') ? path : short;
}

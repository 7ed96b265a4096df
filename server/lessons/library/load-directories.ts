import { relative, sep } from 'node:path';
import { foldersIn } from './bounded-files.ts';
import { type LoadedCourse, loadCourse } from './load-courses.ts';

/** The courses of some directories, each read again only where something happened. */
export class LoadedDirectories {
  readonly #directories: readonly string[];
  #courses: readonly ReadonlyMap<string, LoadedCourse>[];

  constructor(directories: readonly string[]) {
    this.#directories = directories;
    this.#courses = directories.map(() => new Map());
  }

  /**
   * Courses of each directory as they are now; unchanged ones are the same objects. When it throws, nothing has changed.
   * @param paths what to look at again, absolute; null: everything
   */
  async load(paths: Iterable<string> | null): Promise<LoadedCourse[][]> {
    const next: ReadonlyMap<string, LoadedCourse>[] = [];
    for (const [index, directory] of this.#directories.entries()) {
      const known = this.#courses[index] ?? new Map<string, LoadedCourse>();
      const touched = paths === null ? null : coursesTouched(directory, paths);
      next.push(touched?.size === 0 ? known : await loadCourses(directory, known, touched));
    }
    this.#courses = next;
    return next.map((courses) => [...courses.values()]);
  }
}

/** Names of the course folders that the paths lie in; null: the directory itself is among them. */
function coursesTouched(directory: string, paths: Iterable<string>): Set<string> | null {
  const names = new Set<string>();
  for (const path of paths) {
    const inside = relative(directory, path);
    if (inside === '') return null;
    const [name = ''] = inside.split(sep);
    if (name !== '..' && !name.startsWith('.')) names.add(name);
  }
  return names;
}

/** @param touched the names of those to read again; null: all */
async function loadCourses(
  directory: string,
  known: ReadonlyMap<string, LoadedCourse>,
  touched: ReadonlySet<string> | null,
): Promise<Map<string, LoadedCourse>> {
  const courses = new Map<string, LoadedCourse>();
  for (const name of await foldersIn(directory)) {
    const before = known.get(name);
    const isAsBefore = before !== undefined && touched !== null && !touched.has(name);
    const course = isAsBefore ? before : await loadCourse(directory, name, '', before);
    if (course !== null) courses.set(name, course);
  }
  return courses;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runLessonsCli } from '../cli/cli.ts';
import type { Gap } from './gap.ts';

/** A folder of its own for one test, with a source in `source`; it is gone afterwards. */
export async function sourceFolder(files: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const absolute = join(folder, 'source', path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
    if (path.endsWith('.sh')) await chmod(absolute, 0o755);
  }
  return folder;
}

interface Told {
  status: number;
  out: string;
  err: string;
}

/** `npm run lessons -- …` with the folder of the test as the current one. */
export async function lessons(folder: string, ...argv: string[]): Promise<Told> {
  const told = { out: '', err: '' };
  const status = await runLessonsCli(argv, {
    cwd: folder,
    shipped: join(folder, 'no-lessons'),
    out: (text) => {
      told.out += text;
    },
    err: (text) => {
      told.err += text;
    },
  });
  return { status, ...told };
}

export interface Imported {
  status: number;
  gaps: Gap[];
  /** `CODE FILE:LINE` of what could not be translated. */
  lost: string[];
  course: string;
  lessons: string[];
  /** Text of a file of the result. */
  text(path: string): Promise<string>;
  /** `CODE` of each error the linter finds in the result. */
  errors: string[];
}

/** Imports `source` into `out` and lints the result. */
export async function importSource(folder: string, ...options: string[]): Promise<Imported> {
  const { status, out, err } = await lessons(folder, 'import', 'source', 'out', '--json', ...options);
  if (err !== '') throw new Error(err);
  const report = JSON.parse(out) as { course: string; lessons: string[]; gaps: Gap[]; errors: number };
  const linted = JSON.parse((await lessons(folder, 'lint', 'out', '--json')).out) as {
    problems: { code: string; severity: string }[];
  };
  const errors = linted.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  if (errors.length !== report.errors)
    throw new Error(`the report says ${report.errors} errors, lint says ${errors.length}`);
  return {
    status,
    gaps: report.gaps,
    lost: report.gaps.filter((gap) => gap.severity === 'gap').map((gap) => `${gap.code} ${gap.file}:${gap.line}`),
    course: report.course,
    lessons: report.lessons,
    text: (path) => readFile(join(folder, 'out', path), 'utf8'),
    errors,
  };
}

export async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

import { join } from 'node:path';
import { nearestWord } from '../../checks/nearest-word.ts';
import { appendText, replaceLinesOf } from '../../workspace/text-content.ts';
import {
  checksOfStep,
  everyBlock,
  type FileBlock,
  type Lesson,
  type LessonBlock,
  quizzesOfStep,
  type RunBlock,
} from '../lesson.ts';
import { fileLimits, listFiles, readPlainFile } from '../library/bounded-files.ts';
import type { LoadedLesson } from '../library/load-courses.ts';
import { fillVariables } from '../parse/variables.ts';
import type { ProblemList } from '../problem.ts';
import { lintDiagram } from './lint-diagram.ts';

/** What only shows when blocks are taken in their order: terminals, files as they are then, places of solutions. */
export async function lintSequence(loaded: LoadedLesson, lesson: Lesson, problems: ProblemList): Promise<void> {
  const filled = fillVariables(lesson, {});
  lintSolutions(filled, problems);
  const terminals = new Set<string>();
  const files = await shippedFiles(loaded);
  for (const outer of blocksInOrder(filled)) {
    const block = outer.kind === 'solution' ? outer.of : outer;
    if (block.kind === 'run') lintInterrupt(block, terminals, problems);
    // A command may write any file it names.
    if (block.kind === 'run' || block.kind === 'setup') forget(files, block.command);
    if (block.kind === 'file') lintLines(block, files, problems);
    if (block.kind === 'diagram') lintDiagram(block, problems);
  }
}

function* blocksInOrder(lesson: Lesson): Generator<LessonBlock> {
  yield* everyBlock(lesson.introduction);
  for (const step of lesson.steps) yield* everyBlock(step.blocks);
}

function lintSolutions(lesson: Lesson, problems: ProblemList): void {
  const report = (blocks: readonly LessonBlock[], message: string): void => {
    for (const block of everyBlock(blocks)) {
      if (block.kind === 'solution') problems.error('solution.misplaced', block.at, { message });
    }
  };
  report(
    lesson.introduction,
    'This solution stands before the first ## heading. Put it into the step whose check it meets.',
  );
  for (const step of lesson.steps) {
    if (checksOfStep(step).length + quizzesOfStep(step).length > 0) continue;
    report(
      step.blocks,
      `The step “${step.title}” has no check and no quiz that this solution belongs to. Put it into the step whose check it meets.`,
    );
  }
}

function lintInterrupt(block: RunBlock, terminals: Set<string>, problems: ProblemList): void {
  if (block.interrupt && !terminals.has(block.terminal)) {
    const near = nearestWord(block.terminal, [...terminals]);
    problems.error('run.nothing-to-interrupt', block.at, {
      message: `Ctrl-C is pressed in the terminal \`${block.terminal}\`, in which no block has run anything yet.${
        near ? ` Did you mean \`terminal=${near}\`?` : ''
      }`,
      found: `terminal=${block.terminal}`,
      expected: near ? `terminal=${near}` : undefined,
    });
  }
  terminals.add(block.terminal);
}

/** Contents by path; null: it may be there, with content nobody knows. */
type Files = Map<string, string | null>;

async function shippedFiles(loaded: LoadedLesson): Promise<Files> {
  const files: Files = new Map();
  for (const { path, absolute } of (await listFiles(join(loaded.folder, 'files'))).files) {
    const content = await readPlainFile(absolute, fileLimits.file);
    files.set(path, Buffer.isBuffer(content) ? content.toString('utf8') : null);
  }
  return files;
}

/** What a command names may be another file afterwards. */
function forget(files: Files, command: string): void {
  for (const word of command.split(/[\s"'`=<>|&;():]+/)) {
    const path = word.replace(/^\.\//, '').replace(/\/+$/, '');
    if (path === '') continue;
    files.set(path, null);
    files.set(path.split('/').at(-1) ?? path, null);
  }
  if (command.split('\n').some((line) => !staysInDocker(line))) files.set('*', null);
}

/** Whether a line can make no file in the workspace that it does not name. */
function staysInDocker(line: string): boolean {
  return (
    /^\s*(?:#|$)/.test(line) ||
    /^\s*docker (?!cp|init|compose)(?!.*\s(?:-v|--volume|--mount|-o|--output)\b)[^|;&<>`$]*$/.test(line)
  );
}

/** Commands know a file by its path, by its name from within its folder, or by the folder. */
function isUnknown(files: Files, path: string): boolean {
  const parts = path.split('/');
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  if ([...folders, parts.at(-1) ?? path].some((name) => files.get(name) === null)) return true;
  return files.get('*') === null && files.get(path) === undefined;
}

function lintLines(block: FileBlock, files: Files, problems: ProblemList): void {
  const { path, mode, code } = block;
  const before = files.get(path);
  if (mode.type === 'write') {
    files.set(path, code);
    return;
  }
  if (isUnknown(files, path)) return;
  if (mode.type === 'append') {
    files.set(path, appendText(before ?? '', code));
    return;
  }
  if (before === undefined || before === null) {
    const near = nearestWord(path, [...files.keys()]);
    problems.error('file.lines', block.at, {
      message: `No block before this one writes \`${path}\`, and it is not in \`files/\`, so it has no lines to replace.${near ? ` Did you mean \`${near}\`?` : ''}`,
      found: path,
      expected: near ? `file=${near}` : undefined,
    });
    return;
  }
  const count = before === '' ? 0 : before.replace(/\n$/, '').split('\n').length;
  // The line after the last one may be named alone: that appends.
  if (mode.to > count && !(mode.from === count + 1 && mode.to === mode.from)) {
    problems.error('file.lines', block.at, {
      message: `\`${path}\` has ${count} ${count === 1 ? 'line' : 'lines'} here, so lines ${mode.from} to ${mode.to} cannot be replaced.`,
      found: `lines=${mode.from}-${mode.to}`,
      expected: count === 0 ? undefined : `lines=${Math.min(mode.from, count)}-${count}`,
    });
    files.set(path, null);
    return;
  }
  files.set(path, replaceLinesOf(before, mode.from, mode.to, code));
}

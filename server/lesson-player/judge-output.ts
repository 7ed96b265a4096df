import type { OutputBlock } from '../lessons/lesson.ts';
import { sameOutput } from './output-mask.ts';
import type { Failure, OutputReport } from './report.ts';
import { cutOutput, leftOut, unfitOutput } from './shown-output.ts';

export interface OutputTerms {
  /** Whether an output that is not what its command printed is a failure, is told of, or is to be written. */
  outputs: 'compare' | 'tell' | 'collect';
  /** Names of this machine and network, which no output may hold. */
  ofThisPlace: readonly string[];
}

/** An output block beside what its command printed. @param printed all lines of it; null: more than is kept */
export function judgeOutput(
  block: OutputBlock,
  printed: readonly string[] | null = [],
  { outputs, ofThisPlace }: OutputTerms,
): { report: OutputReport; failure: Pick<Failure, 'kind' | 'message'> | null } {
  if (printed === null) {
    const report = { block: block.id, line: block.at.line, state: 'unfit' as const, shown: block.code, seen: '' };
    const message = 'Its command printed more than 4 MiB, so its last lines were not kept. Let it print less.';
    return { report, failure: { kind: 'output.too-long', message } };
  }
  const lines = cutOutput(printed, block);
  const shown = block.code === '' ? [] : block.code.split('\n');
  const state = stateOf(block, shown, printed, lines.length);
  const report: OutputReport = {
    block: block.id,
    line: block.at.line,
    state,
    shown: block.code,
    seen: lines.join('\n'),
  };
  const unfit =
    lines.length === 0
      ? 'Its command printed nothing, so there is nothing to show. Remove the block.'
      : // What is only compared is shown to nobody.
        outputs === 'collect'
        ? unfitOutput(lines, ofThisPlace)
        : null;
  if (unfit !== null) {
    return { report: { ...report, state: 'unfit' }, failure: { kind: 'output.unfit', message: unfit } };
  }
  const isFailure = outputs === 'compare' ? state !== 'same' : outputs === 'tell' && state === 'empty';
  if (!isFailure) return { report, failure: null };
  const why = state === 'empty' ? 'This output is still empty.' : 'The command prints something else now.';
  const how = '`npm run lessons -- refresh` writes what was seen; `varies` says that it is another one each time.';
  const message = [`${why} ${how}`, ...differences(shown, lines)].join('\n');
  return { report, failure: { kind: 'output.stale', message } };
}

/** @param seen all that was printed @param length how many lines of it the block has to show */
function stateOf(
  block: OutputBlock,
  shown: readonly string[],
  seen: readonly string[],
  length: number,
): OutputReport['state'] {
  if (block.code.trim() === '') return 'empty';
  if (block.varies) return 'same';
  const isPart = block.first !== null || block.last !== null;
  // Which lines of a part are shown changes with their order; how many there are does not.
  if (isPart && shown.length !== length) return 'stale';
  const compared = shown.filter((line) => !isPart || line !== leftOut);
  return sameOutput(compared, seen, isPart) ? 'same' : 'stale';
}

/** Both as they are, for a person to compare. */
function differences(shown: readonly string[], seen: readonly string[]): string[] {
  const quoted = (lines: readonly string[]) => lines.map((line) => `  │ ${line}`.trimEnd());
  return [...(shown.length === 0 ? [] : ['Shown:', ...quoted(shown)]), 'Seen:', ...quoted(seen)];
}

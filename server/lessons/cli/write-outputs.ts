/** New content for the block whose opening fence stands in this line, counted from 1. */
export interface NewOutput {
  line: number;
  text: string;
}

const lineEnd = /\r?\n$/;
const opening = /^([\s>]*)(`{3,}|~{3,})(\s*console\s.*)$/;

/**
 * The source of a lesson with other outputs: only what stands between their fences changes.
 * @returns null when one of the blocks is not where it should be
 */
export function writeOutputs(source: string, outputs: readonly NewOutput[]): string | null {
  // Each line with its own end: one that is not written to stays as it is.
  const lines = source.split(/(?<=\n)/);
  // From the last to the first, so that the lines of the others stay.
  for (const { line, text } of outputs.toSorted((one, other) => other.line - one.line)) {
    const head = lines[line - 1] ?? '';
    const [, indent = '', fence = '', info = ''] = opening.exec(head.replace(lineEnd, '')) ?? [];
    if (!/\boutput\b/.test(info)) return null;
    const closes = (each: string) => isFence(each, fence);
    const length = lines.slice(line).findIndex(closes);
    if (length === -1) return null;
    const content = text === '' ? [] : text.split('\n').map((each) => `${indent}${each}`.trimEnd());
    const wider = widerThan(text, fence);
    const [end, last] = [head, lines[line + length] ?? ''].map((each) => lineEnd.exec(each)?.[0] ?? '');
    const written = [`${indent}${wider}${info}`, ...content].map((each) => `${each}${end}`);
    lines.splice(line - 1, length + 2, ...written, `${indent}${wider}${last}`);
  }
  return lines.join('');
}

function isFence(line: string, fence: string): boolean {
  const bare = line.replace(/^[\s>]*/, '').trimEnd();
  return bare.length >= fence.length && bare.startsWith(fence) && bare.replaceAll(fence.charAt(0), '') === '';
}

/** A fence that nothing in the text closes. */
function widerThan(text: string, fence: string): string {
  let wider = fence;
  while (text.split('\n').some((line) => isFence(line, wider))) wider += fence.charAt(0);
  return wider;
}

import type { Code, Html, RootContent } from 'mdast';
import type { ProblemList, SourceSpot } from '../problem.ts';
import type { Locate } from './yaml-source.ts';

/** Where things stand in a lesson's source; Markdown's own positions are of nodes, not of what is in them. */
export class SourcePlaces {
  readonly #lines: string[];

  /** @param source normalised text */
  constructor(source: string) {
    this.#lines = source.split('\n');
  }

  /** A fence that is never closed goes on to the end of the file, or of its list or quote. */
  checkClosed(node: Code, problems: ProblemList): boolean {
    const { position } = node;
    if (!position) return true;
    const fence = /(`{3,}|~{3,})/.exec(
      (this.#lines[position.start.line - 1] ?? '').slice(position.start.column - 1),
    )?.[1];
    if (fence === undefined) return true; // an indented block
    const last = (this.#lines[position.end.line - 1] ?? '').replace(/^[\s>]*/, '').trimEnd();
    const closed =
      position.end.line > position.start.line && last.startsWith(fence) && last.replaceAll(fence.charAt(0), '') === '';
    if (!closed) {
      problems.error('fence.unclosed', spotOf(node), {
        message: `This block is never closed. Write ${fence} on a line of its own where it ends.`,
        expected: fence,
      });
    }
    return closed;
  }

  /** Where the info string begins. */
  infoSpot(node: Code): SourceSpot {
    const at = spotOf(node);
    const marks = /^[`~]+\s*/.exec((this.#lines[at.line - 1] ?? '').slice(at.column - 1))?.[0].length ?? 0;
    return { line: at.line, column: at.column + marks };
  }

  /** Places in a block's content: Markdown takes away indentation and the marks of quotes before each line. */
  locateIn(node: Code): Locate {
    const first = spotOf(node).line + 1;
    const content = node.value.split('\n');
    return (offset) => {
      const before = node.value.slice(0, offset);
      const line = before.split('\n').length - 1;
      const column = before.length - (before.lastIndexOf('\n') + 1);
      const whole = this.#lines[first - 1 + line] ?? '';
      const part = content[line] ?? '';
      const shift = whole.endsWith(part) ? whole.length - part.length : 0;
      return { line: first + line, column: column + shift + 1 };
    };
  }
}

/** The place of what begins `offset` characters into an HTML node. */
export function spotInHtml(node: Html, offset: number): SourceSpot {
  const start = spotOf(node);
  const before = node.value.slice(0, offset);
  const line = before.split('\n').length - 1;
  return line === 0
    ? { line: start.line, column: start.column + offset }
    : { line: start.line + line, column: before.length - before.lastIndexOf('\n') };
}

/** The place right after `text`, which begins at `start`. */
export function placeAfter(start: SourceSpot, text: string): SourceSpot {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1
    ? { line: start.line, column: start.column + last.length }
    : { line: start.line + lines.length - 1, column: last.length + 1 };
}

export function spotOf(node: RootContent): SourceSpot {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
}

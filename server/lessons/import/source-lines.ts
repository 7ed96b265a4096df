import { normaliseSource } from '../parse/markdown.ts';

/** One line of a text on its way to Markdown, with the line of the source it comes from. */
export interface SourceLine {
  text: string;
  line: number;
  /** `code`: within a fenced block, its fences among it. */
  code: boolean;
  /** What stood in double braces behind a closing fence. */
  action?: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/g;

/** Quote and list marks, and indentation, before what a line says. */
const marks = String.raw`[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*`;
const opening = new RegExp(`^${marks}(\`{3,}|~{3,})([^\`]*)$`);

/**
 * Takes a text apart into lines and finds those that are code. Katacoda's closing fence may carry an action,
 * \`\`\`{{exec}}, with which it is none for Markdown: the action is taken off.
 */
export function splitLines(source: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let fence: string | null = null;
  for (const [index, text] of stripOdd(normaliseSource(source)).split('\n').entries()) {
    const line = index + 1;
    if (fence === null) {
      fence = opening.exec(text)?.[1] ?? null;
      lines.push({ text, line, code: fence !== null });
      continue;
    }
    const close = /^([ \t>]*)(`{3,}|~{3,})[ \t]*(?:\{\{([^{}]*)\}\})?[ \t]*$/.exec(text);
    if (close?.[2]?.startsWith(fence)) {
      const action = close[3];
      const plain = `${close[1] ?? ''}${close[2]}`;
      lines.push(action === undefined ? { text, line, code: true } : { text: plain, line, code: true, action });
      fence = null;
    } else lines.push({ text, line, code: true });
  }
  return lines;
}

/** What nobody sees and a lesson may not hold: control characters, changes of direction, broken bytes. */
function stripOdd(text: string): string {
  return text.replace(odd, '');
}

/** Changes each line outside code. */
export function mapText(lines: readonly SourceLine[], change: (text: string, line: number) => string): SourceLine[] {
  return lines.map((each) => (each.code ? each : { ...each, text: change(each.text, each.line) }));
}

/** Changes the parts of a line that are not `code`. */
export function outsideCode(text: string, change: (part: string) => string): string {
  return text
    .split(/((?<!`)(?:`[^`]+`|``[^`]+(?:`[^`]+)*``)(?!`))/)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('');
}

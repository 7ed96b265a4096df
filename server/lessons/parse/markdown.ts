import type { Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { type Processor, unified } from 'unified';
import { limits } from '../../../protocol/limits.ts';
import type { ProblemList } from '../problem.ts';
import { countMarks, refuseDenseLines, TooDense } from './dense-source.ts';

/** With a count of its own, so it is made for each text. */
function makeParser() {
  return unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).use(refuseDenseText);
}

/** Last, or other extensions would be asked first. */
function refuseDenseText(this: Processor): void {
  const data = this.data();
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), countMarks()];
}

/** A line longer than this is no text; nested deeper than this is no lesson. Both make Markdown parsers slow. */
const longestLine = 20_000;
const deepestNesting = 40;

/** Line ends become \n and a byte order mark goes, so that lines and columns are an editor's. */
export function normaliseSource(source: string): string {
  return source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

/** @returns null when the text cannot be a lesson; the problems say why */
export function parseMarkdown(source: string, problems: ProblemList): Root | null {
  const start = { line: 1, column: 1 };
  const size = Buffer.byteLength(source);
  if (size > limits.lessonSource) {
    problems.error('source.too-large', start, {
      message: `This file is ${Math.ceil(size / 1024)} kB large; a lesson may have ${limits.lessonSource / 1024} kB. Make two lessons of it, or put content into \`files/\`.`,
      found: `${size} bytes`,
      expected: `at most ${limits.lessonSource} bytes`,
    });
    return null;
  }
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.length > longestLine || markers(line) > deepestNesting) {
      problems.error(
        'source.unreadable',
        { line: index + 1, column: 1 },
        {
          message:
            line.length > longestLine
              ? `This line is longer than ${longestLine} characters.`
              : 'This line is nested too deeply.',
        },
      );
      return null;
    }
  }
  if (source.includes('\0')) {
    const line = lines.findIndex((text) => text.includes('\0'));
    problems.error(
      'source.unreadable',
      { line: line + 1, column: (lines[line] ?? '').indexOf('\0') + 1 },
      {
        message: 'There is a zero byte here, so this is not a text file.',
      },
    );
    return null;
  }
  try {
    refuseDenseLines(lines);
    return makeParser().parse(source);
  } catch (error) {
    if (error instanceof TooDense) {
      problems.error('source.too-dense', error.at, { message: error.message });
      return null;
    }
    problems.error('source.unreadable', start, {
      message: `This file cannot be read as Markdown: ${error instanceof Error ? error.message : String(error)}`,
    });
    return null;
  }
}

/** Marks of quotes and lists a line begins with: each is a level. */
function markers(line: string): number {
  const prefix = /^(?:[ \t]*(?:>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)))*/.exec(line)?.[0] ?? '';
  return prefix.replace(/[^>\-*+.)]/g, '').length;
}

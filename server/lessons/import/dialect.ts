import type { Code } from 'mdast';
import type { SourceLine } from './source-lines.ts';

/** What a fenced block becomes: the words after the language, and its content. */
export interface FenceTranslation {
  language: string;
  /** `run`, `file=PATH`, …; '' for a listing. */
  options: string;
  content: string;
}

export interface Place {
  file: string;
  line: number;
}

/** What the two kinds of source do in different ways. */
export interface Dialect {
  /** Changes of the text that come before it is read as Markdown. */
  prepare(lines: SourceLine[], file: string): SourceLine[];
  /** Whether something is carried out by a block, so that it has to stand by itself. */
  acts(node: Code, action: string | undefined): boolean;
  fence(node: Code, action: string | undefined, at: Place): FenceTranslation;
  /** What stands in double braces behind a piece of `code` in a line; null: this source knows no such thing. */
  inlineAction(command: string, action: string, at: Place): FenceTranslation | 'text' | null;
}

/** Languages in which the lesson's own words are not taken for a misspelling. */
export function plainLanguage(language: string | null | undefined): string {
  const word = (language ?? '').toLowerCase().replace(/[^a-z0-9+#-].*$/, '');
  if (word === 'bash' || word === 'shell' || word === 'zsh') return 'sh';
  return word === 'plain' || word === 'plaintext' ? 'text' : word;
}

/** A fence that its content cannot close. */
export function writeFence({ language, options, content }: FenceTranslation): string {
  const runs = content.match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  const info = [language, options].filter((word) => word !== '').join(' ');
  return content === '' ? `${fence}${info}\n${fence}` : `${fence}${info}\n${content}\n${fence}`;
}

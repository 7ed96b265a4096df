import type { Code } from 'mdast';
import { type Dialect, type FenceTranslation, type Place, plainLanguage } from './dialect.ts';
import type { GapList } from './gap.ts';
import { mapText, outsideCode, type SourceLine } from './source-lines.ts';

const traffic = /\{\{TRAFFIC_HOST(\d+)_(\d+)\}\}/g;

interface Action {
  runs: boolean;
  options: string;
}

/** How Killercoda and Katacoda extend Markdown: words in double braces behind code, and addresses. */
export class KillercodaDialect implements Dialect {
  readonly #gaps: GapList;

  constructor(gaps: GapList) {
    this.#gaps = gaps;
  }

  prepare(lines: SourceLine[], file: string): SourceLine[] {
    const addressed = lines.map((each) => ({
      ...each,
      text: each.text.replace(traffic, (whole, host: string, port: string) => {
        if (host !== '1')
          this.#gaps.gap(
            'environment.other',
            { file, line: each.line },
            'There is one machine here; this was the address of another one.',
            whole,
          );
        return `http://localhost:${port}`;
      }),
    }));
    return mapText(addressed, (text, line) =>
      outsideCode(text, (part) =>
        part.replace(/\[([^\]]*)\]\(\{\{TRAFFIC_SELECTOR\}\}\)|\{\{TRAFFIC_SELECTOR\}\}/g, (whole, words = '') => {
          this.#gaps.gap(
            'link.local',
            { file, line },
            'There is no page that leads to every port; this link is left out.',
            whole,
          );
          return words;
        }),
      ),
    );
  }

  acts(_node: Code, action: string | undefined): boolean {
    return action !== undefined && /^\s*exec/.test(action);
  }

  fence(node: Code, action: string | undefined, at: Place): FenceTranslation {
    const language = plainLanguage(node.lang);
    const { runs, options } = this.#read(action ?? '', at);
    if (runs) return { language: 'sh', options, content: node.value };
    if (node.meta) this.#gaps.note('option.dropped', at, 'A listing has no options; they are left out.', node.meta);
    return { language, options: '', content: node.value };
  }

  inlineAction(command: string, action: string, at: Place): FenceTranslation | 'text' {
    const { runs, options } = this.#read(action, at);
    return runs ? { language: 'sh', options, content: command } : 'text';
  }

  #read(action: string, at: Place): Action {
    const [verb = '', ...words] = action.trim().split(/\s+/).filter(Boolean);
    if (verb === '' || verb === 'copy') return { runs: false, options: '' };
    if (verb === 'open') {
      this.#gaps.gap(
        'link.file',
        at,
        'There are no links that open a file; its path stands in the text.',
        `{{${action}}}`,
      );
      return { runs: false, options: '' };
    }
    if (verb !== 'exec' && verb !== 'execute') {
      this.#gaps.gap('action.unknown', at, 'There is no such action; the code is text now.', `{{${action}}}`);
      return { runs: false, options: '' };
    }
    const options = ['run'];
    for (const word of words) {
      const terminal = /^T(\d{1,2})$/i.exec(word)?.[1];
      if (word === 'interrupt') options.push('interrupt');
      else if (terminal !== undefined) {
        if (terminal !== '1') options.push(`terminal=terminal-${terminal}`);
      } else if (!/^HOST1$/i.test(word))
        this.#gaps.gap(
          'environment.other',
          at,
          `\`${word}\` has no counterpart: there is one machine here. The command is run in the main terminal.`,
          `{{${action}}}`,
        );
    }
    return { runs: true, options: options.join(' ') };
  }
}

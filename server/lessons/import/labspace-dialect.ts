import type { Code } from 'mdast';
import { isWorkspacePath } from '../../../protocol/ids.ts';
import { type Dialect, type FenceTranslation, type Place, plainLanguage } from './dialect.ts';
import type { GapList } from './gap.ts';
import type { LabspaceVariables } from './labspace-variables.ts';
import { mapText, outsideCode, type SourceLine } from './source-lines.ts';

const directive = /:{1,2}([a-zA-Z][a-zA-Z0-9]*)\[((?:\\.|[^\]\\]){0,500})\](?:\{((?:"[^"]*"|[^{}"]){0,2000})\})?/g;
const container = /^([ \t>]*):{3,}[ \t]*([a-zA-Z][a-zA-Z0-9]*)?(?:\[([^\]]*)\])?(?:\{([^{}]*)\})?[ \t]*$/;
/** What Labspaces put a Run button on. */
const runnable = new Set(['sh', 'console']);

/** How Labspaces extend Markdown: words behind a fence, directives, and variables. */
export class LabspaceDialect implements Dialect {
  readonly #gaps: GapList;
  readonly #variables: LabspaceVariables;

  constructor(gaps: GapList, variables: LabspaceVariables) {
    this.#gaps = gaps;
    this.#variables = variables;
  }

  /** Finds what is asked and set anywhere, before the first text is translated. */
  static collect(lines: readonly SourceLine[], file: string, variables: LabspaceVariables): void {
    for (const { text, line, code } of lines) {
      if (code) continue;
      for (const [, name, label = '', attributes = ''] of text.matchAll(directive)) {
        const given = readAttributes(attributes);
        if (name === 'variableDefinition') variables.ask(label, given.prompt ?? '');
        else if (name === 'variableSetButton')
          for (const [variable, value] of valuesOf(given)) variables.set(variable, value, { file, line });
      }
    }
  }

  prepare(lines: SourceLine[], file: string): SourceLine[] {
    const conditional = this.#conditions(lines, file);
    const written = mapText(conditional, (text, line) =>
      outsideCode(text, (part) =>
        part.replace(directive, (whole, name: string, label: string, attributes = '') =>
          this.#directive(whole, name, label.replace(/\\(.)/g, '$1'), readAttributes(attributes), { file, line }),
        ),
      ),
    );
    return written.map((each) => ({ ...each, text: this.#fillIn(each.text, { file, line: each.line }) }));
  }

  acts(node: Code): boolean {
    const { options } = this.#read(node, null);
    return options !== '' && node.value.trim() !== '';
  }

  fence(node: Code, _action: string | undefined, at: Place): FenceTranslation {
    return this.#read(node, at);
  }

  inlineAction(): null {
    return null;
  }

  /** @param at null: nothing is listed */
  #read(node: Code, at: Place | null): FenceTranslation {
    const words = [...(node.meta ?? '').matchAll(/(?:[^\s"=]+)(?:=(?:"[^"]*"|\S*))?/g)].map(([word]) => word);
    const values = new Map(
      words.map((word) => [word.split('=', 1)[0] ?? '', word.slice(word.indexOf('=') + 1).replace(/^"|"$/g, '')]),
    );
    const language = plainLanguage(node.lang);
    const listing: FenceTranslation = { language, options: '', content: node.value };
    const known = ['save-as', 'no-run-button', 'no-copy-button', 'terminal-id'];
    for (const [name] of values) {
      if (at !== null && !known.includes(name))
        this.#gaps.note('option.dropped', at, `A block has no option \`${name}\`; it is left out.`, name);
    }
    const savedAs = values.get('save-as');
    if (savedAs !== undefined) {
      const path = savedAs.replace(/^(?:~|\/home\/coder)\/project\//, '').replace(/^\.\//, '');
      if (isWorkspacePath(path) && !path.startsWith('~') && !/[\s"`]|\$\$/.test(path))
        return { ...listing, language: language || 'text', options: `file=${path}` };
      if (at !== null)
        this.#gaps.gap(
          'path.outside',
          at,
          'This file is to be written outside the workspace, or its name cannot be used; it is a listing now.',
          savedAs,
        );
      return listing;
    }
    const prompted = language === 'console' && /^\$ /m.test(node.value);
    if (values.has('no-run-button') || !runnable.has(language) || prompted) return listing;
    const terminal = values
      .get('terminal-id')
      ?.toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 32)
      .replace(/-$/, '');
    return { ...listing, language: 'sh', options: terminal ? `run terminal=${terminal}` : 'run' };
  }

  #directive(whole: string, name: string, label: string, given: Record<string, string>, at: Place): string {
    const words = label.replace(/([*_`[\]])/g, '\\$1');
    switch (name) {
      case 'variableDefinition':
        // Asked before the lesson begins, so nothing has to stand here.
        return '';
      case 'variableSetButton': {
        const values = valuesOf(given).map(([variable, value]) => `\`${variable}\` is \`${value}\``);
        this.#gaps.gap(
          'variable.button',
          at,
          'There are no buttons that give values: the first one became the default of its variables, and what each sets stands in the text.',
          whole,
        );
        return `**${words}**: ${values.join(', ')}.`;
      }
      case 'tabLink': {
        const { href = '' } = given;
        return /^https?:\/\/\S+$/.test(href) ? `[${words}](<${href.replace(/[<>]/g, '')}>)` : words;
      }
      case 'fileLink': {
        this.#gaps.note('link.file', at, 'There are no links that open a file; its path stands in the text.', whole);
        const path = (given.path ?? label).replaceAll('`', '');
        return path === label ? `\`${path}\`` : `${words} (\`${path}\`)`;
      }
      default:
        this.#gaps.gap(
          'directive.unknown',
          at,
          `There is nothing for the directive \`${name}\`; its words stay.`,
          whole,
        );
        return words;
    }
  }

  /** `:::conditionalDisplay{…}` … `:::`: everybody has a value for every variable here. */
  #conditions(lines: readonly SourceLine[], file: string): SourceLine[] {
    const open: { drop: boolean }[] = [];
    const result: SourceLine[] = [];
    for (const each of lines) {
      const match = each.code ? null : container.exec(each.text);
      const dropped = open.some(({ drop }) => drop);
      if (match === null) {
        if (!dropped) result.push(each);
        continue;
      }
      const [, indent = '', name, , attributes = ''] = match;
      if (name === undefined) {
        open.pop();
        result.push({ ...each, text: indent });
        continue;
      }
      const given = readAttributes(attributes);
      const variable = given.variable ?? '';
      const never = name === 'conditionalDisplay' && given.hasNoValue !== undefined;
      open.push({ drop: never });
      if (dropped) continue;
      result.push({ ...each, text: indent });
      const at = { file, line: each.line };
      if (name !== 'conditionalDisplay')
        this.#gaps.gap(
          'directive.unknown',
          at,
          `There is nothing for the directive \`${name}\`; what is in it stays.`,
          each.text,
        );
      else if (never)
        this.#gaps.note(
          'condition.shown',
          at,
          `This was shown until \`${variable}\` had a value. It always has one here, so it is left out.`,
          each.text,
        );
      else if (given.requiredValue !== undefined && given.hasValue === undefined) {
        this.#gaps.gap(
          'condition.shown',
          at,
          `This was shown only where \`${variable}\` is \`${given.requiredValue}\`. It is shown always now, with these words before it.`,
          each.text,
        );
        result.push(
          { ...each, text: `${indent}*If \`${variable}\` is \`${given.requiredValue.replaceAll('`', '')}\`:*` },
          { ...each, text: indent },
        );
      }
    }
    return result;
  }

  /** `$$name$$`, and `{{name}}` where such a variable is. */
  #fillIn(text: string, at: Place): string {
    return text
      .replace(/(?<!\\)\$\$[ \t]*([a-zA-Z][\w.-]{0,60})[ \t]*\$\$/g, (_, name: string) => this.#variables.use(name, at))
      .replace(/\{\{[ \t]*([a-zA-Z][\w-]{0,60})[ \t]*\}\}/g, (whole, name: string) =>
        this.#variables.has(name) ? this.#variables.use(name, at) : whole,
      );
  }
}

/** `a="1" b=2 c` */
function readAttributes(text: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [, name = '', quoted, bare] of text.matchAll(/([a-zA-Z][\w-]*)(?:=(?:"([^"]*)"|([^\s"]+)))?/g))
    result[name] ??= quoted ?? bare ?? '';
  return result;
}

/** `variables="a=1,b=2"`, or the older `variable="a" value="1"`. */
function valuesOf(given: Record<string, string>): [string, string][] {
  if (given.variable !== undefined) return [[given.variable, given.value ?? '']];
  return (given.variables ?? '').split(',').flatMap((pair): [string, string][] => {
    const equals = pair.indexOf('=');
    return equals <= 0 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]];
  });
}

import { parseDuration } from '../../../protocol/check-schema.ts';
import { isWorkspacePath, terminalName } from '../../../protocol/ids.ts';
import type { FileMode } from '../../../protocol/lesson-view.ts';
import { nearestWord, oneOf } from '../../checks/nearest-word.ts';
import { mainTerminal } from '../lesson.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';

/** `$$name$$`, as in variables.ts. */
const variableUse = /\$\$[a-zA-Z][a-zA-Z0-9_-]{0,39}\$\$/;

type FenceKind = 'listing' | 'output' | 'run' | 'file' | 'setup' | 'check' | 'quiz' | 'diagram';

/** What the info string of a fenced block says. */
export interface Fence {
  kind: FenceKind;
  language: string;
  solution: boolean;
  terminal: string;
  background: boolean;
  interrupt: boolean;
  timeoutMs: number | null;
  path: string;
  mode: FileMode;
  /** How many lines of an output are shown, from its beginning and its end; both null: all. */
  first: number | null;
  last: number | null;
  /** The output is another one each time, beyond ids, times and sizes: a test does not compare it. */
  varies: boolean;
}

interface Word {
  name: string;
  value: string | null;
  text: string;
  at: SourceSpot;
}

/** The options of each kind of block; `run` options count for a hidden `sh solution` too. */
export const fenceOptions = {
  run: ['run', 'terminal', 'background', 'interrupt', 'timeout'],
  solution: ['solution', 'terminal', 'background', 'interrupt', 'timeout'],
  setup: ['setup', 'timeout'],
  file: ['file', 'mode', 'lines', 'solution'],
  check: ['check'],
  quiz: ['quiz'],
  output: ['output', 'first', 'last', 'varies'],
} as const;
const allOptions = [...new Set(Object.values(fenceOptions).flat())];
const takesValue: readonly string[] = ['terminal', 'timeout', 'file', 'mode', 'lines', 'first', 'last'];

/** Languages a listing may be meant in; only to notice a misspelling of one of ours. */
const ours = ['mermaid', 'yaml', 'console', 'dockerfile', 'python', 'javascript'];
const known = new Set(
  'sh bash shell zsh fish console text txt plain plaintext log dockerfile docker yaml yml json jsonc json5 javascript js jsx mjs typescript ts tsx python py go html xml css scss ini conf cfg toml env nginx sql diff patch http make makefile csharp cs c cpp java kotlin rust ruby php perl lua groovy hcl ignore properties svg markdown md powershell ps1 bat mermaid csv'.split(
    ' ',
  ),
);

/**
 * Reads what stands after the three backticks.
 * @param at where the info string begins
 * @returns null when the block cannot be used; the problems say why
 */
export function readFence(
  language: string | null,
  meta: string | null,
  at: SourceSpot,
  problems: ProblemList,
): Fence | null {
  const lang = language ?? '';
  if (/^(?:file|mode|lines|terminal)=/.test(lang)) {
    problems.error('fence.language', at, {
      message: 'The language comes first, then the options: for example `dockerfile file=Dockerfile`.',
      found: lang,
      expected: `text ${lang}`,
    });
    return null;
  }
  if ((allOptions as readonly string[]).includes(lang)) {
    const wanted = lang === 'check' || lang === 'quiz' ? `yaml ${lang}` : `sh ${lang}`;
    problems.error('fence.language', at, {
      message: `The language comes first, then the option: \`${wanted}\`.`,
      found: lang,
      expected: wanted,
    });
    return null;
  }
  const words = splitWords(meta ?? '', { line: at.line, column: at.column + lang.length });
  checkLanguage(lang, at, problems);
  const seen = new Map<string, Word>();
  let usable = true;
  const refuse = (
    word: Word,
    code: 'fence.unknown-option' | 'fence.option-value' | 'fence.conflict',
    message: string,
    expected?: string,
  ): void => {
    usable = false;
    problems.error(code, word.at, { message, found: word.text, expected });
  };
  for (const word of words) {
    if (!(allOptions as readonly string[]).includes(word.name)) {
      const near = nearestWord(word.name, allOptions);
      refuse(
        word,
        'fence.unknown-option',
        `A block has no option \`${word.name}\`. ${near ? `Did you mean \`${near}\`?` : `There are: ${allOptions.join(', ')}.`}`,
        near ?? oneOf(allOptions),
      );
    } else if (seen.has(word.name)) {
      refuse(word, 'fence.conflict', `The option \`${word.name}\` stands here twice.`);
    } else if (takesValue.includes(word.name) !== (word.value !== null && word.value !== '')) {
      refuse(
        word,
        'fence.option-value',
        takesValue.includes(word.name)
          ? `The option \`${word.name}\` needs a value: \`${example(word.name)}\`.`
          : `The option \`${word.name}\` takes no value.`,
        takesValue.includes(word.name) ? example(word.name) : word.name,
      );
    } else if (word.text.search(variableUse) !== -1) {
      refuse(word, 'fence.option-value', 'Nothing is filled in in an option: it is the same for everybody.');
    } else seen.set(word.name, word);
  }
  if (!usable) return null;
  const kind = kindOf(lang, seen, at, problems);
  if (kind === null) return null;
  const group: keyof typeof fenceOptions | null =
    kind === 'listing' || kind === 'diagram' ? null : kind === 'run' && seen.has('solution') ? 'solution' : kind;
  const allowed: readonly string[] = group === null ? [] : fenceOptions[group];
  for (const word of seen.values()) {
    if (allowed.includes(word.name)) continue;
    refuse(
      word,
      'fence.conflict',
      group === null
        ? `A ${kind === 'diagram' ? 'diagram' : 'plain listing'} takes no option \`${word.name}\`.${kind === 'listing' ? ' Add `run` after `sh`, or `file=PATH`.' : ''}`
        : `The option \`${word.name}\` does not go with \`${group}\`, which takes: ${allowed.join(', ')}.`,
    );
  }
  if (!usable) return null;
  return readValues(kind, lang, seen, refuse, () => usable);
}

function kindOf(lang: string, seen: Map<string, Word>, at: SourceSpot, problems: ProblemList): FenceKind | null {
  if (seen.has('file')) return 'file';
  if (seen.has('output')) {
    if (lang === 'console') return 'output';
    problems.error('fence.language', at, {
      message: 'What a command prints is written `console output`.',
      found: lang === '' ? 'no language' : lang,
      expected: 'console',
    });
    return null;
  }
  const shell = ['run', 'setup', 'solution'].find((name) => seen.has(name));
  const yaml = ['check', 'quiz'].find((name) => seen.has(name));
  const first = shell ?? yaml;
  if (first !== undefined) {
    const wanted = shell ? 'sh' : 'yaml';
    if (lang !== wanted) {
      problems.error('fence.language', at, {
        message:
          first === 'solution'
            ? 'A solution is a command (`sh solution`) or a file (`LANG file=PATH solution`).'
            : `A \`${first}\` block is written \`${wanted} ${first}\`.`,
        found: lang === '' ? 'no language' : lang,
        expected: wanted,
      });
      return null;
    }
    return first === 'solution' ? 'run' : (first as FenceKind);
  }
  return lang === 'mermaid' ? 'diagram' : 'listing';
}

function readValues(
  kind: FenceKind,
  language: string,
  seen: Map<string, Word>,
  refuse: (word: Word, code: 'fence.option-value' | 'fence.conflict', message: string, expected?: string) => void,
  isUsable: () => boolean,
): Fence | null {
  const fence: Fence = {
    kind,
    language,
    solution: seen.has('solution'),
    terminal: mainTerminal,
    background: seen.has('background'),
    interrupt: seen.has('interrupt'),
    timeoutMs: null,
    path: '',
    mode: { type: 'write' },
    first: null,
    last: null,
    varies: seen.has('varies'),
  };
  for (const name of ['first', 'last'] as const) {
    const word = seen.get(name);
    if (!word) continue;
    if (/^[1-9]\d?$/.test(word.value ?? '')) fence[name] = Number(word.value);
    else refuse(word, 'fence.option-value', `\`${name}\` is a number of lines from 1 to 99.`, `${name}=5`);
  }
  const terminal = seen.get('terminal');
  if (terminal) {
    fence.terminal = terminal.value ?? '';
    if (!terminalName.safeParse(fence.terminal).success) {
      refuse(
        terminal,
        'fence.option-value',
        'A terminal is named in a-z, 0-9 and hyphens, at most 32 characters.',
        'terminal=second',
      );
    }
  }
  const timeout = seen.get('timeout');
  if (timeout) {
    fence.timeoutMs = parseDuration(timeout.value ?? '');
    if (fence.timeoutMs === null) {
      refuse(timeout, 'fence.option-value', 'A timeout is a duration from 1ms to 10m: `timeout=30s`.', 'timeout=30s');
    }
  }
  const file = seen.get('file');
  if (file) {
    fence.path = file.value ?? '';
    if (!isWorkspacePath(fence.path)) {
      refuse(
        file,
        'fence.option-value',
        'The path has to be relative and stay inside the workspace: no leading / and no `..`.',
        'file=Dockerfile',
      );
    }
  }
  const mode = seen.get('mode');
  const lines = seen.get('lines');
  if (mode && lines) refuse(lines, 'fence.conflict', '`mode=append` and `lines=` do not go together.');
  else if (mode) {
    if (mode.value === 'append') fence.mode = { type: 'append' };
    else
      refuse(
        mode,
        'fence.option-value',
        'The only mode is `mode=append`; without it the file is written anew.',
        'mode=append',
      );
  } else if (lines) {
    const range = /^([1-9]\d{0,5})-([1-9]\d{0,5})$/.exec(lines.value ?? '');
    const from = Number(range?.[1]);
    const to = Number(range?.[2]);
    if (range && from <= to) fence.mode = { type: 'lines', from, to };
    else
      refuse(
        lines,
        'fence.option-value',
        'Lines are written `lines=4-7`, the first before the last; one line is `lines=4-4`.',
        'lines=4-7',
      );
  }
  return isUsable() ? fence : null;
}

function checkLanguage(lang: string, at: SourceSpot, problems: ProblemList): void {
  if (lang.length < 4 || known.has(lang)) return;
  const near = nearestWord(lang, ours);
  if (near === undefined || near === lang) return;
  problems.error('fence.language', at, {
    message: `There is no language \`${lang}\`. Did you mean \`${near}\`?`,
    found: lang,
    expected: near,
  });
}

function splitWords(meta: string, before: SourceSpot): Word[] {
  const words: Word[] = [];
  // Markdown drops the blanks between language and options; one is the rule.
  const start = before.column + 1;
  for (const match of meta.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    const text = match[0];
    const equals = text.indexOf('=');
    words.push({
      name: equals === -1 ? text : text.slice(0, equals),
      value: equals === -1 ? null : text.slice(equals + 1).replaceAll('"', ''),
      text,
      at: { line: before.line, column: start + match.index },
    });
  }
  return words;
}

function example(name: string): string {
  switch (name) {
    case 'terminal':
      return 'terminal=second';
    case 'timeout':
      return 'timeout=30s';
    case 'mode':
      return 'mode=append';
    case 'lines':
      return 'lines=4-7';
    case 'first':
    case 'last':
      return `${name}=5`;
    default:
      return 'file=Dockerfile';
  }
}

/** A pattern that stands for one text. */
export interface PlainPattern {
  text: string;
  /** The text has to be at the beginning of a line. */
  begins: boolean;
  /** The text has to be at the end of a line. */
  ends: boolean;
  /** Blanks that have to stand between the beginning of the line and the text: only spaces, or any. */
  indent: 'spaces' | 'blanks' | null;
}

/** Escapes, sets in brackets, and single characters. */
function tokensOf(pattern: string): string[] {
  return pattern.match(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? [];
}

/** What must not stand in a text by itself if the pattern is to mean that text. */
const special = /^(?:[.*+?()[\]{}|^$]|\[[\s\S]*\])$/;
const escaped = /^\\[./\-[\](){}+*?^$|\\]$/;

/**
 * What a pattern such as `^ +mem_limit: 64m$` or `drydock\/web:1` stands for. Null when that is more than one text, or
 * one whose blanks a sentence cannot show: a learner can do nothing with the pattern itself.
 */
export function plainPattern(pattern: string): PlainPattern | null {
  const tokens = tokensOf(pattern);
  const begins = tokens[0] === '^';
  if (begins) tokens.shift();
  const ends = tokens.at(-1) === '$';
  if (ends) tokens.pop();
  const indent = takeIndent(tokens);
  if (isBlank(tokens.at(-2)) && tokens.at(-1) === '*') tokens.splice(-2);
  const characters = tokens.map((token, index) => {
    if (token === '+' && tokens[index - 1] === ' ') return '';
    return escaped.test(token) ? token.slice(1) : special.test(token) || token.length > 1 ? null : token;
  });
  if (characters.includes(null) || (indent !== null && !begins)) return null;
  const text = characters.join('');
  return text === '' || text !== text.replace(/\s+/g, ' ').trim() || /\p{C}/u.test(text)
    ? null
    : { text, begins, ends, indent };
}

function takeIndent(tokens: string[]): PlainPattern['indent'] {
  const [first, times] = tokens;
  if (!isBlank(first) || (times !== '*' && times !== '+')) return null;
  tokens.splice(0, 2);
  if (times === '*') return null;
  return first === ' ' ? 'spaces' : 'blanks';
}

function isBlank(token: string | undefined): boolean {
  return token === ' ' || token === '\\s' || token === '\\t';
}

/** The text of `plainPattern`, such as `3` for `^3\s*$`. */
export function plainText(pattern: string): string | null {
  return plainPattern(pattern)?.text ?? null;
}

const instructionName =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?![\w?*+{]|\\[wWdDS])/;

/**
 * The instructions of a Dockerfile that a pattern asks for: those at the beginning of a line, where the pattern leaves
 * no choice. None where it may also ask that one is missing.
 */
export function namedInstructions(pattern: string): string[] {
  const tokens = tokensOf(pattern);
  if (/\(\?<?!/.test(pattern) || hasChoice(tokens)) return [];
  const names = new Set<string>();
  let atBegin = false;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? '';
    if (token === '(') {
      const end = endOfGroup(tokens, index);
      // Whether such a group is there or not, what follows is at the beginning of a line.
      atBegin = atBegin && isNewline(tokens[end - 1]) && !tokens.slice(index, end).includes('|');
      index = end;
    } else if (token === '^') atBegin = true;
    else if (isNewline(token)) atBegin = !['?', '*', '{'].includes(tokens[index + 1] ?? '');
    else if (!atBegin || !(isBlank(token) || ['?', '*', '+'].includes(token))) {
      const name = atBegin ? instructionName.exec(tokens.slice(index).join(''))?.[0] : undefined;
      if (name !== undefined) names.add(name);
      atBegin = false;
    }
  }
  // The CMD of a HEALTHCHECK may stand on a line of its own.
  if (names.has('HEALTHCHECK')) names.delete('CMD');
  return [...names];
}

function isNewline(token: string | undefined): boolean {
  return token === '\\n' || token === '\n';
}

function endOfGroup(tokens: readonly string[], begin: number): number {
  let depth = 0;
  for (let index = begin; index < tokens.length; index += 1) {
    if (tokens[index] === '(') depth += 1;
    else if (tokens[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

/** `a|b`, outside of brackets. */
function hasChoice(tokens: readonly string[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}

/** Commands of Docker that say nothing without a second word. */
const groups =
  /^docker (?:builder|buildx|compose|config|container|context|image|manifest|network|node|plugin|secret|service|stack|swarm|system|volume)$/;

/**
 * The words with which every command that fits begins: `docker compose logs` for `^docker compose logs\b.*-f`. Null
 * when they do not say yet which command it is.
 */
export function firstWords(pattern: string): string | null {
  if (hasChoice(tokensOf(pattern))) return null;
  const literal = /^\^?((?:[a-z]+(?: |$|\\b|\$))+)/.exec(pattern)?.[1] ?? '';
  const words = literal
    .replace(/\\b|\$/g, ' ')
    .trim()
    .split(/ +/);
  const begin = words.join(' ');
  return words.length < 2 || groups.test(begin) ? null : begin;
}

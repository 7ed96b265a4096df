/** Blanks at the ends of a line and between words: learners need not see that any number of them will do. */
const blanksAtBegin = /^\^?(?:\\s[*+]?| [*+])?/;
const blanksAtEnd = /(?:\\s[*+]?| [*+])?\$?$/;

/** What must not stand in a text by itself if the pattern is to mean that text. */
const special = /[.*+?()[\]{}|^$]/;

/**
 * The one text that a pattern stands for, such as `3` for `^3\s*$` and `drydock/web:1` for `drydock\/web:1`. Null when
 * it stands for more than one: a learner can do nothing with the pattern itself.
 */
export function plainText(pattern: string): string | null {
  const inner = pattern.replace(blanksAtBegin, '').replace(blanksAtEnd, '').replace(/ \+/g, ' ');
  const text = inner.replace(/\\[./\-[\](){}+*?^$|\\]/g, '');
  if (inner.trim() === '' || text.includes('\\') || special.test(text)) return null;
  return inner.replace(/\\(.)/g, '$1');
}

/** It stands for a whole line, and not for a part of one. */
export function isWholeLine(pattern: string): boolean {
  return pattern.startsWith('^') && /[^\\]\$$/.test(pattern);
}

const instructionNames =
  /(?<![\\A-Za-z])(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\b/g;

/** The instructions of a Dockerfile that a pattern asks for. None where it may also ask that one is missing. */
export function namedInstructions(pattern: string): string[] {
  if (/\(\?<?!/.test(pattern) || hasChoice(pattern)) return [];
  const certain = pattern.replaceAll('\\n', '\n').replace(/\([^()]*\|[^()]*\)|\([^()]*\)[?*]/g, '');
  return [...new Set(certain.match(instructionNames) ?? [])];
}

/** `a|b`, outside of brackets. */
function hasChoice(pattern: string): boolean {
  let depth = 0;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (character === '(' || character === '[') depth += 1;
    else if (character === ')' || character === ']') depth -= 1;
    else if (character === '|' && depth === 0) return true;
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
  if (hasChoice(pattern)) return null;
  const literal = /^\^?((?:[a-z]+(?: |$|\\b|\$))+)/.exec(pattern)?.[1] ?? '';
  const words = literal
    .replace(/\\b|\$/g, ' ')
    .trim()
    .split(/ +/);
  const begin = words.join(' ');
  return words.length < 2 || groups.test(begin) ? null : begin;
}

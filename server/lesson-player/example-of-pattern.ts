import { testPattern } from '../checks/bounded-pattern.ts';

/**
 * A text that a plain pattern takes whole: `/^(two|2)$/i` gives `two`. null for one that is not plain enough
 * (looking around, references), or where what was tried is not taken.
 */
export function exampleOf({ pattern, flags }: { pattern: string; flags: string }): string | null {
  const isTaken = (text: string) => testPattern(`^(?:${pattern})$`, [text], flags)[0] === true;
  for (const optional of [false, true]) {
    const text = new Reader(pattern, optional).read();
    if (text === null) continue;
    const tidy = text.replace(/\s+/g, ' ').trim();
    if (tidy !== '' && isTaken(tidy)) return tidy;
  }
  return null;
}

/** Something that is not in these characters, mostly. */
const others = ['a', '1', ' ', '_', '#', 'é'];
const classes: Record<string, string> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', t: ' ', n: ' ', r: ' ' };
const nothing = new Set(['b', 'B']);

class Reader {
  readonly #text: string;
  /** Write what may be left out, too. */
  readonly #optional: boolean;
  #at = 0;

  constructor(text: string, optional: boolean) {
    this.#text = text;
    this.#optional = optional;
  }

  read(): string | null {
    const text = this.#alternatives();
    return this.#at === this.#text.length ? text : null;
  }

  /** The first alternative that gives something, up to the end of the group. */
  #alternatives(): string | null {
    let first: string | null = null;
    for (;;) {
      const text = this.#sequence();
      if (first === null || first === '') first = text ?? first;
      if (this.#text[this.#at] !== '|') return first;
      this.#at += 1;
    }
  }

  #sequence(): string | null {
    let text: string | null = '';
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? '')) {
      const atom = this.#atom();
      const times = this.#times();
      text = text === null || atom === null ? null : text + atom.repeat(times);
    }
    return text;
  }

  #atom(): string | null {
    const character = this.#take();
    switch (character) {
      case '^':
      case '$':
        return '';
      case '.':
        return 'a';
      case '(':
        return this.#group();
      case '[':
        return this.#characters();
      case '\\':
        return this.#escaped();
      default:
        return character;
    }
  }

  #group(): string | null {
    let plain = true;
    if (this.#text[this.#at] === '?') {
      plain = this.#text[this.#at + 1] === ':';
      this.#at += 2;
    }
    const text = this.#alternatives();
    this.#take(); // the closing one
    return plain ? text : null;
  }

  #escaped(): string | null {
    const character = this.#take();
    if (nothing.has(character)) return '';
    if (/[1-9k]/.test(character)) return null;
    return classes[character] ?? character;
  }

  #characters(): string | null {
    const from = this.#at - 1;
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at += 1;
    let first: string | null = null;
    for (let character = this.#take(); character !== ']' && character !== ''; character = this.#take()) {
      const one = character === '\\' ? this.#escaped() : character;
      first ??= one;
    }
    if (!negated) return first;
    const range = new RegExp(this.#text.slice(from, this.#at));
    return others.find((each) => range.test(each)) ?? null;
  }

  #times(): number {
    const found = /^(?:([?*+])|\{(\d+)(?:,\d*)?\})\??/.exec(this.#text.slice(this.#at));
    if (found === null) return 1;
    this.#at += found[0].length;
    if (found[2] !== undefined) return Math.min(Number(found[2]), 50);
    return found[1] === '+' || this.#optional ? 1 : 0;
  }

  #take(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    return character;
  }
}

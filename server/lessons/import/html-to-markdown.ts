import type { GapList } from './gap.ts';
import type { SourceLine } from './source-lines.ts';

/** Elements whose content is not text for people. */
const opaque = 'script style iframe object embed svg math template noscript video audio canvas select textarea'.split(
  ' ',
);
/** Elements a browser puts on lines of their own. */
const blocks =
  'p div center section article header footer ul ol dl table thead tbody tr figure figcaption hr h1 h2 h3 h4 h5 h6 li pre blockquote'.split(
    ' ',
  );
const inline =
  'a abbr b br button cite code dd del dt em font form i img input ins kbd label link mark meta nobr q s samp small span strike strong sub sup td th tt u var wbr big html body head title option'.split(
    ' ',
  );
const elements = new Set([...opaque, ...blocks, ...inline, 'details', 'summary']);
/** These are translated whole, so nothing is lost. */
const translated = new Set(
  'p div center br hr h1 h2 h3 h4 h5 h6 b strong i em code kbd samp tt a img li ul ol details summary'.split(' '),
);

const token =
  /(`+)(?!`)(?:(?!\n[ \t>]*\n)[\s\S])*?[^`]\1(?!`)|<!--[\s\S]*?(?:-->|$)|<\/?([a-zA-Z][a-zA-Z0-9-]*)((?:"[^"\n]{0,1000}"|'[^'\n]{0,1000}'|[^<>"']){0,1000})>/g;

/**
 * Writes the HTML in a text as Markdown, line by line, so that nothing but hints (<details>) is left of it. What has
 * no counterpart is dropped, its text stays, and the list says so. A word in <angle brackets> that is no element is
 * what somebody wanted to be read: it stays, escaped.
 */
export function htmlToMarkdown(lines: readonly SourceLine[], file: string, gaps: GapList): SourceLine[] {
  const result: SourceLine[] = [];
  for (let from = 0; from < lines.length; ) {
    const code = lines[from]?.code ?? false;
    let to = from;
    while (to < lines.length && (lines[to]?.code ?? false) === code) to += 1;
    const segment = lines.slice(from, to);
    result.push(...(code ? segment : new Segment(segment, file, gaps).convert()));
    from = to;
  }
  return result;
}

class Segment {
  readonly #lines: readonly SourceLine[];
  readonly #file: string;
  readonly #gaps: GapList;
  readonly #out: SourceLine[] = [];
  readonly #links: (string | null)[] = [];
  #row = 0;

  constructor(lines: readonly SourceLine[], file: string, gaps: GapList) {
    this.#lines = lines;
    this.#file = file;
    this.#gaps = gaps;
    this.#out.push({ text: '', line: lines[0]?.line ?? 1, code: false });
  }

  convert(): SourceLine[] {
    const text = this.#lines.map((line) => line.text).join('\n');
    let end = 0;
    let skipTo: string | null = null;
    for (const match of text.matchAll(token)) {
      if (match.index < end) continue;
      if (skipTo === null) this.#read(text.slice(end, match.index));
      else this.#pass(text.slice(end, match.index));
      end = match.index + match[0].length;
      const name = (match[2] ?? '').toLowerCase();
      const closing = match[0].startsWith('</');
      if (skipTo !== null) {
        if (closing && name === skipTo) skipTo = null;
        this.#pass(match[0]);
      } else if (match[2] === undefined) {
        if (match[0].startsWith('<!--')) this.#pass(match[0]);
        else this.#read(match[0]);
      } else {
        if (opaque.includes(name) && !closing && new RegExp(`</${name}\\s*>`, 'i').test(text.slice(end))) skipTo = name;
        this.#tag(match[0], name, closing, match[3] ?? '', text.charAt(end));
        this.#pass(match[0]);
      }
    }
    if (skipTo === null) this.#read(text.slice(end));
    return this.#out;
  }

  /** Text that stays. */
  #read(text: string): void {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        this.#row += 1;
        this.#out.push({ text: '', line: this.#line, code: false });
      }
      this.#write(part);
    }
  }

  /** Text that goes; its line ends are counted. */
  #pass(text: string): void {
    this.#row += text.split('\n').length - 1;
  }

  #write(text: string): void {
    const last = this.#out.at(-1);
    if (last) last.text += text;
  }

  get #line(): number {
    return this.#lines[this.#row]?.line ?? this.#lines.at(-1)?.line ?? 1;
  }

  /** A new line that is indented, and quoted, as this one. */
  #break(times: number): void {
    const prefix = /^[ \t>]*/.exec(this.#lines[this.#row]?.text ?? '')?.[0] ?? '';
    const last = this.#out.at(-1);
    for (let count = last?.text.trim() === prefix.trim() && times > 1 ? 1 : 0; count < times; count++)
      this.#out.push({ text: prefix, line: this.#line, code: false });
  }

  #tag(whole: string, name: string, closing: boolean, attributes: string, next: string): void {
    if (!elements.has(name)) {
      // `<https://…>` and `<me@example.org>` are links of Markdown.
      this.#write(/^[:@.]/.test(attributes) ? whole : `\\${whole}`);
      return;
    }
    if (!translated.has(name) && !closing) {
      this.#gaps.gap(
        'html.dropped',
        { file: this.#file, line: this.#line },
        `Markdown has nothing for <${name}>. ${opaque.includes(name) ? 'It is left out with what it holds.' : 'Its text stays.'}`,
        whole,
      );
    }
    const inTable = /^[ \t>]*\|/.test(this.#lines[this.#row]?.text ?? '');
    if (inTable && blocks.includes(name)) {
      this.#write(' ');
      return;
    }
    switch (name) {
      case 'details':
      case 'summary':
        this.#hint(name, closing);
        return;
      case 'br':
        if (next !== '\n' && next !== '') this.#write(' ');
        return;
      case 'hr':
        this.#break(2);
        this.#write('***');
        this.#break(2);
        return;
      case 'b':
      case 'strong':
        this.#write('**');
        return;
      case 'i':
      case 'em':
        this.#write('*');
        return;
      case 'code':
      case 'kbd':
      case 'samp':
      case 'tt':
        this.#write('`');
        return;
      case 'a':
        this.#anchor(closing, attributes);
        return;
      case 'img':
        this.#write(`![${clean(attribute(attributes, 'alt') ?? '')}](<${target(attribute(attributes, 'src') ?? '')}>)`);
        return;
      case 'li':
        this.#break(1);
        if (!closing) this.#write('- ');
        return;
    }
    if (!blocks.includes(name)) return;
    this.#break(2);
    if (/^h[1-6]$/.test(name) && !closing) this.#write(`${'#'.repeat(Number(name.charAt(1)))} `);
  }

  /** Each on a line of its own, with blank lines around it, so that Markdown sees what is inside. */
  #hint(name: string, closing: boolean): void {
    if (name === 'summary') {
      this.#write(closing ? '</summary>' : '<summary>');
      if (closing) this.#break(2);
      return;
    }
    this.#break(2);
    this.#write(closing ? '</details>' : '<details>');
    this.#break(2);
  }

  #anchor(closing: boolean, attributes: string): void {
    if (!closing) {
      const href = attribute(attributes, 'href');
      this.#links.push(href);
      if (href !== null) this.#write('[');
      return;
    }
    const href = this.#links.pop() ?? null;
    if (href !== null) this.#write(`](<${target(href)}>)`);
  }
}

function attribute(attributes: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes);
  return match === null ? null : (match[1] ?? match[2] ?? match[3] ?? '');
}

function clean(text: string): string {
  return text.replace(/[[\]\n]/g, ' ').trim();
}

function target(url: string): string {
  return url.replace(/[<>\s]/g, (character) => encodeURIComponent(character)).trim();
}

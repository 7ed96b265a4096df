/** What a piece of raw HTML in a lesson is made of. Only hints and comments are part of the format. */
export type HtmlPart =
  | { kind: 'open'; offset: number }
  | { kind: 'close'; offset: number }
  | { kind: 'summary'; text: string; offset: number }
  | { kind: 'text'; text: string; offset: number }
  | { kind: 'refused'; tag: string; offset: number };

/**
 * Takes apart the text of an HTML node. What is not understood is `refused`; nothing is passed through, so this
 * need not be a parser of HTML to be safe.
 */
export function readHtml(html: string): HtmlPart[] {
  const parts: HtmlPart[] = [];
  const pattern =
    /<!--[\s\S]*?(?:-->|$)|<details(?:\s+open)?\s*>|<\/details\s*>|<summary\s*>([\s\S]*?)<\/summary\s*>|<[/!?]?[a-zA-Z][^>]*>?/gi;
  let end = 0;
  const pushText = (until: number): void => {
    const text = html.slice(end, until);
    if (text.trim() !== '') parts.push({ kind: 'text', text, offset: end });
  };
  for (const match of html.matchAll(pattern)) {
    const [whole, summary] = match;
    const offset = match.index;
    pushText(offset);
    end = offset + whole.length;
    if (whole.startsWith('<!--')) continue;
    if (summary !== undefined) parts.push({ kind: 'summary', text: summary, offset });
    else if (/^<details/i.test(whole) && /^<details(?:\s+open)?\s*>$/i.test(whole))
      parts.push({ kind: 'open', offset });
    else if (/^<\/details/i.test(whole)) parts.push({ kind: 'close', offset });
    else parts.push({ kind: 'refused', tag: /^<[/!?]?[\w-]*/.exec(whole)?.[0] ?? '<', offset });
  }
  pushText(html.length);
  return parts;
}

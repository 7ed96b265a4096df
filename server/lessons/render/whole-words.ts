import type { Element, ElementContent } from 'hast';
import { wholeWords } from '../../../protocol/whole-words.ts';

/** Puts a `span.whole` around every word of code that no line may break. What is in the tree is changed. */
export function keepWordsWhole(code: Element): void {
  if (code.children.some(isLine)) {
    for (const child of code.children) if (isLine(child)) child.children = wholeIn(child.children);
  } else {
    code.children = wholeIn(code.children);
  }
}

/** A word may reach over several tokens, and a token may hold several words: tokens are cut where words begin or end. */
function wholeIn(tokens: readonly ElementContent[]): ElementContent[] {
  const parts = wholeWords(tokens.map(textOf).join(''));
  if (!parts.some((part) => part.whole)) return [...tokens];
  const rest = tokens.map((token) => ({ token, text: textOf(token) }));
  return parts.flatMap(({ text, whole }) => {
    const taken: ElementContent[] = [];
    for (let missing = text.length; missing > 0; ) {
      const first = rest[0];
      if (first === undefined) break;
      const piece = first.text.slice(0, missing);
      if (piece !== '') taken.push(withText(first.token, piece));
      missing -= piece.length;
      first.text = first.text.slice(piece.length);
      if (first.text === '') rest.shift();
    }
    return whole ? [span(['whole'], taken)] : taken;
  });
}

function isLine(node: ElementContent): node is Element {
  return node.type === 'element' && Array.isArray(node.properties.className) && node.properties.className[0] === 'line';
}

function textOf(node: ElementContent): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

/** Tokens hold text and nothing else. */
function withText(token: ElementContent, text: string): ElementContent {
  const child = { type: 'text' as const, value: text };
  return token.type === 'element' ? { ...token, children: [child] } : child;
}

function span(className: string[], children: ElementContent[]): Element {
  return { type: 'element', tagName: 'span', properties: { className }, children };
}

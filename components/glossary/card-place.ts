interface Box {
  left: number;
  top: number;
  bottom: number;
}

/** Free pixels to the word and to the edges of the window. */
const gap = { word: 6, edge: 8 };

/** Where a card of this size goes: under the word, above it where there is no room; always inside the window. */
export function cardPlace(
  word: Box,
  card: { width: number; height: number },
  window: { width: number; height: number },
): { left: number; top: number } {
  const left = Math.max(gap.edge, Math.min(word.left, window.width - card.width - gap.edge));
  const below = word.bottom + gap.word;
  const above = word.top - gap.word - card.height;
  const top = below + card.height + gap.edge <= window.height || above < gap.edge ? below : above;
  return { left: Math.round(left), top: Math.round(Math.max(gap.edge, top)) };
}

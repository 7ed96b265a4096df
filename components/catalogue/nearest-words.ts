import type { SearchIndex } from './search.ts';
import { holdsWishes, synonymKeys, type Wish, wishesOf } from './synonyms.ts';

/**
 * The query with each word that stands nowhere in the catalogue put right, where a word of it, or another for one, is near; null:
 * there is nothing to put right, or no word is near.
 */
export function nearestQuery(index: SearchIndex, text: string): string | null {
  const wishes = wishesOf(text);
  const unknown = (wish: Wish) => !index.lessons.some(({ all }) => holdsWishes(all, [wish]));
  if (!wishes.some(unknown)) return null;
  // A word for what stands nowhere would find nothing, and hide a word that does.
  const keys = [...synonymKeys()].filter((key) => !wishesOf(key).some(unknown));
  const words = new Set([...index.lessons.flatMap(({ all }) => all.split(' ')), ...keys]);
  const mended = wishes.map((wish) => (unknown(wish) ? nearestWord(wish.typed, words) : wish.typed));
  return mended.includes(null) ? null : mended.join(' ');
}

function nearestWord(term: string, words: Iterable<string>): string | null {
  const limit = term.length < 3 ? 0 : term.length < 6 ? 1 : 2;
  let nearest: string | null = null;
  let best = limit + 1;
  for (const word of words) {
    if (word === '' || Math.abs(word.length - term.length) > limit) continue;
    const distance = distanceOf(term, word);
    if (distance < best) {
      best = distance;
      nearest = word;
    }
  }
  return nearest;
}

/** Letters to add, leave out, change, or swap with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

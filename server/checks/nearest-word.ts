/** Number of letters to insert, remove, replace or swap with a neighbour to turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: width }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[width - 1] ?? 0;
}

/** Characters of a word that are compared. */
const longestWord = 60;
/** Words that are compared letter by letter; a learner may have thousands of files. */
const mostCompared = 300;

/** The word that was probably meant by `found`, or undefined when none is near. */
export function nearestWord(found: string, words: readonly string[]): string | undefined {
  const plain = simplify(found.slice(0, longestWord));
  let best: { word: string; distance: number } | undefined;
  let compared = 0;
  for (const word of words) {
    const target = simplify(word.slice(0, longestWord));
    const contained = plain.length >= 4 && (target.startsWith(plain) || plain.startsWith(target));
    const allowed = Math.max(1, Math.floor(Math.max(plain.length, target.length) / 3));
    const atMost = best === undefined ? allowed : Math.min(allowed, best.distance - 1);
    // So many letters have to be inserted or removed at least.
    const atLeast = contained ? 1 : Math.abs(plain.length - target.length);
    if (atLeast > atMost) continue;
    if (!contained && ++compared > mostCompared) continue;
    const distance = contained ? 1 : editDistance(plain, target);
    if (distance <= atMost) best = { word, distance };
  }
  return best?.word;
}

/** "a, b or c" */
export function oneOf(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}

import { listWords } from '../images/image-words.ts';
import type { AlsoFound } from './synonyms.ts';

/** Which of Docker's words were found in the place of what was typed. */
export function AlsoFoundWords({ also }: { also: readonly AlsoFound[] }) {
  if (also.length === 0) return null;
  return (
    <p className="mt-1 max-w-[68ch] text-ui leading-relaxed break-words text-ink-faint">
      {also.map(({ typed, words }) => `“${typed}” finds ${listWords(words)}, too.`).join(' ')}
    </p>
  );
}

/** Entries under the letter or digit they begin with; `.dockerignore` stands under D. */
export function groupByLetter<T extends { title: string }>(entries: readonly T[]): { letter: string; entries: T[] }[] {
  const groups: { letter: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const letter = (/[\p{L}\p{N}]/u.exec(entry.title)?.[0] ?? '#').toUpperCase();
    const group = groups.find((candidate) => candidate.letter === letter);
    if (group !== undefined) group.entries.push(entry);
    else groups.push({ letter, entries: [entry] });
  }
  return groups;
}

/** At most `limit` items, one of each group in turn, in the order they came. */
export function takeInTurns<T>(items: readonly T[], groupOf: (item: T) => string, limit: number): T[] {
  const turns = new Map<string, number>();
  const numbered = items.map((item) => {
    const turn = turns.get(groupOf(item)) ?? 0;
    turns.set(groupOf(item), turn + 1);
    return { item, turn };
  });
  return numbered
    .sort((a, b) => a.turn - b.turn)
    .slice(0, limit)
    .map(({ item }) => item);
}

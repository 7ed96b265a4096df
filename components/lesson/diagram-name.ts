const kinds: readonly [RegExp, string][] = [
  [/^(?:graph|flowchart)\b/, 'Flowchart'],
  [/^sequenceDiagram\b/, 'Sequence diagram'],
  [/^stateDiagram/, 'State diagram'],
  [/^classDiagram/, 'Class diagram'],
  [/^erDiagram\b/, 'Entity relationship diagram'],
  [/^gantt\b/, 'Gantt chart'],
  [/^pie\b/, 'Pie chart'],
  [/^timeline\b/, 'Timeline'],
  [/^mindmap\b/, 'Mind map'],
  [/^gitGraph\b/, 'Git graph'],
];

/** What a screen reader says of a diagram: its `accTitle` and `accDescr`, or at least its kind. */
export function diagramName(source: string): { title: string; description: string | null } {
  const lines = source.split('\n').map((line) => line.trim());
  const told = (key: string) =>
    lines
      .find((line) => line.startsWith(`${key}:`))
      ?.slice(key.length + 1)
      .trim();
  const block = /^\s*accDescr\s*\{([^}]*)\}/m.exec(source)?.[1]?.trim().replace(/\s+/g, ' ');
  const title = told('accTitle') || kindOf(lines);
  return { title, description: told('accDescr') || block || null };
}

function kindOf(lines: readonly string[]): string {
  for (const line of lines) {
    const kind = kinds.find(([pattern]) => pattern.test(line));
    if (kind !== undefined) return kind[1];
  }
  return 'Diagram';
}

/**
 * An image as people type it, from its names: `nginx` for one of Docker's own names, which means its latest; with a tag
 * (`drydock/web:1`) for others, where one repository may hold several images.
 */
export function typedName({ id, names }: { id: string; names: readonly string[] }): string {
  const plain = names.find((name) => !name.includes('/') && name.endsWith(':latest'));
  if (plain !== undefined) return plain.slice(0, -':latest'.length);
  const tagged = names.filter((name) => !name.endsWith(':latest'));
  const [shortest = id] = [...(tagged.length > 0 ? tagged : names)].sort((a, b) => a.length - b.length);
  return shortest;
}

import type { CatalogueView } from '../../protocol/lab.ts';
import { listWords } from '../images/image-words.ts';
import type { Road, Station } from './road.ts';

/**
 * What the placement quiz says, beside the lesson that the page proposes. Who goes on in a course that may be skipped has
 * chosen it: then both are said, and neither takes the other back.
 */
export function placementWords(
  placement: CatalogueView['placement'],
  roads: readonly Road[],
  next: Pick<Station, 'course'> | null,
): string {
  if (placement === null) return '';
  if (placement.decidedAt === null) return 'Are you not new to Docker? A short quiz finds the course to begin with.';
  if (placement.known.length === 0) return 'Your placement quiz says to begin at the beginning.';
  const known = roads.filter((road) => road.known);
  if (known.length === 0) return '';
  const what = known.length === roads.length ? 'all of them' : listWords(known.map(({ course }) => course.title));
  const skip = `Your placement quiz says that you may skip ${what}.`;
  const chosen = known.find(({ course }) => course.id === next?.course.id);
  const hasBegun = chosen?.stations.some(({ standing }) => standing.state !== 'new') === true;
  return hasBegun ? `${skip} You have begun ${chosen.course.title}: go on with it as long as you like.` : skip;
}

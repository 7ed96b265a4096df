import type { CheckBlock, QuizBlock } from '../lesson.ts';
import { locateIn, readYaml } from '../parse/yaml-source.ts';
import { ProblemList, type SourceSpot } from '../problem.ts';

/** Finds places in the YAML of a block that was read before. */
export function placesIn(block: CheckBlock | QuizBlock): (path: readonly PropertyKey[], part?: 'key') => SourceSpot {
  const first = { line: block.at.line + 1, column: block.at.column };
  const source = readYaml(
    block.source,
    locateIn(block.source, first, () => block.at.column),
    new ProblemList(''),
  );
  return (path, part) => source?.at(path, part) ?? block.at;
}

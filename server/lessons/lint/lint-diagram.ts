import { nearestWord, oneOf } from '../../checks/nearest-word.ts';
import type { LessonBlock } from '../lesson.ts';
import { type ProblemList, shorten } from '../problem.ts';

/** What a diagram of Mermaid 11 may begin with; the first are the ones most lessons want. */
const diagramTypes = (
  'flowchart sequenceDiagram stateDiagram-v2 classDiagram graph stateDiagram classDiagram-v2 erDiagram journey gantt pie ' +
  'quadrantChart requirementDiagram requirement gitGraph mindmap timeline kanban sankey sankey-beta xychart xychart-beta ' +
  'block block-beta packet packet-beta architecture architecture-beta radar-beta treemap treemap-beta venn-beta ' +
  'C4Context C4Container C4Component C4Dynamic C4Deployment'
).split(' ');

/** A diagram that Mermaid could not even begin to read. */
export function lintDiagram(block: Extract<LessonBlock, { kind: 'diagram' }>, problems: ProblemList): void {
  const lines = block.source.replace(/^---\n[\s\S]*?\n---[ \t]*$/m, (text) => text.replace(/[^\n]/g, '')).split('\n');
  const index = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('%%'));
  const word = /^\s*([\w-]+)/.exec(lines[index] ?? '')?.[1] ?? '';
  if (diagramTypes.includes(word)) return;
  const near = nearestWord(word, diagramTypes);
  problems.error(
    'diagram.type',
    { line: block.at.line + 1 + Math.max(0, index), column: block.at.column },
    {
      message: `A diagram begins with its type${word === '' ? '' : `, and \`${shorten(word, 40)}\` is none`}. ${
        near ? `Did you mean \`${near}\`?` : `Mostly that is ${oneOf(diagramTypes.slice(0, 4))}.`
      }`,
      found: word === '' ? 'nothing' : word,
      expected: near ?? oneOf(diagramTypes.slice(0, 4)),
    },
  );
}

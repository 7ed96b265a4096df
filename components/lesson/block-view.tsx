import type { Block } from '../../protocol/lesson-view.ts';
import { useAuthorMarks } from '../author/author-marks.tsx';
import { BlockPlace } from '../author/block-place.tsx';
import { Callout } from './callout.tsx';
import { CheckRow } from './check-row.tsx';
import { DiagramBlock } from './diagram-block.tsx';
import { FileBlock } from './file-block.tsx';
import { ListingBlock } from './listing-block.tsx';
import { OutputBlock } from './output-block.tsx';
import { QuizBlock } from './quiz-block.tsx';
import { RunBlock } from './run-block.tsx';
import { SolutionBlock } from './solution-block.tsx';

/** Blocks one under the other. `nested`: inside a hint or call-out, where there is no margin for signs. */
export function BlockList({ blocks, nested = false }: { blocks: Block[]; nested?: boolean }) {
  const { isOpen: hasAuthor } = useAuthorMarks();
  // An output nobody has seen yet is its author's alone to know of.
  const shown = blocks.filter((block) => block.kind !== 'output' || block.code !== '' || hasAuthor);
  const solutions = solutionNames(shown);
  return (
    <div data-blocks="" className={nested ? 'flex flex-col gap-3' : 'flex flex-col gap-5'}>
      {shown.map((block, index) =>
        'id' in block ? (
          // What a command prints is its second half: no gap between them.
          <BlockPlace
            key={block.id}
            id={block.id}
            {...(joins(shown, index) && { className: nested ? '-mt-3' : '-mt-5' })}
          >
            <BlockView block={block} nested={nested} joined={joins(shown, index)} solution={solutions.get(block.id)} />
          </BlockPlace>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks without an id are told apart by their place
          <BlockView key={`${block.kind}-${index}`} block={block} nested={nested} />
        ),
      )}
    </div>
  );
}

/** It is an output, and right under its command. */
function joins(blocks: readonly Block[], index: number): boolean {
  const [before, block] = [blocks[index - 1], blocks[index]];
  return block?.kind === 'output' && before?.kind === 'run' && before.id === block.of;
}

interface BlockViewProps {
  block: Block;
  nested: boolean;
  joined?: boolean;
  /** What a solution is called among the others beside it. */
  solution?: string | undefined;
}

function BlockView({ block, nested, joined = false, solution }: BlockViewProps) {
  switch (block.kind) {
    case 'prose':
      return (
        // biome-ignore lint/security/noDangerouslySetInnerHtml: made and sanitised by the server (protocol/lesson-view.ts)
        <div className={nested ? 'prose prose-small' : 'prose'} dangerouslySetInnerHTML={{ __html: block.html }} />
      );
    case 'listing':
      return <ListingBlock code={block.code} html={block.html} language={block.language} />;
    case 'output':
      return <OutputBlock code={block.code} joined={joined} />;
    case 'run':
      return <RunBlock {...block} />;
    case 'file':
      return <FileBlock {...block} />;
    case 'solution':
      return (
        <SolutionBlock id={block.id} of={solution ?? solutionWords(block.of)}>
          <SolvedBlock id={block.id} of={block.of} />
        </SolutionBlock>
      );
    case 'check':
      return <CheckRow id={block.id} title={block.title} nested={nested} />;
    case 'hint':
      return (
        <details className="group rounded-md border border-line open:bg-raised">
          <summary className="flex items-center gap-2 rounded-md px-4 py-2 text-control font-medium text-ink-soft select-none hover:text-ink">
            <span aria-hidden="true" className="inline-block text-ink-faint transition-transform group-open:rotate-90">
              ›
            </span>
            {block.summary}
          </summary>
          <div className="px-4 pt-1 pb-4">
            <BlockList blocks={block.blocks} nested />
          </div>
        </details>
      );
    case 'callout':
      return (
        <Callout tone={block.tone}>
          <BlockList blocks={block.blocks} nested />
        </Callout>
      );
    case 'quiz':
      return <QuizBlock {...block} nested={nested} />;
    case 'diagram':
      return <DiagramBlock source={block.source} />;
  }
}

/** By block id. Several of one kind are numbered: buttons with the same words could not be told apart by name. */
function solutionNames(blocks: readonly Block[]): Map<string, string> {
  const names = blocks.flatMap((block) =>
    block.kind === 'solution' ? [{ id: block.id, words: solutionWords(block.of) }] : [],
  );
  return new Map(
    names.map(({ id, words }) => {
      const alike = names.filter((other) => other.words === words);
      const at = alike.findIndex((other) => other.id === id);
      return [id, alike.length === 1 ? words : `${words}, ${at + 1} of ${alike.length}`];
    }),
  );
}

function solutionWords(of: Block): string {
  if (of.kind === 'run') return 'the command';
  return of.kind === 'file' ? of.path : 'how it can be done';
}

/** The block a solution holds, acting under the solution's own id. */
function SolvedBlock({ id, of }: { id: string; of: Block }) {
  if (of.kind === 'run') return <RunBlock {...of} id={id} />;
  if (of.kind === 'file') return <FileBlock {...of} id={id} />;
  return <BlockView block={of} nested />;
}

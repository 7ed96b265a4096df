import type { Block, LessonView } from '../../../protocol/lesson-view.ts';

/**
 * The view with `?v=mark` behind the addresses of its own pictures: a page that stays open asks again only for an
 * address that is another one.
 */
export function markMedia(view: LessonView, mark: string): LessonView {
  const start = ` src="/lessons-media/${view.id}/`;
  const version = `?v=${encodeURIComponent(mark.slice(0, 10))}`;
  const ofProse = (html: string): string =>
    html
      .split(start)
      .map((part, index) => (index === 0 ? part : part.replace('"', `${version}"`)))
      .join(start);
  const ofBlocks = (blocks: Block[]): Block[] => blocks.map(ofBlock);
  const ofBlock = (block: Block): Block => {
    if (block.kind === 'prose') return { ...block, html: ofProse(block.html) };
    return 'blocks' in block ? { ...block, blocks: ofBlocks(block.blocks) } : block;
  };
  return {
    ...view,
    introduction: ofBlocks(view.introduction),
    steps: view.steps.map((step) => ({ ...step, blocks: ofBlocks(step.blocks) })),
  };
}

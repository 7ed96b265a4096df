import type { ImageView } from '../../protocol/images.ts';
import { MeterBar } from '../ui/meter.tsx';
import { tallyOf } from './images-tally.ts';
import { MakingWords } from './making-words.tsx';
import { isComing, leftOfAll, leftTail } from './time-left.ts';

/** How far the lab is with what it makes, in words and as a thin bar; one calm line when nothing is to be done. */
export function ImagesHead({ images, now }: { images: readonly ImageView[]; now: number }) {
  const tally = tallyOf(images);
  const left = leftOfAll(images, now);
  return (
    <section aria-label="How far they are" className="border-t border-line py-6">
      <p className="text-control tabular-nums">
        <span role="status" className="font-medium">
          {tally.words}
        </span>
        {left !== null && <span className="text-ink-soft">, {leftTail(left)}</span>}
      </p>
      <MakingWords images={images} now={now} className="mt-1 text-control text-ink-soft" />
      {images.some(isComing) && <MeterBar share={tally.ready / tally.of} tone="well" className="mt-4 h-1!" />}
    </section>
  );
}

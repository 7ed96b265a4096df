'use client';

import Link from 'next/link';
import type { ImageView } from '../../protocol/images.ts';
import { MeterBar } from '../ui/meter.tsx';
import { ImagesTrouble } from './images-trouble.tsx';
import { MakingWords } from './making-words.tsx';
import { isComing, isCountingDown, isReady } from './time-left.ts';
import { useLiveImages } from './use-live-images.ts';
import { useServerNow } from './use-server-now.ts';

interface ImagesStripProps {
  /** Those that lessons need, in their order. */
  images: readonly ImageView[];
  /** The server's time when the page was rendered. */
  renderedAt: number;
}

const isNeeded = ({ lessons }: ImageView) => lessons.length > 0;

/** That the lab still makes what lessons need, or could not. Nothing once all is ready. */
export function ImagesStrip({ images: rendered, renderedAt }: ImagesStripProps) {
  const images = useLiveImages(rendered, isNeeded).filter(isNeeded);
  const now = useServerNow(renderedAt, images.some(isCountingDown));
  if (images.every(isReady)) return null;
  const ready = images.filter(isReady).length;
  const count = `${ready} of ${images.length} ready`;
  return (
    <section aria-labelledby="images-heading" className="border-b border-line py-6">
      <div className="flex flex-col gap-x-6 gap-y-2 pair:flex-row pair:items-baseline pair:justify-between">
        <div className="min-w-0 text-control">
          <h2 id="images-heading" className="inline font-semibold">
            {images.some(isComing) ? 'Making images for the lessons' : 'Images for the lessons'}
          </h2>
          <span role="status">: {count}.</span>{' '}
          <MakingWords images={images} now={now} className="text-ink-soft pair:inline" />
        </div>
        <Link
          href="/images"
          className="shrink-0 self-start text-ui text-ink-soft underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
        >
          All images
        </Link>
      </div>
      {images.some(isComing) && <MeterBar share={ready / images.length} tone="well" className="mt-4 h-1!" />}
      <ImagesTrouble images={images} now={now} />
    </section>
  );
}

'use client';

import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ImageView } from '../../protocol/images.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { MeterBar } from '../ui/meter.tsx';
import { nameOf } from './image-words.ts';
import { MakingWords } from './making-words.tsx';
import { inWords, isComing, isCountingDown } from './time-left.ts';
import { useLiveImages } from './use-live-images.ts';
import { useServerNow } from './use-server-now.ts';

interface ImagesStripProps {
  /** Those that lessons need, in their order. */
  images: readonly ImageView[];
  /** The server's time when the page was rendered. */
  renderedAt: number;
}

const isNeeded = ({ lessons }: ImageView) => lessons.length > 0;
const isReady = ({ status }: ImageView) => status.state === 'ready';

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
      <Trouble images={images} now={now} />
    </section>
  );
}

/** What could not be made, with why and what comes of it. */
function Trouble({ images, now }: { images: readonly ImageView[]; now: number }) {
  const troubled = images.flatMap((image) => {
    const { status } = image;
    if (status.state === 'failed') {
      const again = status.retryAt === null ? '' : ` It is tried again ${inWords(status.retryAt - now)}.`;
      return [{ image, what: 'is not there yet', why: status.message + again }];
    }
    return status.state === 'unavailable' ? [{ image, what: 'cannot be had here', why: status.message }] : [];
  });
  if (troubled.length === 0) return null;
  return (
    <ul aria-label="What is not there" className="mt-4 space-y-3">
      {troubled.map(({ image, what, why }) => (
        <li key={image.id} className="flex max-w-[76ch] gap-2.5 text-control leading-relaxed">
          <TriangleAlert
            size={16}
            strokeWidth={2}
            aria-hidden="true"
            className={`mt-[0.3em] shrink-0 ${image.status.state === 'failed' ? 'text-failed' : 'text-warning'}`}
          />
          <p className="min-w-0 break-words">
            <code className="inline-code">{nameOf(image)}</code>{' '}
            <strong className={`font-medium ${image.status.state === 'failed' ? 'text-failed' : 'text-warning'}`}>
              {what}.
            </strong>{' '}
            <span className="text-ink-soft">
              <InlineCode text={why} />
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}

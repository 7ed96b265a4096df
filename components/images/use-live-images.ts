'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useReducer, useRef } from 'react';
import type { ImageView } from '../../protocol/images.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { mayBeOutdated, reduceImages } from './live-images.ts';

const everyone = () => true;

/**
 * `rendered`, as the page was rendered with, kept up to date. What changed while there was no connection is learned
 * by rendering the page anew. `concerns`: whether news of this image are anything to the page.
 */
export function useLiveImages(
  rendered: readonly ImageView[],
  concerns: (image: ImageView) => boolean = everyone,
): readonly ImageView[] {
  const lab = useLab();
  const router = useRouter();
  const [live, change] = useReducer(reduceImages, { shown: rendered, since: [] });
  const before = useRef(rendered);
  useEffect(() => {
    if (before.current !== rendered) change({ type: 'rendered', images: rendered });
    before.current = rendered;
  }, [rendered]);

  const latest = useRef({ rendered, concerns });
  latest.current = { rendered, concerns };
  useEffect(() => {
    if (lab === null) return;
    let wasOnline = false;
    const ends = [
      lab.on('images:changed', (fact) => {
        const images = fact.images.filter(latest.current.concerns);
        if (images.length > 0) change({ type: 'told', images });
      }),
      lab.onOnline(() => {
        if (mayBeOutdated(latest.current.rendered, wasOnline)) {
          change({ type: 'asked' });
          router.refresh();
        }
        wasOnline = true;
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [lab, router]);
  return live.shown;
}

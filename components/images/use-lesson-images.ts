'use client';

import { useMemo } from 'react';
import type { ImageView, LessonImage } from '../../protocol/images.ts';
import { useLiveImages } from './use-live-images.ts';

/** The images a lesson declares, as they are at this moment. */
export function useLessonImages(rendered: readonly LessonImage[]): readonly LessonImage[] {
  const first = useMemo(() => {
    const images = new Map<string, ImageView>();
    for (const { image } of rendered) if (image !== null) images.set(image.id, image);
    return [...images.values()];
  }, [rendered]);
  const live = useLiveImages(first, ({ id }) => first.some((image) => image.id === id));
  return useMemo(() => {
    const byId = new Map(live.map((image) => [image.id, image]));
    return rendered.map(({ reference, image }) => ({
      reference,
      image: image === null ? null : (byId.get(image.id) ?? image),
    }));
  }, [rendered, live]);
}

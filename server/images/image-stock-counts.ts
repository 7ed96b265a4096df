import type { ImageStatus, ImageView } from '../../protocol/images.ts';
import type { StockEntry } from './image-stock-views.ts';

/** How many of some images there are. */
interface Count {
  wanted: number;
  ready: number;
  failed: number;
}

export interface StockCounts extends Count {
  /** Of those, what lessons need. */
  needed: Count;
  byState: Record<ImageStatus['state'], number>;
}

/**
 * The same count as people see on the page of images. What no lesson needs and Docker Hub alone has is not in it where
 * that does not answer: nobody misses it.
 * @param wanted ids of what this lab makes by itself
 * @param views of all images
 */
export function countStock(
  entries: readonly StockEntry[],
  wanted: ReadonlySet<string>,
  views: readonly ImageView[],
): StockCounts {
  const byState = { ready: 0, making: 0, waiting: 0, failed: 0, absent: 0, unavailable: 0 };
  for (const { status } of views) byState[status.state] += 1;
  const unavailable = new Set(views.filter(({ status }) => status.state === 'unavailable').map(({ id }) => id));
  const isNeeded = ({ image, lessons }: StockEntry): boolean => wanted.has(image.id) && lessons.length > 0;
  const counted = entries.filter(
    (entry) =>
      entry.made !== null || isNeeded(entry) || (wanted.has(entry.image.id) && !unavailable.has(entry.image.id)),
  );
  return { ...countOf(counted), needed: countOf(entries.filter(isNeeded)), byState };
}

function countOf(entries: readonly StockEntry[]): Count {
  const ready = entries.filter(({ made }) => made !== null).length;
  const failed = entries.filter(({ made, trouble }) => made === null && trouble !== null).length;
  return { wanted: entries.length, ready, failed };
}

'use client';

import type { ImagesView, ImageView } from '../../protocol/images.ts';
import { LabProvider } from '../realtime/lab-provider.tsx';
import { ImageItem } from './image-item.tsx';
import { ImagesHead } from './images-head.tsx';
import { isCountingDown } from './time-left.ts';
import { useLiveImages } from './use-live-images.ts';
import { useServerNow } from './use-server-now.ts';

interface ImageListProps extends ImagesView {
  titles: ReadonlyMap<string, string>;
  /** The server's time when the page was rendered. */
  renderedAt: number;
}

/** Every image of the lab's catalogue, as it is at this moment. */
export function ImageList(props: ImageListProps) {
  return (
    <LabProvider>
      <LiveList {...props} />
    </LabProvider>
  );
}

function LiveList({ images: rendered, titles, renderedAt }: ImageListProps) {
  const images = useLiveImages(rendered);
  const now = useServerNow(renderedAt, images.some(isCountingDown));
  if (images.length === 0) {
    return (
      <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
        Images will be listed here. This lab’s catalogue has none: each is a folder in <code>images</code> with an{' '}
        <code>image.yaml</code>.
      </p>
    );
  }
  const groups = groupsOf(images).filter((group) => group.images.length > 0);
  return (
    <>
      <ImagesHead images={images} now={now} />
      {groups.map((group) => (
        <section key={group.id} aria-labelledby={`group-${group.id}`} className="pt-8">
          <div className="mb-6 flex flex-wrap items-baseline gap-x-4">
            <h2 id={`group-${group.id}`} className="text-heading font-semibold tracking-[-0.014em]">
              {group.heading}
            </h2>
            <p className="text-ui text-ink-faint">{group.words}</p>
          </div>
          <ul>
            {group.images.map((image) => (
              <ImageItem key={image.id} image={image} titles={titles} now={now} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface Group {
  id: string;
  heading: string;
  words: string;
  images: ImageView[];
}

/** What lessons use, what else is here, and what is not. */
function groupsOf(images: readonly ImageView[]): Group[] {
  const used = images.filter(({ lessons }) => lessons.length > 0);
  const others = images.filter(({ lessons }) => lessons.length === 0);
  const isNowhere = ({ status }: ImageView) => status.state === 'absent' || status.state === 'unavailable';
  return [
    { id: 'lessons', heading: 'For the lessons', words: 'In the order in which they are met.', images: used },
    {
      id: 'others',
      heading: 'Beside the lessons',
      words: 'For what you try on your own.',
      images: others.filter((image) => !isNowhere(image)),
    },
    {
      id: 'nowhere',
      heading: 'Not here',
      words: 'Nobody asked for them, or they cannot be had.',
      images: others.filter(isNowhere),
    },
  ];
}

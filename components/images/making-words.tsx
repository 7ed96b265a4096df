import type { ImageView } from '../../protocol/images.ts';
import { nameOf } from './image-words.ts';
import { leftOf, leftWords } from './time-left.ts';

interface MakingWordsProps {
  images: readonly ImageView[];
  /** The server's time. */
  now: number;
  className?: string;
}

/** `nginx is being made, about 20 s.` Nothing while nothing is. */
export function MakingWords({ images, now, className }: MakingWordsProps) {
  const making = images.filter(({ status }) => status.state === 'making');
  if (making.length === 0) return null;
  return (
    <p className={className}>
      {making.map((image) => {
        const left = leftOf(image.status, now);
        return (
          <span key={image.id}>
            <code className="inline-code">{nameOf(image)}</code> is being made
            {left === null ? '' : `, ${leftWords(left)}`}.{' '}
          </span>
        );
      })}
    </p>
  );
}

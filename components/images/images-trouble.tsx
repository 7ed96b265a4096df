import { TriangleAlert } from 'lucide-react';
import type { ImageView } from '../../protocol/images.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { listWords, nameOf } from './image-words.ts';
import { inWords } from './time-left.ts';

/** What could not be made, with why and what comes of it; and what this lab does not make by itself. */
export function ImagesTrouble({ images, now }: { images: readonly ImageView[]; now: number }) {
  const troubled = images.flatMap((image) => {
    const { status } = image;
    if (status.state === 'failed') {
      const again = status.retryAt === null ? '' : ` It is tried again ${inWords(status.retryAt - now)}.`;
      return [{ image, what: 'is not there yet', why: status.message + again }];
    }
    return status.state === 'unavailable' ? [{ image, what: 'cannot be had here', why: status.message }] : [];
  });
  const absent = images.filter(({ status }) => status.state === 'absent');
  if (troubled.length + absent.length === 0) return null;
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
      {absent.length > 0 && (
        <li className="max-w-[76ch] text-control leading-relaxed break-words text-ink-soft">
          <InlineCode text={absentWords(absent.map(nameOf))} />
        </li>
      )}
    </ul>
  );
}

function absentWords(names: readonly string[]): string {
  const list = listWords(names.map((name) => `\`${name}\``));
  const [were, them] = names.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return `${list} ${were} not made. Whoever runs this lab makes ${them} with \`npm run images -- build\`.`;
}

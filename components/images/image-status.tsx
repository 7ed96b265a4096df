import { Ban, Check, CircleDashed, Clock3, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ImageView } from '../../protocol/images.ts';
import { leftOf, leftTail } from './time-left.ts';

/** In which state an image is: a sign, and words of one line. `now`: the server's time. */
export function ImageStatusLine({ image, now }: { image: ImageView; now: number }) {
  const { status } = image;
  const left = leftOf(status, now);
  const tail = left === null ? '' : `, ${leftTail(left)}`;
  switch (status.state) {
    case 'ready':
      return (
        <Line tone="text-running" sign={<Check size={15} strokeWidth={2.25} />}>
          Ready
        </Line>
      );
    case 'making':
      return (
        <Line tone="text-building" sign={<MakingSign />}>
          Being made{tail}
        </Line>
      );
    case 'waiting':
      return (
        <Line tone="text-ink-soft" sign={<Clock3 size={15} strokeWidth={1.75} />}>
          Waits its turn{tail}
        </Line>
      );
    case 'failed':
      return (
        <Line tone="text-failed" sign={<TriangleAlert size={15} strokeWidth={2} />}>
          Could not be made
        </Line>
      );
    case 'unavailable':
      return (
        <Line tone="text-warning" sign={<Ban size={15} strokeWidth={2} />}>
          Cannot be had here
        </Line>
      );
    case 'absent':
      return (
        <Line tone="text-ink-faint" sign={<CircleDashed size={15} strokeWidth={1.75} />}>
          {image.lessons.length === 0 ? 'Not made: no lesson uses it' : 'Not made yet'}
        </Line>
      );
  }
}

/** Something is at work on it. */
export function MakingSign() {
  return <span className="breathing block m-[3.5px] size-2 rounded-full bg-building" />;
}

function Line({ tone, sign, children }: { tone: string; sign: ReactNode; children: ReactNode }) {
  return (
    <p className={`flex items-start gap-1.5 text-ui font-medium tabular-nums ${tone}`}>
      <span aria-hidden="true" className="mt-[2.5px] shrink-0">
        {sign}
      </span>
      <span>{children}</span>
    </p>
  );
}

'use client';

import { Check, Globe, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import type { LessonImage } from '../../protocol/images.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { MakingSign } from './image-status.tsx';
import { type LessonImagesNotice, noticeOf, stateOf } from './lesson-images-words.ts';
import { isCountingDown } from './time-left.ts';
import { useServerNow } from './use-server-now.ts';

interface LessonImagesProps {
  images: readonly LessonImage[];
  /** Whether the learner's sandbox reaches the internet; null: not known yet. */
  egress: 'none' | 'internet' | null;
  /** The server's time when the page was rendered. */
  renderedAt: number;
}

/**
 * Says before the first step which of the lesson's images `docker pull` does not get right now, and what comes of it.
 * Nothing where all was ready when the page was opened.
 */
export function LessonImages({ images, egress: told, renderedAt }: LessonImagesProps) {
  // A sandbox at rest does not tell, and is still the same one.
  const [egress, setEgress] = useState(told);
  if (told !== null && told !== egress) setEgress(told);
  const counting = images.some(({ image }) => image !== null && isCountingDown(image));
  const now = useServerNow(renderedAt, counting);
  // What was not ready once is said to be ready, until the page is loaded again.
  const [waitedFor, setWaitedFor] = useState<ReadonlySet<string>>(new Set());
  const waiting = images.filter((image) => stateOf(image) !== 'ready' && !waitedFor.has(image.reference));
  if (waiting.length > 0) setWaitedFor(new Set([...waitedFor, ...waiting.map(({ reference }) => reference)]));
  const notice = noticeOf(
    images.filter((image) => stateOf(image) !== 'ready' || waitedFor.has(image.reference)),
    { egress, now },
  );
  if (notice === null) return null;
  const { line, text, sign } = looks[notice.tone];
  return (
    <section aria-labelledby="lesson-images" className={`mt-8 ml-(--gutter) border-l-2 ${line} py-0.5 pl-4`}>
      <h2 id="lesson-images" className={`flex items-start gap-1.5 text-ui font-semibold ${text}`}>
        <span aria-hidden="true" className="mt-[3px] shrink-0">
          {sign}
        </span>
        <span role="status">{notice.heading}</span>
      </h2>
      <ul className="mt-1 space-y-1 text-control leading-relaxed">
        {notice.lines.map(({ reference, words }) => (
          <li key={reference} data-image={reference} className="break-words tabular-nums">
            <InlineCode text={words} />
          </li>
        ))}
      </ul>
      <p className="mt-1 text-control leading-relaxed text-ink-soft">
        {notice.advice !== null && `${notice.advice} `}
        <Link href="/images" className="underline decoration-accent-line underline-offset-4 hover:text-accent">
          All images of this lab
        </Link>
      </p>
    </section>
  );
}

const looks: Record<LessonImagesNotice['tone'], { line: string; text: string; sign: ReactNode }> = {
  making: { line: 'border-building', text: 'text-building', sign: <MakingSign /> },
  ready: { line: 'border-running', text: 'text-running', sign: <Check size={15} strokeWidth={2.25} /> },
  trouble: { line: 'border-warning', text: 'text-warning', sign: <TriangleAlert size={14} strokeWidth={2} /> },
  foreign: { line: 'border-line-strong', text: 'text-ink-soft', sign: <Globe size={14} strokeWidth={2} /> },
};

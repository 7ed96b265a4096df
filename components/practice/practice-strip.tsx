'use client';

import { useState } from 'react';
import type { PracticeView } from '../../protocol/quiz.ts';
import { LabProvider } from '../realtime/lab-provider.tsx';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { PracticeRound } from './practice-round.tsx';

/** A short quiz from lessons that were finished some days ago. The connection is opened when the learner begins. */
export function PracticeStrip({ practice }: { practice: PracticeView | null }) {
  // A round goes on with what it began with, even if the page is rendered anew meanwhile. `offer`: what it began from.
  const [round, setRound] = useState<{ number: number; offer: PracticeView } | null>(null);
  if (round === null && practice === null) return null;
  const begin = (offer: PracticeView) => setRound({ number: (round?.number ?? 0) + 1, offer });
  return (
    <section
      id="practice"
      aria-labelledby="practice-heading"
      className="scroll-mt-4 border-b border-line py-6 noscript:hidden"
    >
      {round === null ? (
        practice !== null && <PracticeOffer practice={practice} onBegin={() => begin(practice)} />
      ) : (
        <LabProvider>
          <PracticeRound
            key={round.number}
            round={round.offer}
            following={practice === round.offer ? null : practice}
            onFollow={begin}
          />
        </LabProvider>
      )}
    </section>
  );
}

function PracticeOffer({ practice, onBegin }: { practice: PracticeView; onBegin(): void }) {
  return (
    <div className="flex flex-col gap-4 pair:flex-row pair:items-center pair:justify-between">
      <div className="min-w-0">
        <h2 id="practice-heading" className="text-control font-semibold">
          A short quiz from lessons you finished
        </h2>
        <p className="mt-1 text-control break-words text-ink-soft">
          <InlineCode text={extentOf(practice)} />
        </p>
      </div>
      <Button className="self-start pair:self-auto" onClick={onBegin}>
        Practise now
      </Button>
    </div>
  );
}

/** How many questions, and from which lessons. */
function extentOf({ questions, more }: PracticeView): string {
  const count = questions.length === 1 ? '1 question' : `${questions.length} questions`;
  const titles = [...new Set(questions.map(({ lessonTitle }) => lessonTitle))];
  const from = titles.length > 2 ? `${titles.slice(0, 2).join(', ')} and others` : titles.join(' and ');
  return `${count} from ${from}.${more > 0 ? ` ${more} more can follow.` : ''}`;
}

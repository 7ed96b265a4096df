import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { SiteBar } from './site-bar.tsx';

interface SitePageProps {
  title: ReactNode;
  /** What the page is about, in a sentence or two. */
  words: ReactNode;
  /** What else stands in the head. */
  head?: ReactNode;
  /** How it goes to paper: `sheet` with its head, in small; `alone` without it. */
  paper?: 'screen' | 'sheet' | 'alone';
  className?: string;
  children: ReactNode;
}

/** A page beside the lessons: the bar, a title with its words, and what it is for. */
export function SitePage({ title, words, head, paper = 'screen', className, children }: SitePageProps) {
  const isPrinted = paper !== 'screen';
  const isSheet = paper === 'sheet';
  return (
    <div className={classNames('on-paper min-h-dvh bg-surface text-ink', isPrinted && 'print:min-h-0', className)}>
      <SiteBar />
      <main
        id="page:main"
        className={classNames(
          'mx-auto max-w-260 px-5 pb-32 sm:px-8',
          isPrinted && 'print:max-w-none print:p-0',
          isSheet && 'sheet',
        )}
      >
        <header
          className={classNames(
            'pt-14 pb-10 pair:pt-20',
            isSheet && 'print:flex print:items-baseline print:gap-3 print:p-0 print:pb-2',
            paper === 'alone' && 'print:hidden',
          )}
        >
          <h1
            className={classNames(
              'text-title font-semibold tracking-[-0.022em] text-balance pair:text-display',
              isSheet && 'print:text-[14pt]',
            )}
          >
            {title}
          </h1>
          <p
            className={classNames('mt-4 max-w-[62ch] text-body text-ink-soft', isSheet && 'print:m-0 print:text-[8pt]')}
          >
            {words}
          </p>
          {head}
        </header>
        {children}
      </main>
    </div>
  );
}

import type { Metadata } from 'next';
import { SheetList } from '../../components/cheat-sheet/sheet-list.tsx';
import { SiteBar } from '../../components/lesson/site-bar.tsx';
import { readFilter } from '../../components/ui/filter-field.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = {
  title: 'Cheat sheet',
  description: 'Every docker command of the lessons: what it does, an example, and its options.',
};

interface PageProps {
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function CheatSheetPage({ searchParams }: PageProps) {
  const { lab } = await openLab();
  const [{ groups }, query] = await Promise.all([lab.cheatSheet(), searchParams]);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink print:min-h-0">
      <SiteBar />
      <main id="page:main" className="sheet mx-auto max-w-260 px-5 pb-32 sm:px-8 print:max-w-none print:p-0">
        <header className="pt-14 pb-10 pair:pt-20 print:flex print:items-baseline print:gap-3 print:p-0 print:pb-2">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance pair:text-display print:text-[14pt]">
            Cheat sheet
          </h1>
          <p className="mt-4 max-w-[62ch] text-body text-ink-soft print:m-0 print:text-[8pt]">
            Every command that the lessons of this lab use: what it does, an example that stands in a lesson, and the
            options that matter.
          </p>
        </header>
        <SheetList groups={groups} asked={readFilter(query.q)} />
      </main>
    </div>
  );
}

import type { Metadata } from 'next';
import { GlossaryList } from '../../components/glossary/glossary-list.tsx';
import { SiteBar } from '../../components/lesson/site-bar.tsx';
import { readFilter } from '../../components/ui/filter-field.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Glossary', description: 'The words of Docker, each in a sentence.' };

interface PageProps {
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function GlossaryPage({ searchParams }: PageProps) {
  const { lab } = await openLab();
  const [{ entries }, query] = await Promise.all([lab.glossary(), searchParams]);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-10 pair:pt-20">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">Glossary</h1>
          <p className="mt-4 max-w-[62ch] text-body text-ink-soft">
            The words of Docker: what each means, what it is often taken for and is not, and the lessons in which you
            meet it.
          </p>
        </header>
        <GlossaryList entries={entries} asked={readFilter(query.q)} />
      </main>
    </div>
  );
}

import type { Metadata } from 'next';
import { SheetList } from '../../components/cheat-sheet/sheet-list.tsx';
import { SitePage } from '../../components/lesson/site-page.tsx';
import { readFilter } from '../../components/ui/read-filter.ts';
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
    <SitePage
      title="Cheat sheet"
      words="Every command that the lessons of this lab use: what it does, an example that stands in a lesson, and the options that matter."
      paper="sheet"
    >
      <SheetList groups={groups} asked={readFilter(query.q)} />
    </SitePage>
  );
}

import type { Metadata } from 'next';
import { GlossaryList } from '../../components/glossary/glossary-list.tsx';
import { SitePage } from '../../components/lesson/site-page.tsx';
import { readFilter } from '../../components/ui/read-filter.ts';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Glossary', description: 'The words of Docker, each in a sentence.' };

interface PageProps {
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function GlossaryPage({ searchParams }: PageProps) {
  const { lab } = await openLab();
  const [{ entries }, query] = await Promise.all([lab.glossary(), searchParams]);
  return (
    <SitePage
      title="Glossary"
      words="The words of Docker: what each means, what it is often taken for and is not, and the lessons in which you meet it."
    >
      <GlossaryList entries={entries} asked={readFilter(query.q)} />
    </SitePage>
  );
}

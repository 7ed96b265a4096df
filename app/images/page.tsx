import type { Metadata } from 'next';
import { ImageList } from '../../components/images/image-list.tsx';
import { SiteBar } from '../../components/lesson/site-bar.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Images', description: 'What docker pull gets in this lab.' };

export default async function ImagesPage() {
  const { lab, learner } = await openLab();
  const [{ images }, { courses }] = await Promise.all([lab.images(), lab.catalogue(learner)]);
  const lessons = courses.flatMap((course) => course.lessons);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-10 pair:pt-20">
          <h1 className="text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">
            Images of this lab
          </h1>
          <p className="mt-4 max-w-[62ch] text-body text-ink-soft">
            In this lab, <code className="inline-code">docker pull</code> gets images from here and not from the
            internet: the lab keeps them under the names you know. Each says who made it, Docker Hub or Drydock, and
            from what.
          </p>
        </header>
        <ImageList
          images={images}
          titles={new Map(lessons.map(({ id, title }) => [id, title]))}
          renderedAt={Date.now()}
        />
      </main>
    </div>
  );
}

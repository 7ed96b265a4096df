import type { Metadata } from 'next';
import { ImageList } from '../../components/images/image-list.tsx';
import { SitePage } from '../../components/lesson/site-page.tsx';
import { openLab } from '../lab.ts';

export const metadata: Metadata = { title: 'Images', description: 'What docker pull gets in this lab.' };

export default async function ImagesPage() {
  const { lab, learner } = await openLab();
  const [{ images }, { courses }] = await Promise.all([lab.images(), lab.catalogue(learner)]);
  const lessons = courses.flatMap((course) => course.lessons);
  return (
    <SitePage
      title="Images of this lab"
      words={
        <>
          In this lab, <code className="inline-code">docker pull</code> gets images from here and not from the internet:
          the lab keeps them under the names you know. Each says who made it, Docker Hub or Drydock, and from what.
        </>
      }
    >
      <ImageList
        images={images}
        titles={new Map(lessons.map(({ id, title }) => [id, title]))}
        renderedAt={Date.now()}
      />
    </SitePage>
  );
}

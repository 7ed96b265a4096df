import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { BrokenLessonPage } from '../../../../components/author/broken-lesson-page.tsx';
import { LessonWorkspace } from '../../../../components/workspace/lesson-workspace.tsx';
import { lessonId } from '../../../../protocol/ids.ts';
import { openLab } from '../../../lab.ts';

interface LessonPageProps {
  params: Promise<{ course: string; lesson: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Once per request: the title and the page ask for the same lesson. */
const readLesson = cache(async (course: string, lesson: string) => {
  const id = lessonId.safeParse(`${course}/${lesson}`);
  if (!id.success) return null;
  const { lab, learner } = await openLab();
  return lab.lesson(learner, id.data);
});

export async function generateMetadata({ params }: LessonPageProps): Promise<Metadata> {
  const { course, lesson } = await params;
  const found = await readLesson(course, lesson);
  if (found === null) return { title: 'Not found' };
  if (found.kind === 'broken') return { title: `Broken: ${found.broken.title ?? found.broken.id}` };
  return { title: found.lesson.title, description: found.lesson.summary };
}

export default async function LessonPage({ params, searchParams }: LessonPageProps) {
  const { course, lesson } = await params;
  const found = await readLesson(course, lesson);
  if (found === null) notFound();
  if (found.kind === 'broken') return <BrokenLessonPage broken={found.broken} />;
  const { step: asked, restore, author } = await searchParams;
  const steps = found.lesson.steps;
  const named = steps.find((step) => step.id === asked) ?? steps.find((step) => step.id === found.progress.currentStep);
  return (
    <LessonWorkspace
      key={found.lesson.id}
      lesson={found.lesson}
      progress={found.progress}
      images={found.images}
      ending={found.ending}
      renderedAt={Date.now()}
      initialStep={named?.id ?? null}
      authoring={{ mayAuthor: found.mayAuthor, asked: author !== undefined, problems: found.problems }}
      restore={typeof restore === 'string' && /^[a-z0-9]{8,32}$/.test(restore) ? restore : null}
    />
  );
}

import { notFound, redirect } from 'next/navigation';
import { openLab } from '../../lab.ts';

/** A course has no page of its own: its place is in the catalogue. */
export default async function CoursePage({ params }: { params: Promise<{ course: string }> }) {
  const { course } = await params;
  const { lab, learner } = await openLab();
  const { courses } = await lab.catalogue(learner);
  if (!courses.some(({ id, lessons }) => id === course && lessons.length > 0)) notFound();
  redirect(`/#${course}`);
}

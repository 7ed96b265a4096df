'use client';

import type { LessonImage } from '../../protocol/images.ts';
import type { CourseEnding } from '../../protocol/lab.ts';
import type { LessonProgress, LessonView } from '../../protocol/lesson-view.ts';
import { LabProvider } from '../realtime/lab-provider.tsx';
import { LessonRoom } from './lesson-room.tsx';

export interface LessonWorkspaceProps {
  lesson: LessonView;
  progress: LessonProgress;
  /** Those it declares. */
  images: LessonImage[];
  /** What the last lesson of a course leads to. */
  ending: CourseEnding | null;
  /** The server's time when the page was rendered, unix milliseconds. */
  renderedAt: number;
  /** The step the address or the last visit names. */
  initialStep: string | null;
  /** An archive whose files the learner wants back, as the address says. */
  restore: string | null;
  /** `asked`: the address wants the author view open. `problems`: how many the lesson's source has. */
  authoring: { mayAuthor: boolean; asked: boolean; problems: number };
}

/** The whole lesson page, with its connection. */
export function LessonWorkspace(props: LessonWorkspaceProps) {
  return (
    <LabProvider>
      <LessonRoom {...props} />
    </LabProvider>
  );
}

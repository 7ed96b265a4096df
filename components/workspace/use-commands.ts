'use client';

import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import type { LessonView } from '../../protocol/lesson-view.ts';
import type { MenuCommand } from './command-menu.tsx';
import { focusPane } from './pane-focus.ts';
import type { PaneName, Panes } from './use-panes.ts';

interface CommandsOptions {
  lesson: LessonView;
  panes: Panes;
  /** Brings the text into sight, too. */
  goTo(step: string | null): void;
  newTerminal(): void;
  showBuild: (() => void) | null;
  lookAtChecks(): void;
  reset(): void;
  /** The step in focus. */
  current: string | null;
  startOver(step: string): void;
  /** null: this person may not author. */
  authorView: { open: boolean; toggle(): void } | null;
  openKeys(): void;
}

/** Everything the command menu offers in a lesson. */
export function useCommands(options: CommandsOptions): MenuCommand[] {
  const { lesson, panes, goTo } = options;
  const { setTheme } = useTheme();
  const router = useRouter();
  const visit = (name: PaneName) => {
    panes.show(name);
    requestAnimationFrame(() => focusPane(name));
  };
  const fold = (name: PaneName): MenuCommand => ({
    name: `${panes.folded.has(name) ? 'Show' : 'Hide'} the ${name}`,
    group: 'Panes',
    act: () => panes.toggle(name),
  });
  const { authorView, current } = options;
  const at = lesson.course.lessons.findIndex((link) => link.id === lesson.id);
  const next = at === -1 ? undefined : lesson.course.lessons[at + 1];
  return [
    ...lesson.steps.map((step, index) => ({
      name: `Go to step ${index + 1}: ${step.title}`,
      group: 'Lesson',
      act: () => goTo(step.id),
    })),
    { name: 'Go to the introduction', group: 'Lesson', act: () => goTo(null) },
    ...(current === null
      ? []
      : [
          {
            name: 'Start over from this step',
            group: 'Lesson',
            words: ['fresh', 'replay', 'catch up', 'skip'],
            act: () => options.startOver(current),
          },
        ]),
    { name: 'Look at all checks', group: 'Lesson', words: ['evaluate', 'test'], act: options.lookAtChecks },
    ...(next === undefined
      ? []
      : [{ name: `Next lesson: ${next.title}`, group: 'Lesson', act: () => router.push(`/learn/${next.id}`) }]),
    { name: 'Go to the catalogue', group: 'Lesson', words: ['home', 'lessons'], act: () => router.push('/') },
    {
      name: 'Map of the courses',
      group: 'Lesson',
      words: ['courses', 'overview', 'path', 'progress'],
      act: () => router.push('/map'),
    },
    {
      name: 'Images of this lab',
      group: 'Lesson',
      words: ['pull', 'registry', 'catalogue', 'docker hub'],
      act: () => router.push('/images'),
    },
    { name: 'Glossary', group: 'Lesson', words: ['terms', 'words', 'meaning'], act: () => router.push('/glossary') },
    {
      name: 'Cheat sheet',
      group: 'Lesson',
      words: ['commands', 'options', 'print'],
      act: () => router.push('/cheat-sheet'),
    },
    { name: 'Go to the terminal', group: 'Machine', keys: 'Ctrl+`', act: () => visit('terminal') },
    { name: 'New terminal', group: 'Machine', words: ['shell', 'tab'], act: options.newTerminal },
    { name: 'Open the files', group: 'Machine', words: ['tree', 'editor', 'workspace'], act: () => visit('editor') },
    ...(options.showBuild === null
      ? []
      : [{ name: 'Show the build output', group: 'Machine', act: options.showBuild }]),
    { name: 'Reset the sandbox', group: 'Machine', words: ['fresh', 'clean', 'start over'], act: options.reset },
    ...(panes.narrow ? [] : [fold('lesson'), fold('editor'), fold('terminal')]),
    ...(authorView === null
      ? []
      : [
          {
            name: authorView.open ? 'Close the author view' : 'Open the author view',
            group: 'Page',
            words: ['problems', 'lint', 'source', 'write', 'edit'],
            act: authorView.toggle,
          },
        ]),
    { name: 'Theme: light', group: 'Page', act: () => setTheme('light') },
    { name: 'Theme: dark', group: 'Page', act: () => setTheme('dark') },
    { name: 'Theme: as the system', group: 'Page', act: () => setTheme('system') },
    { name: 'Keys', group: 'Page', keys: '?', words: ['help', 'shortcuts', 'keyboard'], act: options.openKeys },
  ];
}

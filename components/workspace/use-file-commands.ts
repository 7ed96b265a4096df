'use client';

import { useEffect, useState } from 'react';
import { useLab } from '../realtime/lab-provider.tsx';
import type { MenuCommand } from './command-menu.tsx';

/** A command for each file of the lesson's workspace, asked for anew whenever the menu opens. */
export function useFileCommands(lesson: string, asked: boolean, open: (path: string) => void): MenuCommand[] {
  const lab = useLab();
  const [paths, setPaths] = useState<string[]>([]);
  useEffect(() => {
    if (!asked || lab === null) return;
    let gone = false;
    lab.request('file:list', { lesson }).then(
      ({ entries }) => {
        if (!gone) setPaths(entries.filter((entry) => entry.type === 'file').map((entry) => entry.path));
      },
      () => undefined, // the menu then has what it had
    );
    return () => {
      gone = true;
    };
  }, [asked, lab, lesson]);
  return paths.map((path) => ({ name: `Open ${path}`, group: 'Files', act: () => open(path) }));
}

'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { WorkspaceTree } from '../../protocol/workspace.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import type { SandboxReach } from './use-open-files.ts';

export type TreeState =
  | { state: 'waiting' }
  | { state: 'shown'; tree: WorkspaceTree }
  | { state: 'failed'; message: string };

/** A list takes the sandbox a few hundredths of a second; it is asked for at most this often. */
const intervalMs = 400;

/** The lesson's files, listed again whenever something changes. `reload` resolves when the list is fresh. */
export function useWorkspaceTree(
  lesson: string,
  { ready, resting }: SandboxReach,
): { tree: TreeState; reload: () => Promise<void> } {
  const lab = useLab();
  const [tree, setTree] = useState<TreeState>({ state: 'waiting' });
  const load = useRef<() => Promise<void>>(() => Promise.resolve());
  const restingNow = useRef(resting);

  // Before the list is asked for: a page that finds its sandbox at rest does not wake it.
  useEffect(() => {
    const rested = restingNow.current;
    restingNow.current = resting;
    if (rested && !resting) void load.current();
  }, [resting]);

  useEffect(() => {
    if (lab === null || !ready) return;
    let ended = false;
    let running = false;
    let wanted = false;
    let waiting: (() => void)[] = [];
    let endPause: () => void = () => undefined;

    const ask = async (): Promise<void> => {
      try {
        const listed = await lab.request('file:list', { lesson });
        if (!ended) setTree({ state: 'shown', tree: listed });
      } catch (error) {
        if (ended || !(error instanceof LabError)) return;
        // What was seen stays in sight while the connection is away; its banner says so.
        setTree((shown) => (shown.state === 'shown' ? shown : { state: 'failed', message: error.message }));
      }
    };
    const run = async (): Promise<void> => {
      if (running) return;
      running = true;
      while (wanted && !ended) {
        wanted = false;
        const answered = waiting;
        waiting = [];
        await ask();
        for (const resolve of answered) resolve();
        // A pause, so that a busy folder is not listed all the time.
        if (wanted)
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, intervalMs);
            endPause = () => {
              clearTimeout(timer);
              resolve();
            };
          });
      }
      running = false;
    };
    const list = (): Promise<void> => {
      wanted = true;
      const listed = new Promise<void>((resolve) => waiting.push(resolve));
      void run();
      return listed;
    };
    // A person waits for this one.
    load.current = () => {
      const listed = list();
      endPause();
      return listed;
    };
    const endFacts = lab.on('workspace:changed', (fact) => {
      if (fact.lesson === lesson && !restingNow.current) void list();
    });
    const endOnline = lab.onOnline(() => {
      if (!restingNow.current) void list();
    });
    return () => {
      ended = true;
      endPause();
      for (const resolve of waiting) resolve();
      endFacts();
      endOnline();
      load.current = () => Promise.resolve();
    };
  }, [lab, lesson, ready]);

  const reload = useCallback(() => load.current(), []);
  return { tree: ready || tree.state === 'shown' ? tree : { state: 'waiting' }, reload };
}

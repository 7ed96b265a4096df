'use client';

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useLab } from '../realtime/lab-provider.tsx';
import { followDockerfiles } from './dockerfile-problems.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import type { FileView } from './file-view.ts';
import { MonacoBuffer } from './monaco-buffer.ts';
import { OpenFiles } from './open-files.ts';

const saveDelayMs = 400;
const quietMs = 1_000;
const nothing: readonly FileView[] = [];

export interface EditorFiles {
  files: OpenFiles<MonacoBuffer>;
  drafts: Drafts;
}

/** Whether the sandbox can be asked, and whether asking would wake it. */
export interface SandboxReach {
  ready: boolean;
  resting: boolean;
}

/** The open files of a lesson, kept in step with the server. null until the page is connected for the first time. */
export function useOpenFiles(lesson: string, { ready, resting }: SandboxReach): EditorFiles | null {
  const lab = useLab();
  const restingNow = useRef(resting);
  const [editor, setEditor] = useState<EditorFiles | null>(null);

  useEffect(() => {
    if (lab === null) return;
    const drafts = createDrafts(window.localStorage, lesson);
    const files = new OpenFiles<MonacoBuffer>({
      client: {
        read: (path) => lab.request('file:read', { lesson, path }),
        write: (path, content, options) => lab.request('file:write', { lesson, path, content, ...options }),
      },
      drafts,
      makeBuffer: (path, text) => new MonacoBuffer(path, text),
      saveDelayMs,
      quietMs,
    });
    const endProblems = followDockerfiles();
    const endFacts = lab.on('workspace:changed', (fact) => {
      if (fact.lesson === lesson && !restingNow.current) files.noticeChange(fact.paths);
    });
    const endOnline = lab.onOnline(() => {
      if (!restingNow.current) files.resume();
    });
    const flush = () => void files.flush();
    const flushHidden = () => {
      if (document.visibilityState === 'hidden') flush();
    };
    window.addEventListener('blur', flush);
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flushHidden);
    setEditor({ files, drafts });
    return () => {
      window.removeEventListener('blur', flush);
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flushHidden);
      endOnline();
      endFacts();
      endProblems();
      files.dispose();
      setEditor(null);
    };
  }, [lab, lesson]);

  useEffect(() => {
    restingNow.current = resting;
    // What was open goes on waking it when it is used; what was not waits until it is awake.
    if (!resting) editor?.files.setActive(ready);
  }, [editor, ready, resting]);
  return editor;
}

const subscribeNothing = () => () => {};

export function useFileViews(files: OpenFiles<MonacoBuffer> | null): readonly FileView[] {
  return useSyncExternalStore(files?.subscribe ?? subscribeNothing, files?.views ?? (() => nothing), () => nothing);
}

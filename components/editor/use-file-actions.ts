'use client';

import { useState } from 'react';
import { LabError } from '../realtime/lab-connection.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { uploadFile } from './file-addresses.ts';
import { isInside, joinPath } from './file-names.ts';
import type { EditorFiles } from './use-open-files.ts';

interface FileActionsOptions {
  lesson: string;
  editor: EditorFiles | null;
  openPath: string | null;
  onOpenPathChange(path: string | null): void;
  /** Which tab follows when these close. */
  neighbourOf(paths: string[]): string | null;
  reload(): Promise<void>;
}

/** A question about files that an upload would replace. */
export interface ReplaceQuestion {
  files: { path: string; file: File }[];
}

/** What a person can do to files besides typing. Each gives words when it could not be done, else null. */
export function useFileActions({
  lesson,
  editor,
  openPath,
  onOpenPathChange,
  neighbourOf,
  reload,
}: FileActionsOptions) {
  const lab = useLab();
  const [uploading, setUploading] = useState(0);
  const [question, setQuestion] = useState<ReplaceQuestion | null>(null);

  const attempt = async (action: () => Promise<unknown>): Promise<string | null> => {
    try {
      await action();
      await reload();
      return null;
    } catch (error) {
      if (error instanceof LabError) return error.message;
      throw error;
    }
  };
  const request: typeof lab extends null ? never : NonNullable<typeof lab>['request'] = (name, payload) => {
    if (lab === null)
      throw new LabError({ code: 'connection.lost', message: 'The server cannot be reached right now.' });
    return lab.request(name, payload);
  };

  const send = async (files: { path: string; file: File }[], replace: boolean): Promise<string | null> => {
    if (files.length === 0) return null;
    // Made a moment ago, perhaps in the terminal.
    const existing: { path: string; file: File }[] = [];
    const failures: string[] = [];
    setUploading(files.length);
    for (const { path, file } of files) {
      const result = await uploadFile(lesson, path, file, replace);
      if (result.outcome === 'exists') existing.push({ path, file });
      if (result.outcome === 'failed') failures.push(result.message);
      setUploading((left) => left - 1);
    }
    setUploading(0);
    if (existing.length > 0) setQuestion((before) => ({ files: [...(before?.files ?? []), ...existing] }));
    await reload();
    return failures.length === 0 ? null : failures.join(' ');
  };

  return {
    uploading,
    question,

    /** Makes an empty file and has it ready in a tab; the list follows, so that nobody waits for it to type. */
    createFile: async (path: string): Promise<string | null> => {
      try {
        const { version } = await request('file:write', { lesson, path, content: '', basedOn: null, overwrite: false });
        editor?.files.open(path, { path, content: '', version });
        void reload();
        return null;
      } catch (error) {
        if (error instanceof LabError) return error.message;
        throw error;
      }
    },

    createFolder: (path: string) => attempt(() => request('folder:make', { lesson, path })),

    rename: (from: string, to: string) =>
      attempt(async () => {
        // A save under way would write the old name again.
        await editor?.files.flush(from);
        await request('file:rename', { lesson, from, to });
        editor?.files.moved(from, to);
        if (openPath === from) onOpenPathChange(to);
        else if (openPath !== null && isInside(openPath, from)) onOpenPathChange(to + openPath.slice(from.length));
      }),

    remove: (path: string) =>
      attempt(async () => {
        await request('file:remove', { lesson, path });
        const closed = editor?.files.removed(path) ?? [];
        if (openPath !== null && closed.includes(openPath)) onOpenPathChange(neighbourOf(closed));
      }),

    /** What is known to be there is asked about before anything is sent. */
    upload: (folder: string, files: readonly File[], isThere: (path: string) => boolean) => {
      const all = files.map((file) => ({ path: joinPath(folder, file.name), file }));
      const existing = all.filter(({ path }) => isThere(path));
      if (existing.length > 0) setQuestion({ files: existing });
      return send(
        all.filter((one) => !existing.includes(one)),
        false,
      );
    },

    answer: async (replace: boolean): Promise<string | null> => {
      const files = question?.files ?? [];
      setQuestion(null);
      return replace ? send(files, true) : null;
    },
  };
}

export type FileActions = ReturnType<typeof useFileActions>;

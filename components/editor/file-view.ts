import type { WorkspaceFile } from '../../protocol/workspace.ts';
import { LabError } from '../realtime/lab-connection.ts';
import type { Drafts } from './drafts.ts';

/** How files are read and written; rejects with `LabError`. */
export interface FileClient {
  read(path: string): Promise<WorkspaceFile>;
  write(
    path: string,
    content: string,
    options: { basedOn: string | null; overwrite: boolean },
  ): Promise<{ version: string }>;
}

/** The text a person edits; Monaco's model behind it. Setting the text keeps cursor and undo history. */
export interface TextBuffer {
  getText(): string;
  setText(text: string): void;
  /** Told of changes by the person only, not of `setText`. */
  onEdited(listener: () => void): void;
  setPath(path: string): void;
  dispose(): void;
}

export interface FileDocumentOptions<B extends TextBuffer> {
  client: FileClient;
  drafts: Drafts;
  makeBuffer: (path: string, text: string) => B;
  onChanged: () => void;
  saveDelayMs: number;
  /** After an own save a change in the workspace is most likely that save. */
  quietMs: number;
}

export type SaveState =
  | { state: 'saved' }
  | { state: 'saving' }
  /** `offline`: it is tried again by itself. `kept`: a reload would not lose it. */
  | { state: 'failed'; message: string; offline: boolean; kept: boolean };

export type Trouble =
  /** Changed by somebody else while there are changes here. `content` null: it is no text any more. */
  { kind: 'conflict'; version: string | null; content: string | null } | { kind: 'deleted' };

export type FileView = { path: string } & (
  | { state: 'loading' }
  /** It cannot be opened: too large, not text, a folder, gone, or the sandbox does not answer. */
  | { state: 'refused'; code: LabError['code']; message: string; size: number | null }
  | { state: 'open'; save: SaveState; trouble: Trouble | null }
);

/** Anything else is a mistake of ours. */
export function toLabError(error: unknown): LabError {
  if (error instanceof LabError) return error;
  throw error;
}

/** Comes right by itself, and is tried again when it does. */
export function isTemporary(error: LabError): boolean {
  return (
    error.code === 'connection.lost' ||
    error.code === 'request.too-many' ||
    /^(?:sandbox|engine|daemon|host)\./.test(error.code)
  );
}

/** The answer is final: what is there is nothing that the editor can show. */
export function isNoText({ code }: LabError): boolean {
  return ['file.too-large', 'file.binary', 'file.is-folder', 'file.failed'].includes(code);
}

export function refusedView(path: string, { code, message, details }: LabError): FileView {
  return { path, state: 'refused', code, message, size: typeof details?.size === 'number' ? details.size : null };
}

/** What `file.conflict` tells of the other side. */
export function troubleOf({ details }: LabError): Trouble {
  const { version, content, reason } = details ?? {};
  if (reason === 'file.not-found') return { kind: 'deleted' };
  return {
    kind: 'conflict',
    version: typeof version === 'string' ? version : null,
    content: typeof content === 'string' ? content : null,
  };
}

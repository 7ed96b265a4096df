import type { WorkspaceFile } from '../../protocol/workspace.ts';
import { FileDocument } from './file-document.ts';
import { isInside } from './file-names.ts';
import type { FileDocumentOptions, FileView, TextBuffer } from './file-view.ts';

export type OpenFilesOptions<B extends TextBuffer> = Omit<FileDocumentOptions<B>, 'onChanged'>;

/** The files that are open, in the order of their tabs. For `useSyncExternalStore`. */
export class OpenFiles<B extends TextBuffer = TextBuffer> {
  readonly #options: OpenFilesOptions<B>;
  readonly #listeners = new Set<() => void>();
  #documents: FileDocument<B>[] = [];
  /** Closed by the person, and not yet saved: they end when they are. */
  readonly #leaving = new Set<FileDocument<B>>();
  #views: FileView[] = [];
  /** The sandbox can be asked. */
  #active = false;

  constructor(options: OpenFilesOptions<B>) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly views = (): readonly FileView[] => this.#views;

  find(path: string): FileDocument<B> | null {
    return this.#documents.find((document) => document.path === path) ?? null;
  }

  /** Opens a file in the last tab, unless it is open. `known`: what the server has, where it need not be asked. */
  open(path: string, known?: WorkspaceFile): void {
    if (this.find(path) !== null) return;
    const leaving = [...this.#leaving].find((document) => document.path === path);
    if (leaving !== undefined) this.#leaving.delete(leaving);
    const document = leaving ?? new FileDocument<B>(path, { ...this.#options, onChanged: () => this.#publish() });
    this.#documents = [...this.#documents, document];
    this.#publish();
    if (leaving !== undefined) return;
    if (known !== undefined) document.show(known);
    else if (this.#active) void document.refresh();
  }

  /** Closes a tab. What is not saved goes on being saved; what cannot be decided alone stays as a draft. */
  async close(path: string): Promise<void> {
    const document = this.find(path);
    if (document === null) return;
    this.#documents = this.#documents.filter((other) => other !== document);
    this.#publish();
    const undecided = document.view.state === 'open' && document.view.trouble !== null;
    this.#leaving.add(document);
    const saved = await document.flush();
    if ((saved || undecided) && this.#leaving.delete(document)) document.dispose();
  }

  /** The person renamed or moved a file or folder. Call after it was done. */
  moved(from: string, to: string): void {
    for (const document of [...this.#documents, ...this.#leaving]) {
      if (document.path === from) document.moveTo(to);
      else if (isInside(document.path, from)) document.moveTo(to + document.path.slice(from.length));
    }
  }

  /** The person deleted a file or folder: it does not come back by a late save. Gives the closed tabs' paths. */
  removed(path: string): string[] {
    const isGone = (document: FileDocument<B>) => document.path === path || isInside(document.path, path);
    const gone = this.#documents.filter(isGone);
    for (const document of [...gone, ...[...this.#leaving].filter(isGone)]) {
      document.discard();
      document.dispose();
      this.#leaving.delete(document);
    }
    this.#documents = this.#documents.filter((document) => !gone.includes(document));
    this.#publish();
    return gone.map((document) => document.path);
  }

  /** The sandbox can be asked (again), or cannot. */
  setActive(active: boolean): void {
    this.#active = active;
    if (active) this.resume();
  }

  /** After a time without connection: saves what waited, and looks what changed meanwhile. */
  resume(): void {
    if (!this.#active) return;
    for (const document of [...this.#documents, ...this.#leaving]) {
      if (document.isDirty) {
        void document.flush().then((saved) => {
          if (saved && this.#leaving.delete(document)) document.dispose();
          else if (!saved) void document.refresh();
        });
      } else {
        void document.refresh();
      }
    }
  }

  /** Something changed in the workspace; null: look at all. */
  noticeChange(paths: readonly string[] | null): void {
    if (!this.#active) return;
    for (const document of this.#documents) {
      if (paths === null || paths.includes(document.path)) document.noticeChange();
    }
  }

  /** True: the server has everything that was typed in files at or below `path` ('' for all). */
  async flush(path = ''): Promise<boolean> {
    const concerned = this.#documents.filter((document) => document.path === path || isInside(document.path, path));
    const results = await Promise.all(concerned.map((document) => document.flush()));
    return results.every(Boolean);
  }

  dispose(): void {
    for (const document of [...this.#documents, ...this.#leaving]) document.dispose();
    this.#documents = [];
    this.#leaving.clear();
    this.#listeners.clear();
  }

  #publish(): void {
    this.#views = this.#documents.map((document) => document.view);
    for (const listener of [...this.#listeners]) listener();
  }
}

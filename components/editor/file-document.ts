import { limits } from '../../protocol/limits.ts';
import type { WorkspaceFile } from '../../protocol/workspace.ts';
import type { LabError } from '../realtime/lab-connection.ts';
import { Delay } from './delay.ts';
import {
  type FileDocumentOptions,
  type FileView,
  isNoText,
  isTemporary,
  refusedView,
  type SaveState,
  type TextBuffer,
  type Trouble,
  toLabError,
  troubleOf,
} from './file-view.ts';
import { SentTexts } from './sent-texts.ts';

/**
 * One open file: what the person sees, what the server has, and how the two come together. Nothing typed is
 * lost: it stays in the buffer and as a draft until the server has acknowledged it.
 */
export class FileDocument<B extends TextBuffer = TextBuffer> {
  readonly #options: FileDocumentOptions<B>;
  #path: string;
  #view: FileView;
  #buffer: B | null = null;
  /** What the server has, as far as known; null: there was no file. */
  #base: string | null = null;
  /** The buffer's text when it was last the same as the server's. */
  #savedText = '';
  readonly #sent = new SentTexts();
  readonly #nextSave = new Delay(() => void this.flush());
  readonly #nextLook = new Delay(() => void this.refresh());
  #saving: Promise<boolean> | null = null;
  #again = false;
  #reading = false;
  #readAgain = false;
  #savedAt = 0;
  /** The text at the end, when the buffer is gone and a save is still under way. */
  #lastText = '';
  #disposed = false;
  #discarded = false;

  constructor(path: string, options: FileDocumentOptions<B>) {
    this.#path = path;
    this.#options = options;
    this.#view = { path, state: 'loading' };
  }

  get view(): FileView {
    return this.#view;
  }

  get path(): string {
    return this.#path;
  }

  get buffer(): B | null {
    return this.#buffer;
  }

  /** There is something here that the server does not have. */
  get isDirty(): boolean {
    if (this.#buffer === null || this.#discarded) return false;
    return this.#buffer.getText() !== this.#savedText || !this.#sent.isEmpty || this.#trouble !== null;
  }

  get #trouble(): Trouble | null {
    return this.#view.state === 'open' ? this.#view.trouble : null;
  }

  /** Compares with the server: loads the file, or brings in what changed there. Never rejects. */
  async refresh(): Promise<void> {
    if (this.#disposed) return;
    if (this.#saving !== null || this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    const savedAt = this.#savedAt;
    const take = await this.#options.client.read(this.#path).then(
      (file) => () => this.#take(file),
      (error: unknown) => () => this.#takeFailure(toLabError(error)),
    );
    this.#reading = false;
    // A save in between has made the answer old.
    if (savedAt !== this.#savedAt || this.#saving !== null) this.#readAgain = true;
    else take();
    this.#readAgainIfAsked();
  }

  /** Shows a file whose content is known, without asking for it. */
  show(file: WorkspaceFile): void {
    this.#take(file);
  }

  /** Somebody changed something. What follows an own save closely is looked at a little later. */
  noticeChange(): void {
    const quiet = this.#options.quietMs - (Date.now() - this.#savedAt);
    if (quiet <= 0) void this.refresh();
    else if (!this.#nextLook.isPending) this.#nextLook.start(quiet);
  }

  /** Saves what has not been saved. True: the server has all of it. Never rejects. */
  flush(): Promise<boolean> {
    this.#nextSave.cancel();
    if (this.#disposed || this.#buffer === null || this.#view.state !== 'open')
      return Promise.resolve(this.#buffer === null);
    if (this.#trouble !== null) {
      this.#keepDraft();
      return Promise.resolve(false);
    }
    if (this.#saving !== null) {
      this.#again = true;
      return this.#saving;
    }
    if (!this.isDirty && this.#base !== null) {
      this.#settle();
      return Promise.resolve(true);
    }
    return this.#startSaving(false);
  }

  /** Replaces what somebody else wrote. If they wrote again since it was shown, that is shown first. */
  async keepMine(): Promise<void> {
    const trouble = this.#trouble;
    if (trouble?.kind !== 'conflict') return;
    this.#base = trouble.version;
    this.#setOpen({ state: 'saving' }, null);
    await this.#startSaving(trouble.version === null);
  }

  takeTheirs(): void {
    const trouble = this.#trouble;
    if (trouble?.kind !== 'conflict') return;
    this.#options.drafts.remove(this.#path);
    if (trouble.content === null || trouble.version === null) {
      this.#dropBuffer();
      void this.refresh();
      return;
    }
    this.#accept(trouble.version, trouble.content);
  }

  /** Writes a file again that was deleted. */
  async restore(): Promise<void> {
    if (this.#trouble?.kind !== 'deleted') return;
    this.#base = null;
    this.#setOpen({ state: 'saving' }, null);
    await this.#startSaving(false);
  }

  /** The file has another name now. */
  moveTo(path: string): void {
    const draft = this.#options.drafts.get(this.#path);
    this.#options.drafts.remove(this.#path);
    if (draft !== null) this.#options.drafts.set(path, draft);
    this.#path = path;
    this.#buffer?.setPath(path);
    this.#setView({ ...this.#view, path });
  }

  /** Gives up what is not saved, for good: nothing more is sent. To be disposed of next. */
  discard(): void {
    this.#discarded = true;
    this.#options.drafts.remove(this.#path);
    this.#savedText = this.#text();
  }

  /** Begins a last save, and does not wait for it: until it is acknowledged there is a draft. */
  dispose(): void {
    if (this.#disposed) return;
    if (this.isDirty) void this.flush();
    this.#lastText = this.#text();
    this.#disposed = true;
    this.#nextSave.cancel();
    this.#nextLook.cancel();
    this.#buffer?.dispose();
    this.#buffer = null;
  }

  #take(file: WorkspaceFile): void {
    if (this.#disposed) return;
    const buffer = this.#buffer;
    if (buffer === null) {
      this.#open(file);
      return;
    }
    const text = buffer.getText();
    if (file.version === this.#base) {
      const wasTrouble = this.#trouble !== null;
      if (wasTrouble) this.#setOpen({ state: 'saving' }, null);
      if (wasTrouble || this.isDirty) this.#schedule();
    } else if (text !== file.content && this.#sent.has(file.content)) {
      this.#recognise(file.version, file.content);
      this.#saveSoon();
    } else if (text === this.#savedText || text === file.content) {
      this.#accept(file.version, file.content);
    } else {
      this.#conflict({ kind: 'conflict', version: file.version, content: file.content });
    }
  }

  /** First sight of the file: a draft from before a reload goes on where it was left. */
  #open(file: WorkspaceFile): void {
    const draft = this.#options.drafts.get(this.#path);
    this.#base = file.version;
    this.#makeBuffer(file.content);
    if (draft === null || draft.content === file.content) {
      this.#settle();
      return;
    }
    this.#buffer?.setText(draft.content);
    const own = draft.sent?.includes(file.content) === true;
    if (!own) for (const text of draft.sent ?? []) this.#sent.remember(text);
    this.#sent.remember(draft.content);
    if (own || draft.basedOn === file.version) {
      this.#saveSoon();
    } else {
      this.#conflict({ kind: 'conflict', version: file.version, content: file.content });
    }
  }

  #takeFailure(error: LabError): void {
    if (this.#disposed) return;
    const isGone = error.code === 'file.not-found';
    const draft = isGone && this.#buffer === null ? this.#options.drafts.get(this.#path) : null;
    if (draft !== null) this.#makeBuffer(draft.content);
    if (this.#buffer === null) this.#setView(refusedView(this.#path, error));
    else if (isGone) this.#conflict({ kind: 'deleted' });
    else if (isNoText(error) && this.isDirty) this.#conflict({ kind: 'conflict', version: null, content: null });
    else if (isNoText(error)) {
      this.#dropBuffer();
      this.#takeFailure(error);
    }
    // Anything else is about the connection or the sandbox; the next (re)connection looks again.
  }

  #startSaving(overwrite: boolean): Promise<boolean> {
    this.#saving = this.#save(overwrite).finally(() => {
      this.#saving = null;
      this.#readAgainIfAsked();
    });
    return this.#saving;
  }

  async #save(overwrite: boolean): Promise<boolean> {
    for (;;) {
      const text = this.#text();
      const kept = this.#keepDraft();
      if (new Blob([text]).size > limits.fileText) {
        const message = 'the file is larger than 1 MiB, the most the editor keeps.';
        this.#setOpen({ state: 'failed', message, offline: false, kept }, null);
        return false;
      }
      this.#again = false;
      this.#setOpen({ state: 'saving' }, null);
      const path = this.#path;
      this.#sent.remember(text);
      try {
        const { version } = await this.#options.client.write(path, text, { basedOn: this.#base, overwrite });
        this.#base = version;
        this.#savedText = text;
        this.#sent.clear();
        this.#savedAt = Date.now();
      } catch (error) {
        const failure = toLabError(error);
        // Whatever is answered for good was not written.
        if (!isTemporary(failure)) this.#sent.forget(text);
        if (!this.#discarded && this.#isOwnConflict(failure)) continue;
        this.#saveFailed(failure);
        return false;
      }
      if (this.#discarded) return true;
      if (this.#text() === text) {
        this.#settle();
        return true;
      }
      if (!this.#again && !this.#disposed) {
        this.#keepDraft();
        if (!this.#nextSave.isPending) this.#schedule();
        return false;
      }
    }
  }

  /** The other side of the conflict is what was sent before, and whose acknowledgement was lost. Goes on from there. */
  #isOwnConflict(error: LabError): boolean {
    if (error.code !== 'file.conflict') return false;
    const { version, content } = error.details ?? {};
    if (typeof version !== 'string' || typeof content !== 'string' || !this.#sent.has(content)) return false;
    this.#recognise(version, content);
    return true;
  }

  #recognise(version: string, content: string): void {
    this.#base = version;
    this.#savedText = content;
    this.#sent.clear();
    this.#savedAt = Date.now();
  }

  #saveFailed(error: LabError): void {
    if (this.#disposed) return;
    if (error.code === 'file.conflict') {
      this.#conflict(troubleOf(error));
      return;
    }
    const offline = isTemporary(error);
    const message =
      error.code === 'connection.lost'
        ? 'the server cannot be reached. It is saved as soon as it can be.'
        : error.message;
    this.#setOpen({ state: 'failed', message, offline, kept: this.#keepDraft() }, null);
  }

  #conflict(trouble: Trouble): void {
    const kept = this.#keepDraft();
    const message = trouble.kind === 'deleted' ? 'the file was deleted.' : 'the file was changed elsewhere.';
    this.#nextSave.cancel();
    this.#setOpen({ state: 'failed', message, offline: false, kept }, trouble);
  }

  /** What the server has is what is shown. */
  #accept(version: string, content: string): void {
    this.#base = version;
    if (this.#buffer?.getText() !== content) this.#buffer?.setText(content);
    this.#settle();
  }

  #settle(): void {
    this.#savedText = this.#text();
    this.#sent.clear();
    this.#options.drafts.remove(this.#path);
    this.#setOpen({ state: 'saved' }, null);
  }

  #makeBuffer(text: string): void {
    const buffer = this.#options.makeBuffer(this.#path, text);
    this.#buffer = buffer;
    // Monaco may make line ends uniform, which is no change by the person.
    this.#savedText = buffer.getText();
    buffer.onEdited(() => this.#edited());
  }

  #dropBuffer(): void {
    this.#buffer?.dispose();
    this.#buffer = null;
    this.#base = null;
    this.#sent.clear();
    this.#setView({ path: this.#path, state: 'loading' });
  }

  #edited(): void {
    const trouble = this.#trouble;
    const isShown = this.#view.state === 'open' && this.#view.save.state === 'saving';
    if (trouble === null && !isShown) this.#setOpen({ state: 'saving' }, null);
    this.#schedule();
  }

  #saveSoon(): void {
    this.#setOpen({ state: 'saving' }, null);
    this.#schedule();
  }

  #schedule(): void {
    this.#nextSave.start(this.#options.saveDelayMs);
  }

  #readAgainIfAsked(): void {
    if (!this.#readAgain || this.#disposed || this.#saving !== null || this.#reading) return;
    this.#readAgain = false;
    this.noticeChange();
  }

  #text(): string {
    return this.#buffer?.getText() ?? this.#lastText;
  }

  /** A draft of what the server has already would only ask questions later. */
  #keepDraft(): boolean {
    const content = this.#text();
    if (this.#discarded || (content === this.#savedText && this.#sent.isEmpty && this.#base !== null)) return true;
    const draft = { content, basedOn: this.#base };
    const sent = this.#sent.forDraft(content);
    const { drafts } = this.#options;
    return (sent.length > 0 && drafts.set(this.#path, { ...draft, sent })) || drafts.set(this.#path, draft);
  }

  #setOpen(save: SaveState, trouble: Trouble | null): void {
    this.#setView({ path: this.#path, state: 'open', save, trouble });
  }

  #setView(view: FileView): void {
    if (this.#disposed) return;
    this.#view = view;
    this.#options.onChanged();
  }
}

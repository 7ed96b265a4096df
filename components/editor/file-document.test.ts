import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../protocol/errors.ts';
import { LabError } from '../realtime/lab-connection.ts';
import type { Draft, Drafts } from './drafts.ts';
import { FileDocument } from './file-document.ts';
import type { FileClient, TextBuffer } from './file-view.ts';

class FakeBuffer implements TextBuffer {
  text: string;
  #listener: () => void = () => undefined;
  constructor(text: string) {
    this.text = text;
  }
  getText() {
    return this.text;
  }
  setText(text: string) {
    this.text = text;
  }
  type(text: string) {
    this.text = text;
    this.#listener();
  }
  onEdited(listener: () => void) {
    this.#listener = listener;
  }
  setPath() {}
  dispose() {}
}

/** A server with one file, whose versions are `v:` and the content. */
class FakeServer implements FileClient {
  content: string | null;
  failure: LabError | null = null;
  writes: string[] = [];
  hold: Promise<void> | null = null;
  /** Writes, and the connection goes before the answer. */
  loseAnswer = false;
  constructor(content: string | null) {
    this.content = content;
  }
  async read(path: string) {
    if (this.failure !== null) throw this.failure;
    if (this.content === null) throw new LabError({ code: 'file.not-found', message: 'gone' });
    return { path, content: this.content, version: `v:${this.content}` };
  }
  async write(_path: string, content: string, options: { basedOn: string | null; overwrite: boolean }) {
    await this.hold;
    if (this.failure !== null) throw this.failure;
    const version = this.content === null ? null : `v:${this.content}`;
    if (!options.overwrite && this.content !== content && version !== options.basedOn) {
      const details =
        version === null
          ? { version: null, content: null, reason: 'file.not-found' }
          : { version, content: this.content };
      throw new LabError({ code: 'file.conflict', message: 'changed', details });
    }
    this.content = content;
    this.writes.push(content);
    if (this.loseAnswer) throw fail('connection.lost');
    return { version: `v:${content}` };
  }
}

const fail = (code: ErrorCode | 'connection.lost') => new LabError({ code, message: `${code} happened` });

describe('FileDocument', () => {
  let drafts: Map<string, Draft>;
  let server: FakeServer;
  let buffer: FakeBuffer;
  beforeEach(() => {
    vi.useFakeTimers();
    drafts = new Map();
    server = new FakeServer('one');
  });
  afterEach(() => void vi.useRealTimers());

  const draftsPort: Drafts = {
    get: (path) => drafts.get(path) ?? null,
    set: (path, draft) => {
      drafts.set(path, draft);
      return true;
    },
    remove: (path) => void drafts.delete(path),
    paths: () => [...drafts.keys()],
  };
  const open = async () => {
    const document = new FileDocument('Dockerfile', {
      client: server,
      drafts: draftsPort,
      makeBuffer: (_path, text) => {
        buffer = new FakeBuffer(text);
        return buffer;
      },
      onChanged: () => undefined,
      saveDelayMs: 400,
      quietMs: 0,
    });
    await document.refresh();
    return document;
  };
  const saved = { state: 'open', save: { state: 'saved' }, trouble: null };

  it('saves a little after the last key, once', async () => {
    const document = await open();
    expect(document.view).toMatchObject(saved);
    buffer.type('two');
    await vi.advanceTimersByTimeAsync(300);
    buffer.type('three');
    expect(document.view).toMatchObject({ save: { state: 'saving' } });
    await vi.advanceTimersByTimeAsync(399);
    expect(server.writes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.writes).toEqual(['three']);
    expect(document.view).toMatchObject(saved);
    expect(drafts.size).toBe(0);
  });

  it('saves what was typed during a save as well', async () => {
    const document = await open();
    let release: () => void = () => undefined;
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    buffer.type('two');
    const first = document.flush();
    buffer.type('three');
    const second = document.flush();
    release();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(server.writes).toEqual(['two', 'three']);
  });

  it('keeps what cannot be saved as a draft, and saves it later', async () => {
    const document = await open();
    server.failure = fail('connection.lost');
    buffer.type('two');
    await vi.advanceTimersByTimeAsync(400);
    expect(document.view).toMatchObject({ save: { state: 'failed', offline: true, kept: true } });
    expect(drafts.get('Dockerfile')).toEqual({ content: 'two', basedOn: 'v:one' });
    server.failure = null;
    expect(await document.flush()).toBe(true);
    expect(document.view).toMatchObject(saved);
    expect(drafts.size).toBe(0);
  });

  describe('after a write whose acknowledgement was lost', () => {
    const lose = async () => {
      const document = await open();
      server.loseAnswer = true;
      buffer.type('two');
      await vi.advanceTimersByTimeAsync(400);
      server.loseAnswer = false;
      // Typed on while offline, with attempts that never leave the page.
      server.failure = fail('connection.lost');
      for (let index = 0; index < 20; index += 1) {
        buffer.type(`two, further ${index}`);
        await vi.advanceTimersByTimeAsync(400);
      }
      server.failure = null;
      expect(server.content).toBe('two');
      return document;
    };

    it('saves on top of it when it saves next', async () => {
      const document = await lose();
      expect(await document.flush()).toBe(true);
      expect(server.content).toBe('two, further 19');
      expect(document.view).toMatchObject(saved);
      expect(drafts.size).toBe(0);
    });

    it('saves on top of it when it is read next', async () => {
      const document = await lose();
      await document.refresh();
      expect(document.view).toMatchObject({ trouble: null });
      expect(buffer.text).toBe('two, further 19');
      await vi.advanceTimersByTimeAsync(400);
      expect(server.content).toBe('two, further 19');
      expect(document.view).toMatchObject(saved);
    });

    it('saves on top of it after a reload', async () => {
      await lose();
      const document = await open();
      expect(document.view).toMatchObject({ trouble: null });
      await vi.advanceTimersByTimeAsync(400);
      expect(server.content).toBe('two, further 19');
      expect(document.view).toMatchObject(saved);
    });

    it('takes it back when the person took it back', async () => {
      const document = await lose();
      buffer.type('one');
      await document.refresh();
      expect(buffer.text).toBe('one');
      await vi.advanceTimersByTimeAsync(400);
      expect(server.content).toBe('one');
      expect(document.view).toMatchObject(saved);
    });

    it('still asks when somebody else wrote since', async () => {
      const document = await lose();
      server.content = 'theirs';
      expect(await document.flush()).toBe(false);
      expect(document.view).toMatchObject({ trouble: { kind: 'conflict', content: 'theirs' } });
      expect(server.content).toBe('theirs');
    });
  });

  it('sends nothing more once it is discarded', async () => {
    const document = await open();
    buffer.type('first');
    void document.flush();
    buffer.type('last');
    document.discard();
    document.dispose();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.writes).toEqual(['first']);
    expect(drafts.size).toBe(0);
  });

  it('goes on with a draft after a reload', async () => {
    drafts.set('Dockerfile', { content: 'typed', basedOn: 'v:one' });
    await open();
    expect(buffer.text).toBe('typed');
    await vi.advanceTimersByTimeAsync(400);
    expect(server.content).toBe('typed');
  });

  it('asks when the file changed since the draft', async () => {
    drafts.set('Dockerfile', { content: 'typed', basedOn: 'v:older' });
    const document = await open();
    expect(document.view).toMatchObject({ trouble: { kind: 'conflict', content: 'one' } });
    expect(buffer.text).toBe('typed');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.content).toBe('one');
  });

  it('shows a change made elsewhere when nothing was typed', async () => {
    const document = await open();
    server.content = 'theirs';
    await document.refresh();
    expect(buffer.text).toBe('theirs');
    expect(document.view).toMatchObject(saved);
  });

  it('asks when both changed: mine', async () => {
    const document = await open();
    buffer.type('mine');
    server.content = 'theirs';
    await vi.advanceTimersByTimeAsync(400);
    expect(document.view).toMatchObject({ trouble: { kind: 'conflict', version: 'v:theirs', content: 'theirs' } });
    buffer.type('mine, further');
    await vi.advanceTimersByTimeAsync(400);
    expect(server.content).toBe('theirs');
    await document.keepMine();
    expect(server.content).toBe('mine, further');
    expect(document.view).toMatchObject(saved);
  });

  it('asks again when the other side changed while the person decided', async () => {
    const document = await open();
    buffer.type('mine');
    server.content = 'theirs';
    await document.refresh();
    server.content = 'theirs again';
    await document.keepMine();
    expect(document.view).toMatchObject({ trouble: { kind: 'conflict', content: 'theirs again' } });
    expect(server.content).toBe('theirs again');
  });

  it('asks when both changed: theirs', async () => {
    const document = await open();
    buffer.type('mine');
    server.content = 'theirs';
    await document.refresh();
    document.takeTheirs();
    expect(buffer.text).toBe('theirs');
    expect(document.view).toMatchObject(saved);
    expect(drafts.size).toBe(0);
  });

  it('does not ask when both wrote the same', async () => {
    const document = await open();
    buffer.type('same');
    server.content = 'same';
    await document.refresh();
    expect(document.view).toMatchObject(saved);
  });

  it('offers to restore a file that was deleted', async () => {
    const document = await open();
    server.content = null;
    await document.refresh();
    expect(document.view).toMatchObject({ trouble: { kind: 'deleted' } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.content).toBeNull();
    await document.restore();
    expect(server.content).toBe('one');
    expect(document.view).toMatchObject(saved);
  });

  it('is glad when a deleted file comes back', async () => {
    const document = await open();
    server.content = null;
    await document.refresh();
    server.content = 'back';
    await document.refresh();
    expect(buffer.text).toBe('back');
    expect(document.view).toMatchObject(saved);
  });

  it('refuses kindly what is no text, and opens it once it is', async () => {
    server.failure = fail('file.binary');
    const document = await open();
    expect(document.view).toMatchObject({ state: 'refused', code: 'file.binary' });
    server.failure = null;
    await document.refresh();
    expect(document.view).toMatchObject(saved);
  });

  it('says why it could not save, and keeps it', async () => {
    const document = await open();
    server.failure = fail('file.no-space');
    buffer.type('two');
    await vi.advanceTimersByTimeAsync(400);
    expect(document.view).toMatchObject({
      save: { state: 'failed', message: 'file.no-space happened', offline: false, kept: true },
    });
  });

  it('saves the last words when it is closed', async () => {
    const document = await open();
    buffer.type('last');
    document.dispose();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.content).toBe('last');
    expect(drafts.size).toBe(0);
  });

  it('saves the last words when it is closed during a save', async () => {
    const document = await open();
    buffer.type('first');
    void document.flush();
    buffer.type('last');
    document.dispose();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.content).toBe('last');
    expect(drafts.size).toBe(0);
  });

  it('leaves a draft when it is closed offline', async () => {
    const document = await open();
    server.failure = fail('connection.lost');
    buffer.type('last');
    document.dispose();
    await vi.advanceTimersByTimeAsync(0);
    expect(drafts.get('Dockerfile')).toEqual({ content: 'last', basedOn: 'v:one' });
  });
});

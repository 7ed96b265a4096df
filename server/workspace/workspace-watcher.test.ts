import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExecSession, ExecSpec, SandboxHost } from '../docker/sandbox-host.ts';
import type { Logger } from '../logger.ts';
import { createLocalExecHost } from './local-exec-host.ts';
import { isOutOfWatches, parseWatchRecord, watchWorkspace } from './workspace-watcher.ts';

const logger: Logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

describe('parseWatchRecord', () => {
  it.each([
    ['CLOSE_WRITE,CLOSE /root/l/a b', { path: 'a b' }],
    ['MOVED_TO /root/l/src/x', { path: 'src/x' }],
    ['CREATE,ISDIR /root/l/src', { path: null }],
    ['CREATE /root/l/.drydock-save-0a', null],
    ['MOVED_FROM /root/l/src/.drydock-save-0a', null],
    ['DELETE_SELF /root/l/', 'root-gone'],
    ['MOVE_SELF /root/l', 'root-gone'],
    ['DELETE_SELF /root/l/src/', null],
    ['CREATE /root/l/back\\slash', { path: null }],
    ['', null],
  ])('%j', (record, expected) => {
    expect(parseWatchRecord(record, '/root/l')).toEqual(expected);
  });
});

describe('watchWorkspace', () => {
  let sessions: {
    spec: ExecSpec;
    stdout: PassThrough;
    stderr: PassThrough;
    end: (code: number) => void;
    fail: () => void;
  }[];
  let host: SandboxHost;
  beforeEach(() => {
    sessions = [];
    host = { ...createLocalExecHost(), exec: async (_id, spec) => fakeSession(spec) };
  });
  const fakeSession = (spec: ExecSpec): ExecSession => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    let end: (code: number) => void = () => undefined;
    let fail: () => void = () => undefined;
    const exit = new Promise<number>((resolve, reject) => {
      end = resolve;
      fail = () => reject(new Error('gone'));
    });
    exit.catch(() => undefined);
    sessions.push({ spec, stdout, stderr, end, fail });
    return { stdin: new PassThrough(), stdout, stderr, exit, dispose: () => end(137) };
  };
  const watch = () => {
    const told: (string[] | null)[] = [];
    const onEnded = vi.fn();
    const watcher = watchWorkspace({
      host,
      sandboxId: 's',
      root: '/root/l',
      logger,
      onChanged: (paths) => told.push(paths),
      onEnded,
    });
    return { told, onEnded, watcher };
  };

  it('tells changes together, then says to look at everything when there are too many', async () => {
    const { told, watcher } = watch();
    await vi.waitFor(() => expect(sessions).toHaveLength(1), 15_000);
    sessions[0]?.stdout.write('CLOSE_WRITE /root/l/b\0CREATE /root/l/a\0CLOSE_WR');
    sessions[0]?.stdout.write('ITE /root/l/a\0');
    await vi.waitFor(() => expect(told).toEqual([['a', 'b']]), 15_000);
    sessions[0]?.stdout.write(Array.from({ length: 300 }, (_, index) => `CREATE /root/l/${index}\0`).join(''));
    await vi.waitFor(() => expect(told).toEqual([['a', 'b'], null]), 15_000);
    watcher.dispose();
  });

  it('begins again when the folder is gone', async () => {
    const { told, watcher } = watch();
    await vi.waitFor(() => expect(sessions).toHaveLength(1), 15_000);
    sessions[0]?.stdout.write('DELETE_SELF /root/l/\0');
    await vi.waitFor(() => expect(sessions).toHaveLength(2), 15_000);
    await vi.waitFor(() => expect(told).toEqual([null]), 15_000);
    watcher.dispose();
  });

  it('polls when no watches are left', async () => {
    const { told, watcher } = watch();
    await vi.waitFor(() => expect(sessions).toHaveLength(1), 15_000);
    sessions[0]?.stderr.write('Failed to watch /root/l; upper limit on inotify watches reached!\n');
    await new Promise((resolve) => setImmediate(resolve));
    sessions[0]?.end(1);
    await vi.waitFor(() => expect(sessions).toHaveLength(2), 15_000);
    expect(sessions[1]?.spec.argv[2]).toContain('sha256sum');
    sessions[1]?.stdout.write('changed\n');
    await vi.waitFor(() => expect(told.at(-1)).toBeNull(), 15_000);
    watcher.dispose();
  });

  it('ends with the sandbox', async () => {
    const { onEnded } = watch();
    await vi.waitFor(() => expect(sessions).toHaveLength(1), 15_000);
    sessions[0]?.fail();
    await vi.waitFor(() => expect(onEnded).toHaveBeenCalledOnce(), 15_000);
  });

  it('knows the words of inotify when it has no more', () => {
    expect(isOutOfWatches("Couldn't initialize inotify: Too many open files")).toBe(true);
    expect(isOutOfWatches('Setting up watches.  Beware: since -r was given, this may take a while!')).toBe(false);
  });
});

describe('polling a real folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-poll-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('notices a new file', async () => {
    const root = join(folder, 'lesson');
    mkdirSync(root);
    const local = createLocalExecHost();
    const host: SandboxHost = {
      ...local,
      // As if inotifywait had said that there are no watches left.
      exec: (id, spec) =>
        spec.argv[2]?.includes('inotifywait') === true
          ? local.exec(id, { argv: ['sh', '-c', 'echo upper limit on inotify watches reached >&2; exit 1'] })
          : local.exec(id, spec),
    };
    const told: (string[] | null)[] = [];
    const watcher = watchWorkspace({
      host,
      sandboxId: 's',
      root,
      logger,
      onChanged: (paths) => told.push(paths),
      onEnded: vi.fn(),
    });
    try {
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(0), { timeout: 3_000 });
      await new Promise((resolve) => setTimeout(resolve, 700));
      const before = told.length;
      writeFileSync(join(root, 'new'), '');
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), { timeout: 5_000 });
    } finally {
      watcher.dispose();
    }
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withImagesLock } from './images-lock.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-images-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that has the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
  const module = JSON.stringify(join(import.meta.dirname, 'images-lock.ts'));
  const program = `import { withImagesLock } from ${module};
    setInterval(() => undefined, 1000);
    await withImagesLock(${JSON.stringify(folder)}, { waitMs: 0 }, async () => {
      console.log('held');
      await new Promise((resolve) => process.on('SIGTERM', resolve));
    });
    process.exit();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of the images', () => {
  it('lets one after the other, and leaves nothing behind', async () => {
    const order: string[] = [];
    let end = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      end = resolve;
    });
    const one = withImagesLock(folder, { waitMs: 0 }, async () => {
      order.push('one begins');
      await first;
      order.push('one ends');
    });
    await vi.waitFor(() => expect(order).toEqual(['one begins']));
    const waiting = vi.fn();
    const two = withImagesLock(folder, { waitMs: 30_000, onWait: waiting }, async () => void order.push('two'));
    await vi.waitFor(() => expect(waiting).toHaveBeenCalledWith(process.pid));
    end();
    await Promise.all([one, two]);
    expect(order).toEqual(['one begins', 'one ends', 'two']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given back when what was done failed', async () => {
    await expect(withImagesLock(folder, { waitMs: 0 }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withImagesLock(folder, { waitMs: 0 }, async () => 'again')).toBe('again');
  });

  it('says who has it when it takes too long', async () => {
    const other = await holder();
    await expect(withImagesLock(folder, { waitMs: 300 }, async () => 'never')).rejects.toMatchObject({
      code: 'image.busy',
      message: expect.stringContaining(String(other.pid)) as string,
    });
    other.kill('SIGTERM');
    expect(await withImagesLock(folder, { waitMs: 30_000 }, async () => 'then')).toBe('then');
  });

  it('is taken over from a process that was killed', async () => {
    const other = await holder();
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(readdirSync(folder)).toEqual(['images.lock']);
    expect(await withImagesLock(folder, { waitMs: 0 }, async () => 'mine')).toBe('mine');
  });

  it.each([
    ['a later process with its number', JSON.stringify({ pid: process.pid, started: '1' })],
    ['a process of before the machine was started anew', JSON.stringify({ pid: process.pid, started: '', booted: 1 })],
    ['something that is no lock', 'x'],
  ])('is taken over from %s', async (_from, text) => {
    writeFileSync(join(folder, 'images.lock'), text);
    expect(await withImagesLock(folder, { waitMs: 0 }, async () => 'mine')).toBe('mine');
  });

  it('is left to a process of this run of the machine where there is no /proc to ask', async () => {
    const booted = Date.now() - uptime() * 1000 + 5_000;
    writeFileSync(join(folder, 'images.lock'), JSON.stringify({ pid: process.pid, started: '', booted }));
    await expect(withImagesLock(folder, { waitMs: 0 }, async () => 'mine')).rejects.toMatchObject({
      code: 'image.busy',
    });
  });

  it('is had by one only when many find it dead', async () => {
    writeFileSync(join(folder, 'images.lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withImagesLock(folder, { waitMs: 60_000 }, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          expect(readFileSync(join(folder, 'images.lock'), 'utf8')).toContain(String(process.pid));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it('is not waited for any more when that is given up', async () => {
    await holder();
    const abort = new AbortController();
    const waiting = withImagesLock(
      folder,
      { waitMs: 60_000, signal: abort.signal, onWait: () => abort.abort() },
      async () => 'never',
    );
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes away what killed processes left, and leaves nothing where it cannot be taken', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    writeFileSync(join(folder, `images.lock.${dead.pid}.1`), '');
    writeFileSync(join(folder, `images.lock.${process.ppid}.1`), '');
    await withImagesLock(folder, { waitMs: 0 }, async () => undefined);
    expect(readdirSync(folder)).toEqual([`images.lock.${process.ppid}.1`]);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(withImagesLock(file, { waitMs: 0 }, async () => undefined)).rejects.toMatchObject({
      code: 'file.failed',
    });
  });
});

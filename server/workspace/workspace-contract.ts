import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceUnderTest {
  workspace: Workspace;
  /** Runs a shell command in the workspace's folder and gives what it printed. */
  shell: (command: string) => Promise<string>;
}

/** What every workspace does, on whatever machine its sandbox is. `fresh` gives an empty one. */
export function describeWorkspace(name: string, fresh: () => Promise<WorkspaceUnderTest>): void {
  describe(name, () => {
    let workspace: Workspace;
    let shell: WorkspaceUnderTest['shell'];
    beforeEach(async () => {
      ({ workspace, shell } = await fresh());
    });
    const create = (path: string, content: string) =>
      workspace.write(path, content, { basedOn: null, overwrite: false });

    describe('list', () => {
      it('is empty for a folder that is empty or gone', async () => {
        expect(await workspace.list()).toEqual({ entries: [], omitted: 0 });
        await shell(`rm -rf ${workspace.root}`);
        expect(await workspace.list()).toEqual({ entries: [], omitted: 0 });
      });

      it('gives files, folders and others by path, hidden ones too, and .git as a folder only', async () => {
        await shell(
          'mkdir -p src .git/objects; printf abc > src/app.py; touch .dockerignore .git/objects/x; mkfifo pipe; ln -s src/app.py link; ln -s nowhere broken; touch .drydock-save-1',
        );
        expect(await workspace.list()).toEqual({
          entries: [
            { path: '.dockerignore', type: 'file', size: 0 },
            { path: '.git', type: 'folder', size: 0 },
            { path: 'broken', type: 'other', size: 7 },
            { path: 'link', type: 'file', size: 10 },
            { path: 'pipe', type: 'other', size: 0 },
            { path: 'src', type: 'folder', size: 0 },
            { path: 'src/app.py', type: 'file', size: 3 },
          ],
          omitted: 0,
        });
      });

      it('shows shallow entries of a huge tree and counts the rest', async () => {
        await shell('mkdir many; cd many; seq 1 2500 | xargs touch; touch ../Dockerfile');
        const tree = await workspace.list();
        expect(tree.entries).toHaveLength(limits.treeEntries);
        expect(tree.entries.map((entry) => entry.path)).toContain('Dockerfile');
        expect(tree.omitted).toBe(2502 - limits.treeEntries);
      });

      it('counts names the protocol cannot carry as omitted', async () => {
        await shell("touch \"$(printf 'a\\nb')\" 'back\\slash' \"$(printf 'bad\\377')\" fine");
        expect(await workspace.list()).toEqual({ entries: [{ path: 'fine', type: 'file', size: 0 }], omitted: 3 });
      });
    });

    describe('read', () => {
      it('gives text with its version, exactly as it is', async () => {
        const text = '\uFEFFFROM debian\r\n# ü 🐳 — no line end';
        await shell('true');
        const { version } = await create('Dockerfile', text);
        expect(await workspace.read('Dockerfile')).toEqual({ path: 'Dockerfile', content: text, version });
      });

      it('refuses what is missing, a folder, too large or not text, each with its code', async () => {
        await shell(
          `mkdir folder; head -c ${limits.fileText + 1} /dev/zero | tr '\\0' x > large; printf 'a\\000b' > nul; printf '\\377\\376' > latin`,
        );
        await expect(workspace.read('nothing')).rejects.toMatchObject({ code: 'file.not-found' });
        await expect(workspace.read('large/inside')).rejects.toMatchObject({ code: 'file.not-found' });
        await expect(workspace.read('folder')).rejects.toMatchObject({ code: 'file.is-folder' });
        await expect(workspace.read('large')).rejects.toMatchObject({
          code: 'file.too-large',
          details: { size: limits.fileText + 1 },
        });
        await expect(workspace.read('nul')).rejects.toMatchObject({ code: 'file.binary' });
        await expect(workspace.read('latin')).rejects.toMatchObject({ code: 'file.binary' });
      });

      it('does not wait at a pipe or read a device', async () => {
        await shell('mkfifo pipe; ln -s /dev/zero zero; ln -s loop loop');
        const before = Date.now();
        await expect(workspace.read('pipe')).rejects.toMatchObject({ code: 'file.failed' });
        await expect(workspace.read('zero')).rejects.toMatchObject({ code: 'file.failed' });
        await expect(workspace.read('loop')).rejects.toMatchObject({ code: 'file.not-found' });
        expect(Date.now() - before).toBeLessThan(5_000);
      });

      it('refuses paths that climb out before anything runs', async () => {
        for (const path of ['../x', '/etc/passwd', 'a/../../b', '', 'a//b', 'a\0b', 'a\nb', './a']) {
          await expect(Promise.resolve().then(() => workspace.read(path))).rejects.toMatchObject({
            code: 'file.path-invalid',
          });
          await expect(Promise.resolve().then(() => workspace.remove(path))).rejects.toMatchObject({
            code: 'file.path-invalid',
          });
        }
      });

      it('takes names the shell would misread literally', async () => {
        for (const path of ['-rf', '$(touch owned)', '`id`', 'it\'s "quoted"', ' spaced ', '*', 'ünïcode 🐳']) {
          await create(path, path);
          expect((await workspace.read(path)).content).toBe(path);
        }
        expect((await workspace.list()).entries.map((entry) => entry.path)).not.toContain('owned');
      });

      it('readRaw gives the first bytes of anything regular', async () => {
        await shell("printf 'a\\000bcdef' > nul");
        expect(await workspace.readRaw('nul', 4)).toEqual(Buffer.from('a\0bc'));
      });
    });

    describe('write', () => {
      it('replaces what it is based on, keeping the mode', async () => {
        const first = await create('run.sh', 'one');
        await shell('chmod 750 run.sh');
        await workspace.write('run.sh', 'two', { basedOn: first.version, overwrite: false });
        expect(await shell('cat run.sh; stat -c %a run.sh; ls -A')).toBe('two750\nrun.sh\n');
      });

      it('refuses when the file changed since, and says what is there', async () => {
        const first = await create('a', 'one');
        await shell('printf theirs > a');
        const theirs = await workspace.read('a');
        await expect(workspace.write('a', 'mine', { basedOn: first.version, overwrite: false })).rejects.toMatchObject({
          code: 'file.conflict',
          details: { version: theirs.version, content: 'theirs' },
        });
        await expect(create('a', 'mine')).rejects.toMatchObject({ code: 'file.conflict' });
        await expect(workspace.write('a', 'mine', { basedOn: '', overwrite: false })).rejects.toMatchObject({
          code: 'file.conflict',
        });
        expect(await shell('cat a; ls -A')).toBe('theirsa\n');
        await workspace.write('a', 'mine', { basedOn: first.version, overwrite: true });
        expect(await shell('cat a')).toBe('mine');
      });

      it('refuses when the file is gone, or became something that is no text', async () => {
        const first = await create('a', 'one');
        await shell('rm a');
        const gone = { code: 'file.conflict', details: { version: null, content: null, reason: 'file.not-found' } };
        await expect(workspace.write('a', 'mine', { basedOn: first.version, overwrite: false })).rejects.toMatchObject(
          gone,
        );
        await shell("printf 'a\\000' > a");
        const binary = { code: 'file.conflict', details: { version: null, content: null, reason: 'file.binary' } };
        await expect(workspace.write('a', 'mine', { basedOn: first.version, overwrite: false })).rejects.toMatchObject(
          binary,
        );
      });

      it('counts as done when the file already holds the content: an answer may have been lost', async () => {
        const first = await create('a', 'one');
        const second = await workspace.write('a', 'two', { basedOn: first.version, overwrite: false });
        expect(await workspace.write('a', 'two', { basedOn: first.version, overwrite: false })).toEqual(second);
        expect(await create('a', 'two')).toEqual(second);
      });

      it('makes folders on the way, and says when a file is in it', async () => {
        await create('deep/er/file', 'x');
        expect(await shell('cat deep/er/file')).toBe('x');
        await expect(create('deep/er/file/below', 'x')).rejects.toMatchObject({ code: 'file.exists' });
        await expect(create('deep', 'x')).rejects.toMatchObject({ code: 'file.is-folder' });
        await shell(`rm -rf ${workspace.root}`);
        await create('again', 'x');
        expect(await workspace.list()).toMatchObject({ entries: [{ path: 'again' }] });
      });

      it('writes through a link and keeps the link', async () => {
        await shell('mkdir real; printf one > real/file; ln -s real/file link');
        const { version } = await workspace.read('link');
        await workspace.write('link', 'two', { basedOn: version, overwrite: false });
        expect(await shell('readlink link; cat real/file')).toBe('real/file\ntwo');
      });

      it('refuses a pipe, a device and content over the limit', async () => {
        await shell('mkfifo pipe; ln -s /dev/full full');
        for (const path of ['pipe', 'full']) {
          await expect(workspace.write(path, 'x', { basedOn: null, overwrite: true })).rejects.toMatchObject({
            code: 'file.failed',
          });
        }
        await expect(create('large', 'ü'.repeat(limits.fileText / 2 + 1))).rejects.toMatchObject({
          code: 'file.too-large',
        });
        await create('largest', 'x'.repeat(limits.fileText));
        expect((await workspace.read('largest')).content).toHaveLength(limits.fileText);
      });

      it('appends on a line of its own and replaces lines', async () => {
        await workspace.append('list', 'one');
        await workspace.append('list', 'two\n');
        await workspace.append('list', 'three\n');
        expect((await workspace.read('list')).content).toBe('one\ntwo\nthree\n');
        await workspace.replaceLines('list', 2, 3, 'B\nC\nD\n');
        expect((await workspace.read('list')).content).toBe('one\nB\nC\nD\n');
        await expect(workspace.replaceLines('list', 9, 9, 'x')).rejects.toMatchObject({ code: 'file.failed' });
        await expect(workspace.replaceLines('none', 1, 1, 'x')).rejects.toMatchObject({ code: 'file.not-found' });
      });
    });

    describe('names', () => {
      it('renames and moves, never over something', async () => {
        await create('a', 'a');
        await create('b', 'b');
        await expect(workspace.rename('a', 'b')).rejects.toMatchObject({ code: 'file.exists' });
        await expect(workspace.rename('gone', 'c')).rejects.toMatchObject({ code: 'file.not-found' });
        await workspace.rename('a', 'folder/new/c');
        await expect(workspace.rename('folder', 'folder/inside')).rejects.toMatchObject({ code: 'file.path-invalid' });
        expect(await shell('cat folder/new/c b')).toBe('ab');
      });

      it('removes files, whole folders and links but not what they point to', async () => {
        await create('folder/a', 'a');
        await create('kept', 'kept');
        await shell('ln -s kept link; mkfifo pipe');
        for (const path of ['folder', 'link', 'pipe']) await workspace.remove(path);
        expect(await shell('ls -A')).toBe('kept\n');
        await expect(workspace.remove('folder')).rejects.toMatchObject({ code: 'file.not-found' });
      });

      it('makes folders', async () => {
        await workspace.makeFolder('a/b');
        await expect(workspace.makeFolder('a/b')).rejects.toMatchObject({ code: 'file.exists' });
        expect((await workspace.list()).entries.map((entry) => entry.path)).toEqual(['a', 'a/b']);
      });
    });

    describe('upload, download, archive, seed', () => {
      it('uploads bytes as they are, and asks before replacing', async () => {
        const bytes = Buffer.from([0, 1, 2, 255, 254]);
        expect(await workspace.upload('in/data.bin', Readable.from([bytes]), { replace: false })).toMatchObject({
          size: 5,
        });
        await expect(workspace.upload('in/data.bin', Readable.from([bytes]), { replace: false })).rejects.toMatchObject(
          { code: 'file.exists' },
        );
        await workspace.upload('in/data.bin', Readable.from([Buffer.from('new')]), { replace: true });
        const { size, stream } = await workspace.download('in/data.bin');
        expect(size).toBe(3);
        expect((await buffer(stream)).toString()).toBe('new');
        await expect(workspace.upload('in', Readable.from([bytes]), { replace: true })).rejects.toMatchObject({
          code: 'file.is-folder',
        });
      });

      it('leaves nothing of an upload that is too large or breaks off', async () => {
        const block = Buffer.alloc(1024 * 1024);
        const tooMuch = Readable.from(Array.from({ length: limits.fileUpload / block.length + 1 }, () => block));
        await expect(workspace.upload('large', tooMuch, { replace: false })).rejects.toMatchObject({
          code: 'file.too-large',
        });
        const broken = new Readable({
          read() {
            this.push(Buffer.from('half'));
            setTimeout(() => this.destroy(new Error('aborted')), 20);
          },
        });
        await expect(workspace.upload('broken', broken, { replace: false })).rejects.toMatchObject({
          code: 'file.failed',
        });
        expect(await shell('ls -A')).toBe('');
      });

      it('archives the folder under its own name', async () => {
        await create('Dockerfile', 'FROM busybox\n');
        await shell('mkfifo pipe; truncate -s 100G sparse');
        const archive = await buffer(await workspace.archive());
        const folder = mkdtempSync(join(tmpdir(), 'drydock-archive-'));
        try {
          const names = execFileSync('tar', ['-t', '-z'], { input: archive, encoding: 'utf8' });
          const top = workspace.root.slice(workspace.root.lastIndexOf('/') + 1);
          expect(names.split('\n')).toEqual(expect.arrayContaining([`${top}/Dockerfile`, `${top}/sparse`]));
          expect(archive.length).toBeLessThan(10_000);
        } finally {
          rmSync(folder, { recursive: true });
        }
        await shell(`rm -rf ${workspace.root}`);
        await expect(workspace.archive()).rejects.toMatchObject({ code: 'file.not-found' });
      });

      it('clears the folder but keeps it', async () => {
        await create('deep/file', 'x');
        await shell('touch .hidden; mkfifo pipe; ln -s /etc link');
        const before = await shell('stat -c %i .');
        await workspace.clear();
        expect(await shell('ls -A; stat -c %i .')).toBe(before);
        expect(await shell('ls -d /etc')).toBe('/etc\n');
      });

      it('seeds only what is missing', async () => {
        await create('Dockerfile', 'my work');
        const files = [
          { path: 'Dockerfile', content: 'the lesson' },
          { path: 'src/run.sh', content: '#!/bin/sh\n', executable: true },
        ];
        await workspace.seed(files);
        await workspace.seed(files);
        expect(await shell('cat Dockerfile; stat -c %a src/run.sh')).toBe('my work755\n');
      });
    });
  });
}

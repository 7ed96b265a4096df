import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../protocol/limits.ts';
import { createLocalExecHost } from './local-exec-host.ts';
import { createWorkspace } from './workspace.ts';
import { contentDisposition, handleArchive, handleDownload, handleUpload } from './workspace-routes.ts';

describe('workspace routes', () => {
  let folder: string;
  let root: string;
  let server: Server;
  let base: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-routes-'));
    root = join(folder, 'lesson');
    mkdirSync(root);
    const workspace = createWorkspace({ host: createLocalExecHost(), sandboxId: 's', root });
    server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1));
      if (path === 'archive') void handleArchive(request, response, workspace, 'course/lesson');
      else if (request.method === 'GET') void handleDownload(request, response, workspace, path);
      else void handleUpload(request, response, workspace, path);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('takes an upload, asks before replacing, and gives it back as a download', async () => {
    const put = (query = '') =>
      fetch(`${base}/in/data%20%C3%BC${query}`, { method: 'PUT', body: new Uint8Array([0, 255]) });
    expect(await (await put()).json()).toMatchObject({ ok: true, data: { path: 'in/data ü', size: 2 } });
    const again = await put();
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ ok: false, error: { code: 'file.exists' } });
    expect((await put('?replace=1')).status).toBe(201);
    const response = await fetch(`${base}/in/data%20%C3%BC`);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="data _"; filename*=UTF-8''data%20%C3%BC`,
    );
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  it('refuses what is too large, announced or not, and leaves nothing', async () => {
    const response = await fetch(`${base}/large`, { method: 'PUT', body: new Uint8Array(limits.fileUpload + 1) }).catch(
      () => null,
    );
    if (response !== null) expect(response.status).toBe(413);
    const status = await new Promise<number | null>((resolve) => {
      const upload = httpRequest(`${base}/chunked`, { method: 'PUT' }, (answer) => resolve(answer.statusCode ?? null));
      upload.on('error', () => resolve(null));
      for (let index = 0; index <= 17; index += 1) upload.write(Buffer.alloc(1024 * 1024));
      upload.end();
    });
    expect(status).toBe(413);
    await vi.waitFor(() => expect(readdirSync(root)).toEqual([]), 15_000);
  });

  it('leaves nothing of an upload whose client goes away', async () => {
    const upload = httpRequest(`${base}/half`, { method: 'PUT', headers: { 'content-length': '1000' } });
    upload.on('error', () => undefined);
    upload.write('half');
    await vi.waitFor(() => expect(readdirSync(root)).toHaveLength(1), 15_000);
    upload.destroy();
    await vi.waitFor(() => expect(readdirSync(root)).toEqual([]), { timeout: 3_000 });
  });

  it('gives everything as an archive named after the lesson', async () => {
    writeFileSync(join(root, 'a'), 'a');
    const response = await fetch(`${base}/archive`);
    expect(response.headers.get('content-disposition')).toContain('filename="lesson.tar.gz"');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('a');
  });

  it('answers other methods and paths that climb out with an error', async () => {
    expect((await fetch(`${base}/archive`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${base}/${encodeURIComponent('../x')}`)).status).toBe(400);
    expect((await fetch(`${base}/missing`)).status).toBe(404);
  });
});

describe('contentDisposition', () => {
  it('cannot be broken out of', () => {
    expect(contentDisposition('a"\r\nx: y')).toBe(
      `attachment; filename="a___x: y"; filename*=UTF-8''a%22%0D%0Ax%3A%20y`,
    );
  });
});

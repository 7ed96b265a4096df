import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, TestHost } from './test-host.ts';

const ground = new TestHost();
const { host, id } = ground;
const execText = ground.execText.bind(ground);

beforeAll(() => ground.open());
afterAll(() => ground.dispose());

async function namesIn(tar: Readable): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const parser = extract();
  tar.on('error', (error: Error) => parser.destroy(error));
  tar.pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) found[entry.header.name] = await text(entry as unknown as Readable);
  return found;
}

function tarOf(fill: (archive: ReturnType<typeof pack>) => void): Readable {
  const archive = pack();
  fill(archive);
  archive.finalize();
  return archive as unknown as Readable;
}

describe('files', () => {
  it('go in and come out', async () => {
    const tar = tarOf((archive) => {
      archive.entry({ name: './', type: 'directory' });
      archive.entry({ name: 'src/', type: 'directory' });
      archive.entry({ name: 'src/app.js', mode: 0o4755 }, 'console.log("é")\n');
      archive.entry({ name: 'Dockerfile' }, 'FROM scratch\n');
    });
    await host.putArchive(id, '/root/les son/one', tar);
    expect((await execText(['stat', '-c', '%a %u', '/root/les son/one/src/app.js'])).out).toBe('755 0\n');
    const found = await namesIn(await host.readHome(id));
    expect(found).toMatchObject({
      'root/les son/one/Dockerfile': 'FROM scratch\n',
      'root/les son/one/src/app.js': 'console.log("é")\n',
    });
  });

  it('are refused when they are links or climb out', async () => {
    const link = tarOf((archive) => archive.entry({ name: 'evil', type: 'symlink', linkname: '/etc/passwd' }));
    expect(await failure(host.putArchive(id, '/root/evil', link))).toBe('file.path-invalid');
    const climbing = tarOf((archive) => archive.entry({ name: '../climbed' }, 'x'));
    expect(await failure(host.putArchive(id, '/root/evil', climbing))).toBe('file.path-invalid');
    expect((await execText(['ls', '/root/climbed'])).code).not.toBe(0);
  });

  it('say when the disk is full', async () => {
    // /tmp of the sandbox is a small tmpfs.
    await execText(['sh', '-c', 'dd if=/dev/zero of=/tmp/fill bs=1M; truncate -s -2M /tmp/fill']);
    const large = tarOf((archive) => archive.entry({ name: 'large' }, Buffer.alloc(10 * 1024 * 1024)));
    await expect(host.putArchive(id, '/tmp/small', large)).rejects.toMatchObject({ code: 'file.no-space' });
    await execText(['rm', '-rf', '/tmp/small', '/tmp/fill']);
  });
});

import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { archiveLimits, filterTar } from './archive.ts';

type Archive = ReturnType<typeof pack>;

async function tarOf(fill: (archive: Archive) => void): Promise<Buffer> {
  const archive = pack();
  fill(archive);
  archive.finalize();
  return buffer(Readable.from(archive as AsyncIterable<Buffer>));
}

async function filtered(tar: Buffer, chunkSize = tar.length): Promise<[string, string, number][]> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < tar.length; at += chunkSize) chunks.push(tar.subarray(at, at + chunkSize));
  const whole = await buffer(filterTar(Readable.from(chunks)));
  const found: [string, string, number][] = [];
  const parser = extract();
  parser.end(whole);
  for await (const entry of parser) {
    found.push([entry.header.name, await text(Readable.from(entry as AsyncIterable<Buffer>)), entry.header.mode]);
  }
  return found;
}

async function refusal(fill: (archive: Archive) => void): Promise<string> {
  const tar = await tarOf(fill);
  return filtered(tar).then(
    () => 'taken',
    (error: { code: string }) => error.code,
  );
}

it('passes on files and folders, without special bits, however it is chunked', async () => {
  const tar = await tarOf((archive) => {
    archive.entry({ name: './', type: 'directory' });
    archive.entry({ name: './src', type: 'directory', mode: 0o1777 });
    archive.entry({ name: './src//run.sh', mode: 0o6755, uid: 1234 }, '#!/bin/sh\n');
    archive.entry({ name: 'large' }, 'x'.repeat(200_000));
    archive.entry({ name: 'empty' }, '');
  });
  const expected = [
    ['src/', '', 0o777],
    ['src/run.sh', '#!/bin/sh\n', 0o755],
    ['large', 'x'.repeat(200_000), 0o644],
    ['empty', '', 0o644],
  ];
  expect(await filtered(tar)).toEqual(expected);
  expect(await filtered(tar, 1000)).toEqual(expected);
});

it('refuses links, devices and paths that climb out', async () => {
  expect(await refusal((archive) => archive.entry({ name: 'a', type: 'symlink', linkname: '/etc' }))).toBe(
    'file.path-invalid',
  );
  expect(await refusal((archive) => archive.entry({ name: 'a', type: 'link', linkname: 'b' }))).toBe(
    'file.path-invalid',
  );
  expect(await refusal((archive) => archive.entry({ name: 'a', type: 'character-device' }))).toBe('file.path-invalid');
  expect(await refusal((archive) => archive.entry({ name: 'a', type: 'fifo' }))).toBe('file.path-invalid');
  for (const name of ['../a', 'a/../../b', 'a/..', '/etc/passwd', 'a\nb', '.', `${'x/'.repeat(600)}y`]) {
    expect([name, await refusal((archive) => archive.entry({ name }, 'x'))]).toEqual([name, 'file.path-invalid']);
  }
  expect(await refusal((archive) => archive.entry({ name: 'ok' }, 'x'))).toBe('taken');
});

it('bounds the count of entries', async () => {
  const code = await refusal((archive) => {
    for (let count = 0; count <= archiveLimits.entries; count++)
      archive.entry({ name: `f${count}`, type: 'directory' });
  });
  expect(code).toBe('file.too-large');
  // Twenty thousand entries are a second's work, and more on a busy machine.
}, 30_000);

it('refuses what is no archive, or half of one', async () => {
  await expect(filtered(Buffer.alloc(2048, 'nonsense'))).rejects.toMatchObject({ code: 'file.failed' });
  const tar = await tarOf((archive) => archive.entry({ name: 'a' }, 'x'.repeat(5000)));
  await expect(filtered(tar.subarray(0, 2000))).rejects.toMatchObject({ code: 'file.failed' });
});

it('bounds an extended header, which a parser has to keep whole', async () => {
  const header = (await tarOf((archive) => archive.entry({ name: 'pax', size: 0 }, ''))).subarray(0, 512);
  header.write('77777777777', 124, 'latin1');
  header.write('x', 156, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  await expect(filtered(header)).rejects.toMatchObject({ code: 'file.failed' });
});

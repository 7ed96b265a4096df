import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { DrydockError } from '../errors.ts';

/*
 * The plain tar that a bundle is: regular files with short names, each followed by zeros up to the next block. Written
 * and read here rather than by a library, for a bundle is read by place: nothing of it is unpacked, and nothing of an
 * image is ever whole in memory.
 */

const block = 512;
/** Some dozen images have some hundred blobs. */
const mostEntries = 10_000;
const chunkBytes = 1024 * 1024;

export interface ArchiveEntry {
  name: string;
  /** Where its content begins in the file. */
  offset: number;
  /** bytes */
  size: number;
}

export function invalidBundle(words: string): DrydockError {
  return new DrydockError(
    'bundle.invalid',
    `${words} \`npm run images -- bundle FILE\` on a machine that has the images writes a bundle.`,
  );
}

export function damagedBundle(words: string): DrydockError {
  return new DrydockError('bundle.damaged', `${words} Copy the bundle again from where it was made, or make it anew.`);
}

/** The header of a file of that size; times and owners stay out of it, so that the same files give the same bytes. */
export function archiveHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  if (Buffer.byteLength(name) > 100) throw new Error(`the name ${name} is too long for a bundle`);
  header.write(name, 0, 'utf8');
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    // What GNU tar and all since then do with more than 8 GiB: a binary number, marked by its first bit.
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Zeros up to the next block. */
export function archivePadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** What ends an archive. */
export const archiveEnd = Buffer.alloc(2 * block);

/**
 * All files of a bundle by their names, without reading what is in them.
 * @throws bundle.invalid when it is no bundle, bundle.damaged when it is cut or a header was changed
 */
export async function readArchive(file: FileHandle): Promise<Map<string, ArchiveEntry>> {
  const { size: fileSize } = await file.stat();
  if (fileSize === 0) throw damagedBundle('The bundle is empty.');
  const entries = new Map<string, ArchiveEntry>();
  let offset = 0;
  for (;;) {
    const header = await readBytes(file, offset, block);
    if (header.length < block) throw offset === 0 ? notAnArchive(header) : cutOff();
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) {
      throw offset === 0
        ? notAnArchive(header)
        : damagedBundle(`The bundle is damaged: at byte ${offset} there is something else than the next file.`);
    }
    const { name, size } = readHeader(header);
    offset += block;
    if (offset + size > fileSize) throw cutOff();
    if (name !== null) {
      if (entries.has(name)) throw invalidBundle(`This is no bundle of Drydock: it has ${quote(name)} twice.`);
      if (entries.size >= mostEntries) throw invalidBundle('This is no bundle of Drydock: it has too many files.');
      entries.set(name, { name, offset, size });
    }
    offset += Math.ceil(size / block) * block;
  }
  await requireEnd(file, offset);
  return entries;
}

/** The file's bytes in pieces of at most a mebibyte. @throws bundle.damaged when there are fewer than it should have */
export async function* readEntry(file: FileHandle, entry: ArchiveEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let done = 0;
  while (done < entry.size) {
    signal?.throwIfAborted();
    const piece = await readBytes(file, entry.offset + done, Math.min(chunkBytes, entry.size - done));
    if (piece.length === 0) throw cutOff();
    done += piece.length;
    yield piece;
  }
}

/** A small file of the bundle whole. */
export async function readSmallEntry(file: FileHandle, entry: ArchiveEntry): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readEntry(file, entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text);
}

/** A file's name and size; name null: a folder that the layout has. */
function readHeader(header: Buffer): { name: string | null; size: number } {
  const prefix = header.toString('latin1', 257, 263).startsWith('ustar\0') ? field(header, 345, 155) : '';
  const whole = prefix === '' ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`;
  const name = whole.replace(/^(\.\/)+/, '');
  const type = String.fromCharCode(header[156] ?? 0);
  const size = readSize(header);
  if (size === null)
    throw damagedBundle(`The bundle is damaged: the size of ${quote(name)} is not a number that can be.`);
  if (type === '5' && size === 0 && ['', '.', 'blobs', 'blobs/sha256'].includes(name.replace(/\/$/, '')))
    return { name: null, size };
  if (type !== '0' && type !== '\0')
    throw invalidBundle(`This is no bundle of Drydock: ${quote(name)} in it is no regular file.`);
  if (!/^(oci-layout|index\.json|manifest\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name))
    throw invalidBundle(`This is no bundle of Drydock: it has a file ${quote(name)}.`);
  return { name, size };
}

function readSize(header: Buffer): number | null {
  if (((header[124] ?? 0) & 0x80) !== 0) {
    // 95 bits are left; what does not fit into 53 is no size of a file.
    const high = header[124] === 0x80 && header.subarray(125, 128).every((byte) => byte === 0);
    const size = header.readBigUInt64BE(128);
    return high && size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : null;
  }
  const text = field(header, 124, 12).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}

function field(header: Buffer, start: number, length: number): string {
  const bytes = header.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? length : end);
}

function isHeader(header: Buffer): boolean {
  const said = Number.parseInt(field(header, 148, 8).trim(), 8);
  return said === checksum(header);
}

/** Of all bytes, those of the sum itself counted as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}

/** Two blocks of zeros, and nothing but zeros after them: programs fill up to a record of 10 KiB. */
async function requireEnd(file: FileHandle, offset: number): Promise<void> {
  const rest = await readBytes(file, offset, 64 * 1024);
  if (rest.length < archiveEnd.length) throw cutOff();
  if (rest.length === 64 * 1024 || rest.some((byte) => byte !== 0))
    throw damagedBundle('The bundle is damaged: something follows its end.');
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

function cutOff(): DrydockError {
  return damagedBundle('The bundle is cut off: the file ends before the archive in it does.');
}

const compressions: [name: string, remedy: string, start: number[]][] = [
  ['gzip', 'gunzip', [0x1f, 0x8b]],
  ['zstd', 'unzstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', 'unxz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', 'bunzip2', [0x42, 0x5a, 0x68]],
  ['zip', 'unzip', [0x50, 0x4b, 0x03, 0x04]],
];

/** What is inside is compressed already, so a bundle is not; somebody may have done it on the way. */
function notAnArchive(start: Buffer): DrydockError {
  for (const [name, remedy, bytes] of compressions) {
    if (bytes.every((byte, index) => start[index] === byte))
      return new DrydockError(
        'bundle.invalid',
        `This file is compressed with ${name}, and a bundle is read as it was written. Unpack it with \`${remedy}\` first: what is inside is compressed already.`,
      );
  }
  return invalidBundle('This file is no bundle: it is not even a tar archive.');
}

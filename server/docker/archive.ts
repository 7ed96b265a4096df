import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack } from 'tar-stream';
import { DrydockError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { printable } from './engine-errors.ts';
import { startExecSession } from './exec-session.ts';
import type { ExecSession } from './sandbox-host.ts';

/** Bounds of what is unpacked into a sandbox at once. */
export const archiveLimits = { entries: 20_000, bytes: 512 * 1024 * 1024, pathBytes: 1024 } as const;

/** @throws file.path-invalid */
function requireAbsoluteFolder(path: string): void {
  if (!path.startsWith('/') || /\p{Cc}/u.test(path) || Buffer.byteLength(path) > archiveLimits.pathBytes) {
    throw new DrydockError(
      'file.path-invalid',
      'A folder in the sandbox is named by its whole path, such as /root/lesson.',
    );
  }
}

/**
 * Unpacks a tar stream into a folder, as the learner. Regular files and folders only, with relative paths; the
 * first entry that is anything else stops it, and what was unpacked before that stays.
 * @throws file.path-invalid, file.too-large, file.no-space, file.failed, sandbox.gone, engine.unreachable
 */
export async function putArchive(engine: Engine, id: string, path: string, tar: Readable): Promise<void> {
  requireAbsoluteFolder(path);
  let session: ExecSession;
  try {
    session = await startExecSession(engine, id, {
      argv: ['sh', '-c', 'mkdir -p -- "$1" && exec tar -x -f - --no-same-owner -C "$1"', 'sh', path],
      cwd: '/',
    });
  } catch (error) {
    tar.destroy();
    throw error;
  }
  const complaint = collect(session.stderr);
  session.stdout.resume();
  let lateDispose: NodeJS.Timeout | undefined;
  try {
    const sending = pipeline(filterTar(tar), session.stdin).catch((error: unknown) => {
      // Without more input tar would wait for ever. When it was tar that ended, its own words are the reason, not
      // our broken pipe, and are given a moment to arrive.
      if (error instanceof DrydockError) session.dispose();
      else lateDispose = setTimeout(() => session.dispose(), 2_000);
      throw error;
    });
    const [sent, exit] = await Promise.allSettled([sending, session.exit]);
    if (sent.status === 'rejected' && sent.reason instanceof DrydockError) throw sent.reason;
    if (exit.status === 'rejected') throw exit.reason;
    if (exit.value !== 0) throw tarError(await complaint);
    if (sent.status === 'rejected') throw sent.reason;
  } finally {
    clearTimeout(lateDispose);
    session.dispose();
    tar.destroy();
  }
}

/** The same archive again, with only what is allowed in it; errors with `file.*` on anything else. */
export function filterTar(input: Readable): Readable {
  const output = pack();
  const parser = extract();
  let entries = 0;
  let bytes = 0;
  parser.on('entry', (header, stream, next) => {
    entries += 1;
    bytes += header.size;
    // Comes to the parser as well, which has the listener that matters.
    stream.on('error', () => undefined);
    let clean: CleanHeader | null;
    try {
      if (entries > archiveLimits.entries || bytes > archiveLimits.bytes) throw tooLarge();
      clean = cleanHeader(header);
    } catch (error) {
      next(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (clean?.type === 'file') {
      const entry = output.entry(clean, next);
      entry.on('error', () => undefined);
      stream.pipe(entry);
      return;
    }
    stream.resume();
    if (clean === null) next();
    else output.entry(clean, next);
  });
  parser.on('finish', () => output.finalize());
  parser.on('error', (error: Error) => output.destroy(asArchiveError(error)));
  input.on('data', (chunk: Buffer) => {
    if (!parser.write(chunk)) input.pause();
  });
  parser.on('drain', () => input.resume());
  // Its own flag, for the streams tar-stream makes are not Node's and lack `readableEnded`.
  let inputEnded = false;
  input.on('end', () => {
    inputEnded = true;
    parser.end(null);
  });
  input.on('error', (error: Error) => parser.destroy(error));
  input.on('close', () => {
    if (!inputEnded) parser.destroy(new Error('the archive broke off'));
  });
  // Reaches the reader through the iterator below; it may come before anybody reads.
  output.on('error', () => undefined);
  output.on('close', () => {
    input.destroy();
    parser.destroy(null);
  });
  return Readable.from(output as AsyncIterable<Buffer>, { objectMode: false, highWaterMark: 64 * 1024 });
}

interface CleanHeader {
  name: string;
  type: 'file' | 'directory';
  size: number;
  mode: number;
  mtime: Date;
  uid: number;
  gid: number;
}

/** What is written for an entry, or null for the folder itself (`./`). @throws file.path-invalid */
function cleanHeader(header: Header): CleanHeader | null {
  const shown = printable(header.name, 100);
  if (header.type !== 'file' && header.type !== 'contiguous-file' && header.type !== 'directory') {
    throw pathInvalid(`“${shown}” is a ${header.type}; only files and folders are taken.`);
  }
  const name = header.name;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (
    name.startsWith('/') ||
    parts.includes('..') ||
    /\p{Cc}/u.test(name) ||
    Buffer.byteLength(name) > archiveLimits.pathBytes
  ) {
    throw pathInvalid(`“${shown}” would leave the folder, or has a name that is not allowed.`);
  }
  if (parts.length === 0) {
    if (header.type === 'directory') return null;
    throw pathInvalid('It has a file without a name.');
  }
  const type = header.type === 'directory' ? 'directory' : 'file';
  return {
    name: parts.join('/') + (type === 'directory' ? '/' : ''),
    type,
    size: type === 'directory' ? 0 : header.size,
    // No setuid, setgid or sticky bit.
    mode: header.mode & 0o777,
    mtime: header.mtime,
    uid: 0,
    gid: 0,
  };
}

function pathInvalid(reason: string): DrydockError {
  return new DrydockError('file.path-invalid', `This archive cannot be unpacked. ${reason}`);
}

function tooLarge(): DrydockError {
  return new DrydockError(
    'file.too-large',
    `This is more than Drydock moves at once (${archiveLimits.entries} files, ${archiveLimits.bytes / 1024 / 1024} MiB). Leave out what can be made again, such as build results.`,
  );
}

function asArchiveError(error: Error): DrydockError {
  if (error instanceof DrydockError) return error;
  return new DrydockError('file.failed', 'This is no tar archive, or it broke off half-way.', { cause: error });
}

function tarError(words: string): DrydockError {
  if (/No space left on device|quota exceeded|Wrote only \d+ of \d+ bytes/i.test(words)) {
    return new DrydockError(
      'file.no-space',
      'The disk of your sandbox is full. Remove what you do not need, for example with `docker system prune`.',
    );
  }
  return new DrydockError('file.failed', `The files could not be moved. tar says: ${printable(words)}`);
}

/** Drains a stream; gives its first 4 KiB when it is over, which may be a moment after the program's end. */
async function collect(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      if (text.length < 4096) text += chunk.toString('utf8', 0, 4096);
    });
    stream.on('close', () => resolve(text));
  });
}

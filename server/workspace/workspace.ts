import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer as readAll } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { limits } from '../../protocol/limits.ts';
import type { WorkspaceFile, WorkspaceTree } from '../../protocol/workspace.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import { fileError, tooLargeForEditor } from './file-errors.ts';
import { streamProgram } from './program-stream.ts';
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts';
import { appendText, decodeText, isVersion, replaceLinesOf, versionOf } from './text-content.ts';
import { parseTreeListing } from './tree-listing.ts';
import { uploadFile } from './upload.ts';
import { absolutePath, temporaryPrefix } from './workspace-paths.ts';
import * as scripts from './workspace-scripts.ts';

export interface WorkspaceOptions {
  host: SandboxHost;
  sandboxId: string;
  /** Absolute folder inside the sandbox, of `workspaceRoot`. */
  root: string;
}

export interface SeedFile {
  path: string;
  content: string | Buffer;
  executable?: boolean;
}

export interface WriteOptions {
  /** The version that was read, or null for a file that must not exist yet. */
  basedOn: string | null;
  /** Replace whatever is there. */
  overwrite: boolean;
}

const timeoutMs = 15_000;
/** A tree of `limits.treeEntries` paths of the greatest length would be larger; then the rest is omitted. */
const maxListing = 1024 * 1024;
const maxDownload = 1024 * 1024 * 1024;
const downloadTimeoutMs = 15 * 60_000;

/**
 * A lesson's files inside one learner's sandbox. Everything is done by programs in there, so that nothing a
 * learner puts in the way (links, pipes, devices, huge files) can reach the server. Every method rejects with a
 * `DrydockError`: `file.*`, `sandbox.gone`, `sandbox.starting` or `engine.*`.
 */
export type Workspace = ReturnType<typeof createWorkspace>;

export function createWorkspace({ host, sandboxId, root }: WorkspaceOptions) {
  const run = (script: string, args: string[], options: Partial<ProgramOptions> = {}): Promise<ProgramResult> =>
    runProgram(
      host,
      sandboxId,
      { argv: ['sh', '-c', script, 'sh', ...args] },
      { maxOutput: 4096, timeoutMs, ...options },
    );

  /** For programs whose output does not matter. */
  const perform = async (path: string, script: string, args: string[], options: Partial<ProgramOptions> = {}) => {
    const result = await run(script, args, options);
    if (result.exitCode !== 0) throw fileError(path, result.exitCode, result.stderr);
  };

  /** Reads at most `max` bytes. */
  const readBytes = async (path: string, script: string, max: number): Promise<Buffer> => {
    const result = await run(script, [absolutePath(root, path), String(max)], { maxOutput: max });
    if (result.exitCode === scripts.exitCodes.tooLarge)
      throw tooLargeForEditor(path, Number(result.stdout.toString('latin1')));
    if (result.exitCode !== 0) throw fileError(path, result.exitCode, result.stderr);
    return result.stdout;
  };

  const list = async (): Promise<WorkspaceTree> => {
    const args = [root, String(limits.treeEntries), String(limits.pathDepth)];
    const result = await run(scripts.listScript, args, { maxOutput: maxListing });
    // The learner removed the folder; the next file that is made brings it back.
    if (result.exitCode === scripts.exitCodes.notFound) return { entries: [], omitted: 0 };
    if (result.exitCode !== 0 && result.exitCode !== null) throw fileError('.', result.exitCode, result.stderr);
    return parseTreeListing(result.stdout, result.exitCode !== null);
  };

  /** @throws file.not-found, file.is-folder, file.too-large, file.binary */
  const read = async (path: string): Promise<WorkspaceFile> => {
    const bytes = await readBytes(path, scripts.readScript, limits.fileText);
    const content = decodeText(bytes);
    if (content === null) {
      throw new DrydockError(
        'file.binary',
        `“${path}” is not text, so the editor does not open it. You can download it.`,
        {
          details: { size: bytes.length },
        },
      );
    }
    return { path, content, version: versionOf(bytes) };
  };

  /** The first `max` bytes, whatever they are. @throws file.not-found, file.is-folder */
  const readRaw = (path: string, max: number): Promise<Buffer> => readBytes(path, scripts.readStartScript, max);

  /** What is there now, to be shown beside what should have been written. */
  const conflictOf = async (path: string): Promise<DrydockError> => {
    let details: Record<string, unknown>;
    try {
      const theirs = await read(path);
      details = { version: theirs.version, content: theirs.content };
    } catch (error) {
      if (!(error instanceof DrydockError) || !error.code.startsWith('file.')) throw error;
      details = { version: null, content: null, reason: error.code };
    }
    const conflict = fileError(path, scripts.exitCodes.conflict, '');
    return new DrydockError(conflict.code, conflict.message, { details });
  };

  /**
   * Replaces the file in one step, keeping its mode; folders above it are made.
   * @throws file.conflict with details `{version, content}` of what is there (both null when it is gone or is
   *   no text), file.is-folder, file.too-large, file.no-space
   */
  const write = async (path: string, content: string, options: WriteOptions): Promise<{ version: string }> => {
    const bytes = Buffer.from(content, 'utf8');
    if (bytes.length > limits.fileText) throw tooLargeForEditor(path, bytes.length);
    const version = versionOf(bytes);
    const known = options.basedOn === null ? 'new' : isVersion(options.basedOn) ? options.basedOn : 'unknown';
    const basedOn = options.overwrite ? 'any' : known;
    const args = [
      absolutePath(root, path),
      temporaryName(),
      String(bytes.length),
      basedOn,
      version,
      String(limits.fileText),
    ];
    const result = await run(scripts.writeScript, args, { stdin: bytes });
    if (result.exitCode === scripts.exitCodes.conflict) throw await conflictOf(path);
    if (result.exitCode !== 0) throw fileError(path, result.exitCode, result.stderr);
    return { version };
  };

  /** Reads, changes and writes; once more when somebody else wrote in between. */
  const change = async (
    path: string,
    edit: (text: string) => string,
    create: boolean,
  ): Promise<{ version: string }> => {
    for (let attempt = 1; ; attempt += 1) {
      let current: WorkspaceFile | null = null;
      try {
        current = await read(path);
      } catch (error) {
        if (!create || !(error instanceof DrydockError) || error.code !== 'file.not-found') throw error;
      }
      try {
        return await write(path, edit(current?.content ?? ''), { basedOn: current?.version ?? null, overwrite: false });
      } catch (error) {
        if (attempt === 3 || !(error instanceof DrydockError) || error.code !== 'file.conflict') throw error;
      }
    }
  };

  return {
    root,
    list,
    read,
    readRaw,
    write,

    /** Adds `content` at the end, on a line of its own; makes the file when it is missing. */
    append: (path: string, content: string) => change(path, (text) => appendText(text, content), true),

    /** Lines counted from 1, both included. @throws file.failed when the file is shorter */
    replaceLines: (path: string, from: number, to: number, content: string) =>
      change(path, (text) => replaceLinesOf(text, from, to, content), false),

    /** @throws file.exists, file.not-found */
    rename: async (from: string, to: string): Promise<void> => {
      const [source, target] = [absolutePath(root, from), absolutePath(root, to)];
      if (to === from || to.startsWith(`${from}/`)) {
        throw new DrydockError(
          'file.path-invalid',
          `“${from}” cannot be moved to “${to}”, which is itself or inside it.`,
        );
      }
      const result = await run(scripts.renameScript, [source, target]);
      const missing = result.exitCode === scripts.exitCodes.notFound;
      if (result.exitCode !== 0) throw fileError(missing ? from : to, result.exitCode, result.stderr);
    },

    /** A folder goes with everything in it. @throws file.not-found */
    remove: (path: string): Promise<void> =>
      perform(path, scripts.removeScript, [absolutePath(root, path)], { timeoutMs: 60_000 }),

    /** @throws file.exists */
    makeFolder: (path: string): Promise<void> => perform(path, scripts.makeFolderScript, [absolutePath(root, path)]),

    /** At most `limits.fileUpload` bytes; an upload that breaks off leaves nothing. @throws file.exists, file.too-large */
    upload: (
      path: string,
      content: Readable,
      options: { replace: boolean },
    ): Promise<{ size: number; version: string }> =>
      uploadFile(
        {
          host,
          sandboxId,
          path,
          absolute: absolutePath(root, path),
          temporaryName: temporaryName(),
          replace: options.replace,
        },
        content,
      ),

    /** One file as it is, for a download. `size` is what it was when asked; the stream ends there. */
    download: async (path: string): Promise<{ size: number; stream: Readable }> => {
      const absolute = absolutePath(root, path);
      const measured = await run(scripts.sizeScript, [absolute]);
      if (measured.exitCode !== 0) throw fileError(path, measured.exitCode, measured.stderr);
      const size = Math.min(Number(measured.stdout.toString('latin1').trim()), maxDownload);
      const stream = await streamProgram(
        host,
        sandboxId,
        { argv: ['sh', '-c', scripts.readStartScript, 'sh', absolute, String(size)] },
        {
          accept: [0],
          maxBytes: size,
          timeoutMs: downloadTimeoutMs,
          onFailure: (code, stderr) => fileError(path, code, stderr),
        },
      );
      return { size, stream };
    },

    /** Everything as a gzipped tar whose one top folder is the lesson's. Destroying the stream ends it. */
    archive: (): Promise<Readable> => {
      const cut = root.lastIndexOf('/');
      const name = root.slice(cut + 1);
      return streamProgram(
        host,
        sandboxId,
        { argv: ['sh', '-c', scripts.archiveScript, 'sh', root.slice(0, cut), name] },
        // 1: a file changed while it was read, which is normal in a folder somebody works in
        {
          accept: [0, 1],
          maxBytes: maxDownload,
          timeoutMs: downloadTimeoutMs,
          onFailure: (code, stderr) => fileError(name, code, stderr),
        },
      );
    },

    /** Removes everything in the folder: for a learner who asked for the lesson as it was. */
    clear: (): Promise<void> => perform('the lesson’s files', scripts.clearScript, [root], { timeoutMs: 60_000 }),

    /** Puts the lesson's files where there are none; never touches a learner's work. Makes the folder. */
    seed: async (files: readonly SeedFile[]): Promise<void> => {
      const tar = pack();
      for (const file of files) {
        absolutePath(root, file.path);
        tar.entry({ name: file.path, mode: file.executable === true ? 0o755 : 0o644 }, file.content);
      }
      tar.finalize();
      await perform('the lesson’s files', scripts.seedScript, [root], { stdin: await readAll(tar), timeoutMs: 30_000 });
    },
  };
}

function temporaryName(): string {
  return temporaryPrefix + randomBytes(6).toString('hex');
}

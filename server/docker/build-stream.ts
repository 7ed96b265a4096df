import type { Readable } from 'node:stream';
import { DrydockError } from '../errors.ts';
import { printable } from './engine-errors.ts';
import { LineSplitter } from './line-splitter.ts';

/** One value of the JSON stream with which the engine answers pull, build and import. */
export interface EngineReport {
  stream?: string;
  status?: string;
  id?: string;
  error?: string;
  /** `{ID}` of a finished build. */
  aux?: { ID?: string };
}

/** Longest single value that is believed. */
const lineLimit = 1024 * 1024;

/** A build or a pull that says nothing for so long hangs: a command in it, or the network. Milliseconds. */
export const silenceLimit = 15 * 60_000;

/**
 * Reads the engine's JSON stream to its end.
 * @param silence milliseconds without a word after which it is given up
 * @throws engine.failed with the engine's words, when it reports an error or the stream breaks; image.build-failed after
 * too long a silence
 */
export async function followReports(
  stream: Readable,
  doing: string,
  onReport: (report: EngineReport) => void,
  silence?: number,
): Promise<void> {
  let failure: string | undefined;
  const lines = new LineSplitter(lineLimit, (line) => {
    const report = parseReport(line);
    if (report === null) return;
    if (report.error !== undefined) failure ??= report.error;
    onReport(report);
  });
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    if (silence !== undefined) timer = setTimeout(() => void stream.destroy(silent(doing, silence)), silence);
  };
  try {
    watch();
    for await (const chunk of stream) {
      watch();
      lines.push(Buffer.from(chunk as Uint8Array));
    }
  } finally {
    clearTimeout(timer);
  }
  lines.end();
  if (failure !== undefined) {
    throw new DrydockError(
      'engine.failed',
      `Drydock could not ${doing}. The Docker Engine says: ${printable(failure, 600)}`,
    );
  }
}

function silent(doing: string, silence: number): DrydockError {
  return new DrydockError(
    'image.build-failed',
    `Drydock could not ${doing}: it said nothing for ${Math.round(silence / 60_000)} minutes, so it was given up. What was served before stays served. Often it is the network, or a mirror that does not answer; then try again.`,
  );
}

function parseReport(line: string): EngineReport | null {
  if (line.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The engine may end a broken reply with plain text; the failure itself comes as `error` or a status.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const report: EngineReport = {};
  for (const key of ['stream', 'status', 'id', 'error'] as const) {
    const text: unknown = (value as Record<string, unknown>)[key];
    if (typeof text === 'string') report[key] = text;
  }
  const aux: unknown = (value as Record<string, unknown>).aux;
  if (typeof aux === 'object' && aux !== null && 'ID' in aux && typeof aux.ID === 'string') report.aux = { ID: aux.ID };
  return report;
}

/**
 * Follows the classic builder's output for what it leaves behind: the image of each step of a stage that does
 * not end up in the result stays as an unnamed image (with gcc that is 500 MB).
 */
export class BuildTrace {
  readonly #stages: string[][] = [];

  /** One line of the builder's output. */
  read(line: string): void {
    if (/^Step \d+\/\d+ : FROM /i.test(line)) this.#stages.push([]);
    const id = /^ ---> ([0-9a-f]{12,64})$/.exec(line.trimEnd())?.[1];
    if (id !== undefined) this.#stages.at(-1)?.push(id);
  }

  /** Last image of every stage but the final one; its unnamed parents go with it. The base itself is not in it. */
  leftovers(): string[] {
    return lastOf(this.#stages.slice(0, -1));
  }

  /** The same of a build that did not end: of every stage. */
  unfinished(): string[] {
    return lastOf(this.#stages);
  }
}

function lastOf(stages: readonly string[][]): string[] {
  return stages.flatMap((ids) => (ids.length > 1 ? [ids[ids.length - 1] ?? ''] : [])).filter((id) => id !== '');
}

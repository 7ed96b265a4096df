import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type {
  ContainerDetails,
  ContainerSummary,
  DaemonEvent,
  FilesystemChange,
  ImageDetails,
  ImageHistoryStep,
  ImageSummary,
  NetworkDetails,
  NetworkSummary,
  VolumeDetails,
  VolumeSummary,
} from '../../protocol/docker.ts';
import type { Disposable } from '../disposable.ts';
import { DrydockError } from '../errors.ts';
import { boundedGet, invalidReply, openStream, type ReplyBounds } from './bounded-request.ts';
import { containerDetailsRecord, containerSummaryRecord, filesystemChangeRecord } from './container-record.ts';
import { DaemonAgent } from './daemon-agent.ts';
import { daemonEventRecord } from './event-record.ts';
import { bounds as foreignBounds, listOf, optionalText, section } from './foreign-value.ts';
import { imageDetailsRecord, imageHistoryRecord, imageSummaryRecord } from './image-record.ts';
import { LineSplitter } from './line-splitter.ts';
import { readLog } from './log-frames.ts';
import { networkDetailsRecord, networkSummaryRecord } from './network-record.ts';
import { readThrottled } from './throttle.ts';
import { volumeDetailsRecord, volumeSummaryRecord } from './volume-record.ts';

export interface InnerDaemonOptions {
  /** Bytes of one reply; default 4 MiB. */
  maxReplyBytes?: number;
  /** Milliseconds from asking to the last byte; default 10 s. */
  timeoutMs?: number;
  /** Connections at once; default 4. Further requests wait, and their time runs. */
  maxConnections?: number;
}

/**
 * A learner's dockerd, read-only: what is changed is changed by the learner's own `docker` command. Every
 * method rejects with `daemon.unreachable` (no answer, or none in time), `daemon.invalid-reply` (an answer that
 * is not Docker's API, or is too large) or `daemon.refused` (Docker's own error). Details are null for what is
 * not there.
 */
export interface InnerDaemon extends Disposable {
  ping(): Promise<void>;
  version(): Promise<{ version: string; apiVersion: string }>;
  /** All of them, running or not. */
  containers(): Promise<ContainerSummary[]>;
  images(): Promise<ImageSummary[]>;
  networks(): Promise<NetworkSummary[]>;
  volumes(): Promise<VolumeSummary[]>;
  container(nameOrId: string): Promise<ContainerDetails | null>;
  image(nameOrId: string): Promise<ImageDetails | null>;
  network(nameOrId: string): Promise<NetworkDetails | null>;
  volume(name: string): Promise<VolumeDetails | null>;
  /** The last `lines` lines of stdout and stderr. A log too large to take is `daemon.invalid-reply`. */
  containerLog(nameOrId: string, lines: number): Promise<string | null>;
  /** Differences to the image: what `docker diff` shows. */
  containerChanges(nameOrId: string): Promise<FilesystemChange[] | null>;
  /** Newest step first. */
  imageHistory(nameOrId: string): Promise<ImageHistoryStep[] | null>;
  /** Resolves when the daemon streams its events; ends by `signal` or by itself. */
  subscribe(listener: (event: DaemonEvent) => void, signal: AbortSignal): Promise<EventSubscription>;
}

export interface EventSubscription {
  /** Settles, never rejects, when no more events come. */
  readonly ended: Promise<void>;
  /** Lines that were too long or no events. */
  readonly skipped: number;
}

/** Bytes of one event; labels are in it, so it can be large. */
const maxEventBytes = 256 * 1024;

/** Bytes of events a second that are read: some thousand events. */
const maxEventRate = 512 * 1024;

/** Speaks to the dockerd behind `dial`. Nothing is dialled yet; `dispose` closes every connection. */
export function connectInnerDaemon(dial: () => Promise<Duplex>, options: InnerDaemonOptions = {}): InnerDaemon {
  const bounds: ReplyBounds = {
    maxBytes: options.maxReplyBytes ?? 4 * 1024 * 1024,
    timeoutMs: options.timeoutMs ?? 10_000,
  };
  const maxSockets = options.maxConnections ?? 4;
  return new HttpInnerDaemon(
    // All are kept for a while: dialling is an exec in the sandbox and costs more than most answers.
    new DaemonAgent(dial, { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' }),
    // The events have a connection of their own, so that they never keep a request waiting.
    new DaemonAgent(dial, { keepAlive: false }),
    bounds,
  );
}

class HttpInnerDaemon implements InnerDaemon {
  readonly #agent: Agent;
  readonly #eventAgent: Agent;
  readonly #bounds: ReplyBounds;

  constructor(agent: Agent, eventAgent: Agent, bounds: ReplyBounds) {
    this.#agent = agent;
    this.#eventAgent = eventAgent;
    this.#bounds = bounds;
  }

  dispose(): void {
    this.#agent.destroy();
    this.#eventAgent.destroy();
  }

  async ping(): Promise<void> {
    const body = await boundedGet(this.#agent, '/_ping', { ...this.#bounds, maxBytes: 1024 });
    if (body?.toString('latin1') !== 'OK') throw invalidReply('it does not say “OK” to a ping');
  }

  async version(): Promise<{ version: string; apiVersion: string }> {
    const found = await this.#one('/version', versionRecord);
    if (found === null) throw invalidReply('it has no version');
    return { version: found.Version, apiVersion: found.ApiVersion };
  }

  async containers(): Promise<ContainerSummary[]> {
    return this.#list('/containers/json?all=1', containerSummaryRecord);
  }

  async images(): Promise<ImageSummary[]> {
    return this.#list('/images/json', imageSummaryRecord);
  }

  async networks(): Promise<NetworkSummary[]> {
    return this.#list('/networks', networkSummaryRecord);
  }

  async volumes(): Promise<VolumeSummary[]> {
    const found = await this.#one('/volumes', volumeListRecord);
    if (found === null) throw invalidReply('it has no list of volumes');
    return found.Volumes;
  }

  async container(nameOrId: string): Promise<ContainerDetails | null> {
    return this.#one(`/containers/${segment(nameOrId)}/json`, containerDetailsRecord);
  }

  async image(nameOrId: string): Promise<ImageDetails | null> {
    return this.#one(`/images/${segment(nameOrId)}/json`, imageDetailsRecord);
  }

  async network(nameOrId: string): Promise<NetworkDetails | null> {
    return this.#one(`/networks/${segment(nameOrId)}`, networkDetailsRecord);
  }

  async volume(name: string): Promise<VolumeDetails | null> {
    return this.#one(`/volumes/${segment(name)}`, volumeDetailsRecord);
  }

  async containerLog(nameOrId: string, lines: number): Promise<string | null> {
    const tail = Math.max(1, Math.trunc(lines));
    const path = `/containers/${segment(nameOrId)}/logs?stdout=1&stderr=1&tail=${tail}`;
    const body = await boundedGet(this.#agent, path, this.#bounds);
    return body === null ? null : readLog(body);
  }

  async containerChanges(nameOrId: string): Promise<FilesystemChange[] | null> {
    // Docker answers null, not [], when nothing changed.
    const found = await this.#json(`/containers/${segment(nameOrId)}/changes`);
    return found === null ? null : listOf(filesystemChangeRecord, 5000).parse(found.value);
  }

  async imageHistory(nameOrId: string): Promise<ImageHistoryStep[] | null> {
    const found = await this.#json(`/images/${segment(nameOrId)}/history`);
    return found === null ? null : listOf(imageHistoryRecord).parse(found.value);
  }

  async subscribe(listener: (event: DaemonEvent) => void, signal: AbortSignal): Promise<EventSubscription> {
    signal.throwIfAborted();
    const stream = await openStream(this.#eventAgent, '/events', this.#bounds.timeoutMs);
    let skipped = 0;
    const skip = (): void => {
      skipped += 1;
    };
    const lines = new LineSplitter(maxEventBytes, (line) => readEvent(line, listener, skip), skip);
    const abort = (): void => {
      stream.destroy();
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const ended = new Promise<void>((resolve) => {
      readThrottled(stream, maxEventRate, (chunk) => lines.push(chunk));
      // Why it broke does not matter to the listener: it lists anew either way.
      stream.on('error', () => undefined);
      stream.on('close', () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
    return {
      ended,
      get skipped() {
        return skipped;
      },
    };
  }

  async #list<T extends z.ZodType>(path: string, entry: T): Promise<z.output<T>[]> {
    const found = await this.#json(path);
    if (found === null || !Array.isArray(found.value)) throw invalidReply('a list was expected');
    return listOf(entry, foreignBounds.records).parse(found.value);
  }

  async #one<T extends z.ZodType>(path: string, record: T): Promise<z.output<T> | null> {
    const found = await this.#json(path);
    if (found === null) return null;
    const parsed = record.safeParse(found.value);
    if (!parsed.success) throw invalidReply('fields are missing in it', parsed.error);
    return parsed.data;
  }

  /** Wrapped, because `null` is JSON too. */
  async #json(path: string): Promise<{ value: unknown } | null> {
    const body = await boundedGet(this.#agent, path, this.#bounds);
    if (body === null) return null;
    try {
      return { value: JSON.parse(body.toString('utf8')) };
    } catch (error) {
      throw invalidReply('it is not JSON', error);
    }
  }
}

const versionRecord = section({ Version: optionalText, ApiVersion: optionalText });

const volumeListRecord = z.object({ Volumes: listOf(volumeSummaryRecord, foreignBounds.records) });

function readEvent(line: string, listener: (event: DaemonEvent) => void, skip: () => void): void {
  if (line.trim() === '') return;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Counted, and nothing else can be done about what a daemon writes.
    skip();
    return;
  }
  const parsed = daemonEventRecord.safeParse(value);
  if (parsed.success) listener(parsed.data);
  else skip();
}

/**
 * A name as one part of a path. Image names keep their slashes, colons and @, which Docker expects as they are.
 * @throws request.malformed
 */
function segment(nameOrId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,511}$/.test(nameOrId) || nameOrId.split('/').includes('..')) {
    throw new DrydockError('request.malformed', 'This is no name of a container, image, network or volume.');
  }
  return nameOrId;
}

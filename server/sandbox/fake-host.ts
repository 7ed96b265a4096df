import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import type { HostEvent, SandboxEnd, SandboxHost, SandboxRecord, SandboxSpec } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

/** A host without an engine: sandboxes are entries of a map, each call takes a turn of the event loop. For unit tests. */
export class FakeHost {
  readonly records = new Map<string, SandboxRecord>();
  readonly ends = new Map<string, SandboxEnd>();
  /** What was asked for and done, as `verb id`; listing and looking are left out. */
  readonly done: string[] = [];
  /** `verb` or `verb id` → the next calls that fail. */
  readonly failures = new Map<string, number>();
  /** `verb id` → the call waits for it. */
  readonly gates = new Map<string, Promise<void>>();
  diskFree: number | null = null;
  disk = new Map<string, number>();
  spec = 'spec-1';
  /** Names that the daemons of all sandboxes give as containers. */
  daemonAnswers = true;
  readonly #listeners = new Set<(event: HostEvent) => void>();
  readonly #daemon: Server;

  private constructor(daemon: Server) {
    this.#daemon = daemon;
  }

  static async open(): Promise<FakeHost> {
    let answers = () => true;
    const daemon = createServer((request, response) => {
      if (!answers()) response.destroy();
      else if (request.url?.includes('/containers/json') === true) response.end('[]');
      else response.end('OK');
    });
    await new Promise<void>((resolve) => daemon.listen(0, '127.0.0.1', resolve));
    const host = new FakeHost(daemon);
    answers = () => host.daemonAnswers;
    return host;
  }

  /** Only what these tests need; anything else fails loudly by not being there. */
  get host(): SandboxHost {
    return this as unknown as SandboxHost;
  }

  running(): string[] {
    return [...this.records.values()].filter(({ state }) => state === 'running').map(({ id }) => id);
  }

  tell(event: HostEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  kill(id: string): void {
    this.#change(id, 'exited');
    this.ends.set(id, { at: 0, exitCode: 137, outOfMemory: false });
    this.tell({ type: 'died', id, exitCode: 137, outOfMemory: false });
  }

  async describe() {
    return { diskLimit: { kind: 'hard', reason: '' }, diskFree: this.diskFree, memory: 2 ** 34 };
  }

  async specOf(): Promise<string> {
    return this.spec;
  }

  async make(spec: SandboxSpec): Promise<void> {
    await this.#act('make', spec.id);
    if (this.records.has(spec.id)) return;
    const { id, learner } = spec;
    this.records.set(id, { id, learner, state: 'created', createdAt: 0, imageId: 'image', spec: this.spec });
  }

  async start(id: string): Promise<void> {
    await this.#act('start', id);
    this.#change(id, 'running');
    this.ends.delete(id);
  }

  async stop(id: string): Promise<void> {
    await this.#act('stop', id);
    this.#change(id, 'exited');
    this.ends.set(id, { at: 0, exitCode: 0, outOfMemory: false });
  }

  async pause(id: string): Promise<void> {
    await this.#act('pause', id);
    if (this.records.get(id)?.state === 'running') this.#change(id, 'paused');
  }

  async remove(id: string, options: { keepHome: boolean }): Promise<void> {
    await this.#act(options.keepHome ? 'empty' : 'remove', id);
    this.records.delete(id);
  }

  async setPriority(id: string, priority: string): Promise<void> {
    await this.#act(priority, id);
  }

  async setEgress(id: string, egress: string): Promise<void> {
    await this.#act(`egress-${egress}`, id);
  }

  async list(): Promise<SandboxRecord[]> {
    await turn();
    return [...this.records.values()].map((record) => ({ ...record }));
  }

  async endOf(id: string): Promise<SandboxEnd | null> {
    await turn();
    return this.ends.get(id) ?? null;
  }

  async readHome(id: string): Promise<Readable> {
    await this.#act('read-home', id);
    return Readable.from([Buffer.from(`files of ${id}`)]);
  }

  async sweep(): Promise<string[]> {
    return [];
  }

  async diskUse(): Promise<Map<string, number>> {
    return this.disk;
  }

  async dialDaemon(): Promise<import('node:net').Socket> {
    return connect((this.#daemon.address() as AddressInfo).port, '127.0.0.1');
  }

  measure(id: string) {
    this.done.push(`measure ${id}`);
    return { dispose: () => void this.done.push(`unmeasure ${id}`) };
  }

  watch(listener: (event: HostEvent) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#daemon.closeAllConnections();
    this.#daemon.close();
  }

  async #act(verb: string, id: string): Promise<void> {
    const key = `${verb} ${id}`;
    await turn();
    await this.gates.get(key);
    for (const name of [verb, key]) {
      const left = this.failures.get(name) ?? 0;
      if (left === 0) continue;
      this.failures.set(name, left - 1);
      throw new DrydockError('engine.failed', `told to fail: ${name}`);
    }
    this.done.push(key);
  }

  #change(id: string, state: SandboxRecord['state']): void {
    const record = this.records.get(id);
    if (record === undefined) throw new DrydockError('sandbox.gone', `no ${id}`);
    record.state = state;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

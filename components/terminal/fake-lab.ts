import type { Fact, FactName, RequestName, TerminalOpened } from '../../protocol/events.ts';
import type { ConnectionStatus } from '../realtime/lab-connection.ts';

export const at = { lesson: 'basics/first', terminal: 'main' };

/** The server as a session sees it; answers `terminal:open` as the test says. */
export class FakeLab {
  status: ConnectionStatus = { state: 'online' };
  sent: { name: RequestName; payload: Record<string, unknown> }[] = [];
  answer: () => TerminalOpened = () => ({ generation: 'g1', from: 0, end: 0 });
  /** The line is dead, and nobody has noticed yet. */
  deaf = false;
  readonly #listeners = new Map<string, Set<(fact: never) => void>>();
  readonly #online = new Set<() => void>();
  readonly #status = new Set<() => void>();

  on<N extends FactName>(name: N, listener: (fact: Fact<N>) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  onOnline(listener: () => void): () => void {
    this.#online.add(listener);
    if (this.status.state === 'online') listener();
    return () => this.#online.delete(listener);
  }

  readonly subscribeStatus = (listener: () => void): (() => void) => {
    this.#status.add(listener);
    return () => this.#status.delete(listener);
  };

  async request(name: RequestName, payload: Record<string, unknown>): Promise<TerminalOpened> {
    this.sent.push({ name, payload });
    if (name === 'terminal:input' && this.deaf) return new Promise(() => undefined);
    return this.answer();
  }

  send(name: RequestName, payload: Record<string, unknown>): void {
    this.sent.push({ name, payload });
  }

  tell<N extends FactName>(name: N, fact: Fact<N>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(fact as never);
  }

  output(text: string, seq: number, generation = 'g1'): void {
    this.tell('terminal:output', { ...at, generation, seq, data: Buffer.from(text) });
  }

  goOffline(): void {
    this.status = { state: 'offline', since: 0, attempt: 0, retryAt: null };
    for (const listener of this.#status) listener();
  }

  goOnline(): void {
    this.status = { state: 'online' };
    for (const listener of this.#status) listener();
    for (const listener of this.#online) listener();
  }

  payloads(name: RequestName): Record<string, unknown>[] {
    return this.sent.filter((each) => each.name === name).map((each) => each.payload);
  }

  get typed(): string {
    return this.payloads('terminal:input')
      .map(({ data }) => Buffer.from(data as ArrayBuffer).toString())
      .join('');
  }
}

export class FakeScreen {
  size = { cols: 80, rows: 24 };
  text = '';
  notes: string[] = [];
  resets = 0;
  slow: (() => void)[] | null = null;

  write(data: Uint8Array, drawn: () => void): void {
    this.text += Buffer.from(data).toString();
    if (this.slow === null) drawn();
    else this.slow.push(drawn);
  }

  note(words: string): void {
    this.notes.push(words);
  }

  reset(): void {
    this.resets += 1;
    this.text = '';
  }
}

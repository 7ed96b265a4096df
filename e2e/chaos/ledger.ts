import { createHash } from 'node:crypto';

export function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

interface FileEntry {
  /** What was acknowledged last; null: nothing yet. */
  acknowledged: string | null;
  /** Sent after that and not answered: each may have arrived, whole, or not. */
  open: Set<string>;
}

/** What a learner was told is kept, and what they cannot know of. Contents are told apart by their SHA-256. */
export class Ledger {
  readonly #files = new Map<string, FileEntry>();
  readonly #passed = new Set<string>();
  readonly #containers = new Map<string, number>();
  #step: string | null = null;
  #openSteps = new Set<string | null>([null]);
  /** How many saves were acknowledged. */
  saves = 0;

  /** A save is on its way. */
  sending(path: string, content: string): void {
    this.#file(path).open.add(hashOf(content));
  }

  /** The server has said that it is saved. */
  saved(path: string, content: string): void {
    this.#files.set(path, { acknowledged: hashOf(content), open: new Set() });
    this.saves += 1;
  }

  /** Whether this content, which the learner met in the file, is one of theirs. */
  mayBe(path: string, content: string): boolean {
    const entry = this.#file(path);
    const hash = hashOf(content);
    return entry.acknowledged === hash || entry.open.has(hash);
  }

  visiting(step: string): void {
    this.#openSteps.add(step);
  }

  visited(step: string): void {
    this.#step = step;
    this.#openSteps = new Set();
  }

  passed(checks: Iterable<string>): void {
    for (const check of checks) this.#passed.add(check);
  }

  /** `at`: of performance.now(). */
  containerStarted(name: string, at: number): void {
    this.#containers.set(name, at);
  }

  forgetContainers(): void {
    this.#containers.clear();
  }

  /** Those that were started before this time. */
  containersBefore(at: number): string[] {
    return [...this.#containers].filter(([, started]) => started < at).map(([name]) => name);
  }

  /** What is not as it must be. `found`: path → hash. */
  missingFiles(found: ReadonlyMap<string, string>): string[] {
    return [...this.#files].flatMap(([path, { acknowledged, open }]) => {
      const hash = found.get(path);
      if (hash === undefined) return acknowledged === null ? [] : [`${path}: the acknowledged save is not there`];
      if (hash === acknowledged || open.has(hash)) return [];
      return [`${path}: is ${short(hash)}, was acknowledged as ${short(acknowledged)}`];
    });
  }

  missingProgress(progress: { passed: ReadonlySet<string>; currentStep: string | null }): string[] {
    const lost = [...this.#passed].filter((check) => !progress.passed.has(check));
    const stepKept = progress.currentStep === this.#step || this.#openSteps.has(progress.currentStep);
    return [
      ...lost.map((check) => `the check ${check} was passed and is not any more`),
      ...(stepKept ? [] : [`the step is ${progress.currentStep}, was acknowledged as ${this.#step}`]),
    ];
  }

  #file(path: string): FileEntry {
    let entry = this.#files.get(path);
    if (entry === undefined) {
      entry = { acknowledged: null, open: new Set() };
      this.#files.set(path, entry);
    }
    return entry;
  }
}

function short(hash: string | null): string {
  return hash === null ? 'nothing' : hash.slice(0, 12);
}

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../../components/realtime/lab-connection.ts';
import { desk, noteCheck, noteCommand, notePath, noteStep, notes, scratch } from './chaos-lessons.ts';
import { LearnerPage } from './learner-page.ts';
import { hashOf, Ledger } from './ledger.ts';
import { until } from './machine.ts';
import type { Random } from './random.ts';

const paths = [
  'Dockerfile',
  'app/main.py',
  'app/static/index.html',
  'compose.yaml',
  'notes.md',
  'deep/er/and/deeper.txt',
];
const mostContainers = 2;

/** Somebody who works all the time, and writes down what they were told is kept. */
export class Learner {
  readonly name: string;
  readonly ledger = new Ledger();
  page: LearnerPage | null = null;
  readonly #url: string;
  readonly #random: Random;
  #cookie: string | null = null;
  #working = false;
  #work: Promise<void> = Promise.resolve();
  #count = 0;
  #note = 0;
  #containers = 0;
  /** The version of each file as the editor has it. */
  readonly #versions = new Map<string, string>();
  readonly #strange: string[] = [];

  constructor(name: string, url: string, random: Random) {
    this.name = name;
    this.#url = url;
    this.#random = random;
  }

  get strange(): readonly string[] {
    return [...this.#strange, ...(this.page?.strange ?? []), ...(this.page?.transcript.problems ?? [])].map(
      (words) => `${this.name}: ${words}`,
    );
  }

  /** What the lab's database knows this browser by. */
  get tokenHash(): string {
    const token = this.#cookie?.slice(this.#cookie.indexOf('=') + 1) ?? '';
    return createHash('sha256').update(token).digest('hex');
  }

  /** Opens the page, in a browser that is the same every time. */
  async arrive(): Promise<void> {
    this.#cookie ??= await this.#firstVisit();
    this.page = new LearnerPage(this.#url, this.#cookie, {
      onPassed: (checks) => this.ledger.passed(checks),
      onArchived: () => this.ledger.forgetContainers(),
    });
  }

  /** Closes it. */
  leave(): void {
    if (this.page === null) return;
    this.#strange.push(...this.page.strange, ...this.page.transcript.problems);
    this.page.dispose();
    this.page = null;
  }

  work(): void {
    if (this.#working) return;
    this.#working = true;
    this.#work = this.#keepWorking().catch((error: unknown) => {
      this.#strange.push(`cannot work: ${error instanceof Error ? error.stack : error}`);
    });
  }

  /** Resolves when nothing is on its way any more. */
  async rest(): Promise<void> {
    this.#working = false;
    await this.#work;
  }

  /** Gives everything in the other lesson away, and the daemon with it. */
  async reset(): Promise<void> {
    const page = this.#here();
    this.ledger.forgetContainers();
    await page.ask('sandbox:reset', { lesson: scratch });
    // Asked for, not done: from here on it is seen in the state.
    await until(() => page.sandbox.state !== 'ready', 2_000);
  }

  /** Whether a command goes through the terminal and back. */
  async commandWorks(timeoutMs: number): Promise<boolean> {
    const page = this.#here();
    const giveUpAt = performance.now() + timeoutMs;
    // What was typed at the moment something broke is gone, as it would be for a person, who types it again.
    while (performance.now() < giveUpAt) {
      this.#count += 1;
      if (page.ready && (await page.type('true', `works${this.#count}`, 5_000)) === 0) return true;
      await sleep(200);
    }
    return false;
  }

  async #firstVisit(): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const options = { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(20_000) };
        const answer = await fetch(this.#url, options);
        await answer.body?.cancel();
        const cookie = answer.headers.get('set-cookie')?.split(';')[0];
        if (answer.ok && cookie !== undefined) return cookie;
        throw new Error(`the first visit was answered with ${answer.status}`);
      } catch (error) {
        if (attempt === 60) throw error;
        await sleep(500);
      }
    }
  }

  async #keepWorking(): Promise<void> {
    while (this.#working) {
      try {
        await this.#doSomething(this.#here());
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        // The page shows it, and the learner tries something else.
        await sleep(this.#random.whole(100, 400));
      }
      await sleep(this.#random.whole(20, 250));
    }
  }

  async #doSomething(page: LearnerPage): Promise<void> {
    const dice = this.#random.next();
    // Drawn whatever comes of it, so that the numbers do not depend on what the lab does.
    const path = this.#random.pick(paths);
    const padding = this.#random.chance(0.1) ? this.#random.whole(50_000, 300_000) : this.#random.whole(0, 4_000);
    if (page.sandbox.state === 'none' || page.sandbox.state === 'starting' || page.sandbox.state === 'resetting')
      return;
    if (dice < 0.6) await this.#save(page, path, padding);
    else if (dice < 0.75) await this.#writeNote(page);
    else if (dice < 0.95) await this.#typeSomething(page);
    else await this.#startContainer(page);
  }

  async #save(page: LearnerPage, path: string, padding: number): Promise<void> {
    this.#count += 1;
    await this.#write(page, path, `${this.name} ${path} ${this.#count}\n${'x'.repeat(padding)}\n`);
  }

  /** As the editor saves: on the version it has; one that it wrote itself without hearing so is no conflict. */
  async #write(page: LearnerPage, path: string, content: string): Promise<void> {
    for (;;) {
      this.ledger.sending(path, content);
      const basedOn = this.#versions.get(path) ?? null;
      try {
        const { version } = await page.ask('file:write', { lesson: desk, path, content, basedOn, overwrite: false });
        this.ledger.saved(path, content);
        this.#versions.set(path, version);
        return;
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'file.conflict') throw error;
        const theirs = error.details?.content;
        const version = error.details?.version;
        if (typeof theirs !== 'string' || typeof version !== 'string') {
          this.#strange.push(`${path} is gone: a save met ${JSON.stringify(error.details).slice(0, 200)}`);
          throw error;
        }
        if (!this.ledger.mayBe(path, theirs))
          this.#strange.push(
            `${path} holds what was never written last: ${theirs.slice(0, 40)}… ${hashOf(theirs).slice(0, 12)}`,
          );
        this.#versions.set(path, version);
      }
    }
  }

  /** Writes the next note and waits for its tick. */
  async #writeNote(page: LearnerPage): Promise<void> {
    if (this.#note >= notes || !page.ready) return;
    const note = this.#note;
    const step = noteStep(note);
    this.ledger.visiting(step);
    await page.ask('lesson:visit-step', { lesson: desk, step });
    this.ledger.visited(step);
    const path = notePath(note);
    this.#count += 1;
    if (path !== null) await this.#write(page, path, `note ${note} of ${this.name}\n`);
    else if ((await page.type(noteCommand(note), `noted${this.#count}`, 4_000)) !== 0) return;
    const ticked = () => page.progress !== null && Object.hasOwn(page.progress.passed, noteCheck(note));
    if (!(await until(ticked, 3_000))) {
      const [result] = await page.ask('check:evaluate', { lesson: desk, check: noteCheck(note) });
      if (result?.state !== 'met') return;
      this.ledger.passed([noteCheck(note)]);
    }
    this.#note += 1;
  }

  async #typeSomething(page: LearnerPage): Promise<void> {
    if (!page.ready) return;
    this.#count += 1;
    const lines = this.#random.whole(1, 400);
    await page.type(`seq ${lines}`, `seen${this.#count}`, 4_000);
  }

  async #startContainer(page: LearnerPage): Promise<void> {
    if (!page.ready || this.ledger.containersBefore(Number.POSITIVE_INFINITY).length >= mostContainers) return;
    this.#containers += 1;
    this.#count += 1;
    const name = `keep-${this.#containers}`;
    const command = `docker run --pull=missing -d --name ${name} --restart unless-stopped busybox sleep 1000000`;
    const code = await page.type(command, `ran${this.#count}`, 20_000);
    if (code === 0) this.ledger.containerStarted(name, performance.now());
  }

  #here(): LearnerPage {
    if (this.page === null) throw new Error(`${this.name} is not there`);
    return this.page;
  }
}

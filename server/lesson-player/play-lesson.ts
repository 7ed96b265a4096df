import type { Clock } from '../clock.ts';
import { describeError } from '../errors.ts';
import {
  type CheckBlock,
  checksOfStep,
  everyBlock,
  type FileBlock,
  type Lesson,
  type LessonBlock,
  type LessonStep,
  type RunBlock,
  type SetupBlock,
  setupsOfStep,
} from '../lessons/lesson.ts';
import { shorten } from '../lessons/problem.ts';
import { firstLine, seconds, textOf } from './block-words.ts';
import type { LearnerPage } from './learner-page.ts';
import { patience } from './patience.ts';
import { playQuiz } from './play-quiz.ts';
import type { BlockReport, CheckReport, Failure, StepReport, UnmetCondition } from './report.ts';

export interface PlayOptions {
  lesson: Lesson;
  page: LearnerPage;
  /** Runs a hidden command in the sandbox, in the lesson's folder. */
  runSetup: (command: string, timeoutMs: number) => Promise<SetupEnd>;
  clock: Clock;
  wait: (milliseconds: number) => Promise<void>;
  /** Where the play is; `step` counts from 1, 0 is the introduction. */
  onProgress: (at: { step: number; steps: number; doing: string }) => void;
  /** What is thrown once this is aborted is no failure of the lesson. */
  signal: AbortSignal;
}

/** `exitCode` null: it did not end in time. `output`: the first of what it said, standard error before the rest. */
export interface SetupEnd {
  exitCode: number | null;
  output: string;
}

type PlayedBlock = RunBlock | FileBlock | SetupBlock;

/**
 * Plays a lesson the way a learner does: for each step its checks have to fail first, then its blocks are carried
 * out in order, then its checks have to be met. A check that is met first does not end the play, what else fails does.
 */
export async function playLesson(options: PlayOptions): Promise<{ steps: StepReport[]; failures: Failure[] }> {
  const play = new LessonPlay(options);
  await play.run();
  return { steps: play.steps, failures: play.failures };
}

/** Ends the play; the failure has been noted. */
class Stop extends Error {}

class LessonPlay {
  readonly steps: StepReport[] = [];
  readonly failures: Failure[] = [];
  readonly #options: PlayOptions;
  #step: LessonStep | null = null;
  #number = 0;
  #block: LessonBlock | null = null;
  #blocks: BlockReport[] = [];
  /** The longest `timeout` of a background command of this step: so long its effect may take. */
  #background = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { lesson, page, signal } = this.#options;
    try {
      this.#tell('starting a sandbox');
      await page.open();
      for (const block of everyBlock(lesson.introduction)) if (block.kind === 'setup') await this.#setUp(block);
      await this.#carryOut(lesson.introduction);
      for (const step of lesson.steps) await this.#playStep(step);
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof Stop)) this.#fail('refused', this.#block, describeError(error));
    }
  }

  async #playStep(step: LessonStep): Promise<void> {
    const { clock, page } = this.#options;
    const began = clock.now();
    this.#step = step;
    this.#number += 1;
    this.#block = null;
    this.#blocks = [];
    this.#background = 0;
    const report: StepReport = { id: step.id, title: step.title, milliseconds: 0, blocks: this.#blocks, checks: [] };
    this.steps.push(report);
    const checks = checksOfStep(step);
    try {
      this.#tell(step.title);
      await page.visitStep(step.id);
      for (const block of setupsOfStep(step)) await this.#setUp(block);
      await this.#mustFailFirst(checks);
      await this.#carryOut(step.blocks);
      this.#block = null;
      await this.#mustPass(checks, report);
    } finally {
      report.milliseconds = clock.now() - began;
    }
  }

  /**
   * The server does not run `setup` blocks yet, so they are run here, from outside the learner's shell. Twice,
   * because they have to be safe to run twice: who starts over from a step has them run again.
   */
  async #setUp(block: SetupBlock): Promise<void> {
    this.#block = block;
    this.#tell(firstLine(block.command));
    const began = this.#options.clock.now();
    for (const time of ['', ' when it was run again, as happens when a learner starts over']) {
      const { exitCode, output } = await this.#options.runSetup(block.command, block.timeoutMs ?? patience.setup);
      if (exitCode === 0) continue;
      const how = exitCode === null ? 'did not end in time' : `ended with exit status ${exitCode}`;
      const said = output.trim() === '' ? '' : ` It said: ${shorten(output, 300)}`;
      this.#fail('setup', block, `The setup block ${how}${time}.${said}`);
      throw new Stop();
    }
    this.#note(block, began, 0);
  }

  async #mustFailFirst(checks: readonly CheckBlock[]): Promise<void> {
    const { page, wait } = this.#options;
    await wait(patience.settle);
    for (const block of checks) {
      // Asking would give it the tick it is to get by itself.
      if (block.check.initially === 'met') continue;
      this.#block = block;
      const result = await page.evaluate(block.id);
      if (result.state !== 'met') continue;
      const words = `This check is met before anything is done for it, so it proves nothing. Seen: ${result.message}`;
      this.#fail('met-first', block, `${words} If that cannot be helped, mark it with \`initially: met\`.`);
    }
  }

  /** Those inside hints and call-outs too. */
  async #carryOut(blocks: readonly LessonBlock[]): Promise<void> {
    for (const outer of everyBlock(blocks)) {
      const block = outer.kind === 'solution' ? outer.of : outer;
      this.#block = outer;
      if (block.kind === 'run') await this.#type(block);
      else if (block.kind === 'file') await this.#write(block);
      else if (block.kind === 'quiz') {
        const wrong = playQuiz(block.quiz);
        if (wrong !== null) this.#fail('quiz', block, wrong);
      }
    }
  }

  async #write(block: FileBlock): Promise<void> {
    this.#tell(block.path);
    const began = this.#options.clock.now();
    await this.#options.page.apply(block.id);
    this.#note(block, began, null);
  }

  async #type(block: RunBlock): Promise<void> {
    const { page, clock, wait } = this.#options;
    this.#tell(firstLine(block.command));
    const began = clock.now();
    // A learner waits for the prompt. If it does not come, the server refuses the command and says why.
    if (block.interrupt) await wait(patience.glance);
    else await page.commandEnd(block.terminal, patience.prompt);
    await page.run(block.id, block.terminal);
    if (block.background) {
      this.#background = Math.max(this.#background, block.timeoutMs ?? 0);
      this.#note(block, began, null);
      return;
    }
    const limit = block.timeoutMs ?? patience.command;
    const end = await page.commandEnd(block.terminal, limit);
    this.#note(block, began, end.ended ? end.exitCode : null);
    if (end.ended) return;
    this.#fail(
      'not-ended',
      block,
      `This command was still running after ${seconds(limit)}. Is it one that goes on, mark the block with \`background\`; does it only take long, give it a \`timeout\`.`,
    );
    throw new Stop();
  }

  async #mustPass(checks: readonly CheckBlock[], report: StepReport): Promise<void> {
    const { page, clock, wait } = this.#options;
    this.#tell('waiting for the checks');
    const until = clock.now() + Math.max(patience.pass, this.#background);
    const ids = checks.map((block) => block.id);
    const byItself = await page.ticked(ids, patience.tick);
    let missing = checks.filter((block) => !byItself.has(block.id));
    let unmet: UnmetCondition[] = [];
    while (missing.length > 0) {
      unmet = [];
      for (const block of missing) {
        const { state, message, hint } = await page.evaluate(block.id);
        const { id, at, check } = block;
        if (state !== 'met') unmet.push({ check: id, title: check.title, line: at.line, message, hint });
      }
      missing = missing.filter((block) => unmet.some((each) => each.check === block.id));
      if (missing.length === 0 || clock.now() >= until) break;
      await wait(patience.ask);
    }
    const open = new Set(unmet.map((each) => each.check));
    const metHow = (id: string): CheckReport['met'] => (byItself.has(id) ? 'by-itself' : open.has(id) ? 'no' : 'asked');
    report.checks = checks.map(({ id, check }) => ({ id, title: check.title, met: metHow(id) }));
    const [first] = missing;
    if (first === undefined) return;
    const checksAre = missing.length === 1 ? 'its check is' : `${missing.length} of its checks are`;
    const failed = this.#blocks.filter((block) => block.exitCode !== null && block.exitCode !== 0);
    const ends = failed.map(({ id, exitCode }) => `${id} ended with exit status ${exitCode}`).join(', ');
    this.#fail(
      'not-met',
      first,
      `All blocks of the step were carried out, and ${checksAre} not met.${ends === '' ? '' : ` Of its commands, ${ends}.`}`,
      unmet,
    );
    throw new Stop();
  }

  #note(block: PlayedBlock, began: number, exitCode: number | null): void {
    const milliseconds = this.#options.clock.now() - began;
    this.#blocks.push({ id: block.id, kind: block.kind, milliseconds, exitCode });
  }

  #tell(doing: string): void {
    const { lesson, onProgress } = this.#options;
    onProgress({ step: this.#number, steps: lesson.steps.length, doing });
  }

  #fail(kind: Failure['kind'], at: LessonBlock | null, message: string, conditions: UnmetCondition[] = []): void {
    const step = this.#step;
    this.failures.push({
      kind,
      step: step === null ? null : { id: step.id, title: step.title },
      block: at !== null && 'id' in at ? { id: at.id, kind: at.kind, line: at.at.line, text: textOf(at) } : null,
      message,
      conditions,
      transcripts: this.#options.page.transcripts(),
    });
  }
}

import type { Clock } from '../clock.ts';
import { describeError } from '../errors.ts';
import {
  blocksOfLesson,
  type CheckBlock,
  checksOfStep,
  everyBlock,
  type FileBlock,
  type Lesson,
  type LessonBlock,
  type LessonStep,
  type OutputBlock,
  type QuizBlock,
  quizzesOfStep,
  type RunBlock,
  type SetupBlock,
  setupsOfStep,
} from '../lessons/lesson.ts';
import { shorten } from '../lessons/problem.ts';
import { firstLine, seconds, textOf } from './block-words.ts';
import { judgeOutput, type OutputTerms } from './judge-output.ts';
import type { LearnerPage } from './learner-page.ts';
import { patience } from './patience.ts';
import { playQuiz } from './play-quiz.ts';
import type {
  BlockReport,
  CheckReport,
  Failure,
  OutputReport,
  QuizReport,
  StepReport,
  UnmetCondition,
} from './report.ts';

export interface PlayOptions extends OutputTerms {
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
  /**
   * Where given, another learner starts over from the last step when the lesson is passed: the lab then has to do
   * all of the others for them. Resolves to their page.
   */
  newcomer?: () => Promise<LearnerPage>;
}

/** `exitCode` null: it did not end in time. `output`: the first of what it said, standard error before the rest. */
export interface SetupEnd {
  exitCode: number | null;
  output: string;
}

interface LessonPlayed {
  steps: StepReport[];
  failures: Failure[];
  outputs: OutputReport[];
}

type PlayedBlock = RunBlock | FileBlock | SetupBlock;

/**
 * Plays a lesson the way a learner does: for each step its checks have to fail first, then its blocks are carried
 * out in order, then its checks have to be met. A check that is met first does not end the play, what else fails does.
 */
export async function playLesson(options: PlayOptions): Promise<LessonPlayed> {
  const play = new LessonPlay(options);
  await play.run();
  const { steps, failures, outputs } = play;
  const last = options.lesson.steps.at(-1);
  if (failures.length > 0 || options.newcomer === undefined || last === undefined) return { steps, failures, outputs };
  const replay = new LessonPlay({ ...options, page: await options.newcomer() });
  await replay.startOver(last);
  const again = replay.failures.map((each) => ({ ...each, message: `Starting over: ${each.message}` }));
  return { steps, failures: again, outputs };
}

/** Ends the play; the failure has been noted. */
class Stop extends Error {}

class LessonPlay {
  readonly steps: StepReport[] = [];
  readonly failures: Failure[] = [];
  readonly outputs: OutputReport[] = [];
  readonly #options: PlayOptions;
  #step: LessonStep | null = null;
  #number = 0;
  /** The lab did what stands before: all is proven but that it did. */
  #isReplay = false;
  #block: LessonBlock | null = null;
  #blocks: BlockReport[] = [];
  #quizzes: QuizReport[] = [];
  /** `run` blocks whose output the lesson shows, and what they printed: the screen is drawn for these alone. */
  readonly #isShown: ReadonlySet<string>;
  readonly #printed = new Map<string, string[] | null>();
  /** The longest `timeout` of a background command of this step: so long its effect may take. */
  #background = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#isShown = new Set(
      [...blocksOfLesson(options.lesson)].flatMap((block) => (block.kind === 'output' ? [block.of] : [])),
    );
  }

  run(): Promise<void> {
    return this.#noting(async () => {
      const { lesson, page } = this.#options;
      this.#tell('starting a sandbox');
      await page.open();
      await this.#labSetsUp();
      this.#step = null;
      for (const block of everyBlock(lesson.introduction)) if (block.kind === 'setup') await this.#setUpAgain(block);
      await this.#carryOut(lesson.introduction);
      for (const step of lesson.steps) await this.#playStep(step);
    });
  }

  /** What the lab did for a learner who begins with `last` has to be all there is to do before it. */
  startOver(last: LessonStep): Promise<void> {
    return this.#noting(async () => {
      const { lesson, page } = this.#options;
      this.#isReplay = true;
      this.#number = lesson.steps.length - 1;
      this.#tell('starting another sandbox');
      await page.open();
      await this.#labSetsUp();
      this.#step = last;
      this.#tell('starting over from the last step');
      await page.startOver(last.id);
      const left = await page.prepared(patience.startOver);
      if (left !== null) {
        this.#fail('start-over', null, left.message ?? 'The lab is still doing the earlier steps.');
        throw new Stop();
      }
      const earlier = lesson.steps.slice(0, -1).flatMap(checksOfStep);
      // Some hold as soon as the lesson opens and have their tick before the lab comes to them.
      const passed = page.passed();
      const missed = earlier.filter((check) => !passed.has(check.id));
      if (missed[0] !== undefined) {
        const titles = missed.map((check) => `“${check.check.title}”`).join(', ');
        this.#fail(
          'start-over',
          missed[0],
          `The lab did all blocks before the last step, and these are not met: ${titles}.`,
        );
        throw new Stop();
      }
      await this.#playStep(last);
    });
  }

  async #noting(play: () => Promise<void>): Promise<void> {
    try {
      await play();
    } catch (error) {
      if (this.#options.signal.aborted) throw error;
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
    this.#quizzes = [];
    this.#background = 0;
    const { id, title } = step;
    const report: StepReport = {
      id,
      title,
      milliseconds: 0,
      blocks: this.#blocks,
      checks: [],
      quizzes: this.#quizzes,
    };
    this.steps.push(report);
    const checks = checksOfStep(step);
    try {
      this.#tell(step.title);
      await page.visitStep(step.id);
      await this.#labSetsUp();
      if (!this.#isReplay) for (const block of setupsOfStep(step)) await this.#setUpAgain(block);
      await this.#mustFailFirst(checks);
      await this.#carryOut(step.blocks);
      this.#block = null;
      await this.#mustPass(checks, report);
      await this.#mustBeDone(step);
    } finally {
      report.milliseconds = clock.now() - began;
    }
  }

  /** Waits for what the lab sets up by itself. */
  async #labSetsUp(): Promise<void> {
    const { lesson, page } = this.#options;
    const all = [...blocksOfLesson(lesson)].filter((block) => block.kind === 'setup');
    if (all.length === 0) return;
    const left = await page.prepared(sumOf(all.map((block) => block.timeoutMs ?? patience.setup)) + patience.pass);
    if (left === null) return;
    const of = lesson.steps.find((step) => step.id === left.step) ?? null;
    const blocks = of === null ? all : setupsOfStep(of);
    const block = blocks.find((each) => firstLine(each.command) === left.doing) ?? blocks[0] ?? null;
    this.#step = of;
    this.#block = block;
    this.#fail('setup', block, left.message ?? 'The lab is still preparing this step.');
    throw new Stop();
  }

  /** The lab has run it. Once more from outside, because it has to be safe to run twice: a learner may start over. */
  async #setUpAgain(block: SetupBlock): Promise<void> {
    this.#block = block;
    this.#tell(firstLine(block.command));
    const began = this.#options.clock.now();
    const { exitCode, output } = await this.#options.runSetup(block.command, block.timeoutMs ?? patience.setup);
    if (exitCode !== 0) {
      const how = exitCode === null ? 'did not end in time' : `ended with exit status ${exitCode}`;
      const said = output.trim() === '' ? '' : ` It said: ${shorten(output, 300)}`;
      const words = `The setup block ${how} when it was run again, as happens when a learner starts over.${said}`;
      this.#fail('setup', block, words);
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
      else if (block.kind === 'quiz') await this.#answer(block);
      else if (block.kind === 'output') this.#compare(block);
    }
  }

  async #answer(block: QuizBlock): Promise<void> {
    const { page } = this.#options;
    this.#tell(textOf(block));
    const { wrong, passed } = await playQuiz(block.quiz, (answer) => page.answer(block.id, answer));
    if (wrong !== null) this.#fail('quiz', block, wrong);
    const note =
      passed || wrong !== null ? null : 'No answer that its pattern takes could be thought of, so it was not answered.';
    this.#quizzes.push({ id: block.id, passed, note });
  }

  /** A step whose quizzes are all answered is done, also where they are all there is to it. */
  async #mustBeDone(step: LessonStep): Promise<void> {
    const quizzes = quizzesOfStep(step);
    if (quizzes.length === 0 || this.#quizzes.some((quiz) => !quiz.passed)) return;
    if (await this.#options.page.stepDone(step.id, patience.tick)) return;
    this.#fail(
      'quiz',
      quizzes[0] ?? null,
      'Its quizzes are answered and its checks are met, and the step is not done.',
    );
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
    if (this.#isShown.has(block.id)) this.#printed.set(block.id, page.printed(block.terminal));
    if (end.ended) return;
    this.#fail(
      'not-ended',
      block,
      `This command was still running after ${seconds(limit)}. Is it one that goes on, mark the block with \`background\`; does it only take long, give it a \`timeout\`.`,
    );
    throw new Stop();
  }

  /** An output stands behind its command, so that has been carried out. Once is enough: who starts over sees the same. */
  #compare(block: OutputBlock): void {
    if (this.#isReplay) return;
    const { report, failure } = judgeOutput(block, this.#printed.get(block.of), this.#options);
    this.outputs.push(report);
    if (failure !== null) this.#fail(failure.kind, block, failure.message);
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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

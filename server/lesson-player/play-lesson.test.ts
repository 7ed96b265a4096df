import { describe, expect, it } from 'vitest';
import type { Preparation } from '../../protocol/preparation.ts';
import { blocksOfLesson } from '../lessons/lesson.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse/parse-lesson.ts';
import { type Effect, FakePage } from './fake-page.ts';
import { patience } from './patience.ts';
import { type PlayOptions, playLesson, type SetupEnd } from './play-lesson.ts';

const check = (name: string, more = '') =>
  fence('yaml check', `title: ${name}\ncontainer: ${name}\nstate: running${more}`);
const run = (options = '', command = 'echo hello') => fence(`sh run${options}`, command);

interface Playing {
  met?: string[];
  shy?: string[];
  setup?: (command: string) => SetupEnd;
  preparation?: Preparation;
  /** Another learner starts over, and the lab meets these. */
  caughtUp?: string[];
  /** These have their tick as soon as the other learner's lesson opens. */
  tickedFirst?: string[];
  /** Outputs are collected, not compared. */
  collect?: boolean;
}

async function play(body: string, effects: Record<string, Effect>, playing: Playing = {}) {
  const { met, shy, setup, preparation, caughtUp, tickedFirst, collect } = playing;
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error(JSON.stringify(problems));
  const quizzes = new Map(
    [...blocksOfLesson(lesson)].flatMap((block) => (block.kind === 'quiz' ? [[block.id, block.quiz]] : [])),
  );
  const page = new FakePage(effects, { quizzes, ...(met && { met }), ...(shy && { shy }) });
  page.preparation = preparation ?? null;
  const newcomer = new FakePage(effects, { quizzes, caughtUp: caughtUp ?? [], tickedFirst: tickedFirst ?? [] });
  const options: PlayOptions = {
    lesson,
    page,
    clock: { now: () => page.now },
    wait: async (milliseconds) => {
      page.now += milliseconds;
    },
    runSetup: async (command) => {
      page.diary.push(`setup ${command}`);
      return setup?.(command) ?? { exitCode: 0, output: '' };
    },
    onProgress: () => undefined,
    outputs: collect ? 'collect' : 'compare',
    ofThisPlace: ['our-host', '/home/ada/drydock'],
    signal: new AbortController().signal,
    ...(caughtUp && { newcomer: async () => newcomer }),
  };
  const began = page.now;
  const { steps, failures, outputs } = await playLesson(options);
  const brief = failures.map((failure) => `${failure.kind} ${failure.step?.id ?? '-'} ${failure.block?.id ?? '-'}`);
  return { steps, failures, outputs, brief, diary: page.diary, newcomer: newcomer.diary, took: page.now - began };
}

describe('the order of a play', () => {
  it('is, for each step: setup once more than the lab did, checks, blocks with those of hints and call-outs, checks', async () => {
    const body = [
      `Before.\n\n${run('', 'ls')}`,
      '## One',
      fence('sh setup', 'prepare'),
      check('one'),
      run(),
      fence('text file=a.txt', 'a'),
      `<details><summary>A hint</summary>\n\n${fence('sh solution', 'in hint')}\n\n</details>`,
      `## Two\n\n${run(' terminal=second')}\n\n${check('two')}`,
    ].join('\n\n');
    const { diary, failures, steps } = await play(body, {
      'one-run-2': { meets: ['one-check-1'] },
      'two-run-1': { meets: ['two-check-1'] },
      'one-solution-1': { meets: ['one-check-1'] },
    });
    expect(failures).toEqual([]);
    expect(diary.map((entry) => entry.replace(/^(run|apply) (\S+)/, (_all, verb, id) => `${verb} ${id}`))).toEqual([
      'open',
      expect.stringMatching(/^run \S+ in main$/),
      'step one',
      'setup prepare',
      'ask one-check-1',
      'run one-run-1 in main',
      expect.stringMatching(/^apply one-/),
      expect.stringMatching(/^run one-\S+ in main$/),
      'step two',
      'ask two-check-1',
      'run two-run-1 in second',
    ]);
    expect(steps.map(({ id, checks }) => [id, checks.map((each) => each.met)])).toEqual([
      ['one', ['by-itself']],
      ['two', ['by-itself']],
    ]);
  });
});

describe('checks', () => {
  const body = `## One\n\n${run()}\n\n${check('one')}\n\n## Two\n\n${run()}\n\n${check('two')}`;
  const sound = { 'one-run-1': { meets: ['one-check-1'] }, 'two-run-1': { meets: ['two-check-1'] } };

  it('that are met first are reported, and the play goes on', async () => {
    const { brief, steps, failures } = await play(body, sound, { met: ['one-check-1'] });
    expect(brief).toEqual(['met-first one one-check-1']);
    expect(failures[0]?.message).toContain('It is so.');
    expect(steps).toHaveLength(2);
  });

  it('that are met by an earlier step are reported where they stand', async () => {
    const { brief } = await play(body, { 'one-run-1': { meets: ['one-check-1', 'two-check-1'] } });
    expect(brief).toEqual(['met-first two two-check-1']);
  });

  it('marked `initially: met` are not asked for first, and have to be met in the end', async () => {
    const marked = `## One\n\n${run()}\n\n${check('one', '\ninitially: met')}`;
    expect((await play(marked, {}, { met: ['one-check-1'] })).brief).toEqual([]);
    expect((await play(marked, {})).brief).toEqual(['not-met one one-check-1']);
  });

  it('that stay unmet end the play, with their own words and how the commands ended', async () => {
    const { brief, failures, steps, took } = await play(body, { 'one-run-1': { exitCode: 125 } });
    expect(brief).toEqual(['not-met one one-check-1']);
    expect(steps).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      conditions: [{ check: 'one-check-1', title: 'one', message: 'It is not so.', hint: 'Try.' }],
      transcripts: [{ terminal: 'main', lines: ['$ what was typed'] }],
    });
    expect(failures[0]?.message).toContain('one-run-1 ended with exit status 125');
    expect(took).toBeGreaterThanOrEqual(patience.pass);
    expect(took).toBeLessThan(patience.pass + 5_000);
  });

  it('that are met only when asked for pass, and are told apart', async () => {
    const { steps, failures } = await play(body, sound, { shy: ['two-check-1'] });
    expect(failures).toEqual([]);
    expect(steps.map((step) => step.checks[0]?.met)).toEqual(['by-itself', 'asked']);
  });
});

describe('commands', () => {
  const step = (...blocks: string[]) => `## One\n\n${check('one')}\n\n${blocks.join('\n\n')}`;
  const last = (id: string) => ({ [id]: { meets: ['one-check-1'] } });

  it('are waited for as long as their block says, or a minute', async () => {
    const slow = { 'one-run-1': { takes: 90_000, meets: ['one-check-1'] } };
    expect((await play(step(run(' timeout=2m')), slow)).brief).toEqual([]);
    const { brief, failures } = await play(step(run()), slow);
    expect(brief).toEqual(['not-ended one one-run-1']);
    expect(failures[0]?.message).toContain('after 60 s');
  });

  it('in the background are not waited for, and their terminal is busy', async () => {
    const endless = { takes: 1e9 };
    const other = step(run(' background'), run(' terminal=other'));
    expect((await play(other, { 'one-run-1': endless, ...last('one-run-2') })).brief).toEqual([]);
    const same = await play(step(run(' background'), run()), { 'one-run-1': endless });
    expect(same.brief).toEqual(['refused one one-run-2']);
    expect(same.failures[0]?.message).toContain('still running in terminal main');
  });

  it('in the background may take their time until the checks are met', async () => {
    const { took } = await play(step(run(' background timeout=2m')), {});
    expect(took).toBeGreaterThanOrEqual(120_000);
  });

  it('that the lab refuses end the play with its words', async () => {
    const { brief, failures } = await play(step(run()), { 'one-run-1': { refused: 'No room.' } });
    expect(brief).toEqual(['refused one one-run-1']);
    expect(failures[0]?.message).toBe('No room.');
  });
});

describe('setup blocks', () => {
  const body = `## One\n\n${fence('sh setup', 'prepare')}\n\n${run()}\n\n${check('one')}`;

  const failed: Preparation = {
    kind: 'setup',
    step: 'one',
    state: 'failed',
    done: 0,
    of: 1,
    doing: 'prepare',
    since: 0,
    message: 'It said: no such file',
  };

  it('that fail in the lab end the play with its words', async () => {
    const { brief, failures } = await play(body, {}, { preparation: failed });
    expect(brief).toEqual([expect.stringMatching(/^setup one one-setup-/)]);
    expect(failures[0]?.message).toBe('It said: no such file');
  });

  it('that do not come to an end, too', async () => {
    const running: Preparation = { ...failed, state: 'running', message: null };
    expect((await play(body, {}, { preparation: running })).failures[0]).toMatchObject({
      kind: 'setup',
      message: 'The lab is still preparing this step.',
    });
  });

  it('have to be safe to run twice', async () => {
    const { brief, failures } = await play(body, {}, { setup: () => ({ exitCode: 1, output: 'there already\n' }) });
    expect(brief).toEqual([expect.stringMatching(/^setup one one-setup-/)]);
    expect(failures[0]?.message).toMatch(/exit status 1 when it was run again.*It said: there already/);
  });
});

describe('quizzes', () => {
  const quiz = (rest: string) => `## One\n\n${fence('yaml quiz', `question: How many?\n${rest}`)}`;
  const choices = (...right: boolean[]) =>
    `choices:\n${right.map((correct, index) => `  - { text: c${index}, correct: ${correct}, why: W. }`).join('\n')}`;

  it('are answered wrongly first, then rightly, and a step may be nothing else', async () => {
    const { diary, brief, steps } = await play(quiz(choices(false, true, false)), {});
    expect(brief).toEqual([]);
    expect(diary.slice(2)).toEqual(['answer 0: wrong', 'answer 2: wrong', 'answer 1: right']);
    expect(steps[0]?.quizzes).toEqual([{ id: 'one-quiz-1', passed: true, note: null }]);
  });

  it('of several right choices do not take one alone', async () => {
    const { diary } = await play(quiz(choices(true, false, true)), {});
    expect(diary.slice(2)).toEqual(['answer 0: wrong', 'answer 1: wrong', 'answer 2: wrong', 'answer 0 2: right']);
  });

  it('with a text, a number or a pattern get one that fits', async () => {
    expect((await play(quiz('answer: Two words'), {})).diary.at(-1)).toBe('answer Two words: right');
    const number = await play(quiz('answer: 2'), {});
    expect(number.diary.slice(2)).toEqual(['answer 3: wrong', 'answer 2: right']);
    expect((await play(quiz('answer: "/(two|2)/i"'), {})).diary.at(-1)).toBe('answer two: right');
  });

  it('that take every answer are reported', async () => {
    expect((await play(quiz('answer: "/.*/"'), {})).brief).toEqual(['quiz one one-quiz-1']);
  });

  it('with a pattern no answer comes to mind for are left out with a note', async () => {
    const { brief, steps } = await play(quiz('answer: "/(?=two)t../"'), {});
    expect(brief).toEqual([]);
    expect(steps[0]?.quizzes).toMatchObject([{ passed: false, note: expect.stringContaining('could be thought of') }]);
  });
});

describe('starting over', () => {
  const body = `## One\n\n${run()}\n\n${check('one')}\n\n## Two\n\n${run()}\n\n${check('two')}`;
  const sound = { 'one-run-1': { meets: ['one-check-1'] }, 'two-run-1': { meets: ['two-check-1'] } };

  it('is done by another learner, who then does the last step', async () => {
    const { brief, newcomer, steps } = await play(body, sound, { caughtUp: ['one-check-1'] });
    expect(brief).toEqual([]);
    expect(newcomer).toEqual(['open', 'start over from two', 'step two', 'ask two-check-1', 'run two-run-1 in main']);
    expect(steps).toHaveLength(2);
  });

  it('counts checks that had their tick before the lab came to them', async () => {
    const { brief } = await play(body, sound, { tickedFirst: ['one-check-1'], caughtUp: [] });
    expect(brief).toEqual([]);
  });

  it('has to meet the checks of the steps before', async () => {
    const { brief, failures, newcomer } = await play(body, sound, { caughtUp: [] });
    expect(brief).toEqual(['start-over two one-check-1']);
    expect(failures[0]?.message).toMatch(/^Starting over: .*not met: “one”/);
    expect(newcomer).toEqual(['open', 'start over from two']);
  });

  it('is left out when the lesson failed', async () => {
    expect((await play(body, {}, { caughtUp: [] })).newcomer).toEqual([]);
  });
});

describe('outputs', () => {
  const lesson = (output: string, options = '') =>
    `## A\n\n${run()}\n\n${fence(`console output${options}`, output)}\n\n${check('web')}`;
  const printing = (...prints: string[]) => ({ 'a-run-1': { meets: ['a-check-1'], prints } });

  it('of a command that printed more than is kept cannot be judged', async () => {
    const shown = `## A\n\n${run()}\n\n${fence('console output last=1', 'hello')}\n\n${check('a')}`;
    const { brief, failures } = await play(shown, { 'a-run-1': { meets: ['a-check-1'], prints: null } });
    expect(brief).toEqual([expect.stringMatching(/^output.too-long a /)]);
    expect(failures[0]?.message).toContain('more than 4 MiB');
  });

  it('that are still what their command prints, but for ids and times, are sound', async () => {
    const body = lesson('c0ffee00c0ffee  Up 2 seconds  web');
    const { brief, outputs } = await play(body, printing('0123456789ab     Up About a minute   web'));
    expect(brief).toEqual([]);
    expect(outputs).toMatchObject([{ block: 'a-output-1', state: 'same' }]);
  });

  it('that are empty or say something else fail with both texts, and the lesson goes on', async () => {
    const stale = await play(lesson('nginx is here'), printing('nginx is gone'));
    expect(stale.brief).toEqual(['output.stale a a-output-1']);
    expect(stale.failures[0]?.message).toContain('Shown:\n  │ nginx is here\nSeen:\n  │ nginx is gone');
    expect(stale.diary).toContain('ask a-check-1');
    const empty = await play(lesson(''), printing('nginx'));
    expect(empty.brief).toEqual(['output.stale a a-output-1']);
    expect(empty.outputs).toMatchObject([{ state: 'empty', shown: '', seen: 'nginx' }]);
  });

  it('are only told of where they are collected, cut as their block says', async () => {
    const { brief, outputs } = await play(lesson('', ' first=1 last=1'), printing('a', 'b', 'c', 'd'), {
      collect: true,
    });
    expect(brief).toEqual([]);
    expect(outputs).toMatchObject([{ state: 'empty', seen: 'a\n…\nd' }]);
  });

  it('that show a part show as many lines as their block says', async () => {
    const prints = printing('a', 'b', 'c', 'd');
    expect((await play(lesson('a\n…\nd', ' first=1 last=1'), prints)).brief).toEqual([]);
    expect((await play(lesson('a\n…\nd', ' first=2 last=1'), prints)).brief).toEqual(['output.stale a a-output-1']);
    expect((await play(lesson('a\nb\n…\nd', ' first=1 last=1'), prints)).brief).toEqual(['output.stale a a-output-1']);
  });

  it('that vary only have to be there', async () => {
    expect((await play(lesson('one', ' varies'), printing('two'))).brief).toEqual([]);
    expect((await play(lesson('one', ' varies'), printing(''))).brief).toEqual(['output.unfit a a-output-1']);
  });

  it('that name this machine are never collected', async () => {
    const { failures } = await play(lesson(''), printing('on our-host now'), { collect: true });
    expect(failures).toMatchObject([{ kind: 'output.unfit', message: expect.stringContaining('our-host') }]);
  });

  it('inside a call-out belong to the command beside them', async () => {
    const inside = [run('', 'echo inner'), fence('console output', 'inner')].join('\n\n').replace(/^/gm, '> ');
    const body = `## A\n\n${run()}\n\n> [!NOTE]\n${inside}\n\n${check('web')}`;
    const { brief } = await play(body, { ...printing('outer'), 'a-run-2': { prints: ['inner'] } });
    expect(brief).toEqual([]);
  });
});

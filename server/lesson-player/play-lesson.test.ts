import { describe, expect, it } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse-lesson.ts';
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
}

async function play(body: string, effects: Record<string, Effect>, { met, shy, setup }: Playing = {}) {
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error(JSON.stringify(problems));
  const page = new FakePage(effects, { ...(met && { met }), ...(shy && { shy }) });
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
    signal: new AbortController().signal,
  };
  const began = page.now;
  const { steps, failures } = await playLesson(options);
  const brief = failures.map((failure) => `${failure.kind} ${failure.step?.id ?? '-'} ${failure.block?.id ?? '-'}`);
  return { steps, failures, brief, diary: page.diary, took: page.now - began };
}

describe('the order of a play', () => {
  it('is, for each step: setup twice, checks, blocks with those of hints and call-outs, checks', async () => {
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

  it('that fail end the play with what they said', async () => {
    const { brief, failures } = await play(body, {}, { setup: () => ({ exitCode: 1, output: 'no such file\n' }) });
    expect(brief).toEqual([expect.stringMatching(/^setup one one-setup-/)]);
    expect(failures[0]?.message).toContain('exit status 1. It said: no such file');
  });

  it('have to be safe to run twice', async () => {
    let times = 0;
    const once = () => ({ exitCode: times++ === 0 ? 0 : 1, output: '' });
    const { failures } = await play(body, {}, { setup: once });
    expect(failures[0]?.message).toContain('when it was run again');
  });
});

describe('quizzes', () => {
  it('that take every answer are reported', async () => {
    const quiz = (answer: string) => `## One\n\n${fence('yaml quiz', `question: How many?\nanswer: ${answer}`)}`;
    expect((await play(quiz('"/.*/"'), {})).brief).toEqual([expect.stringMatching(/^quiz one one-quiz-/)]);
    expect((await play(quiz('"/^(two|2)$/i"'), {})).brief).toEqual([]);
    expect((await play(quiz('2'), {})).brief).toEqual([]);
  });
});

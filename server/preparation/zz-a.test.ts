import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse-lesson.ts';
import { fillVariables } from '../lessons/variables.ts';
import { blocksOfLesson } from '../lessons/lesson.ts';
import { judgeQuiz } from '../lessons/judge-quiz.ts';
import { openStore } from '../store/open-store.ts';
import { SetupStore } from '../store/setup-store.ts';
import { createLocalExecHost } from '../workspace/local-exec-host.ts';
import { Preparations } from './preparations.ts';

const actor = { learner: 'ada', mayAuthor: false };
const name = 'course/lesson';
const sandbox = { id: 's1', learner: 'ada' };
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
async function make(body: string, runFails = false) {
  const folder = mkdtempSync(join(tmpdir(), 'zz-'));
  const store = await openStore(folder);
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', name);
  if (lesson === null) throw new Error(JSON.stringify(problems));
  const diary: string[] = [];
  const preparations: Preparations = new Preparations({
    reader: { lesson: async () => lesson }, done: new SetupStore(store),
    progress: { visitStep: async () => {} },
    sandboxes: { ready: () => sandbox, reset: async (_l: string, prep: (s: unknown) => Promise<void>) => { diary.push('RESET begins'); await wait(300); await prep(sandbox); diary.push('RESET done'); return sandbox; }, use: () => ({ dispose() {} }) } as never,
    terminals: { run: async () => { if (runFails) throw new (await import('../errors.ts')).DrydockError('terminal.busy', 'busy'); }, list: () => [], interrupt() {}, onCommandEnded: () => ({ dispose() {} }) } as never,
    host: createLocalExecHost(), sessions: { find: async () => ({ attach: async () => {}, catchUp: async (ids: string[]) => ids.map((id) => ({ id, state: 'met', message: '', hint: null })), visit: async () => {}, prepared() {} }), keep: async () => ({ dispose() {} }) } as never,
    rootOf: () => folder, workspaceOf: (() => ({})) as never, emptyWorkspace: async () => {},
    tell: (_a, _b, p) => diary.push(`tell ${p?.kind} ${p?.state}`), clock: { now: () => 1 }, logger: { debug() {}, info() {}, warn() {}, error(e) { diary.push(JSON.stringify(e)); } },
  });
  return { preparations, diary, folder };
}
const check = fence('yaml check', 'title: T\nfile: a.txt\nstate: present');

test('cancelled start-overs still reset', async () => {
  const { preparations, diary } = await make(`## S1\n\n${check}\n\n## S2\n\n${check}`);
  for (let i = 0; i < 6; i++) { await preparations.startOver(actor, name, 's2'); await preparations.cancel('ada', name); }
  diary.push('--- all cancelled, learner is gone');
  await wait(2500);
  console.log(diary.join('\n'));
});

test('failed start-over blocks later setups', async () => {
  const { preparations, diary, folder } = await make(`## S1\n\n${fence('sh run','false')}\n\n${check}\n\n## S2\n\n${fence('sh setup', 'touch was-set-up')}\n\n${check}`, true);
  await preparations.startOver(actor, name, 's2');
  await wait(1500);
  await preparations.open(actor, name, 's2', sandbox);
  await wait(500);
  const { existsSync } = await import('node:fs');
  console.log('failed:', preparations.current('ada', name)?.state, 'held', preparations.holdsChecks('ada', name), 'set up:', existsSync(join(folder, 'was-set-up')));
  await preparations.cancel('ada', name);
  await wait(500);
  console.log('after dismissing, set up:', existsSync(join(folder, 'was-set-up')));
});

test('variable becomes pattern', async () => {
  const src = lessonSource(`## S1\n\n${fence('yaml quiz', 'question: What?\nanswer: $$dir$$')}\n\n${fence('yaml check', 'title: T\nrun: pwd\nstdout: $$dir$$')}`).replace(/^---\n/, '---\nvariables:\n  dir:\n    prompt: Which\n    default: /srv/\n');
  const { lesson, problems } = parseLesson(src, 'lesson.md', name);
  console.log(problems.map((p) => p.message));
  if (!lesson) return;
  const filled = fillVariables(lesson, { dir: '/(a|a)*$/' });
  for (const b of blocksOfLesson(filled)) {
    if (b.kind === 'quiz') {
      const t = performance.now();
      try { console.log(judgeQuiz(b.quiz, { text: 'a'.repeat(300) + '!' })); } catch (e) { console.log('threw', (e as Error).message, performance.now() - t); }
    }
    if (b.kind === 'check') console.log(JSON.stringify(b.check));
  }
  const f2 = fillVariables(lesson, { dir: '/srv/' });
  for (const b of blocksOfLesson(f2)) if (b.kind === 'quiz') console.log('typed "/srv/" →', judgeQuiz(b.quiz, { text: '/srv/' }).right, ' typed "srv" →', judgeQuiz(b.quiz, { text: 'srv' }).right);
});

import { describe, expect, it } from 'vitest';
import { type CheckResult, noProgress } from '../../protocol/lesson-view.ts';
import { type LessonSession, reduceSession } from './use-lesson-session.ts';

const progress = noProgress('a/b');
const check = (id: string, state: CheckResult['state']): CheckResult => ({ id, state, message: '', hint: null });
const session: LessonSession = {
  opened: true,
  openError: null,
  sandbox: { state: 'none' },
  progress,
  checks: new Map([['one', check('one', 'unmet')]]),
  quizzes: new Map(),
  preparation: null,
  terminals: [{ terminal: 'main', busy: false }],
  build: { build: 'b', path: 'Dockerfile', tag: 't', startedAt: 0, state: 'running' },
};

describe('reduceSession', () => {
  it('puts the checks that changed beside those that did not', () => {
    const after = reduceSession(session, { type: 'checks', checks: [check('two', 'met')] });
    expect([...after.checks.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['one unmet', 'two met']);
  });

  it('knows a sandbox that is gone from one that was never there', () => {
    const gone = { type: 'sandbox', sandbox: { state: 'none' } } as const;
    expect(reduceSession(session, gone).sandbox.state).toBe('none');
    const stopped = { state: 'stopped', since: 1, why: 'idle' } as const;
    expect(reduceSession({ ...session, sandbox: stopped }, gone).sandbox.state).toBe('removed');
  });

  it('forgets the old machine once a reset begins, and only then', () => {
    const resetting = reduceSession(session, { type: 'sandbox', sandbox: { state: 'resetting', since: 1 } });
    expect(resetting).toMatchObject({ terminals: [], build: null, progress });
    expect(resetting.checks.size).toBe(0);
    const looked = reduceSession(resetting, { type: 'checks', checks: [check('one', 'waiting')] });
    expect(reduceSession(looked, { type: 'sandbox', sandbox: { state: 'resetting', since: 1 } }).checks.size).toBe(1);
  });

  it('keeps a wrong answer in sight when the connection comes back', () => {
    const verdict = { quiz: 'q', choices: [], incomplete: false, explanation: null, answer: null, attempts: 1 };
    const wrong = reduceSession(session, { type: 'quiz', verdict: { ...verdict, right: false } });
    const data = {
      sandbox: { state: 'none' },
      progress,
      checks: [],
      quizzes: [{ ...verdict, quiz: 'other', right: true }],
      preparation: null,
      terminals: [],
      build: null,
      buildOutput: null,
    } as const;
    const again = reduceSession(wrong, {
      type: 'opened',
      data: { ...data, checks: [], terminals: [], quizzes: [...data.quizzes] },
    });
    expect([...again.quizzes.values()].map(({ quiz, right }) => `${quiz} ${right}`)).toEqual(['q false', 'other true']);
  });
});

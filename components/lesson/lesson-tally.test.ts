import { describe, expect, it } from 'vitest';
import { type Block, type LessonProgress, noProgress, type StepView } from '../../protocol/lesson-view.ts';
import { lessonTally } from './lesson-tally.ts';

const solution = (id: string): Block => ({ kind: 'solution', id, of: { kind: 'prose', html: '' } });
const step = (id: string, parts: Partial<StepView>): StepView => ({
  id,
  title: id,
  blocks: [],
  checks: [],
  quizzes: [],
  ...parts,
});
const progress = (parts: Partial<LessonProgress>): LessonProgress => ({ ...noProgress('a/b'), ...parts });
const passed = (attempts: number) => ({ attempts, passedAt: 1 });

describe('lessonTally', () => {
  it('is silent about a lesson without questions and solutions, and before anything was answered', () => {
    expect(lessonTally([step('one', {})], progress({}))).toEqual([]);
    const open = progress({ quizzes: { a: { attempts: 3, passedAt: null } } });
    expect(lessonTally([step('one', { quizzes: ['a'] })], open)).toEqual([]);
  });

  it('counts what was right at the first attempt', () => {
    const steps = [step('one', { quizzes: ['a', 'b'] }), step('two', { quizzes: ['c'] })];
    const told = (quizzes: LessonProgress['quizzes']) => lessonTally(steps, progress({ quizzes }))[0];
    expect(told({ a: passed(1) })).toBe('You answered 1 of 3 questions at the first attempt.');
    expect(told({ a: passed(1), b: passed(1), c: passed(1) })).toBe(
      'You answered all 3 questions, each at the first attempt.',
    );
    expect(told({ a: passed(1), b: passed(4), c: passed(2) })).toBe(
      'You answered all 3 questions, 1 of them at the first attempt.',
    );
    expect(told({ a: passed(2), b: passed(2) })).toBe(
      'You answered 2 of 3 questions, none of them at the first attempt.',
    );
    expect(lessonTally([step('one', { quizzes: ['a'] })], progress({ quizzes: { a: passed(2) } }))).toEqual([
      'You answered the question after more than one attempt.',
    ]);
  });

  it('names the steps whose solutions were looked at, those inside hints too', () => {
    const hint: Block = { kind: 'hint', summary: '', blocks: [solution('s2')] };
    const steps = [step('one', { blocks: [solution('s1'), hint] }), step('two', { blocks: [solution('s3')] })];
    const told = (...ids: string[]) =>
      lessonTally(steps, progress({ solutionsShown: Object.fromEntries(ids.map((id) => [id, 1])) }));
    expect(told('s3')).toEqual(['You looked at one solution, in step 2.']);
    expect(told('s1', 's2')).toEqual(['You looked at 2 solutions, in step 1.']);
    expect(told('s1', 's3')).toEqual(['You looked at 2 solutions, in steps 1 and 2.']);
    expect(told('gone')).toEqual([]);
  });

  it('says what the lab did', () => {
    const steps = [step('one', { checks: ['a', 'b'] })];
    expect(lessonTally(steps, progress({ caughtUp: ['a', 'gone'] }))).toEqual([
      'The lab met one check for you when you started over from a later step.',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Quiz } from '../../protocol/lesson-schema.ts';
import { judgeQuiz, passedJudgement } from './judge-quiz.ts';

const one: Quiz = {
  question: 'Which?',
  choices: [
    { text: 'a', why: 'not a' },
    { text: 'b', why: 'it is b', correct: true },
    { text: 'c', why: 'not c' },
  ],
  explanation: 'b it is.',
};
const two: Quiz = {
  question: 'Which?',
  choices: [
    { text: 'a', why: 'yes a', correct: true },
    { text: 'b', why: 'not b' },
    { text: 'c', why: 'yes c', correct: true },
  ],
};
const asked = (answer: string | number): Quiz => ({ question: 'What?', answer, explanation: 'So it is.' });
const isRight = (answer: string | number, text: string) => judgeQuiz(asked(answer), { text }).right;

describe('choices', () => {
  it('the right one is told with all reasons', () => {
    expect(judgeQuiz(one, { choices: [1] })).toEqual({
      right: true,
      choices: [
        { index: 0, right: false, why: 'not a' },
        { index: 1, right: true, why: 'it is b' },
        { index: 2, right: false, why: 'not c' },
      ],
      incomplete: false,
      explanation: 'b it is.',
      answer: null,
    });
  });

  it('a wrong one tells its own reason and nothing else', () => {
    expect(judgeQuiz(one, { choices: [2] })).toEqual({
      right: false,
      choices: [{ index: 2, right: false, why: 'not c' }],
      incomplete: false,
      explanation: null,
      answer: null,
    });
  });

  it('several: the order does not matter, nor does one that is named twice', () => {
    expect(judgeQuiz(two, { choices: [2, 0] }).right).toBe(true);
    expect(judgeQuiz(two, { choices: [0, 2, 0] }).right).toBe(true);
  });

  it('several: some of them are not enough, all of them are too many', () => {
    expect(judgeQuiz(two, { choices: [0] })).toMatchObject({ right: false, incomplete: true });
    expect(judgeQuiz(two, { choices: [0, 1] })).toMatchObject({ right: false, incomplete: true });
    expect(judgeQuiz(two, { choices: [0, 1, 2] })).toMatchObject({ right: false, incomplete: false });
    expect(judgeQuiz(one, { choices: [0, 1] })).toMatchObject({ right: false, incomplete: false });
  });

  it.each([{ choices: [3] }, { choices: [1, 9] }, { text: 'b' }])('%j does not belong to it', (answer) => {
    expect(() => judgeQuiz(one, answer)).toThrow(expect.objectContaining({ code: 'request.malformed' }));
  });
});

describe('a text', () => {
  it.each(['docker run', 'Docker  RUN', '\tdocker\u00a0run '])('%j is taken', (text) => {
    expect(isRight('docker run', text)).toBe(true);
  });
  it.each(['docker-run', 'docker', 'docker run x'])('%j is refused', (text) => {
    expect(isRight('docker run', text)).toBe(false);
  });
  it('is the same however its accents are made', () => expect(isRight('caf\u00e9', 'cafe\u0301')).toBe(true));
  it('of digits stays a text: 1.10 is not 1.1', () => expect(isRight('1.10', '1.1')).toBe(false));
  it('is told only once it is right', () => {
    expect(judgeQuiz(asked('web'), { text: 'x' })).toEqual({
      right: false,
      choices: [],
      incomplete: false,
      explanation: null,
      answer: null,
    });
    expect(judgeQuiz(asked('web'), { text: 'WEB' })).toMatchObject({ answer: 'web', explanation: 'So it is.' });
  });
  it('is not answered with choices', () => {
    expect(() => judgeQuiz(asked('web'), { choices: [0] })).toThrow(
      expect.objectContaining({ code: 'request.malformed' }),
    );
  });
});

describe('a number', () => {
  it.each(['1', '1.0', '01', '+1', '1.', '1e0', ' 1 '])('%j is 1', (text) => expect(isRight(1, text)).toBe(true));
  it.each(['2', '1 2', 'one', '0x1', '1,0', '-1', '', 'Infinity'])('%j is not', (text) =>
    expect(isRight(1, text)).toBe(false),
  );
  it('may be nothing or less', () => {
    expect(isRight(0, '0.0')).toBe(true);
    expect(isRight(-0.5, '-.5')).toBe(true);
    expect(isRight(0, 'x')).toBe(false);
  });
});

describe('a pattern', () => {
  it('takes the whole answer or nothing', () => {
    expect(isRight('/80|443/', '80')).toBe(true);
    expect(isRight('/80|443/', '443')).toBe(true);
    expect(isRight('/80|443/', 'not 80')).toBe(false);
    expect(isRight('/^80$/', '80')).toBe(true);
    expect(isRight('/.*80.*/', 'not 80')).toBe(true);
  });
  it('minds capitals unless it says i', () => {
    expect(isRight('/web/', 'Web')).toBe(false);
    expect(isRight('/web/i', 'Web')).toBe(true);
  });
  it('is never told', () =>
    expect(judgeQuiz(asked('/web/'), { text: 'web' })).toMatchObject({ right: true, answer: null }));
  it('that would take for ever is cut short', () => {
    expect(() => isRight('/(a+)+b/', 'a'.repeat(40))).toThrow(expect.objectContaining({ code: 'check.timeout' }));
  });
});

it('a quiz that was passed shows what a right answer shows', () => {
  expect(passedJudgement(one)).toEqual(judgeQuiz(one, { choices: [1] }));
  expect(passedJudgement(asked('web'))).toEqual(judgeQuiz(asked('web'), { text: 'web' }));
});

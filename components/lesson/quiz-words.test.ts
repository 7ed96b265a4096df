import { describe, expect, it } from 'vitest';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import { answerOf, draftOf, emptyDraft, type QuizBlockView, spokenVerdict, summaryOf, toggled } from './quiz-words.ts';

const quiz = (several: boolean): QuizBlockView => ({
  kind: 'quiz',
  id: 'q',
  question: 'Which?',
  choices: ['red', 'green', 'blue'],
  order: [2, 0, 1],
  several,
  freeText: false,
});
const free: QuizBlockView = { ...quiz(false), choices: [], order: [], freeText: true };
const choice = (index: number, right: boolean) => ({ index, right, why: `because ${index}` });
const verdict = (change: Partial<QuizVerdict>): QuizVerdict => ({
  quiz: 'q',
  right: false,
  choices: [],
  incomplete: false,
  explanation: null,
  answer: null,
  attempts: 1,
  ...change,
});

describe('answerOf', () => {
  it('says what is missing from an empty form', () => {
    expect(answerOf(quiz(false), emptyDraft)).toEqual({ missing: 'Choose an answer first.' });
    expect(answerOf(free, { ...emptyDraft, text: '   ' })).toEqual({ missing: 'Type an answer first.' });
  });

  it('names choices by their place, in order, and text without the space around it', () => {
    expect(answerOf(quiz(true), { ...emptyDraft, chosen: new Set([2, 0]) })).toEqual({ choices: [0, 2] });
    expect(answerOf(free, { ...emptyDraft, text: ' 42 ' })).toEqual({ text: '42' });
  });
});

describe('toggled', () => {
  it('replaces the choice where one is right, and adds or takes away where several are', () => {
    const first = toggled(quiz(false), emptyDraft, 0);
    expect([...toggled(quiz(false), first, 2).chosen]).toEqual([2]);
    expect([...toggled(quiz(true), first, 2).chosen]).toEqual([0, 2]);
    expect([...toggled(quiz(true), first, 0).chosen]).toEqual([]);
  });
});

describe('draftOf', () => {
  it('shows what was chosen wrongly, and only the right ones once it is right', () => {
    const judged = [choice(0, false), choice(1, true)];
    expect([...draftOf(quiz(true), verdict({ choices: judged }), emptyDraft).chosen]).toEqual([0, 1]);
    expect([...draftOf(quiz(true), verdict({ choices: judged, right: true }), emptyDraft).chosen]).toEqual([1]);
  });

  it('keeps what was typed unless the lesson has the answer in words', () => {
    const typed = { ...emptyDraft, text: 'mine' };
    expect(draftOf(free, verdict({ right: true }), typed).text).toBe('mine');
    expect(draftOf(free, verdict({ right: true, answer: 'theirs' }), typed).text).toBe('theirs');
  });
});

describe('summaryOf', () => {
  it('tells apart wrong, too few, and both', () => {
    const several = (...choices: QuizVerdict['choices']) => verdict({ choices, incomplete: true });
    expect(summaryOf(quiz(true), several(choice(1, true)))).toContain('There is more to choose.');
    expect(summaryOf(quiz(true), several(choice(1, true)))).toMatch(/^What you chose is right/);
    expect(summaryOf(quiz(true), several(choice(0, false)))).toBe(
      'One of your choices is wrong. There is more to choose.',
    );
    expect(summaryOf(quiz(true), verdict({ choices: [choice(0, false), choice(2, false)] }))).toBe(
      '2 of your choices are wrong.',
    );
    expect(summaryOf(quiz(false), verdict({ choices: [choice(0, false)] }))).toMatch(/choose another/);
    expect(summaryOf(free, verdict({}))).toMatch(/^That is not it/);
  });
});

describe('spokenVerdict', () => {
  it('reads the reasons of wrong choices, and all of them with the explanation once it is right', () => {
    const choices = [choice(0, false), choice(1, true)];
    const wrong = spokenVerdict(quiz(true), verdict({ choices }));
    expect(wrong).toContain('red: wrong. because 0');
    expect(wrong).not.toContain('green');
    const right = spokenVerdict(quiz(true), verdict({ choices, right: true, explanation: 'That is why.' }));
    expect(right).toBe('Right. red: wrong. because 0 green: right. because 1 That is why.');
  });

  it('reads them in the order in which they stand on the page', () => {
    const choices = [choice(0, false), choice(1, true), choice(2, false)];
    const spoken = spokenVerdict(quiz(true), verdict({ choices, right: true }));
    expect(spoken).toBe('Right. blue: wrong. because 2 red: wrong. because 0 green: right. because 1');
  });
});

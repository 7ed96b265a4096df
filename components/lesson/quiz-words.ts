import type { Block } from '../../protocol/lesson-view.ts';
import type { QuizAnswer, QuizVerdict } from '../../protocol/quiz.ts';

export type QuizBlockView = Extract<Block, { kind: 'quiz' }>;

/** What the learner has filled in so far. */
export interface QuizDraft {
  chosen: ReadonlySet<number>;
  text: string;
}

export const emptyDraft: QuizDraft = { chosen: new Set(), text: '' };

/** Words where the draft cannot be an answer yet. */
export function answerOf(quiz: QuizBlockView, draft: QuizDraft): QuizAnswer | { missing: string } {
  if (quiz.freeText) {
    const text = draft.text.trim();
    return text === '' ? { missing: 'Type an answer first.' } : { text };
  }
  const choices = [...draft.chosen].sort((a, b) => a - b);
  return choices.length === 0 ? { missing: 'Choose an answer first.' } : { choices };
}

/** The form as it stood when this was judged, as far as the verdict tells. */
export function draftOf(quiz: QuizBlockView, verdict: QuizVerdict, before: QuizDraft): QuizDraft {
  if (quiz.freeText) return verdict.answer === null ? before : { ...before, text: verdict.answer };
  const chosen = verdict.choices.filter((choice) => !verdict.right || choice.right);
  return { ...before, chosen: new Set(chosen.map(({ index }) => index)) };
}

/** Ticks a choice: in place of the one before, or beside the others. */
export function toggled(quiz: QuizBlockView, draft: QuizDraft, index: number): QuizDraft {
  if (!quiz.several) return { ...draft, chosen: new Set([index]) };
  const chosen = new Set(draft.chosen);
  if (!chosen.delete(index)) chosen.add(index);
  return { ...draft, chosen };
}

/** One or two sentences about an answer; the reasons stand beside the choices. */
export function summaryOf(quiz: QuizBlockView, verdict: QuizVerdict): string {
  if (verdict.right) return 'Right.';
  if (quiz.freeText) return 'That is not it. Think again, and try another answer.';
  if (!quiz.several) return 'That is not it. Read why, and choose another.';
  const wrong = verdict.choices.filter((choice) => !choice.right).length;
  const more = verdict.incomplete ? ' There is more to choose.' : '';
  if (wrong === 0) return `What you chose is right, but it is not all.${more}`;
  if (wrong === 1) return `One of your choices is wrong.${more}`;
  return `${wrong} of your choices are wrong.${more}`;
}

/** All of it, to be read out: what a sighted learner sees at once. */
export function spokenVerdict(quiz: QuizBlockView, verdict: QuizVerdict): string {
  const told = [...verdict.choices]
    .sort((a, b) => quiz.order.indexOf(a.index) - quiz.order.indexOf(b.index))
    .filter(({ right }) => verdict.right || !right)
    .map(({ index, right, why }) => `${quiz.choices[index] ?? ''}: ${right ? 'right' : 'wrong'}. ${why}`);
  return [summaryOf(quiz, verdict), ...told, verdict.explanation ?? ''].join(' ').trim();
}

import type { LessonProgress } from '../../protocol/lesson-view.ts';
import type { Actor } from '../access.ts';
import { DrydockError } from '../errors.ts';
import { checkAnswers } from '../lessons/answer-variables.ts';
import { judgeQuiz } from '../lessons/judge-quiz.ts';
import { everyBlock, hasId, type Lesson } from '../lessons/lesson.ts';
import { outlineOf } from '../lessons/lesson-outline.ts';
import type { Handlers } from './dispatch.ts';
import type { LabServices } from './lab-services.ts';

type Names = 'quiz:answer' | 'practice:answer' | 'solution:show' | 'lesson:answer-variables';

type Parts = Pick<LabServices, 'reader' | 'progress' | 'variables' | 'practice' | 'clock'> & {
  sessions: Pick<LabServices['sessions'], 'renew'>;
  gateway: Pick<LabServices['gateway'], 'tell'>;
};

/** Questions to the learner: quizzes, at once and some days later; variables; and whether they look at a solution. */
export function quizHandlers(services: Parts): Pick<Handlers, Names> {
  const { reader, progress, variables, practice, sessions, gateway, clock } = services;
  const tellProgress = (actor: Actor, current: LessonProgress) =>
    gateway.tell(actor.learner, 'progress:changed', { progress: current });

  return {
    'quiz:answer': async ({ actor }, { lesson, quiz, answer }) => {
      const block = await reader.block(actor, lesson, quiz);
      if (block.kind !== 'quiz') throw noSuchBlock('question');
      const judgement = judgeQuiz(block.quiz, answer);
      const { learner } = actor;
      const now = clock.now();
      const attempts = await progress.answerQuiz(learner, lesson, quiz, judgement.right, now);
      const verdict = { quiz, ...judgement, attempts };
      gateway.tell(learner, 'quiz:judged', { lesson, verdict });
      tellProgress(actor, await progress.settle(learner, outlineOf(await reader.lesson(actor, lesson)), now));
      return verdict;
    },

    'practice:answer': async ({ actor }, { lesson, quiz, answer }) => practice.answer(actor, lesson, quiz, answer),

    'solution:show': async ({ actor }, { lesson, block }) => {
      const { learner } = actor;
      const parsed = await reader.lesson(actor, lesson);
      if ((await reader.block(actor, lesson, block)).kind !== 'solution') throw noSuchBlock('solution');
      const outline = outlineOf(parsed);
      const { stepsDone } = await progress.read(learner, outline);
      const step = stepOf(parsed, block);
      // Who has done the step may compare: that says nothing about how they did it.
      if (step !== null && stepsDone.includes(step)) return null;
      await progress.showSolution(learner, lesson, block, clock.now());
      tellProgress(actor, await progress.read(learner, outline));
      return null;
    },

    'lesson:answer-variables': async ({ actor }, { lesson, values }) => {
      const { learner } = actor;
      const before = await variables.read(learner, lesson);
      const kept = checkAnswers(await reader.lesson(actor, lesson), values, before);
      await variables.save(learner, lesson, kept);
      try {
        await sessions.renew(learner, lesson);
      } finally {
        // The answers are kept, whatever became of the session.
        gateway.tell(learner, 'lesson:changed', { lesson });
      }
      return null;
    },
  };
}

/** Null: it stands in the introduction. */
function stepOf(lesson: Lesson, id: string): string | null {
  const step = lesson.steps.find(({ blocks }) =>
    [...everyBlock(blocks)].some((block) => hasId(block) && block.id === id),
  );
  return step?.id ?? null;
}

function noSuchBlock(what: string): DrydockError {
  return new DrydockError(
    'lesson.block-not-found',
    `This lesson has no such ${what} any more. Reload the page to see its newest text.`,
  );
}

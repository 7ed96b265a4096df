import { authorHandlers } from './author-handlers.ts';
import { buildHandlers } from './build-handlers.ts';
import type { Handlers } from './dispatch.ts';
import { fileHandlers } from './file-handlers.ts';
import type { LabServices } from './lab-services.ts';
import { learnerHandlers } from './learner-handlers.ts';
import { lessonHandlers } from './lesson-handlers.ts';
import { preparationHandlers } from './preparation-handlers.ts';
import { quizHandlers } from './quiz-handlers.ts';
import { terminalHandlers } from './terminal-handlers.ts';

/** What answers every request of a page. */
export function labHandlers(services: LabServices): Handlers {
  return {
    ...lessonHandlers(services),
    ...terminalHandlers(services),
    ...fileHandlers(services),
    ...buildHandlers(services),
    ...quizHandlers(services),
    ...learnerHandlers(services),
    ...preparationHandlers(services),
    ...authorHandlers(services),
  };
}

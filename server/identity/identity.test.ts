import { expect, test } from 'vitest';
import { randomIds, systemClock } from '../system-clock.ts';
import { Identity, nobody } from './identity.ts';

const learners = { findBySession: async () => 'ada', register: async () => undefined };

test.each([true, false])('who is known may author where the lab says so (%s); nobody may not', async (mayAuthor) => {
  const identity = new Identity({ learners, clock: systemClock, ids: randomIds, lab: 'x', mayAuthor });
  const { actor, setCookie } = await identity.welcome();
  expect(actor.mayAuthor).toBe(mayAuthor);
  expect(await identity.recognise(setCookie.split(';')[0])).toEqual({ learner: 'ada', mayAuthor });
  expect(identity.actorOf('ada')).toEqual({ learner: 'ada', mayAuthor });
  expect(identity.actorOf(nobody)).toEqual({ learner: nobody, mayAuthor: false });
});

import type * as z from 'zod';
import type { Answer } from '../../protocol/errors.ts';
import { type RequestName, type RequestPayload, type Results, requests } from '../../protocol/events.ts';
import { type Actor, assertMay } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import { DrydockError, errorForLog, toErrorBody } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { PageSocket } from './page-socket.ts';
import type { RequestBudget } from './request-budget.ts';
import { requiredAccess } from './required-access.ts';
import { sandboxNeed } from './sandbox-need.ts';

export interface RequestContext {
  actor: Actor;
  page: PageSocket;
}

/** What a request has to do with the learner's sandbox, before and while its handler runs. */
export interface SandboxUser {
  /**
   * Null: nothing to wait for. Requests that wait go on in the order in which they came.
   * @throws sandbox.starting when it has to be started first
   */
  wake(learner: string): Promise<unknown> | null;
  /** In use until disposed of. */
  use(learner: string): Disposable;
  /** Somebody looks at it. */
  watched(learner: string): void;
}

/** One function for each request of the protocol. What it throws becomes the answer's error. */
export type Handlers = {
  [N in RequestName]: (context: RequestContext, payload: RequestPayload<N>) => Promise<Results[N]>;
};

/** Requests that make the server or the engine work hard, in tokens of the rate limit; others cost one. */
const costs: Partial<Record<RequestName, number>> = {
  'lesson:open': 40,
  'lesson:answer-variables': 40,
  'lesson:start-over': 200,
  'lesson:visit-step': 10,
  'preparation:retry': 40,
  'preparation:cancel': 10,
  'quiz:answer': 10,
  'practice:answer': 10,
  'placement:answer': 10,
  'placement:begin': 10,
  'certificate:name': 10,
  'solution:show': 10,
  'author:read': 40,
  'sandbox:start': 40,
  'sandbox:reset': 200,
  'sandbox:restore': 200,
  'build:start': 100,
  'check:evaluate': 20,
  'file:write': 10,
  'file:list': 10,
  'file:read': 10,
  'file:apply': 10,
};

/**
 * Takes any packet whatever and answers it. `packet` is the event's arguments as they came; an
 * acknowledgement is optional, and nothing a client sends makes this throw.
 */
export async function dispatch(options: {
  name: string;
  packet: unknown[];
  context: RequestContext;
  handlers: Handlers;
  budget: RequestBudget;
  sandboxes: SandboxUser;
  logger: Logger;
  metrics: Metrics;
}): Promise<void> {
  const { name, packet, context, handlers, budget, sandboxes, logger, metrics } = options;
  const request = isRequest(name) ? name : 'unknown';
  const last = packet.at(-1);
  const acknowledge = typeof last === 'function' ? (last as (answer: Answer<unknown>) => void) : null;
  let release: (() => void) | null = null;
  let using: Disposable | null = null;
  try {
    if (!isRequest(name)) {
      throw new DrydockError(
        'request.unknown',
        'The server does not know this request. Reload the page to get its newest version.',
      );
    }
    release = budget.take(costs[name] ?? 1);
    if (release === null) {
      throw new DrydockError('request.too-many', 'Too many requests at once. Wait a second and try again.');
    }
    const parsed = requests[name].safeParse(packet[0]);
    if (!parsed.success) throw malformed(name, parsed.error);
    assertMay(context.actor, requiredAccess(name, parsed.data, context.actor));
    const { learner } = context.actor;
    const need = sandboxNeed(name, parsed.data);
    if (need.use === 'look') sandboxes.watched(learner);
    if (need.runs) {
      const waking = sandboxes.wake(learner);
      // Awaited only where there is something to wait for: keys go straight on.
      if (waking !== null) await waking;
    }
    if (need.use === 'act') using = sandboxes.use(learner);
    const data = await call(handlers, name, context, parsed.data);
    metrics.count('drydock_requests_total', { request, outcome: 'ok' });
    acknowledge?.({ ok: true, data });
  } catch (error) {
    if (!(error instanceof DrydockError)) {
      logger.error({ request, ...errorForLog(error) }, 'request failed');
    }
    const body = toErrorBody(error);
    metrics.count('drydock_requests_total', { request, outcome: body.code });
    acknowledge?.({ ok: false, error: body });
  } finally {
    using?.dispose();
    release?.();
  }
}

function isRequest(name: string): name is RequestName {
  return Object.hasOwn(requests, name);
}

/** Joins a name to its handler; the schema above has made sure that the payload is the name's own. */
function call(handlers: Handlers, name: RequestName, context: RequestContext, payload: unknown): Promise<unknown> {
  const handler = handlers[name] as (context: RequestContext, payload: unknown) => Promise<unknown>;
  return handler(context, payload);
}

function malformed(name: RequestName, error: z.ZodError): DrydockError {
  const issue = error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the request' : `“${issue.path.join('.')}”`;
  const tooBig = error.issues.some((each) => each.code === 'too_big');
  return new DrydockError(
    tooBig ? 'request.too-large' : 'request.malformed',
    `The server did not accept ${where} of ${name}: ${issue?.message ?? 'it is malformed'}`,
    { details: { path: issue?.path.map(String) ?? [] } },
  );
}

import { expect, test } from 'vitest';
import type { Answer } from '../../protocol/errors.ts';
import { DrydockError } from '../errors.ts';
import { noMetrics } from '../metrics.ts';
import { dispatch, type Handlers } from './dispatch.ts';
import { RequestBudget } from './request-budget.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const sandboxes = { wake: () => null, use: () => ({ dispose() {} }), watched() {} };
const context = { actor: { learner: 'ada', mayAuthor: false }, page: { id: 'p', send() {} } };

function handlersWith(overrides: Partial<Handlers>): Handlers {
  return new Proxy(overrides, {
    get: (target, name) => Reflect.get(target, name) ?? (async () => null),
  }) as Handlers;
}

async function ask(name: string, packet: unknown[], options: { handlers?: Handlers; tokens?: number } = {}) {
  let answer: Answer<unknown> | undefined;
  const capacity = options.tokens ?? 1_000;
  await dispatch({
    name,
    packet: [
      ...packet,
      (given: Answer<unknown>) => {
        answer = given;
      },
    ],
    context,
    handlers: options.handlers ?? handlersWith({}),
    budget: new RequestBudget({ now: () => 0 }, { capacity, perSecond: 1, atOnce: 8 }),
    logger: silent,
    sandboxes,
    metrics: noMetrics,
  });
  return answer;
}

test('an event nobody knows is answered request.unknown, even one named like an object member', async () => {
  for (const name of ['nonsense', 'toString', '__proto__', 'constructor', '']) {
    expect(await ask(name, [{}])).toMatchObject({ ok: false, error: { code: 'request.unknown' } });
  }
});

test('any malformed payload is answered request.malformed', async () => {
  const payloads = [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { lesson: '../../etc' },
    { lesson: 'a/b', extra: 1 },
    { lesson: { a: 1 } },
  ];
  for (const payload of payloads) {
    expect(await ask('lesson:open', [payload]), JSON.stringify(payload)).toMatchObject({
      ok: false,
      error: { code: 'request.malformed' },
    });
  }
});

test('a payload over its limit is answered request.too-large', async () => {
  const content = 'x'.repeat(1024 * 1024 + 1);
  const packet = [{ lesson: 'a/b', path: 'f', content, basedOn: null, overwrite: false }];
  expect(await ask('file:write', packet)).toMatchObject({ ok: false, error: { code: 'request.too-large' } });
});

test('paths that climb out never reach a handler', async () => {
  for (const path of [
    '../x',
    '/etc/passwd',
    'a/../../b',
    'a//b',
    'a/',
    '.',
    'a\u0000b',
    'a\nb',
    'a\\b',
    `${'a/'.repeat(40)}b`,
  ]) {
    const handlers = handlersWith({
      'file:read': async () => {
        throw new Error(`reached with ${path}`);
      },
    });
    expect(await ask('file:read', [{ lesson: 'a/b', path }], { handlers }), path).toMatchObject({
      ok: false,
      error: { code: 'request.malformed' },
    });
  }
});

test('a packet without acknowledgement, or without anything, harms nobody', async () => {
  const budget = new RequestBudget({ now: () => 0 }, { capacity: 10, perSecond: 1, atOnce: 8 });
  for (const packet of [[], [{}], [undefined, undefined], ['a', 'b']]) {
    await dispatch({
      name: 'lesson:open',
      packet,
      context,
      handlers: handlersWith({}),
      budget,
      logger: silent,
      sandboxes,
      metrics: noMetrics,
    });
  }
});

test('an error of ours keeps its code; anything else becomes internal and keeps its words to itself', async () => {
  const ours = handlersWith({
    'lesson:leave': async () => {
      throw new DrydockError('sandbox.gone', 'Gone.');
    },
  });
  expect(await ask('lesson:leave', [{ lesson: 'a/b' }], { handlers: ours })).toEqual({
    ok: false,
    error: { code: 'sandbox.gone', message: 'Gone.' },
  });
  const other = handlersWith({
    'lesson:leave': async () => {
      throw new TypeError('secret path /x');
    },
  });
  const answer = await ask('lesson:leave', [{ lesson: 'a/b' }], { handlers: other });
  expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('who asks too often is told so', async () => {
  expect(await ask('sandbox:reset', [{ lesson: 'a/b' }], { tokens: 100 })).toMatchObject({
    ok: false,
    error: { code: 'request.too-many' },
  });
});

test('what reads a lesson and writes costs more than a key', async () => {
  const asked: [string, object][] = [
    ['lesson:visit-step', { lesson: 'a/b', step: 's' }],
    ['solution:show', { lesson: 'a/b', block: 's' }],
    ['preparation:cancel', { lesson: 'a/b' }],
  ];
  for (const [name, payload] of asked) {
    expect(await ask(name, [payload], { tokens: 9 }), name).toMatchObject({ error: { code: 'request.too-many' } });
    expect(await ask(name, [payload], { tokens: 10 }), name).toMatchObject({ ok: true });
  }
});

test('how a lesson is made is shown to authors alone', async () => {
  const read = await ask('author:read', [{ lesson: 'a/b' }]);
  expect(read).toMatchObject({ ok: false, error: { code: 'access.denied' } });
});

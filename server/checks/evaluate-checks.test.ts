import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { evaluateChecks, relevantTo } from './evaluate-checks.ts';
import { container, type FakeWorld, fakeContext, image, published } from './fake-context.ts';
import { check, look, web } from './look.ts';

describe('hints', () => {
  const yaml =
    'container: web\nports: ["8080:80"]\nhints:\n  - when: { state: exited }\n    say: It ended.\n  - when: { ports: ["80:8080"] }\n    say: Swapped.\n  - when: { state: absent }\n    say: Run it.\n  - when: { state: running }\n    say: Running.';
  it.each<[FakeWorld, string | null]>([
    [web({ ports: [published(80, 8080)] }), 'Swapped.'],
    [web({ state: 'exited' }), 'It ended.'],
    [{}, 'Run it.'],
    [web(), 'Running.'],
    [web({ state: 'paused' }), null],
    [web({ ports: [published(8080, 80)] }), null],
  ])('say what fits the state: %#', async (world, hint) => expect((await look(yaml, world)).hint).toBe(hint));

  it('that cannot be looked at are none', async () => {
    const result = await look(
      'image: site\nfile: { path: /a }\nsize: 1\nhints:\n  - when: { file: { path: /b } }\n    say: x',
      {
        images: [image('site')],
        run: () => Promise.reject(new Error('boom')),
      },
    );
    expect(result).toMatchObject({ state: 'unmet', hint: null });
  });
});

describe('a round', () => {
  it('asks each question once, however many checks want to know', async () => {
    const context = fakeContext({ containers: [container('web'), container('db')], images: [image('busybox')] });
    const yaml =
      'container: web\nstate: running\nimage: busybox\nlogs: x\nhints:\n  - when: { image: busybox }\n    say: y';
    const checks = Array.from({ length: 20 }, (_, index) => ({ id: `c${index}`, check: check(yaml) }));
    const results = await evaluateChecks(checks, context);
    expect(results.map((result) => result.id)).toEqual(checks.map(({ id }) => id));
    expect(context.asked.sort()).toEqual(['container id-web', 'containers', 'images', 'log id-web']);
  });

  it('asks nothing nobody wants to know', async () => {
    const context = fakeContext({ files: { a: 'b' } });
    await evaluateChecks([{ id: 'c', check: check('file: a\nstate: present') }], context);
    expect(context.asked).toEqual(['stat a']);
  });

  it('fails one check and goes on with the others', async () => {
    const context = fakeContext({ ...web(), files: { a: 'b' } });
    const failures: string[] = [];
    context.daemon.containers = () =>
      Promise.reject(new DrydockError('daemon.unreachable', 'Your Docker does not answer.'));
    context.readFile = () => {
      throw new Error('secret detail');
    };
    const results = await evaluateChecks(
      [
        { id: 'a', check: check('container: web\nstate: running') },
        { id: 'b', check: check('file: a\ncontains: b') },
        { id: 'c', check: check('file: a\nstate: present') },
      ],
      context,
      { onFailure: (id) => failures.push(id) },
    );
    expect(results.map(({ state }) => state)).toEqual(['failed', 'failed', 'met']);
    expect(results[0]?.message).toBe('Your Docker does not answer.');
    expect(results[1]?.message).not.toContain('secret');
    expect(failures.sort()).toEqual(['a', 'b']);
  });

  it('gives up on what takes too long, and says so', async () => {
    const context = fakeContext({ run: () => new Promise(() => undefined) });
    const [result] = await evaluateChecks([{ id: 'c', check: check('run: sleep 99') }], context, { limitMs: 20 });
    expect(result).toMatchObject({ state: 'failed' });
    expect(result?.message).toContain('took longer than');
  });
});

describe('what a check depends on', () => {
  it.each<[string, string[]]>([
    ['container: web\nstate: running', ['containers']],
    ['container: web\nimage: x', ['containers', 'images']],
    ['container: web\nstate: running\nhints:\n  - when: { logs: x }\n    say: y', ['commands', 'containers']],
    ['container: { image: x }\nstate: running', ['containers', 'images']],
    ['image: x\nstate: present', ['images']],
    ['volume: x\nstate: present', ['commands', 'containers', 'volumes']],
    ['network: x\nstate: present', ['commands', 'containers', 'networks']],
    ['compose: x\nservices: { a: { count: 1 } }', ['containers']],
    ['http: 80\nstatus: 200', ['commands', 'containers', 'files']],
    ['file: a\nstate: present', ['files']],
    ['ran: x', ['commands']],
    ['run: x', ['commands', 'containers', 'files', 'images', 'networks', 'volumes']],
  ])('%j: %j', (yaml, expected) => expect([...relevantTo(check(yaml))].sort()).toEqual(expected));
});

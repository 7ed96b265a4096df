import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import type { CheckContext } from './check-context.ts';
import { evaluateChecks } from './evaluate-checks.ts';
import { container, type FakeWorld, fakeContext, image, network, published, volume } from './fake-context.ts';
import { check, look, web } from './look.ts';
import { relevantTo } from './when-to-look.ts';

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

describe('words of the author’s own', () => {
  const yaml = (more: string): string => `container: web\nlabels: { keeper: anna }\notherwise: Ask the label.${more}`;

  it('stand in place of what was expected and found, which would give the answer away', async () => {
    const result = await look(yaml('\nhints:\n  - when: { state: running }\n    say: It runs.'), web());
    expect(result).toMatchObject({ state: 'unmet', message: 'Ask the label.', hint: 'It runs.' });
  });

  it('are not said when it is so, and are no condition', async () => {
    const result = await look(yaml(''), web({ labels: { keeper: 'anna' } }));
    expect(result.state).toBe('met');
    expect(result.message).not.toContain('Ask the label.');
  });

  it.each([
    [{}, 'There is no file report.txt in your workspace yet.'],
    [{ 'Report.txt': 'x' }, 'There is Report.txt; the name has to be exact'],
    [{ 'report.txt': ' \n' }, 'report.txt is there, but it is empty.'],
    [{ 'report.txt': 'keeper=bob' }, 'Ask the label.'],
  ])('are not said of a file where there is nothing to compare: %j', async (files, message) => {
    const result = await look('file: report.txt\nmatches: ^keeper=anna$\notherwise: Ask the label.', { files });
    expect(result.state).toBe('unmet');
    expect(result.message).toContain(message);
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
    // So it is for every check; only those of the step at hand are also looked at by themselves, and not for ever.
    expect(result?.message).toContain('Drydock tries again when something changes;');
  });
});

describe('patience', () => {
  it('gives a check and its program so many times their usual time', async () => {
    const context = fakeContext({});
    const limits: number[] = [];
    context.run = async (_, timeoutMs) => {
      limits.push(timeoutMs);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { exit: 0, stdout: '' };
    };
    const checks = [{ id: 'c', check: check('run: "true"\ntimeout: 10ms') }];
    const looking = (patience: number) => evaluateChecks(checks, context, { limitMs: 20, patience });
    expect((await looking(1))[0]?.state).toBe('met');
    const quick = [{ id: 'c', check: check('http: 8080/\nstatus: 200') }];
    expect((await evaluateChecks(quick, context, { limitMs: 20 }))[0]?.state).toBe('failed');
    expect((await evaluateChecks(quick, context, { limitMs: 20, patience: 100 }))[0]?.state).toBe('unmet');
    await looking(3);
    expect(limits).toEqual([10, 6000, 600_000, 30]);
  });
});

describe('a server that does not answer in time', () => {
  const late = (exit: number, stdout: string) => fakeContext({ ...web(), run: () => ({ exit, stdout }) });
  const asking = async (context: CheckContext, yaml: string, patience?: number) =>
    (await evaluateChecks([{ id: 'c', check: check(yaml) }], context, patience ? { patience } : {}))[0];
  const begun = 'HTTP/1.1 200 OK\r\nA: b\r\n\r\nGood ';

  it('gets so many times the usual time', async () => {
    const context = late(0, begun);
    await asking(context, 'http: 8080/', 3);
    await asking(context, 'http: 8080/');
    expect(context.asked.map((question) => /-m (\d+) .*PIPESTATUS/.exec(question)?.[1])).toEqual(['12', '4']);
  });

  it.each([
    ['http: 8080/', ''],
    ['http: 8080/\ncontains: day', begun],
  ])('could not be looked at: %j, %j', async (yaml, stdout) => {
    const result = await asking(late(28, stdout), yaml, 2);
    expect(result).toMatchObject({ state: 'failed' });
    expect(result?.message).toBe(
      'localhost:8080 did not answer in full within 8 s. It may be slow, busy or paused. Drydock tries again when something changes; “Check again” does so at once.',
    );
  });

  it('is judged by what it has said where that is enough, and where it has ended', async () => {
    expect(await asking(late(28, begun), 'http: 8080/\ncontains: Good')).toMatchObject({ state: 'met' });
    expect(await asking(late(0, begun), 'http: 8080/\ncontains: day')).toMatchObject({ state: 'unmet' });
    expect(await asking(late(7, ''), 'http: 8080/')).toMatchObject({ state: 'unmet' });
  });
});

describe('a world that does not answer', () => {
  const never = () => new Promise<never>(() => undefined);
  const subjects: [string, string][] = [
    ['container: web\nstate: running', 'containers'],
    ['container: web\nlogs: x', 'containerLog'],
    ['container: web\ndiffers: /a', 'containerChanges'],
    ['container: web\nuser: app', 'container'],
    ['image: busybox\nuser: app', 'image'],
    ['image: busybox\nhistory: RUN', 'imageHistory'],
    ['network: back\nstate: present', 'networks'],
    ['network: back\ncontainers: web', 'network'],
    ['volume: data\nstate: present', 'volumes'],
    ['compose: shop\nservices: { web: { state: running } }', 'containers'],
  ];
  it.each(subjects)('keeps %j waiting no longer than its limit, and the others not at all', async (yaml, method) => {
    const context = fakeContext({
      ...web(),
      networks: [network('back')],
      volumes: [volume('data')],
      files: { a: 'b' },
    });
    Object.assign(context.daemon, { [method]: never });
    const [hanging, other] = await evaluateChecks(
      [
        { id: 'a', check: check(yaml) },
        { id: 'b', check: check('file: a\nstate: present') },
      ],
      context,
      { limitMs: 30 },
    );
    expect(hanging).toMatchObject({ state: 'failed' });
    expect(hanging?.message).toContain('took longer than');
    expect(other).toMatchObject({ state: 'met' });
  });

  it.each(['run: sleep 99', 'http: 8080/', 'volume: data\nfile: { path: a }', 'image: busybox\nfile: { path: /a }'])(
    'is told of when the command of %j never ends',
    async (yaml) => {
      const context = fakeContext({ ...web(), volumes: [volume('data')], run: never });
      const [result] = await evaluateChecks([{ id: 'c', check: check(yaml) }], context, { limitMs: 30 });
      expect(result).toMatchObject({ state: 'failed' });
    },
  );

  it('takes away the hint, not what was found', async () => {
    const context = fakeContext(web());
    context.daemon.containerLog = never;
    const yaml = 'container: web\nstate: exited\nhints:\n  - when: { logs: x }\n    say: y';
    const [result] = await evaluateChecks([{ id: 'c', check: check(yaml) }], context, { limitMs: 30 });
    expect(result).toEqual({ id: 'c', state: 'unmet', message: 'web is running. It has to have ended.', hint: null });
  });

  it('may log without end', async () => {
    const log = `${'tick\n'.repeat(2_000_000)}ready`;
    const result = await look('container: web\nlogs: [ready, steady]', { ...web(), logs: { 'id-web': log } });
    expect(result).toMatchObject({ state: 'unmet' });
    expect(result.message.length).toBeLessThan(300);
  });
});

describe('what a check depends on', () => {
  const hint = (when: string): string => `\nhints:\n  - when: { ${when} }\n    say: y`;
  it.each<[string, string[]]>([
    ['container: web\nstate: running', ['containers']],
    ['container: web\nimage: x', ['containers', 'images']],
    ['container: web\nnetworks: back', ['containers', 'networks']],
    ['container: web\nlogs: x', ['commands', 'containers']],
    ['container: web\ndiffers: /x', ['commands', 'containers']],
    ['container: web\nmemory: 64m', ['commands', 'containers']],
    ['container: web\nrestart: always', ['commands', 'containers']],
    [`container: web\nstate: running${hint('logs: x')}`, ['commands', 'containers']],
    [`container: web\nstate: running${hint('image: x')}`, ['containers', 'images']],
    ['container: { image: x }\nstate: running', ['containers', 'images']],
    ['container: { label: x }\nstate: running', ['containers']],
    ['image: x\nstate: present', ['images']],
    ['image: x\nfile: { path: /a }\nsharesLayersWith: y', ['images']],
    ['network: x\nstate: present', ['networks']],
    ['network: x\ncontainers: web', ['containers', 'networks']],
    ['network: x\nreaches: { from: a, to: b, port: 1 }', ['commands', 'containers', 'networks']],
    [`network: x\nstate: present${hint('containers: web')}`, ['containers', 'networks']],
    ['volume: x\nstate: present', ['volumes']],
    ['volume: x\nusedBy: web', ['containers', 'volumes']],
    ['volume: x\nfile: { path: a }', ['commands', 'containers', 'volumes']],
    ['compose: x\nservices: { a: { count: 1 } }', ['containers']],
    ['http: 80\nstatus: 200', ['commands', 'containers', 'files']],
    ['file: a\nstate: present', ['files']],
    ['ran: x', ['commands']],
    ['run: x', ['commands', 'containers', 'files', 'images', 'networks', 'volumes']],
  ])('%j: %j', (yaml, expected) => expect([...relevantTo(check(yaml))].sort()).toEqual(expected));
});

describe('twenty checks', () => {
  const world: FakeWorld = {
    containers: [
      container('web', { networks: [{ name: 'back', id: 'id-back', ipAddress: null, aliases: [] }] }),
      container('db'),
    ],
    images: [image('busybox'), image('site', { layers: ['sha256:layer-1', 'sha256:layer-2'] })],
    networks: [network('back')],
    volumes: [volume('data')],
    files: { Dockerfile: 'FROM busybox' },
    run: () => ({ exit: 0, stdout: 'hello' }),
  };
  const yaml = [
    'container: web\nstate: running',
    'container: web\nimage: busybox',
    'container: web\nuser: root\nrestart: "no"',
    'container: web\nnetworks: back',
    'container: web\nlogs: a',
    'container: web\nlogs: b',
    'container: db\nstate: running\nmemory: 0',
    'container: { image: busybox }\ncount: 2',
    'container: { label: tier }\ncount: 0',
    'image: site\nfrom: busybox',
    'image: site\nlayers: 2',
    'image: site\nsharesLayersWith: busybox',
    'image: site\ncmd: sh',
    'network: back\ndriver: bridge',
    'network: back\ncontainers: web',
    'volume: data\nusedBy: web',
    'volume: data\nfile: { path: a }',
    'volume: data\nfile: { path: a, contains: hello }',
    'file: Dockerfile\ninstruction: FROM',
    'compose: shop\nservices: { web: { count: 1 } }',
  ];

  it('cost one question for each thing they are about', async () => {
    const context = fakeContext(world);
    await evaluateChecks(
      yaml.map((text, index) => ({ id: `c${index}`, check: check(text) })),
      context,
    );
    const asked = context.asked.map((question) => question.replace(/^run .*$/s, 'run'));
    expect(asked.sort()).toEqual([
      'container id-db',
      'container id-web',
      'containers',
      'image sha256:busybox',
      'image sha256:site',
      'images',
      'log id-web',
      'network id-back',
      'networks',
      'read Dockerfile',
      'run',
      'stat Dockerfile',
      'volumes',
    ]);
  });

  it('would cost three times as much one by one', async () => {
    const context = fakeContext(world);
    for (const text of yaml) await evaluateChecks([{ id: 'c', check: check(text) }], context);
    expect(context.asked.length).toBeGreaterThan(3 * 13);
  });
});

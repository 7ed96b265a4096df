import { describe, expect, it } from 'vitest';
import { evaluateChecks } from './evaluate-checks.ts';
import { type FakeWorld, fakeContext, published } from './fake-context.ts';
import { check, look, type Row, web } from './look.ts';

describe('commands', () => {
  const world: FakeWorld = {
    commands: [
      ['docker ps \\\n  -a', 0],
      ['docker build .', 1],
      ['ls', 0],
    ],
    run: (command) => {
      if (command.startsWith('test')) return { exit: 1, stdout: 'no\nway' };
      if (command.startsWith('docker')) return { exit: 1, stdout: '\n', stderr: 'Error: No such object: x\n' };
      if (command === 'say') return { exit: 0, stdout: 'say hello\n13\n' };
      if (command === 'tput') return { exit: 0, stdout: '\u001b[0m\n\u0007\n\u001b[1mbold\u001b[0m\n\u001b[0m\n' };
      if (command === 'reset') return { exit: 0, stdout: '\u001b[0m\n\u001b[2J\n' };
      if (command === 'printf') return { exit: 2, stdout: '\u001b[31m`'.repeat(100_000) };
      return { exit: 0, stdout: 'yes 42\n' };
    },
  };
  it.each([
    'ran: ^docker ps -a$',
    'ran: docker build\nexit: 1',
    'run: "true"',
    'run: test\nexit: 1',
    'run: "true"\nstdout: yes',
    'run: "true"\nstdout: /^YES \\d+$/i',
  ])('%j is met', async (yaml) => expect(await look(yaml, world)).toMatchObject({ state: 'met' }));

  it.each<[string, string]>([
    ['ran: docker pull', 'You have not run a command that fits yet. The last one was `ls`.'],
    ['ran: ^docker images$', 'You have not run a command that fits yet. The last one was `ls`.'],
    [
      'ran: ^docker ps --no-trunc$',
      'You ran `docker ps -a`. The command is right; its options or names are not yet those that this step asks for.',
    ],
    ['ran: docker build', 'You ran `docker build .`, and it failed with exit status 1. The terminal shows why.'],
    [
      'ran: docker ps\nexit: 1',
      'You ran `docker ps -a`. It ended with exit status 0; this step asks for a command that ends with 1.',
    ],
    [
      'run: test -f x',
      'Drydock looked with `test -f x`. It ended with exit status 1; it has to end with 0. It printed 2 lines, the first is `no`.',
    ],
    ['run: "true"\nstdout: nope', 'Drydock looked with `true`. It printed `yes 42`. It has to print `nope`.'],
    ['run: "true"\nstdout: /^7\\s*$/', 'Drydock looked with `true`. It printed `yes 42`. It has to print `7`.'],
    [
      'run: "true"\nstdout: /^(7|8)$/',
      'Drydock looked with `true`. It printed `yes 42`. This is not yet what this step asks for.',
    ],
    [
      'run: docker inspect x',
      'Drydock looked with `docker inspect x`. It ended with exit status 1; it has to end with 0. It printed `Error: No such object: x`.',
    ],
    [
      'run: say\nstdout: /^hello/',
      'Drydock looked with `say`. It printed 2 lines, the first is `say hello`. It has to print a line that begins with `hello`.',
    ],
    [
      'run: say\nstdout: /^3$/',
      'Drydock looked with `say`. It printed 2 lines, the first is `say hello`. It has to print a line that is exactly `3`.',
    ],
    ['run: tput\nstdout: nope', 'Drydock looked with `tput`. It printed `bold`. It has to print `nope`.'],
    [
      'run: reset\nstdout: nope',
      'Drydock looked with `reset`. It printed nothing that can be read. It has to print `nope`.',
    ],
    [
      'run: printf',
      `Drydock looked with \`printf\`. It ended with exit status 2; it has to end with 0. It printed \`${'ˋ'.repeat(119)}…\`.`,
    ],
  ])('%j is unmet', async (yaml, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it.each(['HTTP/1.1 100 Continue\r\n', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000), 'HTTP/1.1 100'])(
    'cannot hang on an answer that only ever continues',
    async (stdout) => {
      const result = await look('http: 8080/\nstatus: 200', { run: () => ({ exit: 0, stdout }) });
      expect(result.state).toBe('unmet');
    },
  );

  it('are none at first', async () =>
    expect((await look('ran: x', {})).message).toBe('You have not run a command in this lesson yet.'));

  it('cannot make a pattern take long', async () => {
    const start = performance.now();
    const result = await look('ran: ^(a+)+$', { commands: [[`${'a'.repeat(40)}b`, 0]] });
    expect(result).toMatchObject({ state: 'failed' });
    expect(result.message).toContain('pattern takes too long');
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('an HTTP answer', () => {
  const reply =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: nginx/1.27\r\nX-Mode: dev\r\n\r\n<h1>Hello</h1>\n';
  const answering = { run: () => ({ exit: 0, stdout: reply }) };
  it.each<[yaml: string, message: string]>([
    ['http: 8080\nstatus: 200', 'localhost:8080 answers with status 200.'],
    ['http: 8080/\ncontains: Hello', 'localhost:8080 answers with status 200, and the page contains `Hello`.'],
    ['http: 8080/a\nmatches: ^<h1>', 'localhost:8080/a answers with status 200, and the page contains `<h1>`.'],
    [
      'http: 8080/a\nmatches: l+o',
      'localhost:8080/a answers with status 200, and the page says what this step asks for.',
    ],
    [
      'http: 8080/\nheader: { server: nginx }',
      'localhost:8080 answers with status 200, and its header server is `nginx/1.27`.',
    ],
  ])('%j is met', async (yaml, message) =>
    expect(await look(yaml, answering)).toMatchObject({ state: 'met', message }),
  );

  it.each<Row>([
    ['http: 8080/\nstatus: 404', answering, 'localhost:8080 answers, but with status 200; it has to be 404.'],
    [
      'http: 8080/\ncontains: Bye',
      answering,
      'localhost:8080 answers, but the page does not contain `Bye`. It says `Hello`.',
    ],
    [
      'http: 8080/\ncontains: Bye',
      {
        run: () => ({
          exit: 0,
          stdout: `HTTP/1.1 200 OK\r\nA: b\r\n\r\n<html><head><title>T</title></head><body class="a">\n<p>Good</p>  day`,
        }),
      },
      'localhost:8080 answers, but the page does not contain `Bye`. It says `Good day`.',
    ],
    [
      'http: 8080/\ncontains: Bye',
      { run: () => ({ exit: 0, stdout: `HTTP/1.1 200 OK\r\nA: b\r\n\r\n<hr>` }) },
      'localhost:8080 answers, but the page does not contain `Bye`. It is 4 characters long.',
    ],
    [
      'http: 8080/\nmatches: ^Hello',
      answering,
      'localhost:8080 answers, but no line of the answer’s body begins with `Hello`.',
    ],
    [
      'http: 8080/\nmatches: ^Hello$',
      answering,
      'localhost:8080 answers, but no line of the answer’s body is exactly `Hello`.',
    ],
    ['http: 8080/\nmatches: ^Bye', answering, 'localhost:8080 answers, but the page does not contain `Bye`.'],
    [
      'http: 8080/\nmatches: "visits: .$"',
      answering,
      'localhost:8080 answers, but the page is not yet what this step asks for. It says `Hello`.',
    ],
    [
      'http: 8080/\nheader: { X-Mode: prod }',
      answering,
      'localhost:8080 answers, but the header X-Mode is `dev`; it has to contain `prod`.',
    ],
    ['http: 8080/\nheader: { Age: 1 }', answering, 'localhost:8080 answers, but without the header Age.'],
    [
      'http: 8080/\nstatus: 200',
      { run: () => ({ exit: 0, stdout: '' }) },
      'Nothing answers on localhost:8080: no running container publishes port 8080.',
    ],
    [
      'http: 8080/x\nstatus: 200',
      { ...web({ ports: [published(8080, 80)] }), run: () => ({ exit: 0, stdout: '' }) },
      'web publishes port 8080, but nothing inside it answers there. Its log may say why.',
    ],
  ])('%j is unmet: %o', async (yaml, world, message) =>
    expect(await look(yaml, world)).toMatchObject({ state: 'unmet', message }),
  );

  it('is asked for by a quoted address', async () => {
    const context = fakeContext(answering);
    await evaluateChecks([{ id: 'c', check: check('http: "80/a\';reboot;\'"\nstatus: 200') }], context);
    expect(context.asked[0]).toContain(`'http://127.0.0.1:80/a'\\'';reboot;'\\'''`);
  });
});

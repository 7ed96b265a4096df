import { afterEach, describe, expect, it, vi } from 'vitest';
import { evaluateChecks } from './evaluate-checks.ts';
import type { FakeWorld } from './fake-context.ts';
import { container, fakeContext, image } from './fake-context.ts';
import { check, look, web } from './look.ts';
import { nearestWord } from './nearest-word.ts';
import { Round } from './round.ts';

/**
 * All learners share one process, and checks are looked at after every event: whatever a learner can have much of must
 * not keep the others waiting. Measured in processor time of this process, which a busy machine does not stretch; most
 * take a few hundredths of what is allowed, and took several times as much before.
 */
const allowedMs = 1_000;

async function timed<T>(work: () => Promise<T> | T): Promise<T> {
  const began = process.cpuUsage();
  const result = await work();
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(allowedMs);
  return result;
}

const range = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

const parsed = vi.hoisted(() => ({ times: 0 }));
vi.mock('dockerfile-ast', async (load) => {
  const real = await load<typeof import('dockerfile-ast')>();
  const parse = (text: string): ReturnType<typeof real.DockerfileParser.parse> => {
    parsed.times += 1;
    return real.DockerfileParser.parse(text);
  };
  return { ...real, DockerfileParser: { parse } };
});
afterEach(() => {
  parsed.times = 0;
});

describe('a learner who has very much', () => {
  it('of changed files, with long names', async () => {
    const long = 'x'.repeat(1000);
    const changes = range(3000, (index) => ({ kind: 'added' as const, path: `/${long}/${index}` }));
    const world: FakeWorld = { ...web(), changes: { 'id-web': [{ kind: 'modified', path: `/${long}` }, ...changes] } };
    const { state, message } = await timed(() => look('container: web\ndiffers: /a', world));
    expect(state).toBe('unmet');
    expect(message).toContain('and 2996 more');
  });

  it('of folders above a changed file: the deepest are told', async () => {
    const paths = ['/a', '/a b', '/a/b', '/a/b/c', '/d', '/a-c'];
    const world = { ...web(), changes: { 'id-web': paths.map((path) => ({ kind: 'added' as const, path })) } };
    expect((await look('container: web\ndiffers: /z', world)).message).toContain('changed /a b, /a/b/c, /d and /a-c.');
  });

  it('in a Dockerfile: it is not taken apart', async () => {
    const files = { Dockerfile: 'FROM a\nRUN b \\\n  c\n'.repeat(50_000) };
    const words = 'it is too large to be looked at as a Dockerfile';
    expect(await timed(() => look('file: Dockerfile\ninstruction: FROM a', { files }))).toMatchObject({
      state: 'unmet',
      message: `Dockerfile is there, but ${words}.`,
    });
    expect(await timed(() => look('file: Dockerfile\nmatches: ^FROM', { files }))).toMatchObject({
      state: 'met',
      message: `Dockerfile is there. Its instructions are not listed, because ${words}.`,
    });
    expect(parsed.times).toBe(0);
  });

  it('of checks of one Dockerfile: it is taken apart once', async () => {
    const yaml =
      'file: Dockerfile\ninstruction: EXPOSE 80\nhints:\n  - when: { instruction: RUN }\n    say: a\n  - when: { matches: ^FROM }\n    say: b';
    const context = fakeContext({ files: { Dockerfile: 'FROM a\n' } });
    const checks = range(20, (index) => ({ id: `c${index}`, check: check(yaml) }));
    for (const { hint } of await evaluateChecks(checks, context)) expect(hint).toBe('b');
    expect(parsed.times).toBe(1);
  });

  it('of instructions that are compared with a pattern', async () => {
    const files = { Dockerfile: `${'RUN a\n'.repeat(10_000)}RUN the one\n` };
    const yaml = 'file: Dockerfile\ninstruction: { name: RUN, matches: ^the.one$ }';
    expect(await timed(() => look(yaml, { files }))).toMatchObject({ state: 'met' });
  });

  it('of files with long names, beside the one that was meant', async () => {
    const long = range(2000, (index) => `${'src/'.repeat(120)}${index}`);
    const name = 'src/app/server/index.html';
    expect(await timed(() => nearestWord(name, [...long, 'src/app/server/Index.html']))).toBe(
      'src/app/server/Index.html',
    );
    const similar = range(20_000, (index) => `${'ab'.repeat(30)}${index}`);
    expect(await timed(() => nearestWord('xy'.repeat(30), similar))).toBeUndefined();
  });

  it('of tags and containers', async () => {
    const images = range(2000, (index) => image(`i${index}`, { tags: range(100, (tag) => `i${index}:${tag}`) }));
    const containers = range(20, (index) => container(`c${index}`, { image: 'i1999:99', imageId: 'sha256:i1999' }));
    const yaml = 'container: { image: "i1999:99" }\nimage: i1999:99\ncount: 20';
    expect(await timed(() => look(yaml, { images, containers }))).toMatchObject({ state: 'met' });
    const none = await timed(() => look('image: docker.io/library/i7:x\nstate: present', { images }));
    expect(none.message).toBe(
      'There is no image i7:x. With another tag there is i7:0, i7:1, i7:2, i7:3, i7:4, i7:5 and 94 more.',
    );
  });

  it('of containers of one Compose service', async () => {
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
    const containers = range(30_000, (index) => container(`c${index}`, { labels }));
    expect(
      await timed(() => look('compose: shop\nservices: { web: { state: running } }', { containers })),
    ).toMatchObject({ state: 'met' });
  });

  it('of published ports', async () => {
    const publishedPorts = range(20_000, (index) => `${10_000 + index}:${1 + index}`);
    const { message } = await timed(() => look('container: web\nports: ["9:80"]', web({ publishedPorts })));
    expect(message).toContain('and 19994 more');
  });

  it('of slashes in what is mounted', async () => {
    const destination = `/${'/'.repeat(4000)}x`;
    const mounts = range(500, () => ({ type: 'bind' as const, source: destination, destination, writable: true }));
    await timed(() => look('container: web\nmounts: ["/a:/b"]', web({ mounts })));
  });

  it('of blanks in what was typed', async () => {
    const commands = range(50, (): [string, number] => [`a${' '.repeat(4000)}b`, 0]);
    expect(await timed(() => look('ran: ^x$', { commands }))).toMatchObject({ state: 'unmet' });
  });

  it.each(['<', '<a ', ' ', '<body'])('of %j in a page', async (part) => {
    const stdout = `HTTP/1.1 200 OK\r\nA: b\r\n\r\n${part.repeat(60_000)}`;
    const world: FakeWorld = { run: () => ({ exit: 0, stdout }) };
    expect(await timed(() => look('http: 8080/\ncontains: a b', world))).toMatchObject({ state: 'unmet' });
  });

  it('in one line of a log', async () => {
    const logs = { 'id-web': '\u200b '.repeat(2_000_000) };
    await timed(() => look('container: web\nlogs: a', { ...web(), logs }));
  });
});

describe('an image is found by every way to write its name', () => {
  it.each([
    'busybox',
    'library/busybox',
    'docker.io/busybox',
    'index.docker.io/library/busybox:latest',
    'busybox:latest',
  ])('%s', async (name) => {
    for (const tag of ['busybox:latest', 'docker.io/library/busybox:latest']) {
      const round = new Round(fakeContext({ images: [image('other'), image('busybox', { id: 'b', tags: [tag] })] }));
      expect(await round.imageId(name)).toBe('b');
    }
  });

  it.each(['busybox:1', 'localhost/busybox', 'team/busybox', 'busybox:latest2'])('and not by %s', async (name) => {
    expect(await new Round(fakeContext({ images: [image('busybox')] })).imageId(name)).toBeNull();
  });
});

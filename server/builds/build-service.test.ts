import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BuildStatus } from '../../protocol/build.ts';
import type { ExecSession, ExecSpec } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import { createLocalExecHost } from '../workspace/local-exec-host.ts';
import { type BuildService, createBuildService } from './build-service.ts';

interface FakeProgram {
  spec: ExecSpec;
  session: ExecSession;
  stdout: PassThrough;
  stderr: PassThrough;
  end(code: number): void;
  fail(error: Error): void;
  disposed: boolean;
}

describe('build service', () => {
  let programs: FakeProgram[];
  let builds: BuildService;
  let changes: BuildStatus[];
  let text: string;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };

  beforeEach(() => {
    programs = [];
    changes = [];
    text = '';
    let id = 0;
    builds = createBuildService({
      host: { ...createLocalExecHost(), exec: async (_id, spec) => start(spec) },
      logger: silent,
      clock: { now: () => 1_000 },
      ids: { next: () => `build${++id}` },
      timeLimitMs: 200,
    });
  });

  afterEach(async () => {
    builds.dispose();
    await new Promise((resolve) => setTimeout(resolve, 60)); // its last words belong to this test
  });

  const start = (spec: ExecSpec): ExecSession => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    let settle: { resolve: (code: number) => void; reject: (error: Error) => void } = { resolve() {}, reject() {} };
    const exit = new Promise<number>((resolve, reject) => {
      settle = { resolve, reject };
    });
    exit.catch(() => undefined);
    const close = () => {
      stdout.end();
      stderr.end();
    };
    const program: FakeProgram = {
      spec,
      stdout,
      stderr,
      disposed: false,
      end: (code) => {
        close();
        settle.resolve(code);
      },
      fail: (error) => {
        close();
        settle.reject(error);
      },
      session: {
        stdin: new PassThrough(),
        stdout,
        stderr,
        exit,
        dispose: () => {
          program.disposed = true;
          stdout.destroy();
          stderr.destroy();
          settle.resolve(137);
        },
      },
    };
    programs.push(program);
    return program.session;
  };

  const begin = (path = 'Dockerfile', lesson = 'docker/first-dockerfile') =>
    builds.start({
      sandboxId: 'box',
      lesson,
      root: '/root/first-dockerfile',
      path,
      onChanged: (status) => changes.push(status),
      onOutput: (output) => {
        text += output.text;
      },
    });

  /** The question whether the daemon still answers, which follows every failure. */
  const daemonAnswers = async (index: number, code = 0) => {
    await vi.waitFor(() => expect(programs[index]?.spec.argv).toContain('version'), 15_000);
    programs[index]?.end(code);
  };

  it('runs docker build in the lesson folder, shows the command, its output, and the image', async () => {
    expect(await begin()).toMatchObject({
      state: 'running',
      tag: 'first-dockerfile',
      path: 'Dockerfile',
      startedAt: 1_000,
    });
    expect(programs[0]?.spec).toEqual({
      argv: ['docker', 'build', '-t', 'first-dockerfile', '.'],
      cwd: '/root/first-dockerfile',
      env: { BUILDKIT_PROGRESS: 'plain' },
    });
    programs[0]?.stderr.write('#1 done\n');
    programs[0]?.end(0);
    await vi.waitFor(() => expect(programs).toHaveLength(2), 15_000);
    expect(programs[1]?.spec.argv).toContain('first-dockerfile');
    programs[1]?.stdout.write(`sha256:${'a'.repeat(64)} 2030000\n`);
    programs[1]?.end(0);
    await vi.waitFor(() =>
      expect(changes.at(-1)).toMatchObject({
        state: 'succeeded',
        image: { id: `sha256:${'a'.repeat(64)}`, size: 2_030_000 },
      }),
    );
    expect(text).toBe('$ docker build -t first-dockerfile .\n#1 done\n');
    expect(builds.current('box', 'docker/first-dockerfile')?.outputSince(0)).toEqual({ seq: 0, text });
  });

  it('says how a build failed', async () => {
    await begin();
    programs[0]?.end(1);
    await daemonAnswers(1);
    await vi.waitFor(() => expect(changes.map((change) => change.state)).toEqual(['running', 'failed']), 15_000);
    expect(changes[1]).toMatchObject({ exitCode: 1, endedAt: 1_000 });
  });

  it('runs one build of a lesson at a time, and others beside it', async () => {
    const two = await Promise.allSettled([begin(), begin()]);
    expect(two[1]).toMatchObject({ status: 'rejected', reason: { code: 'build.limit' } });
    await begin('Dockerfile', 'docker/layers');
    programs[0]?.end(1);
    await daemonAnswers(2);
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('failed'), 15_000);
    await begin();
    expect(programs).toHaveLength(4);
  });

  it('is lost with its daemon', async () => {
    await begin();
    programs[0]?.end(1);
    await daemonAnswers(1, 1);
    await vi.waitFor(() =>
      expect(changes.at(-1)).toMatchObject({ state: 'lost', error: { code: 'daemon.unreachable' } }),
    );
  });

  it('stops a build that is asked to stop', async () => {
    const { build } = await begin();
    builds.cancel('box', build);
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('cancelled'), 15_000);
    expect(programs[0]?.disposed).toBe(true);
    expect(text).toMatch(/\[You stopped this build\.\]\n$/);
    builds.cancel('box', build);
    expect(() => builds.cancel('another', build)).toThrow(expect.objectContaining({ code: 'build.not-found' }));
  });

  it('is lost with its sandbox, or when it takes too long', async () => {
    await begin();
    programs[0]?.fail(new DrydockError('sandbox.gone', 'It is gone.'));
    await vi.waitFor(
      () => expect(changes.at(-1)).toMatchObject({ state: 'lost', error: { code: 'sandbox.gone' } }),
      15_000,
    );
    await begin();
    await vi.waitFor(
      () => expect(changes.at(-1)).toMatchObject({ state: 'lost', error: { code: 'build.limit' } }),
      15_000,
    );
  });

  it('keeps the last build when a new one cannot start, and forgets a sandbox', async () => {
    await begin();
    programs[0]?.end(1);
    await daemonAnswers(1);
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('failed'), 15_000);
    await expect(begin('../Dockerfile')).rejects.toMatchObject({ code: 'file.path-invalid' });
    expect(builds.current('box', 'docker/first-dockerfile')?.status.state).toBe('failed');
    builds.forget('box');
    expect(builds.current('box', 'docker/first-dockerfile')).toBeNull();
  });
});

import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { BuildTrace, followReports } from './build-stream.ts';
import { splitReference } from './image-builder.ts';

describe('followReports', () => {
  it('reads values however the stream is cut', async () => {
    const said: string[] = [];
    await followReports(
      Readable.from([Buffer.from('{"stream":"a\\n"}\r\n{"str'), Buffer.from('eam":"b"}')]),
      'build',
      (report) => {
        if (report.stream !== undefined) said.push(report.stream);
      },
    );
    expect(said).toEqual(['a\n', 'b']);
  });

  it("fails with the engine's words, also when they are the last thing it says", async () => {
    const stream = Readable.from([
      Buffer.from('{"stream":"a"}\n{"errorDetail":{"message":"no"},"error":"no space left"}\n'),
    ]);
    await expect(followReports(stream, 'build it', () => undefined)).rejects.toMatchObject({
      code: 'engine.failed',
      message: expect.stringContaining('no space left') as string,
    });
  });

  it('gives up what says nothing for too long, and not what is only slow', async () => {
    vi.useFakeTimers();
    try {
      const stream = new PassThrough();
      const lines: string[] = [];
      const following = followReports(stream, 'build it', ({ stream: line }) => void lines.push(line ?? ''), 60_000);
      following.catch(() => undefined);
      for (let round = 0; round < 3; round++) {
        await vi.advanceTimersByTimeAsync(59_000);
        stream.write('{"stream":"a"}\n');
        await vi.waitFor(() => expect(lines).toHaveLength(round + 1));
      }
      expect(stream.destroyed).toBe(false);
      await vi.advanceTimersByTimeAsync(60_000);
      await expect(following).rejects.toMatchObject({
        code: 'image.build-failed',
        message: expect.stringContaining('said nothing for 1 minutes') as string,
      });
      expect(stream.destroyed).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes nothing for granted about what comes', async () => {
    const stream = Readable.from([Buffer.from('[1]\nnull\n{"stream":5,"aux":[]}\nnot json\n')]);
    await expect(followReports(stream, 'build', () => undefined)).resolves.toBeUndefined();
  });
});

describe('BuildTrace', () => {
  it('names the last image of each stage that is not the result', () => {
    const trace = new BuildTrace();
    const lines = [
      'Step 1/5 : FROM base AS programs',
      ' ---> 111111111111',
      'Step 2/5 : RUN make',
      ' ---> Running in aaaaaaaaaaaa',
      ' ---> 222222222222',
      'Step 3/5 : FROM base',
      ' ---> 111111111111',
      'Step 4/5 : COPY --from=programs /out /',
      ' ---> 333333333333',
    ];
    for (const line of lines) trace.read(line);
    expect(trace.leftovers()).toEqual(['222222222222']);
  });

  it('leaves a stage alone that is nothing but its base', () => {
    const trace = new BuildTrace();
    for (const line of ['Step 1/2 : FROM base AS a', ' ---> 111111111111', 'Step 2/2 : FROM a', ' ---> 111111111111'])
      trace.read(line);
    expect(trace.leftovers()).toEqual([]);
  });
});

describe('splitReference', () => {
  it.each([
    ['busybox', ['busybox', 'latest']],
    ['drydock/base:trixie', ['drydock/base', 'trixie']],
    ['localhost:5000/x', ['localhost:5000/x', 'latest']],
    ['localhost:5000/x:1', ['localhost:5000/x', '1']],
  ])('splits %s', (reference, parts) => expect(splitReference(reference)).toEqual(parts));
});

import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { buildFailure } from './image-build.ts';

const engine = new DrydockError('engine.failed', "The command '/bin/sh -c apt-get' returned a non-zero code: 100");

describe('a build that failed', () => {
  it('is told with the line that says why, and its last lines', () => {
    const said = [
      'Step 2/3 : RUN apt-get install nothing',
      'Reading package lists...',
      'E: Unable to locate package nothing',
    ];
    const failure = buildFailure('tool', said, engine);
    expect(failure).toMatchObject({ code: 'image.build-failed', details: { output: said } });
    expect(failure.message).toContain('E: Unable to locate package nothing');
    expect(failure.message).toContain('npm run images -- build tool');
  });

  it('is told with the last words of its command where none of them is marked as an error', () => {
    const said = ['Step 1/2 : RUN make', 'making', 'There is no such release.', 'Removing intermediate container 0123'];
    expect(buildFailure('tool', said, engine).message).toContain('built: There is no such release. What was');
  });

  it("is told with the engine's words where no line says why", () => {
    expect(buildFailure('tool', ['Step 1/1 : FROM base'], engine).message).toContain('non-zero code: 100');
  });

  it('is told as a full disk, whoever says so', () => {
    const full = 'write /var/lib/tool: no space left on device';
    expect(buildFailure('tool', [full], engine).code).toBe('host.disk-full');
    expect(buildFailure('tool', [], new DrydockError('engine.failed', full)).code).toBe('host.disk-full');
  });

  it('is left as it is when it is something else', () => {
    const away = new DrydockError('engine.unreachable', 'The engine does not answer.');
    expect(buildFailure('tool', ['error: something'], away)).toBe(away);
  });
});

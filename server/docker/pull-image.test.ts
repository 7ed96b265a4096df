import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { isAbsent } from './pull-image.ts';

const reported = (words: string): Error =>
  new DrydockError('engine.failed', `Drydock could not pull tool:1. The Docker Engine says: ${words}`);
const answered = (statusCode: number, words: string): Error => Object.assign(new Error(words), { statusCode });

describe('an answer to a pull', () => {
  it.each([
    answered(404, 'manifest for tool:1 not found: manifest unknown: manifest unknown'),
    answered(404, 'no such thing'),
    answered(500, 'pull access denied for tool, repository does not exist or may require docker login'),
    reported('failed to resolve reference "docker.io/library/tool:1": docker.io/library/tool:1: not found'),
    reported('manifest for tool:1 not found: manifest unknown'),
  ])('says that there is no such image: %s', (error) => expect(isAbsent(error)).toBe(true));

  it.each([
    reported(
      'failed to resolve reference "docker.io/library/tool:1": failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    ),
    reported('failed to resolve reference "docker.io/library/tool:1": toomanyrequests: not found'),
    reported('error getting credentials: docker-credential-x: executable file not found in $PATH'),
    answered(429, 'toomanyrequests: pull rate limit'),
    answered(500, 'Get "https://registry-1.docker.io/v2/": proxy not found'),
    new Error('socket hang up: not found'),
    new DrydockError('engine.unreachable', 'manifest unknown'),
  ])('says that the registry cannot be asked: %s', (error) => expect(isAbsent(error)).toBe(false));
});

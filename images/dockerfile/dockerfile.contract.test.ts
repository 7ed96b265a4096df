import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('dockerfile', ({ it }) => {
  it('is a program that BuildKit starts to read a Dockerfile', async ({ config }) => {
    expect(config.entrypoint).toEqual(['/bin/dockerfile-frontend']);
  });
});

import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { declareWebPages } from '../../server/images/contract/web-contract.ts';

contract('web-1', (tests) => {
  declareWebPages(tests, '1.0');
  tests.it('is blue unless told otherwise', async ({ docker, image, answers }) => {
    await docker('run', '-d', '-p', '8080:8080', image);
    expect((await answers('localhost:8080/')).body).toContain('background:steelblue');
  });
});

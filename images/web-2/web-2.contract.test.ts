import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { declareWebContract, declareWebPages } from '../../server/images/contract/web-contract.ts';

contract('web-2', (tests) => {
  declareWebPages(tests, '2.0');
  declareWebContract(tests);
  tests.it('looks different from version 1', async ({ docker, image, answers }) => {
    await docker('run', '-d', '-p', '8080:8080', image);
    const { body } = await answers('localhost:8080/');
    expect(body).toContain('background:seagreen');
    expect(body).toContain('New in version 2');
  });
});

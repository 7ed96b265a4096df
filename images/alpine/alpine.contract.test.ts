import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('alpine', ({ it }) => {
  it('is Alpine Linux, with apk and a shell as its command', async ({ docker, image, config }) => {
    expect(config.cmd).toEqual(['/bin/sh']);
    expect(await docker('run', '--rm', image, 'sh', '-c', '. /etc/os-release; echo $ID; apk --version')).toMatch(
      /^alpine\napk-tools/,
    );
  });
});

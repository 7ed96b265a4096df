import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('ubuntu', ({ it }) => {
  it('is Ubuntu 24.04, with apt and bash as its command', async ({ docker, image, config }) => {
    expect(config.cmd).toEqual(['/bin/bash']);
    expect(
      await docker('run', '--rm', image, 'sh', '-c', '. /etc/os-release; echo $ID $VERSION_ID; apt-get --version'),
    ).toMatch(/^ubuntu 24\.04\napt /);
  });
});

import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('debian', ({ it }) => {
  it('is Debian 13 with bash as its command', async ({ docker, image, config }) => {
    expect(config.cmd).toEqual(['bash']);
    const facts = '. /etc/os-release; echo $ID $VERSION_ID; id -u; pwd; cat /etc/debian_version';
    expect(await docker('run', '--rm', image, 'sh', '-c', facts)).toMatch(/^debian 13\n0\n\/\n13\.\d+$/);
  });

  it('has apt and dpkg, and works in an interactive shell', async ({ docker, image, shell }) => {
    expect(
      await docker('run', '--rm', image, 'sh', '-c', 'apt-get --version | head -1; dpkg --version | head -1'),
    ).toMatch(/^apt .*\nDebian 'dpkg'/);
    expect(await shell(`echo 'echo $((20 + 22))' | docker run -i --rm ${image}`)).toBe('42');
  });

  it('is what others are made on', async ({ write, shell, image, docker }) => {
    await write('Dockerfile', `FROM ${image}\nRUN echo made > /made\nCMD ["cat", "/made"]\n`);
    await shell('docker build -q -t made .');
    expect(await docker('run', '--rm', 'made')).toBe('made');
    await docker('image', 'rm', 'made');
  });
});

import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('busybox', ({ it }) => {
  it('is a shell by default, and its programs run by name', async ({ docker, image, config }) => {
    expect(config.cmd).toEqual(['sh']);
    expect(await docker('run', '--rm', image, 'sh', '-c', 'echo one two | tr a-z A-Z; id -u')).toBe('ONE TWO\n0');
  });

  it('has the programs of a first look around, and /bin/vi', async ({ docker, image }) => {
    const names =
      'ls cat grep ps top vi wget nslookup ping ip ifconfig netstat nc tar gzip sed awk find du df head tail sleep env hostname free uptime watch xargs httpd';
    const missing = await docker(
      'run',
      '--rm',
      image,
      'sh',
      '-c',
      `for name in ${names}; do which $name >/dev/null || echo $name; done; ls /bin/vi`,
    );
    expect(missing).toBe('/bin/vi');
  });

  it('serves files with its httpd', async ({ docker, image, answers, stop, shell, fetch }) => {
    await shell(`docker run -d --name web -p 8080:80 ${image} httpd -f -v -p 80 -h /tmp`);
    await answers('localhost:8080/');
    await docker('exec', 'web', 'sh', '-c', 'echo from busybox > /tmp/index.html');
    expect(await fetch('localhost:8080/')).toEqual({ status: 200, body: 'from busybox\n' });
    await docker('kill', 'web');
    expect((await stop('web')).exitCode).toBe(137);
  });

  it('reads names from the network that its container is in', async ({ docker, image }) => {
    await docker('network', 'create', 'shop');
    await docker('run', '-d', '--name', 'neighbour', '--network', 'shop', image, 'sleep', '60');
    expect(await docker('run', '--rm', '--network', 'shop', image, 'ping', '-c', '1', 'neighbour')).toContain(
      '1 packets received',
    );
  });
});

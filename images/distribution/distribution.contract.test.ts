import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';

contract('distribution', ({ it }) => {
  it('takes a push and gives it back, as `docker run -d -p 5000:5000 registry`', async (lab) => {
    const { docker, image, answers, write, shell, inspect, fetch } = lab;
    await docker('run', '-d', '-p', '5000:5000', '--restart', 'always', '--name', 'registry', image);
    await answers('localhost:5000/v2/');
    await write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
    await shell('docker build -q -t localhost:5000/tiny:1 .');
    const id = await inspect('localhost:5000/tiny:1', '.Id');
    expect(await docker('push', 'localhost:5000/tiny:1')).toMatch(/1: digest: sha256:/);
    await docker('image', 'rm', 'localhost:5000/tiny:1');
    await docker('pull', 'localhost:5000/tiny:1');
    expect(await inspect('localhost:5000/tiny:1', '.Id')).toBe(id);
    expect(JSON.parse((await fetch('localhost:5000/v2/_catalog')).body)).toEqual({ repositories: ['tiny'] });
    expect(JSON.parse((await fetch('localhost:5000/v2/tiny/tags/list')).body)).toEqual({ name: 'tiny', tags: ['1'] });
    await docker('image', 'rm', 'localhost:5000/tiny:1');
    await docker('exec', 'registry', 'registry', 'garbage-collect', '/etc/docker/registry/config.yml');
  });

  it('keeps its images in /var/lib/registry', async (lab) => {
    const { docker, image, answers, write, shell, config } = lab;
    expect(config.volumes).toEqual(['/var/lib/registry']);
    expect(config.ports).toEqual(['5000/tcp']);
    const begin = (name: string) =>
      docker('run', '-d', '-p', '5000:5000', '--name', name, '-v', 'kept:/var/lib/registry', image);
    await begin('first');
    await answers('localhost:5000/v2/');
    await write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
    await shell('docker build -q -t localhost:5000/tiny:2 . && docker push -q localhost:5000/tiny:2');
    await docker('rm', '-f', 'first');
    await begin('second');
    await answers('localhost:5000/v2/');
    await docker('image', 'rm', 'localhost:5000/tiny:2');
    await docker('pull', 'localhost:5000/tiny:2');
    await docker('image', 'rm', 'localhost:5000/tiny:2');
  });

  it('is set by variables, and ends when it is stopped', async ({ docker, image, answers, stop, fetch, config }) => {
    await docker(
      ...'run -d --name registry -p 5000:5001 -e REGISTRY_HTTP_ADDR=0.0.0.0:5001'.split(' '),
      ...'-e REGISTRY_STORAGE_DELETE_ENABLED=true'.split(' '),
      image,
    );
    await answers('localhost:5000/v2/');
    // Where deleting is not allowed, the answer is 405.
    const url = `localhost:5000/v2/tiny/manifests/sha256:${'0'.repeat(64)}`;
    expect((await fetch(url, '-X', 'DELETE')).status).toBe(404);
    expect(config.cmd).toEqual(['/etc/docker/registry/config.yml']);
    expect((await stop('registry')).inTime).toBe(true);
  });

  it('lets in only who has a password, when told so', async ({ docker, image, answers, write, fetch }) => {
    // ada:secret, made by `htpasswd -B`
    const file = await write('htpasswd', 'ada:$2y$05$OxbNAdEOrYCjGUrQV5TemuQWoknTYmWGyzqrfaom7XphqCWtjVg3S\n');
    await docker(
      ...'run -d --name registry -p 5000:5000 -e REGISTRY_AUTH=htpasswd -e REGISTRY_AUTH_HTPASSWD_REALM=lab'.split(' '),
      ...'-e REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd -v'.split(' '),
      `${file}:/auth/htpasswd:ro`,
      image,
    );
    expect((await answers('localhost:5000/v2/')).status).toBe(401);
    expect((await fetch('localhost:5000/v2/', '-u', 'ada:secret')).status).toBe(200);
    expect((await fetch('localhost:5000/v2/', '-u', 'ada:wrong')).status).toBe(401);
  });

  it('runs its own program by name', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'registry', '--version')).toContain('2.8.');
  });
});

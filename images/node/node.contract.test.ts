import { expect } from 'vitest';
import { contract } from '../../server/images/contract/contract.ts';
import { buildExample } from '../../server/images/contract/example.ts';

contract('node', ({ it, itOfOurs }) => {
  it('runs Node.js, by itself and for what is no command', async ({ docker, image, inspect, write }) => {
    expect(await docker('run', '--rm', image, 'node', '--version')).toMatch(/^v20\./);
    expect(await docker('run', '--rm', image, '--print', '6*7')).toBe('42');
    const file = await write('hello.js', 'console.log("hello", process.argv[2])');
    expect(await docker('run', '--rm', '-v', `${file}:/hello.js:ro`, image, '/hello.js', 'you')).toBe('hello you');
    expect(await docker('run', '--rm', image, 'sh', '-c', 'echo shell')).toBe('shell');
    expect(await inspect(image, 'json .Config.Cmd')).toBe('["node"]');
    expect(await inspect(image, 'json .Config.Entrypoint')).toBe('["docker-entrypoint.sh"]');
  });

  it('says its version in the environment, and has the user node', async ({ docker, image }) => {
    const said = await docker('run', '--rm', image, 'sh', '-c', 'test "v$NODE_VERSION" = "$(node --version)"; echo $?');
    expect(said).toBe('0');
    const script = 'id -u; echo ~; for name in node npm npx; do command -v $name; done';
    expect(await docker('run', '--rm', '--user', 'node', image, 'sh', '-c', script)).toBe(
      '1000\n/home/node\n/usr/local/bin/node\n/usr/local/bin/npm\n/usr/local/bin/npx',
    );
  });

  it('builds and runs a project with `npm ci`, with no internet', async (lab) => {
    const { docker, answers } = lab;
    expect(await buildExample(lab, 'node')).toContain('added');
    await docker('run', '-d', '--name', 'web', '-p', '8000:3000', 'example');
    expect((await answers('localhost:8000/hello/you')).body).toBe('Hello you from Node.js\n');
    await docker('stop', 'web');
    expect(await lab.inspect('web', '.State.ExitCode')).toBe('0');
  });

  it('installs what is on its shelf, also as the user node', async ({ docker, image }) => {
    const packages = 'express react react-dom esbuild pg redis';
    const script = `cd /tmp && npm install ${packages} && npx esbuild --version && node -e "require('express'); require('pg'); require('redis')"`;
    expect(await docker('run', '--rm', image, 'sh', '-c', script)).toMatch(/added \d+ packages/);
    const asNode = ['run', '--rm', '--user', 'node', '-w', '/home/node', image];
    expect(await docker(...asNode, 'sh', '-c', 'npm install express && npm ls')).toContain('express@5');
  });

  it('says at once what is not there', async ({ tryDocker, image }) => {
    const { code, err } = await tryDocker('run', '--rm', '-w', '/tmp', image, 'npm', 'install', 'left-pad');
    expect(code).not.toBe(0);
    expect(err).toContain('registry.npmjs.org/left-pad');
  });

  itOfOurs('uses the npm that belongs to it', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'npm', '--version')).toBe('10.8.2');
  });
});

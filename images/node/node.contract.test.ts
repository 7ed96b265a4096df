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
    const script = 'id -u; echo ~; for name in node npm npx; do readlink -f /usr/local/bin/$name; done';
    const npm = '/usr/local/lib/node_modules/npm/bin';
    expect(await docker('run', '--rm', '--user', 'node', image, 'sh', '-c', script)).toBe(
      `1000\n/home/node\n/usr/local/bin/node\n${npm}/npm-cli.js\n${npm}/npx-cli.js`,
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

  it('keeps the cache of each user apart', async ({ docker, image }) => {
    const install = 'mkdir -p /tmp/$(id -u) && cd /tmp/$(id -u) && npm install express && npm config get cache';
    const both = `${install}; setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/node sh -c '${install}'`;
    const said = await docker('run', '--rm', image, 'sh', '-ec', both);
    expect(said).toMatch(/^\/root\/\.npm$/m);
    expect(said).toMatch(/^\/home\/node\/\.npm$/m);
    expect(said.match(/added \d+ packages/g)).toHaveLength(2);
  });

  it('takes what the registry has, not the shelf, where it answers', async (lab) => {
    const { docker, image, write } = lab;
    const registry = await write('registry.js', registryOfOnePackage);
    await docker('network', 'create', 'internet');
    const place = ['--network', 'internet', '--volume', `${registry}:/registry.js:ro`];
    await docker('run', '-d', '--name', 'registry', ...place, image, 'node', '/registry.js');
    await lab.until('the registry', async () => (await lab.logs('registry')).includes('listening'));
    // Of debug the shelf has another version, which the cache knows of after the first command.
    const script = `mkdir /tmp/one /tmp/two && cd /tmp/one && npm install express && cd ../two
      npm_config_registry=http://registry npm install debug@2.6.9
      npm ls && rm -r node_modules && npm install --registry=http://registry && npm config get prefer-offline`;
    const said = await docker('run', '--rm', '--network', 'internet', image, 'sh', '-ec', script);
    expect(said).toContain('debug@2.6.9');
    expect(said).toMatch(/^false$/m);
  });

  it('is npm to whoever runs it: its words, its exit codes, its cache', async ({ docker, tryDocker, image, write }) => {
    const page = await write(
      'package.json',
      '{"scripts": {"say": "node -p \'process.argv.slice(1).join()\'", "end": "exit 7"}}',
    );
    const at = ['-w', '/app', '-v', `${page}:/app/package.json:ro`, image];
    expect(await docker('run', '--rm', ...at, 'npm', 'run', '-s', 'say', '--', 'a b', '$HOME', "it's")).toBe(
      "a b,$HOME,it's",
    );
    expect((await tryDocker('run', '--rm', ...at, 'npm', 'run', '-s', 'end')).code).toBe(7);
    expect(await docker('run', '--rm', '--entrypoint', 'npm', image, 'config', 'get', 'cache')).toBe('/root/.npm');
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

/** A registry that has one package, of one version, and says when it listens. */
const registryOfOnePackage = `
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
fs.mkdirSync('/tmp/debug');
process.chdir('/tmp/debug');
fs.writeFileSync('package.json', '{"name": "debug", "version": "2.6.9"}');
execFileSync('/usr/local/bin/npm', ['pack', '--offline']);
const tarball = 'http://registry/debug/-/debug-2.6.9.tgz';
const versions = { '2.6.9': { name: 'debug', version: '2.6.9', dist: { tarball } } };
const all = JSON.stringify({ name: 'debug', 'dist-tags': { latest: '2.6.9' }, versions });
require('node:http').createServer(({ url }, response) => {
  if (url.endsWith('.tgz')) response.end(fs.readFileSync('debug-2.6.9.tgz'));
  else if (url === '/debug') response.end(all);
  else response.writeHead(404).end('{}');
}).listen(80, () => console.log('listening'));
`;

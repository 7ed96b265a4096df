import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labId, parseConfig, renderConfigurationTable, sandboxesThatFit } from './config.ts';
import { DrydockError } from './errors.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'drydock-config-'));
  writeFileSync(join(root, 'a-file'), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function refusal(env: Record<string, string>): DrydockError {
  try {
    parseConfig(env, { root });
  } catch (error) {
    if (error instanceof DrydockError) return error;
  }
  throw new Error('was not refused');
}

describe('parseConfig', () => {
  it('has a default for everything', () => {
    expect(parseConfig({}, { root })).toEqual({
      root,
      lab: labId(join(root, 'data')),
      port: 3000,
      host: '127.0.0.1',
      dataDir: join(root, 'data'),
      lessonDirs: [join(root, 'lessons')],
      images: { policy: 'all', hub: 'docker.io', proxies: {}, npmRegistry: null },
      authoring: true,
      engine: { socketPath: '/var/run/docker.sock' },
      dockerHost: 'unix:///var/run/docker.sock',
      sandbox: {
        memory: 2 * 2 ** 30,
        cpus: 2,
        pids: 2048,
        disk: { bytes: 8 * 2 ** 30, inodes: 400_000 },
        home: { bytes: 2 ** 30, inodes: 100_000 },
        openFiles: 16_384,
        logBytes: 10 * 2 ** 20,
      },
      diskLimit: 'auto',
      pool: null,
      idle: {
        pauseAfter: 15 * 60_000,
        stopAfter: 2 * 3_600_000,
        removeAfter: 30 * 86_400_000,
        removeWarning: 7 * 86_400_000,
      },
      egress: { policy: 'none', range: '10.213.0.0/16' },
      operator: { port: 0, token: null },
      maxSandboxes: null,
      logLevel: 'info',
      openBrowser: false,
      chromium: null,
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(parseConfig({ PORT: '', DOCKER_HOST: '' }, { root })).toEqual(parseConfig({}, { root }));
  });

  it.each([
    ['512m', 512 * 2 ** 20],
    ['1.5G', 1.5 * 2 ** 30],
    ['4GiB', 4 * 2 ** 30],
    ['1073741824', 2 ** 30],
  ])('reads %s of memory', (text, bytes) => {
    expect(parseConfig({ DRYDOCK_SANDBOX_MEMORY: text }, { root }).sandbox.memory).toBe(bytes);
  });

  it.each([
    ['unix:///run/user/1000/docker.sock', { socketPath: '/run/user/1000/docker.sock' }],
    ['tcp://127.0.0.1:2375', { host: '127.0.0.1', port: 2375, protocol: 'http' }],
    ['tcp://[::1]:2375', { host: '::1', port: 2375, protocol: 'http' }],
  ])('reaches an engine at %s', (text, address) => {
    expect(parseConfig({ DOCKER_HOST: text }, { root }).engine).toEqual(address);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['HOST', '300.1.1.1'],
    ['HOST', 'http://localhost'],
    ['DRYDOCK_DATA', 'a-file'],
    ['DRYDOCK_LESSONS', 'nowhere'],
    ['DRYDOCK_COURSE', 'perhaps'],
    ['DOCKER_HOST', 'ssh://me@host'],
    ['DOCKER_HOST', '/var/run/docker.sock'],
    ['DOCKER_HOST', 'tcp://host:99999'],
    ['DRYDOCK_SANDBOX_MEMORY', '2 potatoes'],
    ['DRYDOCK_SANDBOX_MEMORY', '1m'],
    ['DRYDOCK_SANDBOX_CPUS', '0'],
    ['DRYDOCK_SANDBOX_PIDS', '10'],
    ['DRYDOCK_MAX_SANDBOXES', '0'],
    ['DRYDOCK_SANDBOX_DISK', '1m'],
    ['DRYDOCK_SANDBOX_INODES', 'many'],
    ['DRYDOCK_SANDBOX_HOME', '0'],
    ['DRYDOCK_SANDBOX_OPEN_FILES', '10'],
    ['DRYDOCK_SANDBOX_LOG', '1'],
    ['DRYDOCK_DISK_LIMIT', 'hard'],
    ['DRYDOCK_POOL', '-1'],
    ['DRYDOCK_PAUSE_AFTER', '15'],
    ['DRYDOCK_STOP_AFTER', '0s'],
    ['DRYDOCK_REMOVE_AFTER', 'soon'],
    ['DRYDOCK_EGRESS', 'yes'],
    ['DRYDOCK_EGRESS_RANGE', '10.213.0.1/16'],
    ['DRYDOCK_EGRESS_RANGE', '10.213.0.0/30'],
    ['DRYDOCK_EGRESS_RANGE', '172.17.0.0/16'],
    ['DRYDOCK_EGRESS_RANGE', '172.16.0.0/12'],
    ['DRYDOCK_EGRESS_RANGE', '127.0.0.0/8'],
    ['DRYDOCK_EGRESS_RANGE', '8.0.0.0/8'],
    ['DRYDOCK_OPERATOR_PORT', '70000'],
    ['DRYDOCK_OPERATOR_TOKEN', 'short'],
    ['DRYDOCK_LOG_LEVEL', 'loud'],
    ['DRYDOCK_OPEN', 'yes'],
    ['DRYDOCK_CHROMIUM', '/nowhere/chromium'],
    ['DRYDOCK_PROT', '80'],
  ])('refuses %s=%s, and says variable, value and what is allowed', (variable, text) => {
    const error = refusal({ [variable]: text });
    expect(error.code).toBe('config.invalid');
    expect(error.message).toContain(`${variable}=${JSON.stringify(text)}: allowed is `);
  });

  it('names all bad values at once', () => {
    const error = refusal({ PORT: 'x', HOST: '/', DRYDOCK_OPEN: 'maybe' });
    expect(error.details?.problems).toMatchObject([
      { variable: 'PORT' },
      { variable: 'HOST' },
      { variable: 'DRYDOCK_OPEN' },
    ]);
  });

  it('says that TLS to an engine is not spoken instead of failing later', () => {
    expect(refusal({ DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS_VERIFY: '1' }).message).toContain('ssh -L');
  });

  it('opens a browser only in a terminal on a desktop', () => {
    const open = (env: Record<string, string>, isTerminal: boolean): boolean =>
      parseConfig(env, { root, isTerminal, platform: 'linux' }).openBrowser;
    expect(open({ DISPLAY: ':0' }, true)).toBe(true);
    expect(open({ DISPLAY: ':0' }, false)).toBe(false);
    expect(open({}, true)).toBe(false);
    expect(open({ DISPLAY: ':0', DRYDOCK_OPEN: 'never' }, true)).toBe(false);
    expect(open({ DISPLAY: ':0', CI: 'true' }, true)).toBe(false);
  });
});

describe('who may author', () => {
  it.each([
    [{}, true],
    [{ HOST: '::1' }, true],
    [{ HOST: '0.0.0.0' }, false],
    [{ HOST: 'lab.example' }, false],
    [{ HOST: '0.0.0.0', DRYDOCK_AUTHOR: 'always' }, true],
    [{ DRYDOCK_AUTHOR: 'never' }, false],
  ])('with %j: %s', (env, may) => expect(parseConfig(env, { root }).authoring).toBe(may));

  it('is one of three words', () => {
    expect(() => parseConfig({ DRYDOCK_AUTHOR: 'yes' }, { root })).toThrow('`auto`, `always` or `never`');
  });
});

describe('labId', () => {
  it('is the same for the same folder, however it is written, and differs between folders', () => {
    expect(labId('/srv/a/../b')).toBe(labId('/srv/b'));
    expect(labId('/srv/a')).not.toBe(labId('/srv/b'));
    expect(labId('/srv/a')).toMatch(/^[0-9a-f]{10}$/);
  });
});

describe('sandboxesThatFit', () => {
  it('is one on the smallest machine and grows with memory', () => {
    expect(sandboxesThatFit(2 ** 30, 2 * 2 ** 30)).toBe(1);
    expect(sandboxesThatFit(8 * 2 ** 30, 2 * 2 ** 30)).toBe(14);
    expect(sandboxesThatFit(8 * 2 ** 30, 512 * 2 ** 20)).toBe(28);
  });
});

describe('where images come from', () => {
  it.each([
    ['none', null],
    ['registry.example.org:5000', 'registry.example.org:5000'],
    ['mirror.example/docker/hub', 'mirror.example/docker/hub'],
  ])('reads DRYDOCK_HUB=%s', (text, hub) => {
    expect(parseConfig({ DRYDOCK_HUB: text }, { root }).images.hub).toBe(hub);
  });

  it.each(['https://mirror.example', 'mirror.example/', 'Mirror', 'mirror.example:port'])('refuses %s', (text) => {
    expect(() => parseConfig({ DRYDOCK_HUB: text }, { root })).toThrow('DRYDOCK_HUB');
  });

  it('takes the proxies of the environment along, and nothing else', () => {
    const env = { https_proxy: 'http://proxy.example:3128', NO_PROXY: 'localhost', HTTP_PROXY: '', PATH: '/bin' };
    expect(parseConfig(env, { root }).images.proxies).toEqual({
      https_proxy: 'http://proxy.example:3128',
      NO_PROXY: 'localhost',
    });
  });

  it.each([
    [{ npm_config_registry: 'https://registry.npmjs.org/' }, null],
    [{ npm_config_registry: 'http://127.0.0.1:4873/' }, 'http://127.0.0.1:4873'],
    [{ NPM_CONFIG_REGISTRY: 'https://npm.school.example/all' }, 'https://npm.school.example/all'],
  ])('takes npm’s registry from where npm does: %j', (env, registry) => {
    expect(parseConfig(env, { root }).images.npmRegistry).toBe(registry);
  });
});

describe('the README', () => {
  it('lists all configuration', () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
    const table = /<!-- configuration -->\n([\s\S]*?)\n<!-- \/configuration -->/.exec(readme)?.[1];
    expect(table?.trim()).toBe(renderConfigurationTable());
  });
});

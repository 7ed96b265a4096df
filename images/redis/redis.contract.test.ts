import { expect } from 'vitest';
import type { Contract } from '../../server/images/contract/contract.ts';
import { contract } from '../../server/images/contract/contract.ts';

/** Starts one called `db`, with further options and words, and waits until it answers. */
async function start(lab: Contract, options: string[] = [], words: string[] = []): Promise<void> {
  await lab.docker('run', '-d', '--name', 'db', ...options, lab.image, ...words);
  await lab.until('an answer of Redis', async () => (await lab.docker('exec', 'db', 'redis-cli', 'ping')) === 'PONG');
}

contract('redis', ({ it }) => {
  it('answers on port 6379, also from another container', async (lab) => {
    const { docker, image, config } = lab;
    await docker('network', 'create', 'back');
    await start(lab, ['--network', 'back']);
    expect(await docker('exec', 'db', 'redis-cli', 'set', 'word', 'ship')).toBe('OK');
    expect(await docker('run', '--rm', '--network', 'back', image, 'redis-cli', '-h', 'db', 'get', 'word')).toBe(
      'ship',
    );
    expect(config.ports).toEqual(['6379/tcp']);
    expect(config.cmd).toEqual(['redis-server']);
    expect(config.entrypoint).toEqual(['docker-entrypoint.sh']);
    expect(await lab.logs('db')).toContain('Ready to accept connections');
  });

  it('keeps its data in /data over a stop, in a volume of a name too', async (lab) => {
    const { docker, stop, config } = lab;
    expect(config.volumes).toEqual(['/data']);
    await start(lab, ['-v', 'store:/data']);
    await docker('exec', 'db', 'redis-cli', 'set', 'word', 'ship');
    expect(await stop('db')).toEqual({ exitCode: 0, inTime: true });
    await docker('rm', 'db');
    await start(lab, ['-v', 'store:/data']);
    expect(await docker('exec', 'db', 'redis-cli', 'get', 'word')).toBe('ship');
  });

  it('runs as the user redis, who owns the data', async (lab) => {
    await start(lab);
    const { docker } = lab;
    expect(await docker('exec', 'db', 'sh', '-c', 'grep ^Uid: /proc/1/status | cut -f2; stat -c %U /data; pwd')).toBe(
      '999\nredis\n/data',
    );
    await lab.docker('run', '--rm', '--user', 'redis', lab.image, 'redis-server', '--version');
  });

  it('takes options, with and without the program in front', async (lab) => {
    await start(lab, [], ['--maxmemory', '64mb']);
    expect(await lab.docker('exec', 'db', 'redis-cli', 'config', 'get', 'maxmemory')).toContain('67108864');
    await lab.docker('rm', '-f', 'db');
    await start(lab, [], ['redis-server', '--appendonly', 'yes', '--requirepass', '']);
    await lab.docker('exec', 'db', 'redis-cli', 'set', 'word', 'ship');
    await lab.docker('kill', 'db');
    await lab.docker('start', 'db');
    await lab.until(
      'what was written before the kill',
      async () => (await lab.docker('exec', 'db', 'redis-cli', 'get', 'word')) === 'ship',
    );
  });

  it('takes a configuration file, and leaves what it says as it is', async (lab) => {
    const file = await lab.write('redis.conf', 'maxmemory 32mb\nprotected-mode yes\n');
    await start(
      lab,
      ['-v', `${file}:/usr/local/etc/redis/redis.conf`],
      ['redis-server', '/usr/local/etc/redis/redis.conf'],
    );
    expect(await lab.docker('exec', 'db', 'redis-cli', 'config', 'get', 'maxmemory')).toContain('33554432');
    expect(await lab.docker('exec', 'db', 'redis-cli', 'config', 'get', 'protected-mode')).toContain('yes');
  });

  it('asks for a password when it was given one', async (lab) => {
    await lab.docker('run', '-d', '--name', 'db', lab.image, 'redis-server', '--requirepass', 'secret');
    await lab.until('the refusal', async () =>
      (await lab.docker('exec', 'db', 'redis-cli', 'ping')).includes('NOAUTH'),
    );
    expect(await lab.docker('exec', '-e', 'REDISCLI_AUTH=secret', 'db', 'redis-cli', 'ping')).toBe('PONG');
  });

  it('has its tools', async ({ docker, image }) => {
    expect(await docker('run', '--rm', image, 'redis-cli', '--version')).toMatch(/^redis-cli 8\.0\.\d+/);
    const names = 'redis-benchmark redis-check-aof redis-check-rdb redis-sentinel';
    await docker('run', '--rm', image, 'sh', '-c', `for name in ${names}; do command -v $name || exit 1; done`);
  });
});

import { expect } from 'vitest';
import type { Contract, ContractTests } from './contract.ts';

async function start(lab: Contract, ...options: string[]): Promise<void> {
  await lab.docker('run', '-d', '--name', 'web', '-p', '8080:8080', ...options, lab.image);
  await lab.answers('localhost:8080/health');
}

async function api(lab: Contract): Promise<Record<string, unknown>> {
  return JSON.parse((await lab.fetch('localhost:8080/api')).body) as Record<string, unknown>;
}

/** Where the two versions of the web application differ, and what shows that either of them was made whole. */
export function declareWebPages({ it }: ContractTests, version: '1.0' | '2.0'): void {
  it('shows version, host name, greeting and a count of visits', async (lab) => {
    await start(lab, '--hostname', 'box', '-e', 'GREETING=Ahoy & <b>welcome</b>', '-e', 'COLOR=tomato');
    const { status, body } = await lab.fetch('localhost:8080/');
    expect(status).toBe(200);
    expect(body).toContain(`<dd>${version}</dd>`);
    expect(body).toContain('<dd>box</dd>');
    expect(body).toContain('<h1>Ahoy &amp; &lt;b&gt;welcome&lt;/b&gt;</h1>');
    expect(body).toContain('background:tomato');
    expect(await api(lab)).toEqual({
      version,
      hostname: 'box',
      greeting: 'Ahoy & <b>welcome</b>',
      color: 'tomato',
      visits: 2,
    });
    expect((await lab.fetch('localhost:8080/nothing')).status).toBe(404);
    expect((await lab.fetch('localhost:8080/', '-X', 'DELETE')).status).toBe(405);
    expect((await lab.fetch('localhost:8080/', '--head')).body).toContain('200 OK');
  });

  it('says what it listens on, logs a line for each request, and shows only variables it knows', async (lab) => {
    await lab.docker(...'run -d --name web -p 8080:9000 -e PORT=9000 -e PASSWORD=secret'.split(' '), lab.image);
    await lab.answers('localhost:8080/health');
    const { body } = await lab.fetch('localhost:8080/env?x=1');
    expect(body).toContain('PORT=9000');
    expect(body).not.toContain('secret');
    await lab.until('the line', async () => /^172\.\S+ GET \/env\?x=1 200 \d+ms$/m.test(await lab.logs('web')));
    expect(await lab.logs('web')).toMatch(new RegExp(`^web ${version} on \\S+ listens on port 9000$`, 'm'));
  });
}

/** What the sources hold, whichever version is made of them. */
export function declareWebContract({ it }: ContractTests): void {
  it('is healthy until it is broken', async (lab) => {
    await start(lab, '--health-interval', '1s', '--health-retries', '1');
    const health = (wanted: string) =>
      lab.until(wanted, async () => (await lab.inspect('web', '.State.Health.Status')) === wanted);
    await health('healthy');
    await lab.fetch('localhost:8080/break');
    expect(await lab.fetch('localhost:8080/health')).toEqual({ status: 503, body: 'broken\n' });
    await health('unhealthy');
    await lab.fetch('localhost:8080/repair');
    await health('healthy');
    expect(await lab.docker('exec', 'web', 'web', '--health')).toBe('ok');
    // Its own checks show in the log only while they fail.
    expect(await lab.logs('web')).toMatch(/^127\.0\.0\.1 GET \/health 503/m);
    expect(await lab.logs('web')).not.toMatch(/^127\.0\.0\.1 GET \/health 200/m);
  });

  it('finishes open requests when it is stopped, and ends at once when there are none', async (lab) => {
    await start(lab);
    const slow = lab.fetch('localhost:8080/slow?ms=1500');
    const open = async () => (await lab.docker('exec', 'web', 'sh', '-c', 'ls /proc/1/task | wc -l')) === '2';
    await lab.until('the open request', open);
    expect(await lab.stop('web')).toEqual({ exitCode: 0, inTime: true });
    expect(await slow).toEqual({ status: 200, body: 'answered after 1500 ms\n' });
    expect(await lab.logs('web')).toMatch(/SIGTERM received, 1 open request to finish\n(.*\n)*web ends/);
    await lab.docker('start', 'web');
    await lab.answers('localhost:8080/health');
    await lab.until('no open request', async () => !(await open()));
    expect(await lab.stop('web')).toEqual({ exitCode: 0, inTime: true });
    expect(await lab.logs('web')).toContain('SIGTERM received, 0 open requests to finish');
  });

  it('writes notes to its volume, and says so when it cannot', async (lab) => {
    await start(lab, '-v', 'notes:/data');
    expect((await lab.fetch('localhost:8080/write?text=remember+me%21')).body).toMatch(/written to .* remember me!\n$/);
    await lab.docker('rm', '-f', 'web');
    await start(lab, '-v', 'notes:/data');
    expect((await lab.fetch('localhost:8080/notes')).body).toMatch(/^\S+ \S+ remember me!\n$/);
    await lab.docker('rm', '-f', 'web');
    await start(lab, '-v', 'notes:/data:ro');
    const refused = await lab.fetch('localhost:8080/write');
    expect(refused.status).toBe(500);
    expect(refused.body).toContain('Read-only file system');
  });

  it('runs as a user of its own, with a read-only root, and no shell is needed but there is one', async (lab) => {
    await start(lab, '--read-only', '--cap-drop', 'ALL');
    expect(await lab.docker('exec', 'web', 'sh', '-c', 'id -un; pwd')).toBe('web\n/data');
    expect((await lab.fetch('localhost:8080/write')).status).toBe(200);
    expect(Number(await lab.inspect(lab.image, '.Size'))).toBeLessThan(3_000_000);
  });

  it('counts in Redis for several containers, and does without when that is gone', async (lab) => {
    await lab.docker('network', 'create', 'back');
    // A stand-in for Redis, so that no other image is needed here: it answers every command with 42.
    await lab.docker(
      ...'run -d --name counter --network back --entrypoint sh'.split(' '),
      lab.image,
      '-c',
      String.raw`while :; do printf ':42\r\n' | nc -l -p 6379; done`,
    );
    await start(lab, '--network', 'back', '-e', 'REDIS_HOST=counter');
    await lab.until('the shared count', async () => (await api(lab)).visits === 42);
    expect((await lab.fetch('localhost:8080/')).body).toContain('counted in Redis</dt><dd>42</dd>');
    await lab.docker('rm', '-f', 'counter');
    expect(await api(lab)).toMatchObject({ visits: null, problem: expect.stringContaining('counter') as string });
    const page = await lab.fetch('localhost:8080/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('not known');
    expect(await lab.logs('web')).toContain('visits cannot be counted');
  });

  it('ends with the code it is asked for, or with words about a setting it cannot use', async (lab) => {
    await start(lab);
    await lab.fetch('localhost:8080/crash?code=7');
    expect(await lab.docker('wait', 'web')).toBe('7');
    const port = await lab.tryDocker('run', '--rm', '-e', 'PORT=none', lab.image);
    expect(port).toMatchObject({ code: 2, err: 'web: PORT has to be a number from 1 to 65535, and is "none"\n' });
    const color = await lab.tryDocker('run', '--rm', '-e', 'COLOR=red;}', lab.image);
    expect(color).toMatchObject({ code: 2, err: expect.stringContaining('COLOR') as string });
  });
}

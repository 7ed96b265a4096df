import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Check, checkSchemas, type Subject } from '../../protocol/check-schema.ts';
import { answering, type EngineWorld, listening, makeEngineWorld, makeTools, serve } from './engine-world.ts';

let world: EngineWorld;
const inSandbox: EngineWorld['inSandbox'] = (command) => world.inSandbox(command);
const must: EngineWorld['must'] = (command) => world.must(command);

function look(subject: Subject, value: object): Promise<{ state: string; message: string }> {
  return world.look({ subject, ...checkSchemas[subject].parse({ title: 'x', ...value }) } as Check);
}

const makeImages = `${makeTools}
mkdir -p /tmp/build && cd /tmp/build
printf 'one' > first; printf 'two' > second; mkdir -p links; ln -sf /data/first links/absolute; ln -sf ../data/first links/relative
cat > Dockerfile <<'END'
FROM tools:1
SHELL ["/usr/bin/bash", "-c"]
COPY first /data/first
COPY first /data/gone
COPY first /data/changed
COPY links /links
RUN rm /data/gone
COPY second /data/changed
END
docker build -q -t site .`;

beforeAll(async () => {
  world = await makeEngineWorld('checksandbox1', process.env.DRYDOCK_TEST_ENGINE_SOCKET);
  await must(makeImages);
});

afterAll(() => world?.dispose());

describe('a file in an image', () => {
  it.each<[path: string, contains: string | undefined, state: string]>([
    ['/data/first', 'one', 'met'],
    ['data/changed', 'two', 'met'],
    ['/data/changed', 'one', 'unmet'],
    ['/links/absolute', 'one', 'met'],
    ['/links/relative', 'one', 'met'],
    ['/data/gone', undefined, 'unmet'],
    ['/data', undefined, 'unmet'],
    ["/no'thing; reboot", undefined, 'unmet'],
  ])('%s with %s is %s', async (path, contains, state) => {
    expect(
      await look('image', { image: 'site', file: { path, ...(contains === undefined ? {} : { contains }) } }),
    ).toMatchObject({ state });
  });

  it('is found in an image of one layer', async () => {
    expect(await look('image', { image: 'tools:1', file: { path: '/usr/bin/bash' } })).toMatchObject({ state: 'met' });
    expect(await look('image', { image: 'tools:1', file: { path: '/data/first' } })).toMatchObject({ state: 'unmet' });
  });

  it('is looked for without a trace', async () => {
    const traces = 'docker ps -aq; cat /proc/mounts; ls -A /tmp /mnt';
    const before = await inSandbox(traces);
    await look('image', { image: 'site', file: { path: '/data/first' } });
    expect((await inSandbox(traces)).stdout).toBe(before.stdout);
  });
});

describe('layers', () => {
  it('tell what an image was built from', async () => {
    expect(
      await look('image', { image: 'site', from: 'tools', sharesLayersWith: 'tools', layers: '> 3' }),
    ).toMatchObject({ state: 'met' });
    expect(await look('image', { image: 'tools', from: 'site' })).toMatchObject({ state: 'unmet' });
  });
});

describe('networks, ports and volumes', () => {
  it('are looked at as a learner would', async () => {
    await must('docker network create back && docker volume create data');
    await must(
      `docker run -d --name db --network back -v data:/data tools:1 bash -c ${JSON.stringify('echo kept > /data/a.txt; exec socat TCP-LISTEN:5432,fork,reuseaddr PIPE')}`,
    );
    await must('docker run -d --name app --network back tools:1 sleep 600');
    await must('docker run -d --name alone tools:1 sleep 600');
    await must(
      `docker run -d --name web -p 8080:80 tools:1 bash -c '${serve('HTTP/1.0 200 OK\\r\\nX-Kind: test\\r\\n\\r\\nhello')}'; ${answering(8080)}; ${listening('db', 5432)}`,
    );

    expect(
      await look('network', {
        network: 'back',
        containers: ['db', 'app'],
        reaches: { from: 'app', to: 'db', port: 5432 },
      }),
    ).toMatchObject({ state: 'met' });
    expect((await look('network', { network: 'back', reaches: { from: 'app', to: 'db', port: 1 } })).message).toContain(
      'app gets no connection to db on port 1',
    );
    expect(
      (await look('network', { network: 'back', reaches: { from: 'alone', to: 'db', port: 5432 } })).message,
    ).toContain('alone gets no connection');
    expect(
      await look('volume', { volume: 'data', usedBy: 'db', file: { path: 'a.txt', contains: 'kept' } }),
    ).toMatchObject({ state: 'met' });
    expect(await look('volume', { volume: 'data', file: { path: 'b.txt' } })).toMatchObject({ state: 'unmet' });
    expect(
      await look('http', { http: '8080/', status: 200, contains: 'hello', header: { 'x-kind': 'test' } }),
    ).toMatchObject({ state: 'met' });
    expect((await look('http', { http: 8081, status: 200 })).message).toContain(
      'no running container publishes port 8081',
    );
    expect(
      await look('container', { container: 'web', state: 'running', ports: ['8080:80'], image: 'tools:1' }),
    ).toMatchObject({ state: 'met' });
    expect(await look('container', { container: 'db', mounts: ['data:/data'], networks: 'back' })).toMatchObject({
      state: 'met',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { formatPublishedPort } from '../../protocol/docker.ts';
import { containerDetailsRecord, containerSummaryRecord } from './container-record.ts';
import { affectedKinds } from './event-effects.ts';
import { daemonEventRecord } from './event-record.ts';
import { bounds, listOf, textMap } from './foreign-value.ts';
import { imageDetailsRecord, imageHistoryRecord, imageSummaryRecord } from './image-record.ts';
import { readLog } from './log-frames.ts';
import { networkDetailsRecord } from './network-record.ts';
import { volumeSummaryRecord } from './volume-record.ts';

describe('a listed container', () => {
  it('needs nothing but its id', () => {
    expect(containerSummaryRecord.parse({ Id: 'abc' })).toEqual({
      id: 'abc',
      name: '',
      image: '',
      imageId: '',
      command: '',
      createdAt: 0,
      state: 'unknown',
      status: '',
      exitCode: null,
      health: 'none',
      ports: [],
      labels: {},
      networks: [],
      mounts: [],
    });
    expect(containerSummaryRecord.safeParse({ Names: ['/x'] }).success).toBe(false);
    expect(containerSummaryRecord.safeParse(null).success).toBe(false);
  });

  it('takes null and nonsense for nothing', () => {
    const odd = {
      Id: 'abc',
      Names: null,
      Ports: 'many',
      Labels: null,
      State: 'levitating',
      Mounts: [null, 5],
      Created: 'today',
    };
    expect(containerSummaryRecord.parse(odd)).toMatchObject({
      name: '',
      ports: [],
      labels: {},
      state: 'unknown',
      mounts: [],
      createdAt: 0,
    });
  });

  it('has one port where Docker lists IPv4 and IPv6', () => {
    const found = containerSummaryRecord.parse({
      Id: 'abc',
      Ports: [
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '127.0.0.1', PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
        { PrivatePort: 443, Type: 'tcp' },
        { PrivatePort: 99_999_999, Type: 'tcp' },
      ],
    });
    expect(found.ports.map(formatPublishedPort)).toEqual(['127.0.0.1:5353:53/udp', '8080:80', null]);
  });

  it('takes its own name among those of links', () => {
    expect(containerSummaryRecord.parse({ Id: 'abc', Names: ['/web/db', '/db'] }).name).toBe('db');
  });

  it('reads exit code and health from the status', () => {
    expect(containerSummaryRecord.parse({ Id: 'a', Status: 'Exited (137) 2 hours ago' }).exitCode).toBe(137);
    expect(containerSummaryRecord.parse({ Id: 'a', Status: 'Restarting (1) 5 seconds ago' }).exitCode).toBe(1);
    expect(containerSummaryRecord.parse({ Id: 'a', Status: 'Up 3 minutes (healthy)' }).health).toBe('healthy');
    expect(containerSummaryRecord.parse({ Id: 'a', Status: 'Up 3 seconds (health: starting)' }).health).toBe(
      'starting',
    );
  });
});

describe('an inspected container', () => {
  it('needs nothing but its id', () => {
    expect(containerDetailsRecord.parse({ Id: 'abc' })).toMatchObject({
      id: 'abc',
      env: {},
      restartPolicy: 'no',
      restartAttempts: 0,
      memory: 0,
      exitCode: null,
    });
  });

  it('gives ports, environment and times as Docker means them', () => {
    const found = containerDetailsRecord.parse({
      Id: 'abc',
      Name: '/web',
      State: {
        Status: 'running',
        ExitCode: 0,
        StartedAt: '2024-05-01T10:00:00.123456789Z',
        FinishedAt: '0001-01-01T00:00:00Z',
        Health: null,
      },
      Config: { Env: ['A=b=c', 'EMPTY=', 'BARE'], Cmd: null, Entrypoint: '/start', Labels: null },
      HostConfig: { RestartPolicy: { Name: '' }, NanoCpus: 1_500_000_000, Tmpfs: { '/cache': 'ro,size=1m' } },
      NetworkSettings: {
        Ports: {
          '80/tcp': [
            { HostIp: '0.0.0.0', HostPort: '8080' },
            { HostIp: '::', HostPort: '8080' },
          ],
          '443/tcp': null,
        },
        Networks: { shop: { NetworkID: 'n1', IPAddress: '172.18.0.2', Aliases: ['web'] } },
      },
    });
    expect(found).toMatchObject({
      name: 'web',
      env: { A: 'b=c', EMPTY: '', BARE: '' },
      mounts: [{ type: 'tmpfs', source: null, destination: '/cache', writable: false }],
      entrypoint: ['/start'],
      command: [],
      publishedPorts: ['8080:80'],
      finishedAt: null,
      cpus: 1.5,
      exitCode: null,
      networks: [{ name: 'shop', id: 'n1', ipAddress: '172.18.0.2', aliases: ['web'] }],
    });
    expect(found.startedAt).toBe(Date.parse('2024-05-01T10:00:00.123Z'));
  });
});

describe('other records', () => {
  it('know an image without a tag', () => {
    expect(imageSummaryRecord.parse({ Id: 'sha256:1', RepoTags: null }).tags).toEqual([]);
    expect(
      imageSummaryRecord.parse({ Id: 'sha256:1', RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] }),
    ).toMatchObject({ tags: [], digests: [] });
    expect(imageDetailsRecord.parse({ Id: 'sha256:1', Config: null, RootFS: null })).toMatchObject({
      layers: [],
      hasHealthcheck: false,
    });
    expect(imageHistoryRecord.parse({ Id: '<missing>' }).id).toBeNull();
  });

  it('know a network’s containers and a volume without labels', () => {
    const network = {
      Id: 'n',
      Name: 'shop',
      Containers: { c1: { Name: 'web', IPv4Address: '172.18.0.2/16' } },
      IPAM: { Config: null },
    };
    expect(networkDetailsRecord.parse(network)).toMatchObject({
      containers: [{ id: 'c1', name: 'web', ipAddress: '172.18.0.2' }],
      subnets: [],
    });
    expect(volumeSummaryRecord.parse({ Name: 'data', Labels: null, CreatedAt: 'never' })).toMatchObject({
      labels: {},
      createdAt: null,
    });
  });

  it('keep keys such as __proto__ plain, and everything bounded', () => {
    const map = textMap.parse(JSON.parse('{"__proto__":"x","ok":"y","number":5}'));
    expect(Object.keys(map).sort()).toEqual(['__proto__', 'ok']);
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    const long = containerSummaryRecord.parse({ Id: 'a', Command: 'x'.repeat(1_000_000) });
    expect(long.command.length).toBe(bounds.text);
    const many = Array.from({ length: 10_000 }, (_unused, index) => ({ Id: `c${index}` }));
    expect(listOf(containerSummaryRecord, bounds.records).parse(many)).toHaveLength(bounds.records);
  });

  it('know which lists an event touches', () => {
    const event = (Type: string, Action: string) => daemonEventRecord.parse({ Type, Action, Actor: null, time: 5 });
    expect(event('container', 'start')).toEqual({
      type: 'container',
      action: 'start',
      id: '',
      attributes: {},
      at: 5000,
    });
    expect(affectedKinds(event('container', 'start'))).toEqual(['containers']);
    expect(affectedKinds(event('container', 'health_status: healthy'))).toEqual(['containers']);
    expect(affectedKinds(event('container', 'exec_create: sh -c true'))).toEqual([]);
    expect(affectedKinds(event('network', 'connect'))).toEqual(['containers']);
    expect(affectedKinds(event('image', 'tag'))).toEqual(['images', 'containers']);
    expect(affectedKinds(event('volume', 'mount'))).toEqual([]);
    expect(affectedKinds(event('flux', 'capacitor'))).toEqual([]);
  });

  it('read a log with and without frames', () => {
    expect(readLog(Buffer.from('plain\n'))).toBe('plain\n');
    expect(readLog(Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 104, 105, 2, 0, 0, 0, 0, 0, 0, 9, 33]))).toBe('hi!');
    expect(readLog(Buffer.alloc(0))).toBe('');
  });
});

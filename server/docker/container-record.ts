import { z } from 'zod';
import {
  type ContainerDetails,
  type ContainerState,
  type ContainerSummary,
  type FilesystemChange,
  formatPublishedPort,
  type HealthState,
  type MountSummary,
  type PortMapping,
} from '../../protocol/docker.ts';
import {
  count,
  environment,
  flag,
  listOf,
  mapOf,
  optionalText,
  requiredText,
  section,
  textList,
  textMap,
  textOrNull,
  timestamp,
  unixSeconds,
  wordList,
} from './foreign-value.ts';

const stateRecord = optionalText.transform((value): ContainerState => {
  switch (value) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'exited':
    case 'dead':
      return value;
    default:
      return 'unknown';
  }
});

const healthRecord = optionalText.transform((value): HealthState => {
  return value === 'starting' || value === 'healthy' || value === 'unhealthy' ? value : 'none';
});

const portNumber = z.number().int().min(1).max(65_535);

const protocolRecord = z.enum(['tcp', 'udp', 'sctp']).catch('tcp');

/** "0.0.0.0" and "::" both mean every address; podman leaves it empty. */
function addressOf(ip: string): string | null {
  return ip === '' || ip === '0.0.0.0' || ip === '::' ? null : ip;
}

/** Docker lists an all-addresses port twice, for IPv4 and IPv6. */
function withoutTwins(ports: PortMapping[]): PortMapping[] {
  const seen = new Map<string, PortMapping>();
  for (const port of ports) {
    seen.set(`${port.hostIp}|${port.hostPort}|${port.containerPort}|${port.protocol}`, port);
  }
  return [...seen.values()].sort((a, b) => a.containerPort - b.containerPort || (a.hostPort ?? 0) - (b.hostPort ?? 0));
}

const listedPort = z
  .object({
    IP: optionalText,
    PrivatePort: portNumber,
    PublicPort: portNumber.nullable().catch(null),
    Type: protocolRecord,
  })
  .transform(
    (port): PortMapping => ({
      containerPort: port.PrivatePort,
      protocol: port.Type,
      hostPort: port.PublicPort,
      hostIp: addressOf(port.IP),
    }),
  );

const mountRecord = z
  .object({ Type: optionalText, Name: optionalText, Source: optionalText, Destination: requiredText, RW: flag })
  .transform(
    (mount): MountSummary => ({
      type: mount.Type === 'bind' || mount.Type === 'volume' || mount.Type === 'tmpfs' ? mount.Type : 'other',
      source: (mount.Type === 'volume' ? mount.Name : mount.Source) || null,
      destination: mount.Destination,
      writable: mount.RW,
    }),
  );

const endpoint = z.object({ NetworkID: optionalText, IPAddress: textOrNull, Aliases: textList });

const networkMap = mapOf(endpoint).transform((entries) =>
  entries.map(([name, found]) => ({ name, id: found.NetworkID, ipAddress: found.IPAddress, aliases: found.Aliases })),
);

/** Names come with a slash; with legacy links there are several, and the own one has no further slash. */
const namesRecord = textList.transform((names) => {
  const plain = names.map((name) => name.replace(/^\//, ''));
  return plain.find((name) => !name.includes('/')) ?? plain[0] ?? '';
});

/** An entry of `GET /containers/json`. */
export const containerSummaryRecord = z
  .object({
    Id: requiredText,
    Names: namesRecord,
    Image: optionalText,
    ImageID: optionalText,
    Command: optionalText,
    Created: unixSeconds,
    State: stateRecord,
    Status: optionalText,
    Ports: listOf(listedPort).transform(withoutTwins),
    Labels: textMap,
    NetworkSettings: section({ Networks: networkMap }),
    Mounts: listOf(mountRecord),
  })
  .transform((record): ContainerSummary => {
    const ended = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(record.Status);
    const health = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(record.Status);
    return {
      id: record.Id,
      name: record.Names,
      image: record.Image,
      imageId: record.ImageID,
      command: record.Command,
      createdAt: record.Created,
      state: record.State,
      status: record.Status,
      exitCode: ended === null ? null : Number(ended[1]),
      health: healthRecord.parse(health?.[1] ?? ''),
      ports: record.Ports,
      labels: record.Labels,
      networks: record.NetworkSettings.Networks.map(({ name, id, ipAddress }) => ({ name, id, ipAddress })),
      mounts: record.Mounts,
    };
  });

const binding = z.object({ HostIp: optionalText, HostPort: optionalText });

/** Ports of an inspect: `{"80/tcp": [{HostIp, HostPort}], "443/tcp": null}`. */
const inspectedPorts = mapOf(listOf(binding)).transform((entries): PortMapping[] =>
  withoutTwins(
    entries.flatMap(([key, bindings]) => {
      const [port, protocol] = key.split('/');
      const parsed = portNumber.safeParse(Number(port));
      if (!parsed.success) return [];
      const own = { containerPort: parsed.data, protocol: protocolRecord.parse(protocol) };
      if (bindings.length === 0) return [{ ...own, hostPort: null, hostIp: null }];
      return bindings.map((found) => {
        const host = portNumber.safeParse(Number(found.HostPort));
        return { ...own, hostPort: host.success ? host.data : null, hostIp: addressOf(found.HostIp) };
      });
    }),
  ),
);

const restartPolicy = optionalText.transform((value): ContainerDetails['restartPolicy'] => {
  if (value === '') return 'no';
  return value === 'no' || value === 'always' || value === 'unless-stopped' || value === 'on-failure'
    ? value
    : 'unknown';
});

const inspectRecord = z.object({
  Id: requiredText,
  Name: optionalText,
  Image: optionalText,
  Created: timestamp,
  RestartCount: count,
  State: section({
    Status: stateRecord,
    ExitCode: count,
    OOMKilled: flag,
    StartedAt: timestamp,
    FinishedAt: timestamp,
    Health: section({ Status: healthRecord }),
  }),
  Config: section({
    Image: optionalText,
    Env: environment,
    Labels: textMap,
    Entrypoint: wordList,
    Cmd: wordList,
    User: optionalText,
    WorkingDir: optionalText,
    Hostname: optionalText,
  }),
  HostConfig: section({
    RestartPolicy: section({ Name: restartPolicy, MaximumRetryCount: count }),
    NetworkMode: optionalText,
    Memory: count,
    NanoCpus: count,
    ReadonlyRootfs: flag,
    Privileged: flag,
    CapAdd: textList,
    CapDrop: textList,
    PortBindings: inspectedPorts,
    // What `--tmpfs` makes stands here alone; `--mount type=tmpfs` stands among the mounts.
    Tmpfs: textMap,
  }),
  NetworkSettings: section({ Ports: inspectedPorts, Networks: networkMap }),
  Mounts: listOf(mountRecord),
});

/** `GET /containers/{id}/json`. */
export const containerDetailsRecord = inspectRecord.transform(toDetails);

function toDetails(record: z.output<typeof inspectRecord>): ContainerDetails {
  // Where the container does not run, Docker gives no ports of its own: what was asked for is then the fact.
  const ports = record.NetworkSettings.Ports.length > 0 ? record.NetworkSettings.Ports : record.HostConfig.PortBindings;
  const ended = ['exited', 'dead', 'restarting'].includes(record.State.Status);
  return {
    id: record.Id,
    name: record.Name.replace(/^\//, ''),
    image: record.Config.Image,
    imageId: record.Image,
    createdAt: record.Created ?? 0,
    state: record.State.Status,
    exitCode: ended ? record.State.ExitCode : null,
    outOfMemory: record.State.OOMKilled,
    startedAt: record.State.StartedAt,
    finishedAt: record.State.FinishedAt,
    restartCount: record.RestartCount,
    health: record.State.Health.Status,
    publishedPorts: ports.flatMap((port) => formatPublishedPort(port) ?? []),
    ports,
    env: record.Config.Env,
    labels: record.Config.Labels,
    networks: record.NetworkSettings.Networks,
    mounts: [
      ...record.Mounts,
      ...Object.entries(record.HostConfig.Tmpfs).map(
        ([destination, options]): MountSummary => ({
          type: 'tmpfs',
          source: null,
          destination,
          writable: !options.split(',').includes('ro'),
        }),
      ),
    ],
    entrypoint: record.Config.Entrypoint,
    command: record.Config.Cmd,
    user: record.Config.User,
    workingDirectory: record.Config.WorkingDir,
    hostname: record.Config.Hostname,
    restartPolicy: record.HostConfig.RestartPolicy.Name,
    restartAttempts: record.HostConfig.RestartPolicy.MaximumRetryCount,
    networkMode: record.HostConfig.NetworkMode,
    memory: record.HostConfig.Memory,
    cpus: record.HostConfig.NanoCpus / 1e9,
    readonlyRootfs: record.HostConfig.ReadonlyRootfs,
    privileged: record.HostConfig.Privileged,
    capAdd: record.HostConfig.CapAdd,
    capDrop: record.HostConfig.CapDrop,
  };
}

const changeKinds = ['modified', 'added', 'deleted'] as const;

/** An entry of `GET /containers/{id}/changes`. */
export const filesystemChangeRecord = z
  .object({ Path: requiredText, Kind: z.number().int().min(0).max(2) })
  .transform((record): FilesystemChange => ({ kind: changeKinds[record.Kind] ?? 'modified', path: record.Path }));

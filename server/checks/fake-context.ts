import type {
  ContainerDetails,
  ContainerSummary,
  FilesystemChange,
  ImageDetails,
  ImageHistoryStep,
  ImageSummary,
  NetworkDetails,
  PortMapping,
  VolumeSummary,
} from '../../protocol/docker.ts';
import type { CheckContext, RanCommand } from './check-context.ts';

/** A learner's world for tests: what is written here is what Docker would say. */
export interface FakeWorld {
  containers?: ContainerDetails[];
  images?: ImageDetails[];
  networks?: NetworkDetails[];
  volumes?: VolumeSummary[];
  logs?: Record<string, string>;
  changes?: Record<string, FilesystemChange[]>;
  history?: Record<string, string[]>;
  files?: Record<string, string>;
  folders?: string[];
  commands?: (RanCommand | [command: string, exitCode: number])[];
  run?: (
    command: string,
  ) => { exit: number; stdout: string; stderr?: string } | Promise<{ exit: number; stdout: string; stderr?: string }>;
}

export interface FakeContext extends CheckContext {
  /** Every question that was asked, in order. */
  asked: string[];
}

export function fakeContext(world: FakeWorld): FakeContext {
  const asked: string[] = [];
  const answer = async <T>(question: string, value: T): Promise<T> => {
    asked.push(question);
    return value;
  };
  const { containers = [], images = [], networks = [], volumes = [], files = {} } = world;
  return {
    asked,
    root: '/root/x',
    daemon: {
      containers: () => answer('containers', containers.map(summaryOf)),
      images: () => answer('images', images.map(imageSummaryOf)),
      networks: () => answer('networks', networks),
      volumes: () => answer('volumes', volumes),
      container: (id) => answer(`container ${id}`, containers.find((container) => container.id === id) ?? null),
      image: (id) => answer(`image ${id}`, images.find((image) => image.id === id) ?? null),
      network: (id) => answer(`network ${id}`, networks.find((network) => network.id === id) ?? null),
      containerLog: (id) => answer(`log ${id}`, world.logs?.[id] ?? ''),
      containerChanges: (id) => answer(`changes ${id}`, world.changes?.[id] ?? []),
      imageHistory: (id) => answer(`history ${id}`, (world.history?.[id] ?? []).map(historyStep)),
    },
    readFile: (path) => answer(`read ${path}`, files[path] ?? null),
    stat: (path) => {
      const text = files[path];
      if (world.folders?.includes(path)) return answer(`stat ${path}`, { type: 'folder', size: 0 });
      return answer(`stat ${path}`, text === undefined ? null : { type: 'file', size: text.length });
    },
    files: () => answer('files', Object.keys(files)),
    run: async (command) => {
      asked.push(`run ${command}`);
      return (await world.run?.(command)) ?? { exit: 127, stdout: '' };
    },
    commands: (world.commands ?? []).map((entry, index) =>
      Array.isArray(entry) ? { command: entry[0], exitCode: entry[1], at: index } : entry,
    ),
  };
}

export function container(name: string, more: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    id: `id-${name}`,
    name,
    image: 'busybox',
    imageId: 'sha256:busybox',
    createdAt: 0,
    state: 'running',
    exitCode: null,
    outOfMemory: false,
    startedAt: 0,
    finishedAt: null,
    restartCount: 0,
    health: 'none',
    publishedPorts: [],
    ports: [],
    env: {},
    labels: {},
    networks: [{ name: 'bridge', id: 'id-bridge', ipAddress: '172.17.0.2', aliases: [] }],
    mounts: [],
    entrypoint: [],
    command: ['sh'],
    user: '',
    workingDirectory: '/',
    hostname: name,
    restartPolicy: 'no',
    restartAttempts: 0,
    networkMode: 'default',
    memory: 0,
    cpus: 0,
    readonlyRootfs: false,
    privileged: false,
    capAdd: [],
    capDrop: [],
    ...more,
  };
}

/** A published port, as Docker lists it for a running container. */
export function published(hostPort: number, containerPort: number, more: Partial<PortMapping> = {}): PortMapping {
  return { hostPort, containerPort, protocol: 'tcp', hostIp: null, ...more };
}

export function image(tag: string, more: Partial<ImageDetails> = {}): ImageDetails {
  return {
    id: `sha256:${tag.replace(/:.*$/, '')}`,
    tags: [tag.includes(':') ? tag : `${tag}:latest`],
    digests: [],
    parentId: null,
    createdAt: 0,
    size: 2_000_000,
    architecture: 'amd64',
    os: 'linux',
    layers: ['sha256:layer-1'],
    user: '',
    command: ['sh'],
    entrypoint: [],
    env: { PATH: '/bin' },
    exposedPorts: [],
    volumes: [],
    workingDirectory: '',
    stopSignal: '',
    labels: {},
    hasHealthcheck: false,
    ...more,
  };
}

export function network(name: string, more: Partial<NetworkDetails> = {}): NetworkDetails {
  return {
    id: `id-${name}`,
    name,
    driver: 'bridge',
    scope: 'local',
    internal: false,
    createdAt: 0,
    subnets: [{ subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
    labels: {},
    options: {},
    containers: [],
    ...more,
  };
}

export function volume(name: string, more: Partial<VolumeSummary> = {}): VolumeSummary {
  return {
    name,
    driver: 'local',
    mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    createdAt: 0,
    labels: {},
    ...more,
  };
}

function summaryOf(details: ContainerDetails): ContainerSummary {
  const {
    id,
    name,
    image: from,
    imageId,
    command,
    createdAt,
    state,
    exitCode,
    health,
    ports,
    labels,
    networks,
    mounts,
  } = details;
  return {
    id,
    name,
    image: from,
    imageId,
    command: command.join(' '),
    createdAt,
    state,
    status: '',
    exitCode,
    health,
    ports,
    labels,
    networks,
    mounts,
  };
}

function imageSummaryOf({ id, tags, digests, parentId, createdAt, size, labels }: ImageDetails): ImageSummary {
  return { id, tags, digests, parentId, createdAt: createdAt ?? 0, size, labels };
}

function historyStep(createdBy: string): ImageHistoryStep {
  return { id: null, createdAt: 0, createdBy, size: 0, tags: [], comment: '' };
}

/**
 * What Drydock knows of a learner's Docker, in plain types for server and page. All of it was written by the
 * learner's machine: texts are cut to a bounded length and lists to a bounded count, but nothing is believed.
 * Times are unix milliseconds, sizes bytes, ids without `sha256:` only where Docker itself leaves it out.
 */

export type ContainerState =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead'
  | 'unknown';

export type HealthState = 'none' | 'starting' | 'healthy' | 'unhealthy';

export interface PortMapping {
  containerPort: number;
  protocol: 'tcp' | 'udp' | 'sctp';
  /** Null: exposed only, not published. */
  hostPort: number | null;
  /** Null: every address of the host. */
  hostIp: string | null;
}

export interface ContainerNetwork {
  name: string;
  id: string;
  ipAddress: string | null;
}

export interface MountSummary {
  type: 'bind' | 'volume' | 'tmpfs' | 'other';
  /** Volume name or host path; null for a tmpfs. */
  source: string | null;
  destination: string;
  writable: boolean;
}

export interface ContainerSummary {
  id: string;
  /** Without the leading slash. */
  name: string;
  image: string;
  imageId: string;
  command: string;
  createdAt: number;
  state: ContainerState;
  /** Docker's words, such as "Up 3 minutes (healthy)"; grows old without an event. */
  status: string;
  /** Of a container that ended. */
  exitCode: number | null;
  health: HealthState;
  ports: PortMapping[];
  labels: Record<string, string>;
  networks: ContainerNetwork[];
  mounts: MountSummary[];
}

export interface ContainerDetails {
  id: string;
  name: string;
  /** As it was given to `docker run`. */
  image: string;
  imageId: string;
  createdAt: number;
  state: ContainerState;
  exitCode: number | null;
  outOfMemory: boolean;
  startedAt: number | null;
  finishedAt: number | null;
  restartCount: number;
  health: HealthState;
  /** Published ports as `docker run -p` takes them: "8080:80", "127.0.0.1:8080:80", "5353:53/udp". */
  publishedPorts: string[];
  ports: PortMapping[];
  env: Record<string, string>;
  labels: Record<string, string>;
  networks: (ContainerNetwork & { aliases: string[] })[];
  mounts: MountSummary[];
  entrypoint: string[];
  command: string[];
  /** Empty: root. */
  user: string;
  workingDirectory: string;
  hostname: string;
  restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure' | 'unknown';
  /** With `on-failure`: how often Docker tries at most; 0: without end. */
  restartAttempts: number;
  /** `none`, `host`, `bridge` (or `default`), a network's name, `container:…`. */
  networkMode: string;
  /** Memory limit; 0: none. */
  memory: number;
  /** CPU limit in cores; 0: none. */
  cpus: number;
  readonlyRootfs: boolean;
  privileged: boolean;
  capAdd: string[];
  capDrop: string[];
}

export interface FilesystemChange {
  kind: 'modified' | 'added' | 'deleted';
  path: string;
}

export interface ImageSummary {
  id: string;
  /** "name:tag"; empty for an untagged image. */
  tags: string[];
  digests: string[];
  parentId: string | null;
  createdAt: number;
  size: number;
  labels: Record<string, string>;
}

export interface ImageDetails {
  id: string;
  tags: string[];
  digests: string[];
  parentId: string | null;
  createdAt: number | null;
  size: number;
  architecture: string;
  os: string;
  /** Digests of the file system layers, lowest first. */
  layers: string[];
  /** Empty: root. */
  user: string;
  command: string[];
  entrypoint: string[];
  env: Record<string, string>;
  /** "80/tcp" */
  exposedPorts: string[];
  volumes: string[];
  workingDirectory: string;
  stopSignal: string;
  labels: Record<string, string>;
  hasHealthcheck: boolean;
}

/** One step of an image's history, newest first as Docker gives it. */
export interface ImageHistoryStep {
  /** "<missing>" becomes null. */
  id: string | null;
  createdAt: number;
  createdBy: string;
  size: number;
  tags: string[];
  comment: string;
}

export interface NetworkSummary {
  id: string;
  name: string;
  driver: string;
  scope: string;
  internal: boolean;
  createdAt: number | null;
  subnets: { subnet: string; gateway: string | null }[];
  labels: Record<string, string>;
}

export interface NetworkDetails extends NetworkSummary {
  options: Record<string, string>;
  containers: { id: string; name: string; ipAddress: string | null }[];
}

export interface VolumeSummary {
  name: string;
  driver: string;
  mountpoint: string;
  createdAt: number | null;
  labels: Record<string, string>;
}

export interface VolumeDetails extends VolumeSummary {
  options: Record<string, string>;
}

export interface DaemonEvent {
  /** container, image, network, volume, builder, daemon, … */
  type: string;
  /** Such as "start", "die" or "health_status: healthy". */
  action: string;
  /** Id or name of what it happened to. */
  id: string;
  attributes: Record<string, string>;
  at: number;
}

export const daemonKinds = ['containers', 'images', 'networks', 'volumes'] as const;

export type DaemonKind = (typeof daemonKinds)[number];

export interface DaemonSnapshot {
  status: 'connecting' | 'live' | 'lost';
  containers: ContainerSummary[];
  images: ImageSummary[];
  networks: NetworkSummary[];
  volumes: VolumeSummary[];
}

/** The form `docker run -p` takes, or null for a port that is not published. IPv6 addresses get brackets. */
export function formatPublishedPort(port: PortMapping): string | null {
  if (port.hostPort === null) return null;
  const ip = port.hostIp === null ? '' : port.hostIp.includes(':') ? `[${port.hostIp}]:` : `${port.hostIp}:`;
  const protocol = port.protocol === 'tcp' ? '' : `/${port.protocol}`;
  return `${ip}${port.hostPort}:${port.containerPort}${protocol}`;
}

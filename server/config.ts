import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { configurationSchema, type EgressPolicy, type ImagePolicy, type LogLevel, metaOf } from './config-schema.ts';
import type { EngineAddress } from './docker/engine.ts';
import type { SandboxLimits } from './docker/sandbox-host.ts';
import { DrydockError } from './errors.ts';
import { isLoopback } from './http/same-origin.ts';

export type Environment = Record<string, string | undefined>;

export interface Config {
  /** The clone. */
  root: string;
  /** Names this lab on its engine, see `labId`. */
  lab: string;
  port: number;
  host: string;
  dataDir: string;
  /** The shipped one first. */
  lessonDirs: string[];
  /**
   * `hub`: where images of Docker Hub are taken from, a host with or without a path; null: nowhere. `proxies`: build
   * arguments that every builder knows and none keeps in the image. `npmRegistry`: where npm is told to take packages
   * from, for images that bring some along; null: npm's own.
   */
  images: { policy: ImagePolicy; hub: string | null; proxies: Record<string, string>; npmRegistry: string | null };
  /** Everybody who uses this lab may author. */
  authoring: boolean;
  engine: EngineAddress;
  /** `engine` as it was written, to be quoted to people. */
  dockerHost: string;
  sandbox: SandboxLimits;
  /** `auto`: hard where that can be had. */
  diskLimit: 'auto' | 'watched';
  /** How many are kept ready; null: as many as suits the machine. */
  pool: number | null;
  /** Milliseconds without use; infinite: never. */
  idle: { pauseAfter: number; stopAfter: number; removeAfter: number; removeWarning: number };
  egress: { policy: EgressPolicy; range: string };
  operator: { port: number; token: string | null };
  /** null: as many as `sandboxesThatFit` says for the engine's machine. */
  maxSandboxes: number | null;
  logLevel: LogLevel;
  /** True when the lab's page should be opened: wished, in a terminal, on a desktop. */
  openBrowser: boolean;
  chromium: string | null;
}

export interface ConfigSurroundings {
  /** Folder of the clone; relative paths start here. */
  root: string;
  platform?: NodeJS.Platform;
  isTerminal?: boolean;
}

/**
 * Reads the whole configuration from the environment. An empty variable counts as unset.
 * @throws config.invalid naming every variable that is wrong, its value, and what is allowed
 */
export function parseConfig(env: Environment, around: ConfigSurroundings): Config {
  const root = resolve(around.root);
  const schema = configurationSchema(root);
  const set = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''));
  const parsed = schema.safeParse(set);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => {
      const name = String(issue.path[0]);
      return { variable: name, value: set[name] ?? '', allowed: issue.message };
    }),
    ...unknownVariables(set, Object.keys(schema.shape)),
  ];
  if (set.DOCKER_TLS_VERIFY !== undefined && set.DOCKER_HOST?.startsWith('tcp:') === true) {
    problems.push({
      variable: 'DOCKER_TLS_VERIFY',
      value: set.DOCKER_TLS_VERIFY,
      allowed: 'nothing: Drydock does not speak TLS to an engine; forward its socket with ssh -L instead',
    });
  }
  if (!parsed.success || problems.length > 0) throw invalid(problems);

  const values = parsed.data;
  const desktop =
    around.platform === 'darwin' || ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => set[name] !== undefined);
  return {
    root,
    lab: labId(values.DRYDOCK_DATA),
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DRYDOCK_DATA,
    lessonDirs: [...(values.DRYDOCK_COURSE ? [join(root, 'lessons')] : []), ...values.DRYDOCK_LESSONS],
    authoring: values.DRYDOCK_AUTHOR === 'always' || (values.DRYDOCK_AUTHOR === 'auto' && isLoopback(values.HOST)),
    images: {
      policy: values.DRYDOCK_IMAGES,
      hub: values.DRYDOCK_HUB,
      proxies: readProxies(set),
      npmRegistry: readNpmRegistry(set),
    },
    engine: values.DOCKER_HOST,
    dockerHost: set.DOCKER_HOST ?? metaOf(schema.shape.DOCKER_HOST).default,
    sandbox: {
      memory: values.DRYDOCK_SANDBOX_MEMORY,
      cpus: values.DRYDOCK_SANDBOX_CPUS,
      pids: values.DRYDOCK_SANDBOX_PIDS,
      disk: { bytes: values.DRYDOCK_SANDBOX_DISK, inodes: values.DRYDOCK_SANDBOX_INODES },
      home: { bytes: values.DRYDOCK_SANDBOX_HOME, inodes: values.DRYDOCK_SANDBOX_HOME_INODES },
      openFiles: values.DRYDOCK_SANDBOX_OPEN_FILES,
      logBytes: values.DRYDOCK_SANDBOX_LOG,
    },
    diskLimit: values.DRYDOCK_DISK_LIMIT,
    pool: values.DRYDOCK_POOL,
    idle: {
      pauseAfter: values.DRYDOCK_PAUSE_AFTER,
      stopAfter: values.DRYDOCK_STOP_AFTER,
      removeAfter: values.DRYDOCK_REMOVE_AFTER,
      removeWarning: values.DRYDOCK_REMOVE_WARNING,
    },
    egress: { policy: values.DRYDOCK_EGRESS, range: values.DRYDOCK_EGRESS_RANGE },
    operator: { port: values.DRYDOCK_OPERATOR_PORT, token: values.DRYDOCK_OPERATOR_TOKEN },
    maxSandboxes: values.DRYDOCK_MAX_SANDBOXES,
    logLevel: values.DRYDOCK_LOG_LEVEL,
    openBrowser: values.DRYDOCK_OPEN === 'auto' && around.isTerminal === true && desktop && set.CI === undefined,
    chromium: values.DRYDOCK_CHROMIUM,
  };
}

function readProxies(env: Environment): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Where npm takes packages from, when it was told another place than its own. */
function readNpmRegistry(env: Environment): string | null {
  const registry = (env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY)?.replace(/\/+$/, '');
  return registry === undefined || registry === 'https://registry.npmjs.org' ? null : registry;
}

/**
 * Ten hex digits that name the lab of this data folder on its engine, so that several clones can share one
 * engine and each touches only what carries its own label.
 */
export function labId(dataDir: string): string {
  return createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 10);
}

/**
 * How many sandboxes a machine carries. A sandbox needs 41 MB idle and rarely a quarter of its limit, so that
 * (256 MiB at least) is what each is counted with; 1 GiB stays for the engine and the lab.
 * @param memory bytes the engine's machine has
 * @param limit bytes one sandbox may use
 */
export function sandboxesThatFit(memory: number, limit: number): number {
  const each = Math.max(256 * 2 ** 20, limit / 4);
  return Math.min(200, Math.max(1, Math.floor((memory - 2 ** 30) / each)));
}

/** The README's table of all configuration, in Markdown. A test compares the two. */
export function renderConfigurationTable(): string {
  const rows = Object.entries(configurationSchema('.').shape).map(([name, schema]) => {
    const meta = metaOf(schema);
    const shown = meta.default === '' ? 'not set' : `\`${meta.default}\``;
    return `| \`${name}\` | ${shown} | ${meta.description} | ${meta.allowed} |`;
  });
  return ['| Variable | Default | What it sets | Allowed |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

interface Problem {
  variable: string;
  value: string;
  allowed: string;
}

/** A misspelt variable would otherwise be ignored without a word. */
function unknownVariables(set: Environment, known: string[]): Problem[] {
  const ours = known.filter((name) => name.startsWith('DRYDOCK_')).join(', ');
  return Object.entries(set)
    .filter(([name]) => name.startsWith('DRYDOCK_') && !known.includes(name))
    .map(([name, text]) => ({
      variable: name,
      value: text ?? '',
      allowed: `no variable of that name; there are ${ours}`,
    }));
}

function invalid(problems: Problem[]): DrydockError {
  const lines = problems.map(
    ({ variable, value: text, allowed }) => `${variable}=${JSON.stringify(text)}: allowed is ${allowed}.`,
  );
  return new DrydockError('config.invalid', `The configuration cannot be used. ${lines.join(' ')}`, {
    details: { problems },
  });
}

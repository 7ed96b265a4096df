import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import {
  readBytes,
  readDecimal,
  readDuration,
  readEngineAddress,
  readFile,
  readFolders,
  readHost,
  readNetworkRange,
  readNewFolder,
  readWholeNumber,
} from './config-values.ts';
import type { EngineAddress } from './docker/engine.ts';
import type { SandboxLimits } from './docker/sandbox-host.ts';
import { DrydockError } from './errors.ts';
import { isLoopback } from './http/same-origin.ts';

export type Environment = Record<string, string | undefined>;

const durationWords = 'a time such as `90s`, `15m`, `2h` or `30d`, or `never`';

/** `none`: nobody; `lessons`: while a lesson is open that asks for it; `all`: every sandbox. */
export const egressPolicies = ['none', 'lessons', 'all'] as const;
export type EgressPolicy = (typeof egressPolicies)[number];

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Everything that can be set, once: what is parsed, what errors say, and the table in the README. */
function configurationSchema(root: string) {
  return z.object({
    PORT: value({
      default: '3000',
      allowed: 'a port number, 0 to 65535; 0 takes any free one',
      description: 'Port the lab listens on.',
      read: (text) => within(readWholeNumber(text), 0, 65_535),
    }),
    HOST: value({
      default: '127.0.0.1',
      allowed: 'an IP address or a host name of this machine',
      description:
        'Address the lab listens on. The default is this machine alone; `0.0.0.0` lets everyone in who can reach it.',
      read: readHost,
    }),
    DRYDOCK_DATA: value({
      default: 'data',
      allowed: 'a folder; it is made when it is missing',
      description: 'Where the lab keeps its database, logs and records. A relative path starts at the clone.',
      read: (text) => readNewFolder(text, root),
    }),
    DRYDOCK_LESSONS: value({
      default: '',
      allowed: 'folders that exist, separated by `:`',
      description:
        'Further folders with lessons, beside those that come with Drydock. Relative paths start at the clone.',
      read: (text) => (text === '' ? [] : readFolders(text, root)),
    }),
    DOCKER_HOST: value({
      default: 'unix:///var/run/docker.sock',
      allowed: '`unix:///path/of/the/socket` or `tcp://host:port` (without TLS)',
      description: 'The Docker Engine that holds the sandboxes.',
      read: readEngineAddress,
    }),
    DRYDOCK_SANDBOX_MEMORY: value({
      default: '2g',
      allowed: 'a size from `256m` to `1t`',
      description: 'Memory one sandbox may use at most, with everything in it.',
      read: (text) => within(readBytes(text), 256 * 2 ** 20, 2 ** 40),
    }),
    DRYDOCK_SANDBOX_CPUS: value({
      default: '2',
      allowed: 'a number from 0.1 to 256',
      description: 'Processor cores one sandbox may use at most.',
      read: (text) => within(readDecimal(text), 0.1, 256),
    }),
    DRYDOCK_SANDBOX_PIDS: value({
      default: '2048',
      allowed: 'a whole number from 256 to 1000000',
      description: 'Processes and threads one sandbox may have at most.',
      read: (text) => within(readWholeNumber(text), 256, 1_000_000),
    }),
    DRYDOCK_SANDBOX_DISK: value({
      default: '8g',
      allowed: 'a size from `512m` to `16t`',
      description: 'Disk for the images, containers and volumes of one sandbox.',
      read: (text) => within(readBytes(text), 512 * 2 ** 20, 2 ** 44),
    }),
    DRYDOCK_SANDBOX_INODES: value({
      default: '400000',
      allowed: 'a whole number from 50000 to 100000000',
      description: 'Files and folders in the images, containers and volumes of one sandbox.',
      read: (text) => within(readWholeNumber(text), 50_000, 100_000_000),
    }),
    DRYDOCK_SANDBOX_HOME: value({
      default: '1g',
      allowed: 'a size from `32m` to `1t`',
      description: 'Disk for the learner’s own files.',
      read: (text) => within(readBytes(text), 32 * 2 ** 20, 2 ** 40),
    }),
    DRYDOCK_SANDBOX_HOME_INODES: value({
      default: '100000',
      allowed: 'a whole number from 1000 to 10000000',
      description: 'Files and folders of the learner’s own.',
      read: (text) => within(readWholeNumber(text), 1_000, 10_000_000),
    }),
    DRYDOCK_SANDBOX_OPEN_FILES: value({
      default: '16384',
      allowed: 'a whole number from 1024 to 1048576',
      description: 'Files one process of a sandbox may have open.',
      read: (text) => within(readWholeNumber(text), 1_024, 1_048_576),
    }),
    DRYDOCK_SANDBOX_LOG: value({
      default: '10m',
      allowed: 'a size from `64k` to `10g`',
      description: 'Log that is kept of one of the learner’s containers; older lines go.',
      read: (text) => within(readBytes(text), 64 * 2 ** 10, 10 * 2 ** 30),
    }),
    DRYDOCK_DISK_LIMIT: value({
      default: 'auto',
      allowed: '`auto` or `watched`',
      description:
        'How the disk is limited. `auto` gives each sandbox file systems of its own where the server is root on the engine’s machine, and watches where not.',
      read: (text) => (['auto', 'watched'] as const).find((choice) => choice === text),
    }),
    DRYDOCK_POOL: value<number | null>({
      default: 'auto',
      allowed: '`auto`, or a whole number from 0 to 100',
      description:
        'Sandboxes that are kept running for learners who have none yet. `auto` is 2, less on a small machine.',
      read: (text) => (text === 'auto' ? null : within(readWholeNumber(text), 0, 100)),
    }),
    DRYDOCK_PAUSE_AFTER: value({
      default: '15m',
      allowed: durationWords,
      description: 'A sandbox nobody used for so long is frozen. It goes on at the first key.',
      read: (text) => within(readDuration(text), 1_000, Number.POSITIVE_INFINITY),
    }),
    DRYDOCK_STOP_AFTER: value({
      default: '2h',
      allowed: durationWords,
      description: 'A sandbox nobody used for so long is stopped, which frees its memory.',
      read: (text) => within(readDuration(text), 1_000, Number.POSITIVE_INFINITY),
    }),
    DRYDOCK_REMOVE_AFTER: value({
      default: '30d',
      allowed: durationWords,
      description: 'A sandbox nobody used for so long is removed. The learner’s files are kept as an archive.',
      read: (text) => within(readDuration(text), 1_000, Number.POSITIVE_INFINITY),
    }),
    DRYDOCK_REMOVE_WARNING: value({
      default: '7d',
      allowed: durationWords,
      description: 'How long before that the learner is warned.',
      read: (text) => within(readDuration(text), 0, Number.POSITIVE_INFINITY),
    }),
    DRYDOCK_EGRESS: value({
      default: 'none',
      allowed: oneOf(egressPolicies),
      description:
        'Whether sandboxes reach the internet: never, while a lesson is open that asks for it, or always. Private networks, this machine and other sandboxes stay out of reach.',
      read: (text) => egressPolicies.find((policy) => policy === text),
    }),
    DRYDOCK_EGRESS_RANGE: value({
      default: '10.213.0.0/16',
      allowed:
        'a private IPv4 network from /8 to /23, written with its first address, that is not 172.17.0.0/16 or around it',
      description: 'Addresses for the networks of sandboxes that reach the internet.',
      read: readNetworkRange,
    }),
    DRYDOCK_OPERATOR_PORT: value({
      default: '0',
      allowed: 'a port number, 0 to 65535; 0 takes any free one',
      description:
        'Port on 127.0.0.1 for `npm run sandboxes` and for `GET /metrics` (Prometheus). It asks for the operator’s token.',
      read: (text) => within(readWholeNumber(text), 0, 65_535),
    }),
    DRYDOCK_OPERATOR_TOKEN: value<string | null>({
      default: '',
      allowed: '16 to 200 letters, digits, `-` and `_`',
      description: 'The operator’s token. One is made at every start when it is not set.',
      read: (text) => (text === '' ? null : /^[\w-]{16,200}$/.test(text) ? text : undefined),
    }),
    DRYDOCK_MAX_SANDBOXES: value<number | null>({
      default: 'auto',
      allowed: '`auto`, or a whole number from 1 to 10000',
      description: 'How many sandboxes may run at once. `auto` computes it from the memory of the engine’s machine.',
      read: (text) => (text === 'auto' ? null : within(readWholeNumber(text), 1, 10_000)),
    }),
    DRYDOCK_AUTHOR: value({
      default: 'auto',
      allowed: '`auto`, `always` or `never`',
      description:
        'Who may see how lessons are made, and those that are broken: everybody who uses this lab (`always`), nobody, or, with `auto`, everybody as long as the lab listens on this machine alone.',
      read: (text) => (['auto', 'always', 'never'] as const).find((choice) => choice === text),
    }),
    DRYDOCK_LOG_LEVEL: value({
      default: 'info',
      allowed: oneOf(logLevels),
      description: 'How much the server logs.',
      read: (text) => logLevels.find((level) => level === text),
    }),
    DRYDOCK_OPEN: value({
      default: 'auto',
      allowed: '`auto` or `never`',
      description: 'Whether `npm start` opens the lab in a browser: `auto` does so in a terminal on a desktop.',
      read: (text) => (['auto', 'never'] as const).find((choice) => choice === text),
    }),
    DRYDOCK_CHROMIUM: value<string | null>({
      default: '',
      allowed: 'the path of a program',
      description: 'The Chromium or Chrome that `npm test` drives, where it is not found by itself.',
      read: (text) => (text === '' ? null : readFile(text, root)),
    }),
  });
}

interface ValueDefinition<T> {
  default: string;
  allowed: string;
  description: string;
  /** undefined: not allowed */
  read: (text: string) => T | undefined;
}

function value<T>(definition: ValueDefinition<T>) {
  const { allowed, description } = definition;
  return z
    .string()
    .default(definition.default)
    .transform((text, context): T => {
      const found = definition.read(text);
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: allowed, params: { value: text } });
      return z.NEVER;
    })
    .meta({ description, allowed, default: definition.default });
}

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
  logLevel: (typeof logLevels)[number];
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
    lessonDirs: [join(root, 'lessons'), ...values.DRYDOCK_LESSONS],
    authoring: values.DRYDOCK_AUTHOR === 'always' || (values.DRYDOCK_AUTHOR === 'auto' && isLoopback(values.HOST)),
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

function metaOf(schema: z.ZodType): { description: string; allowed: string; default: string } {
  const meta = schema.meta() ?? {};
  return {
    description: String(meta.description ?? ''),
    allowed: String(meta.allowed ?? ''),
    default: String(meta.default ?? ''),
  };
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

function within(number: number | undefined, least: number, most: number): number | undefined {
  return number !== undefined && number >= least && number <= most ? number : undefined;
}

function oneOf(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

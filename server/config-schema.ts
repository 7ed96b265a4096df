import * as z from 'zod';
import {
  readBytes,
  readDecimal,
  readDuration,
  readEngineAddress,
  readFile,
  readFolders,
  readHost,
  readHub,
  readNetworkRange,
  readNewFolder,
  readWholeNumber,
} from './config-values.ts';

const durationWords = 'a time such as `90s`, `15m`, `2h` or `30d`, or `never`';

/** `none`: nobody; `lessons`: while a lesson is open that asks for it; `all`: every sandbox. */
const egressPolicies = ['none', 'lessons', 'all'] as const;
export type EgressPolicy = (typeof egressPolicies)[number];

/** Which images the lab makes by itself: what lessons need, all, or none. */
const imagePolicies = ['all', 'needed', 'none'] as const;
export type ImagePolicy = (typeof imagePolicies)[number];

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Everything that can be set, once: what is parsed, what errors say, and the table in the README. */
export function configurationSchema(root: string) {
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
    DRYDOCK_COURSE: value({
      default: 'yes',
      allowed: '`yes` or `no`',
      description:
        'Whether the lessons that come with Drydock are there; `no` leaves those of `DRYDOCK_LESSONS` alone.',
      read: (text) => (text === 'yes' ? true : text === 'no' ? false : undefined),
    }),
    DRYDOCK_IMAGES: value({
      default: 'all',
      allowed: '`all`, `needed` or `none`',
      description:
        'Which images the lab makes by itself in the background: all of its catalogue, those that its lessons use first; only those that its lessons use; or none.',
      read: (text) => imagePolicies.find((policy) => policy === text),
    }),
    DRYDOCK_HUB: value<string | null>({
      default: 'docker.io',
      allowed: 'a registry as in `registry.example.org:5000` or with a path, or `none`',
      description:
        'Where images of Docker Hub are taken from: itself, or a mirror of it (`HOST/library/busybox` there); `none`: never asked, everything is made from Debian packages.',
      read: readHub,
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
    // Both are read in lessons/turn.ts, which asks the CI where they are not set.
    DRYDOCK_TURN: value<number | null>({
      default: '',
      allowed: 'a whole number, one more for each run',
      description:
        'With a number, `npm test` plays a third of the lessons, another one for each number, and those that changed. The run number of GitHub, GitLab or Jenkins is taken where this is not set; without any, all are played.',
      read: (text) => (text === '' ? null : /^\d{1,15}$/.test(text) ? Number(text) : undefined),
    }),
    DRYDOCK_BASE: value<string | null>({
      default: '',
      allowed: 'a commit or branch of the clone',
      description:
        'Since when a lesson counts as changed for that; the base that the CI names, or fifty commits back, unless set. In a clone with less history, all lessons are played.',
      read: (text) => (text === '' ? null : text.startsWith('-') ? undefined : text),
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

/** What the schema of a variable says of it. */
export function metaOf(schema: z.ZodType): { description: string; allowed: string; default: string } {
  const meta = schema.meta() ?? {};
  return {
    description: String(meta.description ?? ''),
    allowed: String(meta.allowed ?? ''),
    default: String(meta.default ?? ''),
  };
}

function within(number: number | undefined, least: number, most: number): number | undefined {
  return number !== undefined && number >= least && number <= most ? number : undefined;
}

function oneOf(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

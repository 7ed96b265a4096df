import * as z from 'zod';
import { workspacePath } from './ids.ts';

/**
 * The checks of a lesson, one strict schema per subject. `.describe()` is what the reference table in
 * lessons/README.md is made from, and what an editor shows.
 */
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'Write a text or a number here.' });
const word = z.string().trim().min(1).max(300);
const texts = z.union([scalar, z.array(scalar).min(1)], { error: 'Write a text, or a list of texts.' });
const words = z.union([word, z.array(word).min(1)], { error: 'Write a name, or a list of names.' });
const pairs = z.union([z.record(z.string().min(1), scalar), z.array(z.string().min(1)).min(1)], {
  error: 'Write pairs as `NAME: value`, or as a list of `NAME=value`.',
});
const comparison = (what: string, unit: string) =>
  z.union(
    [
      z.int().min(0),
      z
        .string()
        .regex(
          new RegExp(`^(?:<=|>=|<|>|=)?\\s*\\d+(?:\\.\\d+)?\\s*${unit}$`),
          `Write ${what}, alone or after one of < <= > >= =.`,
        ),
    ],
    { error: `Write ${what}, alone or after one of < <= > >= =.` },
  );
const amount = comparison('a whole number', '');
const bytes = comparison('a size such as 20MB', '(?:[kmgKMG][iI]?[bB]?|[bB])?');
const pattern = z.string().min(1).max(500);
const duration = z
  .string()
  .regex(/^\d+(?:ms|s|m)$/, 'Write a duration such as 500ms, 30s or 2m.')
  .describe('A duration: 500ms, 30s or 2m.');
const presence = z.enum(['present', 'absent']);
const health = z.enum(['healthy', 'unhealthy', 'starting', 'none']);
const containerState = z.enum(['running', 'exited', 'paused', 'created', 'absent']);
const fileContent = z.strictObject({
  path: word.describe('Path inside it.'),
  contains: texts.optional().describe('Text the file has to hold.'),
});

/** What a published port looks like: `8080:80`, `127.0.0.1:8080:80`, `8080:80/udp`, or only `80`. */
const portWords =
  'Write a port as HOST:CONTAINER, for example "8080:80"; a single number is the port inside the container.';
const port = z.union(
  [
    z.int().min(1).max(65535),
    z.string().regex(/^(?:(?:[0-9.]+|\[[0-9a-f:]+\]):)?(?:\d{1,5}:)?\d{1,5}(?:\/(?:tcp|udp|sctp))?$/, portWords),
  ],
  { error: portWords },
);

const mount = z.union(
  [
    word,
    z.strictObject({
      type: z.enum(['volume', 'bind', 'tmpfs']).optional(),
      source: word.optional().describe('Name of the volume, or the folder on the host.'),
      target: word.describe('Path inside the container.'),
      readonly: z.boolean().optional(),
    }),
  ],
  { error: 'Write a mount as with -v, for example "data:/var/lib/data:ro", or as {type, source, target, readonly}.' },
);

const instructionWords =
  'Write an instruction as "COPY index.html /www/", or as {name, contains, matches, lacks}, or a list of them.';
const instruction = z.strictObject({
  name: word.describe('The instruction, for example COPY.'),
  contains: texts.optional().describe('Text its arguments have to hold.'),
  matches: pattern.optional().describe('Pattern its arguments have to match.'),
  lacks: texts.optional().describe('Text its arguments must not hold.'),
});

const containerConditions = {
  count: amount.optional().describe('How many there have to be; with `{image: …}` or `{label: …}`.'),
  state: containerState.optional().describe('The state `docker ps -a` shows.'),
  image: word.optional().describe('The image it was made from, as that name is resolved now.'),
  ports: z.array(port).min(1).optional().describe('Published ports, as with -p.'),
  env: pairs.optional().describe('Environment variables it was given.'),
  labels: pairs.optional().describe('Labels and their values.'),
  networks: words.optional().describe('Networks it is attached to.'),
  mounts: z.array(mount).min(1).optional().describe('Volumes, binds and tmpfs, as with -v.'),
  command: texts.optional().describe('What it runs: the whole command as one text, or its words as a list.'),
  user: scalar.optional().describe('The user it was told to run as; without a group, any group will do.'),
  exitCode: z.int().min(0).max(255).optional().describe('Exit status of a container that has ended.'),
  restart: z
    .string()
    .regex(
      /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/,
      'Write no, always, unless-stopped, on-failure or on-failure:3.',
    )
    .optional()
    .describe('Restart policy.'),
  health: health.optional().describe('What its health check says.'),
  memory: bytes.optional().describe('Memory limit, as with -m.'),
  logs: texts.optional().describe('Text `docker logs` has to hold.'),
  differs: words.optional().describe('Paths changed in its writable layer (`docker diff`).'),
};

const imageConditions = {
  state: presence.optional().describe('Whether the image is there.'),
  size: bytes.optional().describe('Its size, for example "< 20MB".'),
  layers: amount.optional().describe('Number of file system layers, for example "<= 5".'),
  from: word.optional().describe('The image its first layers come from.'),
  user: scalar.optional().describe('USER of the image; without a group, any group will do.'),
  cmd: texts.optional().describe('CMD: one text, or its words as a list.'),
  entrypoint: texts.optional().describe('ENTRYPOINT: one text, or its words as a list.'),
  env: pairs.optional().describe('ENV of the image.'),
  exposes: z.array(port).min(1).optional().describe('EXPOSEd ports.'),
  labels: pairs.optional().describe('Labels and their values.'),
  history: texts.optional().describe('Text one line of `docker history` has to hold.'),
  file: fileContent.optional().describe('A file in the image.'),
  sharesLayersWith: word.optional().describe('Another image that has the same first layers.'),
};

const networkConditions = {
  state: presence.optional().describe('Whether the network is there.'),
  driver: word.optional().describe('bridge, host, none, macvlan, …'),
  internal: z.boolean().optional().describe('Made with --internal.'),
  subnet: word.optional().describe('Its address range, for example 172.30.0.0/24.'),
  containers: words.optional().describe('Containers attached to it.'),
  reaches: z
    .strictObject({ from: word, to: word, port: z.int().min(1).max(65535) })
    .optional()
    .describe('Container `from` can open a connection to `to` on `port`.'),
};

const volumeConditions = {
  state: presence.optional().describe('Whether the volume is there.'),
  driver: word.optional().describe('Its driver, mostly local.'),
  usedBy: words.optional().describe('Containers that mount it.'),
  file: fileContent.optional().describe('A file in the volume.'),
};

const composeConditions = {
  services: z
    .record(
      z.string().min(1),
      z.strictObject({
        state: containerState.optional(),
        count: amount.optional(),
        health: health.optional(),
      }),
    )
    .optional()
    .describe('Services by name, each with `state`, `count` and `health`.'),
};

const httpConditions = {
  status: z.int().min(100).max(599).optional().describe('Status of the answer.'),
  contains: texts.optional().describe('Text the body has to hold.'),
  matches: pattern.optional().describe('Pattern the body has to match.'),
  header: z.record(z.string().min(1), scalar).optional().describe('Headers and what their values hold.'),
};

const fileConditions = {
  state: presence.optional().describe('Whether the file is there.'),
  contains: texts.optional().describe('Text it has to hold.'),
  matches: pattern.optional().describe('Pattern it has to match; ^ and $ stand for line ends.'),
  lacks: texts.optional().describe('Text it must not hold.'),
  instruction: z
    .union([word, instruction, z.array(z.union([word, instruction], { error: instructionWords })).min(1)], {
      error: instructionWords,
    })
    .optional()
    .describe(
      'An instruction of a Dockerfile: `COPY`, `COPY index.html /www/`, or `{name, contains, matches, lacks}`.',
    ),
};

const ranConditions = {
  exit: z.int().min(0).max(255).optional().describe('Exit status it ended with; 0 when left out.'),
};

const runConditions = {
  exit: z.int().min(0).max(255).optional().describe('Exit status; 0 when left out.'),
  stdout: scalar.optional().describe('Text the output has to hold, or a pattern between slashes.'),
  timeout: duration.optional().describe('How long it may take: 500ms, 10s; at most 30s.'),
};

const common = {
  title: z.string().trim().min(1).max(300).describe('What has to be true, as a sentence.'),
  initially: z.literal('met').optional().describe('`met`: it holds before the step begins.'),
  otherwise: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'What the learner is told while it is unmet, in place of what was expected and found: where that would give the answer away.',
    ),
};

/** Keys every check has beside its subject and its conditions. */
export const commonCheckKeys = ['title', 'initially', 'otherwise', 'hints'] as const;
export type CommonCheckKey = (typeof commonCheckKeys)[number];

function hintsOn<T extends z.core.$ZodLooseShape>(conditions: T) {
  return z
    .array(
      z.strictObject({
        when: z.strictObject(conditions).describe('Conditions on the same subject.'),
        say: z.string().trim().min(1).max(1000).describe('What the learner is told in that state.'),
      }),
    )
    .optional()
    .describe('Shown while the check is unmet and the learner is in that state; the first that fits.');
}

const containerSubject = z.union(
  [
    word,
    z
      .strictObject({ image: word.optional(), label: word.optional(), count: amount.optional() })
      .refine((value) => value.image !== undefined || value.label !== undefined, 'Name an `image` or a `label`.')
      .meta({ anyOf: [{ required: ['image'] }, { required: ['label'] }] }),
  ],
  { error: 'Write the name of a container, or {image: …} or {label: …}.' },
);

/** One schema per subject key. */
export const checkSchemas = {
  container: z.strictObject({
    ...common,
    container: containerSubject.describe('Name of a container, or `{image: …}` or `{label: …}` for all that fit.'),
    ...containerConditions,
    hints: hintsOn(containerConditions),
  }),
  image: z.strictObject({
    ...common,
    image: word.describe('Reference of an image; `nginx` is `nginx:latest`.'),
    ...imageConditions,
    hints: hintsOn(imageConditions),
  }),
  network: z.strictObject({
    ...common,
    network: word.describe('Name of a network.'),
    ...networkConditions,
    hints: hintsOn(networkConditions),
  }),
  volume: z.strictObject({
    ...common,
    volume: word.describe('Name of a volume.'),
    ...volumeConditions,
    hints: hintsOn(volumeConditions),
  }),
  compose: z.strictObject({
    ...common,
    compose: word.describe('Name of a Compose project.'),
    ...composeConditions,
    hints: hintsOn(composeConditions),
  }),
  http: z.strictObject({
    ...common,
    http: z
      .union(
        [
          z.int().min(1).max(65535),
          z.string().regex(/^\d{1,5}(?:\/\S*)?$/, 'Write PORT/PATH, for example 8080/index.html.'),
        ],
        {
          error: 'Write PORT/PATH, for example 8080/index.html.',
        },
      )
      .describe('PORT/PATH on the learner’s localhost, for example `8080/index.html`.'),
    ...httpConditions,
    hints: hintsOn(httpConditions),
  }),
  file: z.strictObject({
    ...common,
    file: workspacePath
      // For editors: what isWorkspacePath refuses, as far as a pattern can say it.
      .meta({ pattern: '^(?!/)(?!(?:.*/)?\\.{1,2}(?:/|$))[^\\\\]*[^/\\\\]$' })
      .describe('Path of a file in the workspace.'),
    ...fileConditions,
    hints: hintsOn(fileConditions),
  }),
  ran: z.strictObject({
    ...common,
    ran: pattern.describe('Pattern of a command the learner typed.'),
    ...ranConditions,
    hints: hintsOn(ranConditions),
  }),
  run: z.strictObject({
    ...common,
    run: z.string().trim().min(1).max(4000).describe('A command, run in the sandbox outside the learner’s shell.'),
    ...runConditions,
    hints: hintsOn(runConditions),
  }),
} as const;

export type Subject = keyof typeof checkSchemas;
export const subjects = Object.keys(checkSchemas) as Subject[];

type CheckOf<S extends Subject> = { subject: S } & z.infer<(typeof checkSchemas)[S]>;
export type ContainerCheck = CheckOf<'container'>;
export type ImageCheck = CheckOf<'image'>;
export type NetworkCheck = CheckOf<'network'>;
export type VolumeCheck = CheckOf<'volume'>;
export type ComposeCheck = CheckOf<'compose'>;
export type HttpCheck = CheckOf<'http'>;
export type FileCheck = CheckOf<'file'>;
export type RanCheck = CheckOf<'ran'>;
export type RunCheck = CheckOf<'run'>;
export type Check =
  | ContainerCheck
  | ImageCheck
  | NetworkCheck
  | VolumeCheck
  | ComposeCheck
  | HttpCheck
  | FileCheck
  | RanCheck
  | RunCheck;

/** The condition keys of each subject, without title, hints and `initially`. */
export const conditionKeys: Record<Subject, readonly string[]> = {
  container: Object.keys(containerConditions),
  image: Object.keys(imageConditions),
  network: Object.keys(networkConditions),
  volume: Object.keys(volumeConditions),
  compose: Object.keys(composeConditions),
  http: Object.keys(httpConditions),
  file: Object.keys(fileConditions),
  ran: Object.keys(ranConditions),
  run: Object.keys(runConditions),
};

/** Milliseconds, or null when it is no duration between 1 ms and 10 minutes. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text);
  if (!match) return null;
  const factor = match[2] === 'ms' ? 1 : match[2] === 's' ? 1000 : 60_000;
  const value = Number(match[1]) * factor;
  return value >= 1 && value <= 600_000 ? value : null;
}

/** The pattern of `/…/` or `/…/i`, or null for a plain text. */
export function slashed(text: string): { pattern: string; flags: string } | null {
  const match = /^\/(.+)\/(i?)$/s.exec(text.trim());
  return match ? { pattern: match[1] ?? '', flags: match[2] ?? '' } : null;
}

import type { CommonCheckKey, ContainerCheck } from '../../protocol/check-schema.ts';
import type { ContainerDetails, ContainerState, ContainerSummary } from '../../protocol/docker.ts';
import { comparisonWords, formatBytes, holds, readComparison } from './comparison.ts';
import { missingMount } from './container-mounts.ts';
import { familiarImage, imageRepository, sameImage } from './image-reference.ts';
import { missingPort } from './published-ports.ts';
import type { Round } from './round.ts';
import { isSameUser } from './same-user.ts';
import { asList, asPairs, asTexts, listed, missingPair, quoted, withoutSlash } from './words.ts';

export type ContainerConditions = Omit<ContainerCheck, 'subject' | 'container' | CommonCheckKey>;

type Stateful = { name: string; state: ContainerState; exitCode: number | null; outOfMemory?: boolean };

/** "web is running", "web has ended with exit status 1": the beginning of a sentence. */
export function stateWords({ name, state, exitCode, outOfMemory }: Stateful): string {
  const status = exitCode === null ? '' : ` with exit status ${exitCode}`;
  switch (state) {
    case 'running':
      return `${name} is running`;
    case 'exited':
    case 'dead':
      return `${name} has ended${status}${outOfMemory ? ', because its memory ran out' : ''}`;
    case 'paused':
      return `${name} is paused`;
    case 'created':
      return `${name} was made and has not been started`;
    case 'restarting':
      return `${name} ends again and again${status}, and Docker restarts it`;
    case 'removing':
      return `${name} is being removed`;
    case 'unknown':
      return `${name} is there`;
  }
}

const wantedState = {
  running: 'It has to be running',
  exited: 'It has to have ended',
  paused: 'It has to be paused',
  created: 'It has to be made and not started',
} as const;

/**
 * The first condition that does not contain, as sentences for the learner, or null. The order is the one in which
 * a person would put things right.
 */
export async function containerConditionMissing(
  summary: ContainerSummary,
  conditions: ContainerConditions,
  round: Round,
): Promise<string | null> {
  const { state } = conditions;
  if (
    state !== undefined &&
    state !== 'absent' &&
    summary.state !== state &&
    !(state === 'exited' && summary.state === 'dead')
  ) {
    return `${stateWords(summary)}. ${wantedState[state]}.`;
  }
  if (!asksMore(conditions)) return null;
  const details = await round.container(summary.id);
  if (details === null) return `${summary.name} was removed just now.`;
  const reason =
    (await wrongImage(details, conditions.image, round)) ??
    (conditions.ports ? missingPort(conditions.ports, details) : null) ??
    missingPair(asPairs(conditions.env), details.env, 'environment variable', `in ${details.name}`) ??
    missingPair(asPairs(conditions.labels), details.labels, 'label', `on ${details.name}`) ??
    notAttached(details, asList(conditions.networks)) ??
    (conditions.mounts ? missingMount(conditions.mounts, details.mounts, round.context.root) : null) ??
    wrongCommand(details, conditions.command) ??
    wrongUser(details, conditions.user) ??
    wrongRestart(details, conditions.restart) ??
    wrongMemory(details, conditions.memory) ??
    wrongExit(details, conditions.exitCode) ??
    wrongHealth(details, conditions.health) ??
    (await missingLog(details, asTexts(conditions.logs), round)) ??
    (await missingChange(details, asList(conditions.differs), round));
  return reason === null ? null : `${stateWords(details)}, but ${reason}.`;
}

function asksMore(conditions: ContainerConditions): boolean {
  return Object.entries(conditions).some(([key, value]) => value !== undefined && key !== 'state' && key !== 'count');
}

async function wrongImage(details: ContainerDetails, wanted: string | undefined, round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const id = await round.imageId(wanted);
  if (id !== null && id === details.imageId) return null;
  const named = sameImage(details.image, wanted);
  // The name is right and its image is gone: nothing newer it could have been made from.
  if (named && id === null) return null;
  if (named) {
    return `it was made from an older image that was called ${familiarImage(wanted)}. A container keeps the image it was made from: remove it and run it again`;
  }
  if (imageRepository(details.image) === imageRepository(wanted)) {
    return `it was made from ${familiarImage(details.image)}; the tag has to be that of ${familiarImage(wanted)}`;
  }
  return `it was made from ${familiarImage(details.image)}; it has to be made from ${familiarImage(wanted)}`;
}

function notAttached(details: ContainerDetails, wanted: readonly string[]): string | null {
  const attached = details.networks.map((network) => network.name);
  const missing = wanted.find((name) => !attached.includes(name));
  if (missing === undefined) return null;
  return `it is not attached to the network ${missing}: it is attached to ${attached.length > 0 ? listed(attached) : 'none'}`;
}

function wrongCommand(details: ContainerDetails, wanted: ContainerConditions['command']): string | null {
  if (wanted === undefined) return null;
  const whole = [...details.entrypoint, ...details.command];
  const expected = asTexts(wanted);
  const list = Array.isArray(wanted);
  const candidates = [details.command, whole];
  const right = list
    ? candidates.some(
        (words) => words.length === expected.length && words.every((word, index) => word === expected[index]),
      )
    : [...candidates, unwrapShell(details.command)].some(
        (words) => words.join(' ').trim() === (expected[0] ?? '').trim(),
      );
  return right ? null : `it runs ${quoted(whole.join(' '))}; it has to run ${quoted(expected.join(' '))}`;
}

/** `CMD date` in shell form is `/bin/sh -c date`. */
function unwrapShell(command: readonly string[]): string[] {
  return command.length === 3 && command[1] === '-c' ? [command[2] ?? ''] : [...command];
}

function wrongUser(details: ContainerDetails, wanted: ContainerConditions['user']): string | null {
  if (wanted === undefined) return null;
  const expected = String(wanted);
  if (isSameUser(details.user, expected)) return null;
  return `it runs as ${details.user === '' ? 'root' : quoted(details.user)}; it has to run as ${quoted(expected)}`;
}

function wrongRestart(details: ContainerDetails, wanted: string | undefined): string | null {
  // Without a number any number of attempts will do.
  if (wanted === undefined || details.restartPolicy === wanted || restartWords(details) === wanted) return null;
  return `its restart policy is ${quoted(restartWords(details))}; it has to be ${quoted(wanted)}`;
}

/** As `docker run --restart` takes it: `on-failure:3`. */
export function restartWords({ restartPolicy, restartAttempts }: ContainerDetails): string {
  return restartPolicy === 'on-failure' && restartAttempts > 0 ? `on-failure:${restartAttempts}` : restartPolicy;
}

function wrongMemory(details: ContainerDetails, wanted: ContainerConditions['memory']): string | null {
  if (wanted === undefined) return null;
  const limit = details.memory === 0 ? Number.POSITIVE_INFINITY : details.memory;
  if (holds(readComparison(wanted, 1024), limit)) return null;
  const found =
    details.memory === 0 ? 'it has no memory limit' : `its memory limit is ${formatBytes(details.memory, 1024)}`;
  return `${found}; it has to be ${comparisonWords(wanted, 'size', 1024)}`;
}

function wrongExit(details: ContainerDetails, wanted: number | undefined): string | null {
  if (wanted === undefined) return null;
  if (details.state !== 'exited' && details.state !== 'dead')
    return `it has not ended yet; its exit status has to be ${wanted}`;
  return details.exitCode === wanted ? null : `its exit status has to be ${wanted}`;
}

function wrongHealth(details: ContainerDetails, wanted: ContainerConditions['health']): string | null {
  if (wanted === undefined || details.health === wanted) return null;
  switch (details.health) {
    case 'none':
      return `it has no health check; it has to be ${wanted}`;
    case 'starting':
      return `its health check has not succeeded yet; it has to be ${wanted}`;
    default:
      return wanted === 'none'
        ? 'it has a health check; there must be none'
        : `it is ${details.health}; it has to be ${wanted}`;
  }
}

async function missingLog(details: ContainerDetails, wanted: readonly string[], round: Round): Promise<string | null> {
  if (wanted.length === 0) return null;
  const log = (await round.log(details.id)) ?? '';
  const missing = wanted.find((text) => !log.includes(text));
  if (missing === undefined) return null;
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  return `its log does not contain ${quoted(missing)}${last === '' ? ': the log is empty' : `. The last line is ${quoted(last)}`}`;
}

async function missingChange(
  details: ContainerDetails,
  wanted: readonly string[],
  round: Round,
): Promise<string | null> {
  if (wanted.length === 0) return null;
  const changed = ((await round.changes(details.id)) ?? []).map((change) => change.path);
  const changes = new Set(changed);
  const missing = wanted.find((path) => !changes.has(withoutSlash(path)));
  if (missing === undefined) return null;
  // Folders above a changed file are listed too, each one of them; the deepest paths say most. A learner can make
  // thousands of long ones, so this is one way through the list and not each beside all others.
  const folders = new Set(changed.map((path) => path.slice(0, path.lastIndexOf('/'))));
  const deepest = changed.filter((path) => !folders.has(path));
  return `it has not changed ${missing}; so far it has changed ${deepest.length > 0 ? listed(deepest, 4) : 'nothing'}`;
}

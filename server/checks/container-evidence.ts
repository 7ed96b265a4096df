import type { ContainerDetails, ContainerSummary, FilesystemChange } from '../../protocol/docker.ts';
import { formatBytes } from './comparison.ts';
import { type ContainerConditions, restartWords, stateWords } from './container-conditions.ts';
import { familiarImage } from './image-reference.ts';
import type { Round } from './round.ts';
import { asList, asPairs, asTexts, listed, pairWords, quoted, quotedTexts, withoutSlash } from './words.ts';

const changeWords = { added: 'added', modified: 'changed', deleted: 'deleted' } as const;

/** What was found where the conditions looked, once all of them hold: each condition is proved by what is there. */
export async function containerEvidence(
  summary: ContainerSummary,
  conditions: ContainerConditions,
  round: Round,
): Promise<string> {
  const details = await round.container(summary.id);
  const parts = [stateWords(details ?? summary)];
  if (conditions.image !== undefined) parts.push(await imageWords(conditions.image, round));
  if (conditions.ports !== undefined) parts.push(`It publishes ${listed(conditions.ports.map(String))}`);
  if (details) parts.push(...settingsWords(details, conditions));
  if (conditions.logs !== undefined) parts.push(`Its log contains ${quotedTexts(asTexts(conditions.logs))}`);
  if (conditions.differs !== undefined) {
    const changes = (await round.changes(summary.id)) ?? [];
    parts.push(`The container ${listed(asList(conditions.differs).map((path) => changed(path, changes)))}`);
  }
  return `${parts.join('. ')}.`;
}

/** The id too: the name may have belonged to another image before. */
async function imageWords(name: string, round: Round): Promise<string> {
  const id = await round.imageId(name);
  const short = id?.replace(/^sha256:/, '').slice(0, 12);
  return `It was made from ${familiarImage(name)}${short ? ` (image ${short})` : ''}`;
}

function changed(path: string, changes: readonly FilesystemChange[]): string {
  const change = changes.find((candidate) => candidate.path === withoutSlash(path));
  return `${change ? changeWords[change.kind] : 'changed'} ${path}`;
}

function settingsWords(details: ContainerDetails, conditions: ContainerConditions): string[] {
  const { env, labels, networks, mounts, command, user, restart, memory, health } = conditions;
  const parts: string[] = [];
  if (env !== undefined) parts.push(`In its environment: ${pairWords(asPairs(env), details.env)}`);
  if (labels !== undefined) parts.push(`Its labels: ${pairWords(asPairs(labels), details.labels)}`);
  if (networks !== undefined)
    parts.push(`It is attached to ${listed(details.networks.map((network) => network.name))}`);
  if (mounts !== undefined) {
    const targets = mounts.map((mount) => (typeof mount === 'string' ? targetOf(mount) : mount.target));
    parts.push(`Mounted as asked: ${listed(targets)}`);
  }
  if (command !== undefined) parts.push(`It runs ${quoted([...details.entrypoint, ...details.command].join(' '))}`);
  if (user !== undefined) parts.push(`It runs as ${details.user === '' ? 'root' : quoted(details.user)}`);
  if (restart !== undefined) parts.push(`Its restart policy is ${quoted(restartWords(details))}`);
  if (memory !== undefined) parts.push(`Its memory limit is ${formatBytes(details.memory, 1024)}`);
  if (health !== undefined)
    parts.push(details.health === 'none' ? 'It has no health check' : `Its health is ${quoted(details.health)}`);
  return parts;
}

/** `data:/data:ro` is mounted at /data. */
function targetOf(mount: string): string {
  return mount.split(':').findLast((part) => part.startsWith('/')) ?? mount;
}

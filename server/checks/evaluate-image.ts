import type { CommonCheckKey, ImageCheck } from '../../protocol/check-schema.ts';
import type { ImageDetails } from '../../protocol/docker.ts';
import { comparisonWords, formatBytes, holds, readComparison } from './comparison.ts';
import { readImageFile } from './image-file.ts';
import { familiarImage, imageRepository, spellingsOf } from './image-reference.ts';
import { readPort } from './published-ports.ts';
import type { Round } from './round.ts';
import { isSameUser } from './same-user.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asPairs, asTexts, listed, missingPair, pairWords, plural, quoted, quotedTexts } from './words.ts';

export type ImageConditions = Omit<ImageCheck, 'subject' | 'image' | CommonCheckKey>;

export async function evaluateImage(reference: string, conditions: ImageConditions, round: Round): Promise<Verdict> {
  const name = familiarImage(reference);
  const image = await round.image(reference);
  if (conditions.state === 'absent') {
    return image === null
      ? met(`There is no image ${name}.`)
      : unmet(`The image ${name} is still here. It has to be gone.`);
  }
  if (image === null) return unmet(await noImage(reference, round));
  const reason =
    wrongSize(image, conditions.size) ??
    wrongLayerCount(image, conditions.layers) ??
    (await notFrom(image, conditions.from, round)) ??
    wrongUser(image, conditions.user) ??
    wrongWords('CMD', image.command, conditions.cmd) ??
    wrongWords('ENTRYPOINT', image.entrypoint, conditions.entrypoint) ??
    missingPair(asPairs(conditions.env), image.env, 'environment variable', 'in it') ??
    notExposed(image, conditions.exposes) ??
    missingPair(asPairs(conditions.labels), image.labels, 'label', 'on it') ??
    (await missingHistory(image, asTexts(conditions.history), round)) ??
    (await wrongFile(image, conditions.file, round)) ??
    (await sharesNothing(image, conditions.sharesLayersWith, round));
  if (reason !== null) return unmet(`The image ${name} is here, but ${reason}.`);
  return met(`${imageEvidence(name, image, conditions).join('. ')}.`);
}

/** What was found where the conditions looked. */
function imageEvidence(name: string, image: ImageDetails, conditions: ImageConditions): string[] {
  const { from, user, cmd, entrypoint, env, exposes, labels, history, file, sharesLayersWith } = conditions;
  const parts = [`The image ${name} is here: ${formatBytes(image.size)}, ${plural(image.layers.length, 'layer')}`];
  if (from !== undefined) parts.push(`It is built from ${familiarImage(from)}`);
  if (user !== undefined) parts.push(`Its USER is ${image.user === '' ? 'root' : quoted(image.user)}`);
  if (cmd !== undefined) parts.push(`Its CMD is ${quoted(JSON.stringify(image.command))}`);
  if (entrypoint !== undefined) parts.push(`Its ENTRYPOINT is ${quoted(JSON.stringify(image.entrypoint))}`);
  if (env !== undefined) parts.push(`In its environment: ${pairWords(asPairs(env), image.env)}`);
  if (exposes !== undefined) parts.push(`It exposes ${listed(exposes.map(String))}`);
  if (labels !== undefined) parts.push(`Its labels: ${pairWords(asPairs(labels), image.labels)}`);
  if (history !== undefined) parts.push(`Its history contains ${quotedTexts(asTexts(history))}`);
  if (file !== undefined) {
    const texts = asTexts(file.contains);
    parts.push(`It holds the file ${file.path}${texts.length > 0 ? `, which contains ${quotedTexts(texts)}` : ''}`);
  }
  if (sharesLayersWith !== undefined) parts.push(`It shares layers with ${familiarImage(sharesLayersWith)}`);
  return parts;
}

async function noImage(reference: string, round: Round): Promise<string> {
  const name = familiarImage(reference);
  const tags = (await round.images()).flatMap((image) => image.tags).filter((tag) => !tag.startsWith('<none>'));
  const repository = spellingsOf(imageRepository(reference));
  const relatives = tags.filter((tag) => repository.has(tag.slice(0, tag.lastIndexOf(':'))));
  if (relatives.length > 0)
    return `There is no image ${name}. With another tag there is ${listed(relatives, 6, familiarImage)}.`;
  return `There is no image ${name}. ${tags.length === 0 ? 'There is no other image either.' : `These are here: ${listed(tags, 6, familiarImage)}.`}`;
}

function wrongSize(image: ImageDetails, wanted: ImageConditions['size']): string | null {
  if (wanted === undefined || holds(readComparison(wanted), image.size)) return null;
  return `its size is ${formatBytes(image.size)}; it has to be ${comparisonWords(wanted, 'size')}`;
}

function wrongLayerCount(image: ImageDetails, wanted: ImageConditions['layers']): string | null {
  if (wanted === undefined || holds(readComparison(wanted), image.layers.length)) return null;
  return `it has ${plural(image.layers.length, 'layer')}; it has to be ${comparisonWords(wanted, 'count')}`;
}

async function notFrom(image: ImageDetails, wanted: string | undefined, round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const base = await round.image(wanted);
  const name = familiarImage(wanted);
  if (base === null) return `whether it is built from ${name} cannot be seen, because ${name} is not here`;
  if (base.id === image.id) return `it is ${name} itself under another name, not an image built from it`;
  const begins = base.layers.length > 0 && base.layers.every((layer, index) => image.layers[index] === layer);
  return begins ? null : `it is not built from ${name}: its first layers are others`;
}

function wrongUser(image: ImageDetails, wanted: ImageConditions['user']): string | null {
  if (wanted === undefined) return null;
  const expected = String(wanted);
  if (isSameUser(image.user, expected)) return null;
  return `its USER is ${image.user === '' ? 'root, because none is set' : quoted(image.user)}; it has to be ${quoted(expected)}`;
}

/** A list is compared word by word; a text with the words joined, and with what shell form makes of it. */
function wrongWords(instruction: string, found: readonly string[], wanted: ImageConditions['cmd']): string | null {
  if (wanted === undefined) return null;
  const expected = asTexts(wanted);
  const shell = found.length === 3 && found[1] === '-c' ? found[2] : undefined;
  const right = Array.isArray(wanted)
    ? found.length === expected.length && found.every((word, index) => word === expected[index])
    : found.join(' ') === expected[0] || shell === expected[0];
  if (right) return null;
  const shown =
    found.length === 0 ? `it has no ${instruction}` : `its ${instruction} is ${quoted(JSON.stringify(found))}`;
  return `${shown}; it has to be ${quoted(Array.isArray(wanted) ? JSON.stringify(expected) : (expected[0] ?? ''))}`;
}

function notExposed(image: ImageDetails, wanted: ImageConditions['exposes']): string | null {
  for (const text of wanted ?? []) {
    const { container, protocol } = readPort(text);
    if (image.exposedPorts.includes(`${container}/${protocol}`)) continue;
    const found = image.exposedPorts.length === 0 ? 'it exposes no port' : `it exposes ${listed(image.exposedPorts)}`;
    return `${found}; it has to expose ${container}${protocol === 'tcp' ? '' : `/${protocol}`}`;
  }
  return null;
}

async function missingHistory(image: ImageDetails, wanted: readonly string[], round: Round): Promise<string | null> {
  if (wanted.length === 0) return null;
  const steps = (await round.history(image.id)) ?? [];
  const missing = wanted.find((text) => !steps.some((step) => step.createdBy.includes(text)));
  if (missing === undefined) return null;
  const newest = steps[0]?.createdBy;
  return `no step of its history contains ${quoted(missing)}${newest ? `. The newest step is ${quoted(newest)}` : ''}`;
}

async function wrongFile(image: ImageDetails, wanted: ImageConditions['file'], round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const content = await readImageFile(image.id, wanted.path, round);
  if (content === null) return `there is no file ${wanted.path} in it`;
  const missing = asTexts(wanted.contains).find((text) => !content.includes(text));
  return missing === undefined ? null : `its file ${wanted.path} does not contain ${quoted(missing)}`;
}

async function sharesNothing(image: ImageDetails, wanted: string | undefined, round: Round): Promise<string | null> {
  if (wanted === undefined) return null;
  const other = await round.image(wanted);
  const name = familiarImage(wanted);
  if (other === null) return `${name}, with which it has to share layers, is not here`;
  const first = image.layers[0];
  return first !== undefined && first === other.layers[0] ? null : `it shares no layer with ${name}`;
}

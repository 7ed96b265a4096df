import type { BuildOptions, ImageBuilder, ImageFacts } from '../docker/image-builder.ts';
import { DrydockError, describeError } from '../errors.ts';
import { withoutColours } from '../progress.ts';
import { needsHostNetwork } from './build-network.ts';
import type { CatalogueImage } from './catalogue.ts';
import { typedName } from './typed-name.ts';

/** Where every Dockerfile of the catalogue says what it was made of: `NAME VERSION` per Debian package that matters. */
const fromFile = '/usr/share/drydock/from';

/** Where a Dockerfile leaves variables that tell the version which was installed: `NGINX_VERSION=1.26.3`. */
const variablesFile = '/usr/share/drydock/env';

/** Lines of a failed build that are kept. */
const keptLines = 20;

interface ImageBuild {
  image: CatalogueImage;
  tag: string;
  /** Beside those of the catalogue. */
  args: Record<string, string>;
  dockerfile?: string;
  recipe: string | null;
  /** Label `org.drydock.build`. @param from what the image says it was made of; empty: it does not say */
  words: (from: string) => string;
  following: Pick<BuildOptions, 'onLine' | 'signal' | 'inBackground'>;
}

/**
 * Builds an image of the catalogue and labels it with what it says of itself.
 * @returns its facts, and what it was made of: `nginx 1.26.3-3+deb13u11`
 * @throws image.build-failed with the last lines of output in its details, host.disk-full, engine.unreachable
 */
export async function buildImage(
  images: Pick<ImageBuilder, 'build' | 'readFile' | 'remove'>,
  build: ImageBuild,
): Promise<{ facts: ImageFacts; from: string }> {
  const { image, tag, following } = build;
  const said: string[] = [];
  try {
    // A killed process may have left one; without its name nobody would ever find it again. One in use stays.
    await images.remove(tag).catch(() => undefined);
    await images.build(image.folder, {
      tag,
      buildArgs: { ...image.build?.args, ...build.args },
      ...(build.dockerfile === undefined ? {} : { dockerfile: build.dockerfile }),
      hostNetwork: await needsHostNetwork(build.args),
      inBackground: following.inBackground === true,
      ...(following.signal === undefined ? {} : { signal: following.signal }),
      onLine: (coloured) => {
        // The builder marks what comes from standard error.
        const line = withoutColours(coloured).trimEnd();
        if (line === '') return;
        said.push(line);
        if (said.length > keptLines) said.shift();
        following.onLine?.(line);
      },
    });
    const from = madeOf(await images.readFile(tag, fromFile));
    if (from === '' && build.dockerfile === undefined) {
      throw new DrydockError(
        'image.build-failed',
        `The image ${typedName(image)} was built, but does not say what of: its Dockerfile has to leave a line \`NAME VERSION\` for each Debian package that matters in ${fromFile}.`,
      );
    }
    const variables = versionsIn(await images.readFile(tag, variablesFile));
    // In a step of its own, for what is said is known only now. Labels and variables are configuration: no layer is added.
    const facts = await images.build(
      { dockerfile: `FROM ${tag}\n${variables.map((each) => `ENV ${each}\n`).join('')}` },
      {
        tag,
        labels: {
          'org.drydock.build': build.words(from),
          ...(build.recipe === null ? {} : { 'org.drydock.recipe': build.recipe }),
        },
        ...(following.signal === undefined ? {} : { signal: following.signal }),
      },
    );
    return { facts, from };
  } catch (error) {
    following.signal?.throwIfAborted();
    throw buildFailure(typedName(image), said, error);
  }
}

/** The error in words: what the failing command wrote says why, the engine only which command it was. */
export function buildFailure(name: string, said: readonly string[], error: unknown): DrydockError {
  if (isDiskFull([...said, describeError(error)].join('\n'))) return diskFull(name, error);
  if (error instanceof DrydockError && error.code !== 'engine.failed') return error;
  const last = said.filter((line) => !isBuilders(line)).slice(-5);
  const essential = last.findLast((line) => /^E: |\berror\b/i.test(line)) ?? last.at(-1) ?? describeError(error);
  return new DrydockError(
    'image.build-failed',
    `The image ${name} could not be built: ${sentence(essential)} What was served before stays served. Mend what it says (often the network, or Debian's mirror), then \`npm run images -- build ${name}\`. Without internet, \`npm run images -- load FILE\` takes it from a bundle.`,
    { cause: error, details: { output: [...said] } },
  );
}

function sentence(text: string): string {
  const cut = text.trim().slice(0, 300);
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}

/** What the builder says of itself; all else comes from the commands it runs. */
function isBuilders(line: string): boolean {
  return /^(Step \d+\/\d+ : | ---> |Removing intermediate container )/.test(line);
}

export function isDiskFull(text: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(text);
}

export function diskFull(name: string, cause: unknown): DrydockError {
  return new DrydockError(
    'host.disk-full',
    `The disk of this machine's Docker Engine is full, so the image ${name} could not be made. What was served before stays served. Make room (\`docker system df\` shows what takes it), then try again.`,
    { cause },
  );
}

function versionsIn(text: string | null): string[] {
  return (text ?? '').split('\n').filter((line) => /^[A-Z][A-Z_]*=[0-9A-Za-z.+~-]+$/.test(line));
}

/** `nginx 1.26.3-3+deb13u11, curl 8.14.1-2` of a file with one package on each line. */
function madeOf(text: string | null): string {
  return (text ?? '')
    .split('\n')
    .map((line) => line.replace(/[^\x20-\x7e]+/g, ' ').trim())
    .filter((line) => line !== '')
    .slice(0, 20)
    .join(', ')
    .slice(0, 400);
}

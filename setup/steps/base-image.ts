import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageFacts } from '../../server/docker/image-builder.ts';
import { mirrorFor, readAptSources } from '../../server/images/apt-sources.ts';
import { baseRecipe, baseReference } from '../../server/images/lab-images.ts';
import type { SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { findProgram, runProgram, searchPath, tryProgram } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

const hubReference = 'debian:trixie-slim';
const release = 'trixie';

const recipeLabel = 'drydock.recipe';

export function baseSource(base: ImageFacts): 'docker-hub' | 'debian-mirror' {
  return base.labels[recipeLabel] === undefined ? 'docker-hub' : 'debian-mirror';
}

export function baseImageStep(context: SetupContext): Step {
  const { images, config } = context;
  return {
    id: 'base-image',
    title: 'Debian base image',
    needs: ['engine'],
    check: async () => {
      const found = await images.find(baseReference);
      if (found === null) return false;
      return baseSource(found) === 'docker-hub' || found.labels[recipeLabel] === (await baseRecipe(config.root));
    },
    run: async (tell, signal) => {
      const pulled = await context.hub.pull(hubReference, { onLine: tell, signal });
      if (pulled !== null) {
        await images.tag(pulled.id, baseReference);
        await pulled.release();
        return;
      }
      await bootstrap(context, await baseRecipe(config.root), tell, signal);
    },
  };
}

async function bootstrap(
  context: SetupContext,
  recipe: string,
  tell: (detail: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { config, env, images } = context;
  const program = await findMmdebstrap(context, tell, signal);
  const mirror = mirrorFor(release, await readAptSources());
  const work = join(config.dataDir, 'work');
  const tar = join(work, `base-${process.pid}.tar`);
  await mkdir(work, { recursive: true });
  try {
    tell(
      mirror === null ? 'making it from Debian packages' : "making it from Debian packages of this machine's mirror",
    );
    await runProgram(
      program,
      [
        '--variant=minbase',
        '--format=tar',
        // Device nodes cannot be unpacked by a daemon in a user namespace, and containers get their own.
        '--skip=output/dev',
        `--dpkgopt=${join(config.root, 'images/base/dpkg.conf')}`,
        `--aptopt=${join(config.root, 'images/base/apt.conf')}`,
        ...(await aptOptions(context)),
        ...(mirror?.keys ?? []).flatMap((key) => [
          `--keyring=${key}`,
          `--customize-hook=upload ${key} /etc/apt/trusted.gpg.d/${fileName(key)}`,
        ]),
        // This machine's name and name servers are nobody's business.
        '--customize-hook=rm -f "$1/etc/hostname" "$1/etc/resolv.conf"',
        release,
        tar,
        ...(mirror?.lines ?? []),
      ],
      {
        env: { ...env, PATH: searchPath(env), TMPDIR: work },
        signal,
        onLine: (line) => tell(`mmdebstrap: ${line.replace(/^I: /, '')}`),
      },
    );
    tell('importing it into the engine');
    await images.import(createReadStream(tar), baseReference, {
      signal,
      changes: [
        'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'CMD ["bash"]',
        `LABEL ${recipeLabel}=${recipe}`,
        'LABEL org.opencontainers.image.description="Debian trixie, made by Drydock with mmdebstrap"',
      ],
    });
  } finally {
    await rm(tar, { force: true });
  }
}

async function findMmdebstrap(
  context: SetupContext,
  tell: (detail: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { env, machine } = context;
  const found = findProgram('mmdebstrap', env);
  if (found !== null) return found;
  const why = `Docker Hub cannot be used (${context.hub.trouble ?? `it has no ${hubReference}`}), so the base image has to be made from Debian packages with mmdebstrap`;
  if (!machine.apt) {
    throw new SetupProblem(`${why}, which this machine does not have.`, [
      `Let the engine reach Docker Hub, then try: docker pull ${hubReference}`,
      `Or bring the image from another machine: docker save ${hubReference} | gzip > base.tar.gz there, docker load -i base.tar.gz and docker tag ${hubReference} ${baseReference} here`,
    ]);
  }
  if (!machine.root) {
    throw new SetupProblem(`${why}, and only root may install that.`, ['sudo apt-get install -y mmdebstrap']);
  }
  await context.apt.install(['mmdebstrap', 'debian-archive-keyring'], tell, signal);
  const installed = findProgram('mmdebstrap', env);
  if (installed === null) throw new SetupProblem('mmdebstrap was installed, but cannot be found.');
  return installed;
}

/** The settings without which this machine could not use its own mirror: a proxy, a snapshot's old dates. */
async function aptOptions(context: SetupContext): Promise<string[]> {
  const { output } = await tryProgram('apt-config', ['dump'], { env: context.env });
  return output
    .split('\n')
    .filter((line) => /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date) "[^"]+";$/.test(line))
    .map((line) => `--aptopt=${line}`);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

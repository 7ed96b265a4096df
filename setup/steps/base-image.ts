import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorFor, readAptSources } from '../../server/images/apt-sources.ts';
import { baseRecipe, baseRecipeLabel, baseReference, baseSource } from '../../server/images/lab-images.ts';
import type { SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { findProgram, runProgram, searchPath, tryProgram } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

const hubReference = 'debian:trixie-slim';
const release = 'trixie';

export function baseImageStep(context: SetupContext): Step {
  const { images, config } = context;
  return {
    id: 'base-image',
    title: 'Debian base image',
    needs: ['engine'],
    check: async () => {
      const found = await images.find(baseReference);
      if (found === null) return false;
      return baseSource(found) === 'docker-hub' || found.labels[baseRecipeLabel] === (await baseRecipe(config.root));
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
        `--customize-hook=${forgetAptSettings(mirror?.lines ?? [])}`,
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
        `LABEL ${baseRecipeLabel}=${recipe}`,
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
      `Or bring all that a lab consists of from a machine with internet: npm run images -- bundle class.tar there, npm run images -- load class.tar here`,
    ]);
  }
  if (!machine.root) {
    throw new SetupProblem(`${why}, and only root may install that.`, [
      'sudo apt-get install -y mmdebstrap',
      'Without internet: npm run images -- load FILE, a bundle that `npm run images -- bundle FILE` wrote elsewhere',
    ]);
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

/**
 * A shell command that takes those settings out of the base in the folder `$1`, where mmdebstrap keeps them: everybody who
 * gets the image could read a proxy's password. Builds are told of the proxy as a build argument. Only what a mirror of
 * one's own needs, whose dates may be old, stays with the sources that name it.
 * @param mirrorLines of the sources; none: Debian's own
 */
export function forgetAptSettings(mirrorLines: readonly string[]): string {
  const isDebians = mirrorLines.every((line) => /https?:\/\/(deb|security|ftp\.\w+)\.debian\.org\//.test(line));
  const settings = ['https\\?::Proxy', ...(isDebians ? ['Check-Valid-Until', 'Check-Date'] : [])];
  return `sed -i '/^Acquire::\\(${settings.join('\\|')}\\) /d' "$1/etc/apt/apt.conf.d/99mmdebstrap"`;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

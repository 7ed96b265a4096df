import { readFile, writeFile } from 'node:fs/promises';
import { createDockerSandboxHost } from '../../server/docker/docker-sandbox-host.ts';
import { readEngineFacts, readEngineSurroundings } from '../../server/docker/engine-facts.ts';
import { describeError } from '../../server/errors.ts';
import { buildSeccompProfile } from '../../server/sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../../server/setup-record.ts';
import { installedProfile, parserVersionOf, profileName, readProfile } from '../apparmor/profile.ts';
import type { SetupContext } from '../context.ts';
import { isLocalEngine } from '../kernel-facts.ts';
import { findProgram, runProgram, tryProgram } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

export interface AppArmorStep extends Step {
  /** After the step: the profile sandboxes get, or null. */
  readonly profile: string | null;
}

/**
 * The AppArmor profile of sandboxes, loaded and tried with a sandbox. Where it cannot be had (no AppArmor, not
 * root, another machine) or a sandbox does not work with it, sandboxes run without: it is a second fence, and the
 * doctor says so.
 * @param image reference of the sandbox image, which the step with id `imageStep` makes
 */
export function apparmorStep(context: SetupContext, imageStep: string, image: () => Promise<string>): AppArmorStep {
  const step = {
    id: 'apparmor',
    title: 'AppArmor profile',
    needs: ['engine', imageStep],
    profile: null as string | null,

    check: async (): Promise<boolean> => {
      const situation = await look(context);
      if (situation === null) return true;
      const recorded = await readSetupRecord(context.config.dataDir).then(
        (record) => record.apparmorProfile,
        () => null,
      );
      // Tried before, and the same text lies where the system loads it from at every start.
      if (recorded === profileName && situation.installed) {
        // Only root can see what is loaded.
        if (!context.machine.root || (await isLoaded())) {
          step.profile = profileName;
          return true;
        }
      }
      return !context.machine.root;
    },

    run: async (tell: (detail: string) => void, signal: AbortSignal): Promise<void> => {
      const situation = await look(context);
      if (situation === null) return;
      tell(`writing ${installedProfile} and loading it`);
      await writeFile(installedProfile, situation.text);
      await runProgram(situation.parser, ['--replace', installedProfile], { env: context.env, signal });
      tell('starting a sandbox with it');
      try {
        await tryProfile(context, await image());
        step.profile = profileName;
      } catch (error) {
        signal.throwIfAborted();
        tell(`a sandbox does not work with it, so they run without (${describeError(error)})`);
      }
    },
  };
  return step;
}

/** null: nothing can be done about AppArmor here. */
async function look(context: SetupContext): Promise<{ parser: string; text: string; installed: boolean } | null> {
  const engine = await readEngineFacts(context.engine);
  if (!isLocalEngine(context, engine.operatingSystem)) return null;
  if (!(await readEngineSurroundings(context.engine)).security.includes('apparmor')) return null;
  const parser = findProgram('apparmor_parser', context.env);
  if (parser === null) return null;
  const version = parserVersionOf((await tryProgram(parser, ['--version'], { env: context.env })).output);
  const text = await readProfile(context.config.root, version ?? '3.0');
  const there = await readFile(installedProfile, 'utf8').catch(() => '');
  return { parser, text, installed: there === text };
}

async function isLoaded(): Promise<boolean> {
  const loaded = await readFile('/sys/kernel/security/apparmor/profiles', 'utf8').catch(() => '');
  return loaded.split('\n').some((line) => line.startsWith(`${profileName} (`));
}

/**
 * A sandbox under the profile: its daemon answers, and a container in it does what containers do.
 * @throws DrydockError, or an Error with the container's own words
 */
export async function tryProfile(
  context: SetupContext,
  image: string,
  profile: string | null = profileName,
): Promise<void> {
  const { config } = context;
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const host = createDockerSandboxHost({
    engine: config.engine,
    lab: `${config.lab}-apparmor`,
    seccompProfile: buildSeccompProfile(),
    apparmorProfile: profile,
    logger: silent,
  });
  const id = 'apparmortrial';
  try {
    await host.make({ id, learner: null, image, limits: config.sandbox, registryVolume: null });
    await host.start(id, { timeoutMs: 60_000 });
    // An image of nothing but a static program, which complains of its missing arguments: 125 is what shows that it ran.
    const session = await host.exec(id, {
      argv: [
        'sh',
        '-c',
        `mkdir -p /tmp/box && cp /usr/local/bin/drydock-enter /tmp/box/ && tar -C /tmp/box -c . | docker import - box:1 &&
         docker network create trial && docker volume create trial &&
         { docker run --rm --network trial -p 8080:80 -v trial:/data box:1 /drydock-enter; true; }`,
      ],
    });
    session.stdin.end();
    let said = '';
    for (const stream of [session.stdout, session.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        if (said.length < 4096) said += chunk.toString('utf8');
      });
    }
    await session.exit;
    if (!said.includes('drydock-enter: usage')) throw new Error(said.trim().split('\n').at(-1) ?? 'no words');
  } finally {
    await host.remove(id, { keepHome: false });
  }
}

function ignore(): void {
  // What goes wrong is told as an error.
}

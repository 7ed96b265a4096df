import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sandboxesThatFit } from '../server/config.ts';
import { createDockerSandboxHost } from '../server/docker/docker-sandbox-host.ts';
import { type EngineFacts, readEngineFacts } from '../server/docker/engine-facts.ts';
import { describeError } from '../server/errors.ts';
import { baseReference, baseSource } from '../server/images/lab-images.ts';
import { readSetupRecord } from '../server/setup-record.ts';
import type { SetupContext } from './context.ts';
import { type Finding, fail, pass, warn } from './finding.ts';
import { judgeHost } from './host-checks.ts';
import { isLocalEngine, readKernelFacts } from './kernel-facts.ts';
import { SetupProblem } from './problem.ts';
import { findProgram } from './run-program.ts';
import { imageReference } from './steps/built-image.ts';
import { planEngine, requireSuitable } from './steps/engine.ts';
import { chooseImages, openMaker } from './steps/images.ts';
import { openRegistry } from './steps/registry.ts';

const gib = 2 ** 30;

/** Looks at everything a lab needs, and changes nothing. */
export async function examine(context: SetupContext): Promise<Finding[]> {
  const { config } = context;
  const findings: Finding[] = [pass('node', 'Node.js', `${process.versions.node}`)];
  let engine: EngineFacts;
  try {
    engine = await readEngineFacts(context.engine);
    requireSuitable(engine);
  } catch (error) {
    return [
      ...findings,
      engineFinding(context, error),
      await diskFinding('disk-data', 'Disk of the data folder', config.dataDir),
    ];
  }
  findings.push(
    pass('engine', 'Docker Engine', `${engine.version} (API ${engine.apiVersion}) at ${config.dockerHost}`),
  );
  const local = isLocalEngine(context, engine.operatingSystem);
  const sandboxes = config.maxSandboxes ?? sandboxesThatFit(engine.memory, config.sandbox.memory);
  const kernel = await readKernelFacts(context, local);
  const apparmorProfile = await readSetupRecord(config.dataDir).then(
    (record) => record.apparmorProfile,
    () => null,
  );
  findings.push(...judgeHost(engine, kernel, { sandboxes, memoryLimit: config.sandbox.memory, apparmorProfile }));
  findings.push(await diskFinding('disk-data', 'Disk of the data folder', config.dataDir));
  findings.push(await diskLimitFinding(context));
  if (local) findings.push(await diskFinding('disk-engine', 'Disk of the engine', engine.dataRoot));
  findings.push(...(await partFindings(context)));
  return findings;
}

function engineFinding(context: SetupContext, error: unknown): Finding {
  const { config, machine, env } = context;
  if (error instanceof SetupProblem) return fail('engine', 'Docker Engine', error.message, error.remedy.join(' '));
  const cause = error instanceof Error ? error.cause : undefined;
  const plan = planEngine({
    machine,
    ownHost: config.dockerHost !== 'unix:///var/run/docker.sock',
    dockerHost: config.dockerHost,
    denied: cause instanceof Error && 'code' in cause && cause.code === 'EACCES',
    dockerd: findProgram('dockerd', env) !== null,
  });
  return plan instanceof SetupProblem
    ? fail('engine', 'Docker Engine', plan.message, plan.remedy.join(' '))
    : fail(
        'engine',
        'Docker Engine',
        'does not answer',
        plan.install ? 'npm start installs and starts it' : 'npm start starts it',
      );
}

async function partFindings(context: SetupContext): Promise<Finding[]> {
  const remedy = 'npm start makes it';
  const { images } = context;
  const base = await images.find(baseReference);
  if (base === null) return [fail('base-image', 'Base image', 'not there', remedy)];
  const age = Math.floor((Date.now() - base.createdAt) / 86_400_000);
  const from =
    baseSource(base) === 'docker-hub' ? "Docker Hub's debian:trixie-slim" : "made from this machine's Debian mirror";
  const findings = [
    age > 60
      ? warn(
          'base-image',
          'Base image',
          `${from}, ${age} days old`,
          `To get newer packages: docker rmi ${baseReference}, then npm start`,
        )
      : pass('base-image', 'Base image', `${from}, ${size(base.size)}`),
  ];
  const reference = await imageReference(context, 'sandbox');
  const sandbox = await images.find(reference);
  findings.push(
    sandbox === null
      ? fail('sandbox-image', 'Sandbox image', `${reference} is not there`, remedy)
      : pass('sandbox-image', 'Sandbox image', `${reference}, ${size(sandbox.size)}`),
  );
  try {
    const serving = await (await openRegistry(context)).isServing();
    findings.push(
      serving
        ? pass('registry', 'Registry', `${context.registry.names.container} serves`)
        : fail('registry', 'Registry', 'does not serve', 'npm start starts it'),
    );
  } catch (error) {
    findings.push(fail('registry', 'Registry', describeError(error), remedy));
  }
  // A registry that does not serve would be started by being asked.
  if (findings.at(-1)?.status === 'pass') findings.push(await imagesFinding(context));
  return findings;
}

/** What learners can pull, and where it would come from. */
async function imagesFinding(context: SetupContext): Promise<Finding> {
  const id = 'images';
  const title = 'Images';
  const { config, hub } = context;
  try {
    const [there, all, needed] = await Promise.all([
      (await openMaker(context)).state(),
      chooseImages(context, 'all'),
      chooseImages(context, { lessons: config.lessonDirs }),
    ]);
    // Any that is in every copy of Docker Hub.
    await hub.digestOf('hello-world:latest');
    const source = hub.trouble === null ? `${hub.title} answers` : `${hub.title} gives nothing (${hub.trouble})`;
    const missing = needed.filter((image) => !there.has(image.id));
    const found = `${needed.length - missing.length} of ${needed.length} that lessons need, ${there.size} of ${all.length} in all; ${source}`;
    return missing.length === 0
      ? pass(id, title, found)
      : warn(
          id,
          title,
          `${found}; missing: ${missing.map((image) => image.id).join(', ')}`,
          'npm start makes them in the background; npm run images -- build makes them now',
        );
  } catch (error) {
    return warn(id, title, describeError(error), 'npm run images -- list');
  }
}

/** Whether a learner can fill the disk that all share. */
async function diskLimitFinding({ config }: SetupContext): Promise<Finding> {
  const id = 'disk-limit';
  const title = 'Disk of a sandbox';
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const { engine, lab, dataDir, diskLimit } = config;
  const disks = { folder: join(dataDir, 'disks'), limit: diskLimit };
  try {
    const host = createDockerSandboxHost({ engine, lab, seccompProfile: {}, disks, logger: silent });
    const found = (await host.describe()).diskLimit;
    return found.kind === 'hard'
      ? pass(id, title, `limited by the file system: ${found.reason}`)
      : warn(
          id,
          title,
          `watched, not limited: ${found.reason}`,
          'A quick learner can fill the disk before the lab steps in. For a class, run the lab as root on the engine’s own machine.',
        );
  } catch (error) {
    return warn(id, title, describeError(error), 'Look at it by hand: df -h');
  }
}

function ignore(): void {
  // What matters is in the finding.
}

async function diskFinding(id: string, title: string, folder: string): Promise<Finding> {
  let here = folder;
  for (;;) {
    try {
      const facts = await statfs(here);
      const free = facts.bavail * facts.bsize;
      const found = `${size(free)} free at ${here}`;
      if (free < 3 * gib)
        return fail(id, title, found, 'Make room: the images take 2 GB, each sandbox what its learner stores.');
      return free < 10 * gib
        ? warn(id, title, found, 'Enough for one person; a class needs more.')
        : pass(id, title, found);
    } catch (error) {
      if (dirname(here) === here) return warn(id, title, describeError(error), 'Look at it by hand: df -h');
      // Not made yet, or not readable for this user: the folder above is on the same disk or says as much.
      here = dirname(here);
    }
  }
}

function size(bytes: number): string {
  return bytes >= gib ? `${(bytes / gib).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** The findings as text: a table, then what to do. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.title.length));
  const lines = findings.flatMap(({ status, title, found, remedy }) => [
    `${{ pass: 'pass', warn: 'WARN', fail: 'FAIL' }[status]}  ${title.padEnd(width)}  ${found}`,
    ...(remedy === '' ? [] : [`      ${' '.repeat(width)}  → ${remedy}`]),
  ]);
  const count = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length;
  return [...lines, '', `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail`].join('\n');
}

import { join } from 'node:path';
import { readEngineFacts } from '../server/docker/engine-facts.ts';
import { readCatalogue } from '../server/images/catalogue.ts';
import { writeSetupRecord } from '../server/setup-record.ts';
import type { SetupContext } from './context.ts';
import { judgeHost } from './host-checks.ts';
import { isLocalEngine, readKernelFacts } from './kernel-facts.ts';
import { SetupProblem } from './problem.ts';
import type { Step } from './run-steps.ts';
import { type AppArmorStep, apparmorStep } from './steps/apparmor.ts';
import { baseImageStep, baseReference, baseSource } from './steps/base-image.ts';
import { type BuiltImage, builtImageStep, imageReference } from './steps/built-image.ts';
import { engineStep } from './steps/engine.ts';
import { inotifyStep } from './steps/inotify.ts';
import { pagesStep, serverStep } from './steps/programs.ts';
import { catalogueImage, publishStep, registryImage, registryStep } from './steps/registry.ts';

export const sandboxImage: BuiltImage = {
  id: 'sandbox-image',
  title: 'sandbox image',
  repository: 'drydock/sandbox',
  folder: 'images/sandbox',
  hub: null,
};

/** All that a lab stands on: engine, images, registry. What takes longest is named first. */
export async function labSteps(context: SetupContext): Promise<Step[]> {
  const catalogue = await readCatalogue(join(context.config.root, 'images'));
  const apparmor = apparmorStep(context, sandboxImage.id, () => imageReference(context, sandboxImage));
  return [
    engineStep(context),
    kernelStep(context),
    inotifyStep(context),
    baseImageStep(context),
    builtImageStep(context, sandboxImage),
    apparmor,
    builtImageStep(context, registryImage),
    ...catalogue.map((image) => builtImageStep(context, catalogueImage(image))),
    registryStep(context),
    publishStep(context, catalogue),
    recordStep(context, apparmor),
  ];
}

/** Pages and server, as `npm start` runs them. */
export function programSteps(context: SetupContext): Step[] {
  return [pagesStep(context), serverStep(context)];
}

/** Stops where no sandbox could ever start; what only deserves a warning is the doctor's. */
function kernelStep(context: SetupContext): Step {
  return {
    id: 'kernel',
    title: 'kernel',
    needs: ['engine'],
    check: async () => {
      const engine = await readEngineFacts(context.engine);
      if (!isLocalEngine(context, engine.operatingSystem)) return true;
      const kernel = await readKernelFacts(context, true);
      const failed = judgeHost(engine, kernel, {
        sandboxes: 1,
        memoryLimit: context.config.sandbox.memory,
        apparmorProfile: null,
      }).filter((finding) => finding.status === 'fail');
      if (failed.length === 0) return true;
      throw new SetupProblem(
        failed.map((finding) => `${finding.title}: ${finding.found}.`).join(' '),
        failed.map((finding) => finding.remedy),
      );
    },
    run: async () => undefined,
  };
}

/** Tells the server what was made. Always written: it is small, and an old one would be wrong. */
function recordStep(context: SetupContext, apparmor: AppArmorStep): Step {
  return {
    id: 'record',
    title: 'record',
    needs: [sandboxImage.id, apparmor.id, 'registry', 'publish'],
    check: async () => {
      const [base, sandbox, registry] = await Promise.all([
        context.images.find(baseReference),
        imageReference(context, sandboxImage),
        imageReference(context, registryImage),
      ]);
      if (base === null) throw new SetupProblem('The base image has gone away in the middle of the set-up.');
      await writeSetupRecord(context.config.dataDir, {
        sandboxImage: sandbox,
        registryImage: registry,
        registrySocketVolume: context.registry.names.socketVolume,
        registry: { lab: context.config.lab, dataDir: context.config.dataDir },
        base: { source: baseSource(base), id: base.id },
        apparmorProfile: apparmor.profile,
      });
      return true;
    },
    run: async () => undefined,
  };
}

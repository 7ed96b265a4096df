import { readEngineFacts } from '../server/docker/engine-facts.ts';
import { baseReference, baseSource } from '../server/images/lab-images.ts';
import { writeSetupRecord } from '../server/setup-record.ts';
import type { SetupContext } from './context.ts';
import { judgeHost } from './host-checks.ts';
import { isLocalEngine, readKernelFacts } from './kernel-facts.ts';
import { SetupProblem } from './problem.ts';
import type { Step } from './run-steps.ts';
import { type AppArmorStep, apparmorStep } from './steps/apparmor.ts';
import { baseImageStep } from './steps/base-image.ts';
import { builtImageStep, imageReference, imageStepId } from './steps/built-image.ts';
import { engineStep } from './steps/engine.ts';
import { inotifyStep } from './steps/inotify.ts';
import { pagesStep, serverStep } from './steps/programs.ts';
import { registryStep } from './steps/registry.ts';

/** All that a lab stands on: engine, its own images, registry. What takes longest is named first. */
export function labSteps(context: SetupContext): Step[] {
  const sandbox = imageStepId('sandbox');
  const apparmor = apparmorStep(context, sandbox, () => imageReference(context, 'sandbox'));
  return [
    engineStep(context),
    kernelStep(context),
    inotifyStep(context),
    baseImageStep(context),
    builtImageStep(context, 'sandbox'),
    apparmor,
    builtImageStep(context, 'registry'),
    registryStep(context),
    recordStep(context, apparmor),
  ];
}

/** What making images for learners stands on, where there is no lab yet. */
export function registrySteps(context: SetupContext): Step[] {
  return [engineStep(context), baseImageStep(context), builtImageStep(context, 'registry'), registryStep(context)];
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
    needs: [imageStepId('sandbox'), apparmor.id, 'registry'],
    check: async () => {
      const [base, sandbox, registry] = await Promise.all([
        context.images.find(baseReference),
        imageReference(context, 'sandbox'),
        imageReference(context, 'registry'),
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

import { join } from 'node:path';
import { describeError } from '../../server/errors.ts';
import { needsHostNetwork } from '../../server/images/build-network.ts';
import { baseReference, type LabImage, labImageReference, labImages } from '../../server/images/lab-images.ts';
import type { SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import type { Step } from '../run-steps.ts';

/** Id of the step that makes an image of which the lab consists. */
export function imageStepId(image: LabImage): string {
  return `${image}-image`;
}

/** @throws SetupProblem when there is no base */
export async function imageReference(context: SetupContext, image: LabImage): Promise<string> {
  const base = await context.images.find(baseReference);
  if (base === null) throw new SetupProblem('The base image has gone away in the middle of the set-up.');
  return labImageReference(context.config.root, base.identity, image);
}

/** Makes an image of a folder of this repository on the base image. */
export function builtImageStep(context: SetupContext, image: LabImage): Step {
  const { images, config } = context;
  return {
    id: imageStepId(image),
    title: `${image} image`,
    needs: ['base-image'],
    check: async () => (await images.find(await imageReference(context, image))) !== null,
    run: async (tell, signal) => {
      const reference = await imageReference(context, image);
      const said: string[] = [];
      try {
        await images.build(join(config.root, labImages[image].folder), {
          tag: reference,
          buildArgs: { BASE: baseReference, ...config.images.proxies },
          hostNetwork: await needsHostNetwork(config.images.proxies),
          signal,
          onLine: (line) => {
            said.push(line);
            if (said.length > 20) said.shift();
            tell(line);
          },
        });
      } catch (error) {
        signal.throwIfAborted();
        // The engine only says which command failed; why is in what that command wrote.
        throw new SetupProblem(`${describeError(error)} Its last words:\n${said.join('\n')}`, [], { cause: error });
      }
    },
  };
}

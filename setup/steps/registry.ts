import { Registry } from '../../server/registry/registry.ts';
import type { SetupContext } from '../context.ts';
import type { Step } from '../run-steps.ts';
import { imageReference, imageStepId } from './built-image.ts';

export async function openRegistry(context: SetupContext): Promise<Registry> {
  const { registry: containers, images } = context;
  return new Registry({ containers, images, image: await imageReference(context, 'registry') });
}

export function registryStep(context: SetupContext): Step {
  return {
    id: 'registry',
    title: 'registry',
    needs: [imageStepId('registry')],
    check: async () => (await openRegistry(context)).isServing({ exactly: true }),
    run: async () => (await openRegistry(context)).ensure({ replace: true }),
  };
}

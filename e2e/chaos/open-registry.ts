import { Engine, type EngineAddress } from '../../server/docker/engine.ts';
import { ImageBuilder } from '../../server/docker/image-builder.ts';
import { RegistryContainers } from '../../server/docker/registry-containers.ts';
import { Registry } from '../../server/registry/registry.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The registry of a lab on some engine. @param image reference of the registry's own image */
export function openRegistry(address: EngineAddress, lab: string, image: string): Registry {
  const engine = new Engine(address, lab, silent);
  return new Registry({ containers: new RegistryContainers(engine), images: new ImageBuilder(engine), image });
}

import type { ImageView } from '../../protocol/images.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Engine } from '../docker/engine.ts';
import { ImageBuilder } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { Registry } from '../registry/registry.ts';
import type { CatalogueImage } from './catalogue.ts';
import { openImageMaker } from './image-maker.ts';
import { ImageStock, type StockOptions } from './image-stock.ts';
import { ImageWords } from './image-words.ts';

/** Whose registry a lab serves images from, and makes them for: its own, or that of the lab it stands beside. */
export interface LabRegistry {
  /** As in the set-up's record. */
  lab: string;
  dataDir: string;
  /** Reference of the registry's own image. */
  image: string;
}

export interface LabImages {
  stock: ImageStock;
  /** Begins in the background; resolves when the registry was asked what is there, at the latest after `patienceMs`. */
  start(patienceMs: number): Promise<void>;
  /** Gives up what is being made and waits for that. */
  stop(): Promise<void>;
}

/** The images of a lab, made and looked after. */
export function openLabImages(parts: {
  config: Config;
  registry: LabRegistry;
  catalogue: readonly CatalogueImage[];
  /** The folder it was read from. */
  imagesFolder: string;
  library: StockOptions['library'];
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  onChanged: (images: ImageView[]) => void;
}): LabImages {
  const { config, catalogue, library, clock, logger, metrics } = parts;
  const { lab, dataDir, image } = parts.registry;
  const engine = new Engine(config.engine, lab, logger);
  const registry = new Registry({
    containers: new RegistryContainers(engine),
    images: new ImageBuilder(engine),
    image,
  });
  const maker = openImageMaker({ config, engine, registry, dataDir, catalogue: parts.imagesFolder, clock });
  const { policy, hub } = config.images;
  const isOwner = lab === config.lab;
  const stock = new ImageStock({ catalogue, maker, isOwner, registry, library, policy, hub, clock, logger, metrics });
  const words = new ImageWords({ stock, catalogue, registry, isOwner, logger });
  stock.onChanged(parts.onChanged);
  return {
    stock,
    start: async (patienceMs) => {
      words.start();
      stock.start();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      await Promise.race([stock.looked(), late]);
      clearTimeout(timer);
    },
    stop: async () => {
      stock.dispose();
      await Promise.all([stock.settled(), words.close()]);
    },
  };
}

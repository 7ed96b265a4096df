import type { Clock } from './clock.ts';
import { Certificates } from './lessons/certificates.ts';
import type { LessonLibrary } from './lessons/library/lesson-library.ts';
import type { HostFacts } from './lessons/missing-needs.ts';
import { Placement } from './lessons/placement/placement.ts';
import { createPlacementSource } from './lessons/placement/placement-file.ts';
import type { Logger } from './logger.ts';
import { Practice } from './practice/practice.ts';
import { createLessonReader, type LessonReader } from './realtime/lesson-reader.ts';
import { CertificateStore } from './store/certificate-store.ts';
import type { Store } from './store/open-store.ts';
import { PlacementStore } from './store/placement-store.ts';
import { PracticeStore } from './store/practice-store.ts';
import { ProgressStore } from './store/progress-store.ts';
import { VariableStore } from './store/variable-store.ts';

/** What the lab knows of learners, and does for them without a sandbox. */
export interface Learning {
  progress: ProgressStore;
  variables: VariableStore;
  reader: LessonReader;
  practice: Practice;
  placement: Placement;
  certificates: Certificates;
}

export function createLearning(parts: {
  library: LessonLibrary;
  store: Store;
  hostFacts: () => Promise<HostFacts | null>;
  /** Of lessons, the shipped one first. */
  directories: readonly string[];
  /** Of Drydock. */
  version: string;
  clock: Clock;
  logger: Logger;
}): Learning {
  const { library, store, hostFacts, directories, version, clock, logger } = parts;
  const progress = new ProgressStore(store);
  const variables = new VariableStore(store);
  const reader = createLessonReader({ library, variables, hostFacts });
  const source = createPlacementSource({ directories, logger });
  return {
    progress,
    variables,
    reader,
    practice: new Practice({ reader, store: new PracticeStore(store), clock }),
    placement: new Placement({ source, library, progress, store: new PlacementStore(store, logger), hostFacts, clock }),
    certificates: new Certificates({
      library,
      progress,
      store: new CertificateStore(store),
      hostFacts,
      clock,
      version,
    }),
  };
}

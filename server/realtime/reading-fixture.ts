import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FactName } from '../../protocol/events.ts';
import { Certificates } from '../lessons/certificates.ts';
import { createLessonLibrary, type LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { HostFacts } from '../lessons/missing-needs.ts';
import { Placement } from '../lessons/placement/placement.ts';
import { createPlacementSource } from '../lessons/placement/placement-file.ts';
import { Practice } from '../practice/practice.ts';
import { CertificateStore } from '../store/certificate-store.ts';
import { openStore } from '../store/open-store.ts';
import { PlacementStore } from '../store/placement-store.ts';
import { PracticeStore } from '../store/practice-store.ts';
import { ProgressStore } from '../store/progress-store.ts';
import { VariableStore } from '../store/variable-store.ts';
import { createLessonReader, type LessonReader } from './lesson-reader.ts';

/** For tests: lessons in a folder of their own, a database, learners `ada` and `ben`, and what is told to pages. */
export interface Reading {
  library: LessonLibrary;
  reader: LessonReader;
  progress: ProgressStore;
  variables: VariableStore;
  practice: Practice;
  placement: Placement;
  certificates: Certificates;
  clock: { now(): number; set(now: number): void };
  hostFacts: () => Promise<HostFacts | null>;
  facts: { learner: string; name: FactName; fact: unknown }[];
  gateway: { tell(learner: string, name: FactName, fact: unknown): void };
  /** Of lessons whose sessions were renewed. */
  renewed: string[];
  sessions: { renew(learner: string, lesson: string): Promise<void> };
  write(files: Record<string, string>): Promise<void>;
  dispose(): Promise<void>;
}

export async function openReading(files: Record<string, string>, host: HostFacts | null = null): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-reading-'));
  const lessons = join(folder, 'lessons');
  const put = (wanted: Record<string, string>) => {
    for (const [path, content] of Object.entries(wanted)) {
      mkdirSync(dirname(join(lessons, path)), { recursive: true });
      writeFileSync(join(lessons, path), content);
    }
  };
  put(files);
  const logger = { warn: () => undefined };
  const library = await createLessonLibrary({ directories: [lessons], logger });
  const db = await openStore(folder);
  for (const id of ['ada', 'ben']) await db.insertInto('learner').values({ id, created_at: 1, seen_at: 1 }).execute();
  let now = 1_000;
  const clock = {
    now: () => now,
    set: (next: number) => {
      now = next;
    },
  };
  const variables = new VariableStore(db);
  const hostFacts = async () => host;
  const progress = new ProgressStore(db);
  const reader = createLessonReader({ library, variables, hostFacts });
  const facts: Reading['facts'] = [];
  const renewed: string[] = [];
  return {
    library,
    reader,
    progress,
    variables,
    practice: new Practice({ reader, store: new PracticeStore(db), clock }),
    placement: new Placement({
      source: createPlacementSource({ directories: [lessons], logger }),
      library,
      progress,
      store: new PlacementStore(db, logger),
      hostFacts,
      clock,
    }),
    certificates: new Certificates({
      library,
      progress,
      store: new CertificateStore(db),
      hostFacts,
      clock,
      version: '1.2.3',
    }),
    clock,
    hostFacts,
    facts,
    gateway: { tell: (learner, name, fact) => facts.push({ learner, name, fact }) },
    renewed,
    sessions: {
      renew: async (learner, lesson) => {
        renewed.push(`${learner}:${lesson}`);
      },
    },
    write: async (changed) => {
      put(changed);
      await library.reload();
    },
    dispose: async () => {
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

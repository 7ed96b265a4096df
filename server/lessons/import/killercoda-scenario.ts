import * as z from 'zod';
import { DrydockError } from '../../errors.ts';
import { locateIn, readYaml } from '../parse/yaml-source.ts';
import { reportIssues } from '../parse/zod-problems.ts';
import { ProblemList } from '../problem.ts';
import { sentence } from './draft-lesson.ts';
import type { GapList } from './gap.ts';
import type { SourceFolder } from './source-folder.ts';

/** A name in index.json, with its line there. */
export interface Reference {
  value: string;
  line: number;
}

export interface Chapter {
  title: string | null;
  line: number;
  text: Reference | null;
  verify: Reference | null;
  background: Reference | null;
  foreground: Reference | null;
}

export interface Asset {
  file: string;
  target: string;
  executable: boolean;
  host: string;
  line: number;
}

export interface Scenario {
  title: string;
  description: string;
  minutes: number | null;
  level: 'beginner' | 'intermediate' | 'advanced';
  intro: Chapter | null;
  steps: Chapter[];
  finish: Chapter | null;
  assets: Asset[];
}

const chapterShape = {
  title: z.string().nullish(),
  text: z.string().nullish(),
  verify: z.string().nullish(),
  background: z.string().nullish(),
  foreground: z.string().nullish(),
  /** Katacoda's names of background and foreground. */
  courseData: z.string().nullish(),
  code: z.string().nullish(),
};
const chapter = z.looseObject(chapterShape);
const asset = z.looseObject({ file: z.string(), target: z.string().default('/root'), chmod: z.string().nullish() });

/** The parts of index.json that are translated; further keys are listed. */
const scenarioSchema = z.looseObject({
  title: z.string().trim().min(1),
  description: z.string().nullish(),
  difficulty: z.string().nullish(),
  time: z.union([z.string(), z.number()]).nullish(),
  details: z.looseObject({
    intro: chapter.nullish(),
    steps: z.array(chapter).max(100).default([]),
    finish: chapter.nullish(),
    assets: z.record(z.string(), z.array(asset).max(500)).nullish(),
  }),
  backend: z.looseObject({ imageid: z.string().optional() }).nullish(),
  interface: z.unknown().optional(),
  environment: z.unknown().optional(),
});
type Given = z.infer<typeof scenarioSchema>;

const known = {
  top: ['title', 'description', 'difficulty', 'time', 'details', 'backend', 'interface', 'environment', '$schema'],
  details: ['intro', 'steps', 'finish', 'assets'],
  chapter: Object.keys(chapterShape),
};
/** These have no Kubernetes, and a sandbox stands for them. */
const plainMachine = /^(?:ubuntu|docker|dind|centos|debian)/i;

/** @throws DrydockError lesson.invalid, with file, line and column */
export async function readScenario(source: SourceFolder, gaps: GapList): Promise<Scenario> {
  const { given, line } = await readIndex(source);
  const { details } = given;
  const unknown = (value: object, names: readonly string[], path: PropertyKey[]): void => {
    for (const key of Object.keys(value))
      if (!names.includes(key))
        gaps.gap(
          'key.unknown',
          { file: 'index.json', line: line([...path, key]) },
          `There is nothing for the key \`${key}\`.`,
          key,
        );
  };
  unknown(given, known.top, []);
  unknown(details, known.details, ['details']);
  const read = (value: z.infer<typeof chapter>, path: PropertyKey[]): Chapter => {
    unknown(value, known.chapter, path);
    const reference = (...keys: (keyof typeof chapterShape)[]): Reference | null => {
      for (const key of keys) {
        const name = value[key];
        if (typeof name === 'string' && name.trim() !== '') return { value: name.trim(), line: line([...path, key]) };
      }
      return null;
    };
    return {
      title: value.title ?? null,
      line: line(path),
      text: reference('text'),
      verify: reference('verify'),
      background: reference('background', 'courseData'),
      foreground: reference('foreground', 'code'),
    };
  };
  const imageId = given.backend?.imageid ?? 'ubuntu';
  if (!plainMachine.test(imageId))
    gaps.gap(
      'environment.other',
      { file: 'index.json', line: line(['backend', 'imageid']) },
      `The scenario is made for the machine \`${imageId}\`. A sandbox here is one machine with Docker.`,
      imageId,
    );
  const intro = details.intro ? read(details.intro, ['details', 'intro']) : null;
  const finish = details.finish ? read(details.finish, ['details', 'finish']) : null;
  const assets = Object.entries(details.assets ?? {}).flatMap(([host, items]) =>
    items.map((item, index) => ({
      file: item.file,
      target: item.target,
      executable: /x|7|5/.test(item.chmod ?? ''),
      host,
      line: line(['details', 'assets', host, index]),
    })),
  );
  const minutes = Number(/\d+/.exec(String(given.time ?? ''))?.[0] ?? 0);
  return {
    title: sentence(given.title, 'Scenario'),
    description: sentence(given.description ?? '', given.title),
    minutes: minutes >= 1 && minutes <= 600 ? minutes : null,
    level: levelOf(given.difficulty ?? ''),
    intro,
    steps: details.steps.map((step, index) => read(step, ['details', 'steps', index])),
    finish,
    assets,
  };
}

function levelOf(difficulty: string): Scenario['level'] {
  if (/advanced|hard|expert/i.test(difficulty)) return 'advanced';
  return /intermediate|medium/i.test(difficulty) ? 'intermediate' : 'beginner';
}

async function readIndex(source: SourceFolder): Promise<{ given: Given; line: (path: PropertyKey[]) => number }> {
  const text = await source.readText('index.json');
  const refuse = (message: string): never => {
    throw new DrydockError('lesson.invalid', message);
  };
  if (typeof text !== 'string') return refuse(`index.json cannot be imported: ${text.refused}.`);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const offset = Number(/position (\d+)/.exec(reason)?.[1] ?? text.length);
    return refuse(`index.json:${text.slice(0, offset).split('\n').length}:1 This JSON cannot be read: ${reason}.`);
  }
  // JSON is YAML, whose reader knows the lines; it wants no tabs.
  const spaced = text.replace(/^\uFEFF/, '').replace(/\t/g, ' ');
  const problems = new ProblemList('index.json');
  const yaml = readYaml(spaced, locateIn(spaced), problems);
  const parsed = scenarioSchema.safeParse(value);
  if (parsed.success) return { given: parsed.data, line: (path) => yaml?.at(path).line ?? 1 };
  if (yaml !== null) reportIssues(parsed.error.issues, yaml, problems, 'an index.json', () => []);
  const [first] = problems.items;
  return refuse(
    `index.json:${first?.line ?? 1}:${first?.column ?? 1} ${first?.message ?? 'This is no description of a scenario.'}`,
  );
}

import { stringify } from 'yaml';
import { type FenceTranslation, type Place, writeFence } from './dialect.ts';
import type { GapList } from './gap.ts';
import type { ImportedVariable } from './labspace-variables.ts';

export interface DraftStep {
  title: string;
  body: string;
  at: Place;
  /** A command or file in it can be carried out. */
  acts: boolean;
  /** The command that tells whether it is done; null: nobody knows. */
  verify: string | null;
  /** Commands the lab runs before it opens. */
  setup: string[];
}

export interface DraftFile {
  content: Buffer;
  executable: boolean;
}

/** A lesson as it will be written. */
export interface DraftLesson {
  /** Its folder. */
  name: string;
  title: string;
  summary: string;
  minutes: number;
  level: 'beginner' | 'intermediate' | 'advanced';
  variables: Record<string, ImportedVariable>;
  introduction: string;
  setup: string[];
  steps: DraftStep[];
  /** By path below `files/`. */
  files: Map<string, DraftFile>;
  /** By path below `media/`. */
  media: Map<string, Buffer>;
}

export interface DraftCourse {
  kind: 'Labspace' | 'Killercoda scenario' | 'collection of Killercoda scenarios';
  title: string;
  summary: string;
  /** Folder name where none is asked for. */
  name: string;
  lessons: DraftLesson[];
}

/** One line that a schema takes as a sentence. */
export function sentence(text: string, otherwise: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 500);
  return line === '' ? otherwise : line;
}

/** A folder name, or `otherwise` where nothing of the text can be one. */
export function folderName(text: string, otherwise: string): string {
  const slug = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return slug === '' ? otherwise : slug;
}

/** Two lessons of a course cannot have one folder. */
export function distinctNames(lessons: DraftLesson[]): void {
  const taken = new Set<string>();
  for (const lesson of lessons) {
    const base = lesson.name.slice(0, 56);
    for (let count = 2; taken.has(lesson.name); count++) lesson.name = `${base}-${count}`;
    taken.add(lesson.name);
  }
}

/** What is missing for each step to be one that proves itself. */
export function listUnproven(lesson: DraftLesson, gaps: GapList): void {
  for (const step of lesson.steps) {
    const name = `“${step.title}”`;
    if (step.verify === null)
      gaps.gap(
        'step.unchecked',
        step.at,
        `Nothing in the source tells when ${name} is done. Add a check or a quiz, or join it to the step before it with ### in place of ##.`,
      );
    else if (!step.acts)
      gaps.gap(
        'step.no-solution',
        step.at,
        `${name} is tested, and the source has no command or file that passes the test. Add a hidden \`sh solution\`.`,
      );
  }
}

/** The front matter of lesson.md, with its lines of hyphens. */
export function writeFrontMatter(lesson: DraftLesson, images: readonly string[]): string {
  // The front matter is the same for everybody, so nothing is filled in there.
  const plain = (text: string): string =>
    text.replace(/\$\$([a-zA-Z][\w-]{0,60})\$\$/g, (_, name: string) => lesson.variables[name]?.default ?? name);
  const objectives = [...new Set(lesson.steps.map((step) => sentence(plain(step.title), lesson.title)))].slice(0, 12);
  const frontMatter = {
    title: sentence(plain(lesson.title), lesson.name),
    summary: sentence(plain(lesson.summary), lesson.title),
    minutes: lesson.minutes,
    level: lesson.level,
    objectives: objectives.length > 0 ? objectives : [sentence(lesson.title, lesson.name)],
    ...(images.length > 0 ? { images: [...images] } : {}),
    ...(needsInternet(lesson, images) ? { egress: 'internet' } : {}),
    ...(Object.keys(lesson.variables).length > 0 ? { variables: lesson.variables } : {}),
  };
  return `---\n${stringify(frontMatter, { lineWidth: 0 })}---\n`;
}

/** What stands below the front matter. */
export function writeBody(lesson: DraftLesson): string {
  const parts = [...lesson.setup.map(setupFence), lesson.introduction];
  for (const step of lesson.steps) {
    parts.push(`## ${headingWords(step.title)}`, ...step.setup.map(setupFence), step.body);
    if (step.verify !== null) parts.push(checkFence(step.title, step.verify));
  }
  return `${parts.filter((part) => part.trim() !== '').join('\n\n')}\n`;
}

function headingWords(title: string): string {
  return sentence(title, 'Step')
    .replace(/\s*\{#[^}]*\}\s*$/, '')
    .replace(/[<\\]/g, '\\$&')
    .slice(0, 200);
}

function setupFence(command: string): string {
  return writeFence({ language: 'sh', options: 'setup timeout=5m', content: command });
}

function checkFence(title: string, command: string): string {
  const check = { title: sentence(`“${title.slice(0, 200)}” is done`, 'It is done'), run: command, timeout: '20s' };
  const fence: FenceTranslation = {
    language: 'yaml',
    options: 'check',
    content: stringify(check, { lineWidth: 0 }).trimEnd(),
  };
  return writeFence(fence);
}

/** Sources have the internet; a lesson has it only where it seems to need it. */
function needsInternet(lesson: DraftLesson, images: readonly string[]): boolean {
  const offline = /^(?:busybox|debian)(?::|$)/;
  if (images.some((image) => !offline.test(image))) return true;
  const text = [
    lesson.introduction,
    ...lesson.setup,
    ...lesson.steps.flatMap((step) => [step.body, ...step.setup]),
  ].join('\n');
  return /^\s*(?:sudo )?(?:apt(?:-get)?|apk|dnf|yum|pip3?|npm|npx|go) (?:-\S+ )*(?:install|add|update|get|ci)\b|\bgit clone\b|\b(?:curl|wget)\b[^\n]*https?:\/\/(?!localhost|127\.)/m.test(
    text,
  );
}

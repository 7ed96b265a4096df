import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where learners work; what is in the other one is lost at every reset. */
export const desk = 'chaos/desk';
export const scratch = 'chaos/scratch';

/** Each has a check. The first are files, which cost a program in the sandbox at every look; the others commands. */
export const notes = 120;
const noteFiles = 6;

export const noteStep = (note: number) => `note-${note}`;
export const noteCheck = (note: number) => `note-${note}-check-1`;
/** null: the note is typed. */
export const notePath = (note: number) => (note < noteFiles ? `notes/${note}.txt` : null);
export const noteCommand = (note: number) => `true note ${note}`;

/** Writes the lessons of the test: one to work in, one to reset. */
export function writeLessons(folder: string): void {
  const course = join(folder, 'lessons', 'chaos');
  for (const name of ['desk', 'scratch']) mkdirSync(join(course, name), { recursive: true });
  const head = (title: string) =>
    `---\ntitle: ${title}\nsummary: For the chaos test.\nminutes: 5\nlevel: beginner\nobjectives:\n  - Keep everything.\n---\n\nA lesson for tests.\n`;
  const conditionOf = (note: number) => {
    const path = notePath(note);
    return path === null ? `ran: ^${noteCommand(note)};` : `file: ${path}\ncontains: note ${note} of`;
  };
  const steps = Array.from({ length: notes }, (_, note) => {
    const check = `title: Note ${note} is there\n${conditionOf(note)}`;
    return `\n## Note ${note} {#${noteStep(note)}}\n\n\`\`\`yaml check\n${check}\n\`\`\`\n`;
  });
  writeFileSync(
    join(course, 'course.yaml'),
    'title: Chaos\nsummary: For the chaos test.\naudience: Tests of Drydock.\nlessons:\n  - desk\n  - scratch\n',
  );
  writeFileSync(join(course, 'desk', 'lesson.md'), head('Desk') + steps.join(''));
  writeFileSync(join(course, 'scratch', 'lesson.md'), `${head('Scratch')}\n## Nothing {#nothing}\n\nNothing to do.\n`);
}

import type { LessonBlock } from '../lessons/lesson.ts';
import { shorten } from '../lessons/problem.ts';

/** What names a block to a person: its command, its path, its title. */
export function textOf(block: LessonBlock): string {
  switch (block.kind) {
    case 'solution':
      return textOf(block.of);
    case 'run':
    case 'setup':
      return firstLine(block.command);
    case 'file':
      return block.path;
    case 'check':
      return block.check.title;
    case 'quiz':
      return shorten(block.quiz.question);
    default:
      return block.kind;
  }
}

export function firstLine(text: string): string {
  return shorten(text.trim().split('\n', 1)[0] ?? '', 100);
}

export function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}

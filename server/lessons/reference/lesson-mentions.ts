import type { RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import { blocksOfLesson, type Lesson } from '../lesson.ts';
import type { SourceSpot } from '../problem.ts';
import { type DockerCommand, dockerCommands } from './docker-commands.ts';
import { readLink } from './lesson-links.ts';

/** A docker command that a lesson carries out. */
export interface CarriedOut extends DockerCommand {
  /** Of its line in lesson.md. */
  spot: SourceSpot;
}

export interface Mentions {
  /** Ids of the terms of a glossary that it links to. */
  terms: ReadonlySet<string>;
  /** In its `run` blocks and solutions, in order. */
  commands: readonly CarriedOut[];
}

/** Lessons that stay the same objects are read once. */
const known = new WeakMap<Lesson, Mentions>();

/** What a glossary and a cheat sheet have to do with a lesson. */
export function mentionsOf(lesson: Lesson): Mentions {
  const before = known.get(lesson);
  if (before !== undefined) return before;
  const found = { terms: termsIn(lesson), commands: commandsIn(lesson) };
  known.set(lesson, found);
  return found;
}

function termsIn(lesson: Lesson): Set<string> {
  const terms = new Set<string>();
  const look = (node: RootContent): void =>
    visit(node, (inner) => {
      if (inner.type !== 'link' && inner.type !== 'definition') return;
      const target = readLink(inner.url, lesson.id);
      if (target.kind === 'glossary' && target.term !== '') terms.add(target.term);
    });
  for (const block of blocksOfLesson(lesson)) if (block.kind === 'prose') for (const node of block.nodes) look(node);
  for (const node of lesson.definitions) look(node);
  return terms;
}

function commandsIn(lesson: Lesson): CarriedOut[] {
  const commands: CarriedOut[] = [];
  for (const block of blocksOfLesson(lesson)) {
    const run = block.kind === 'solution' ? block.of : block;
    if (run.kind !== 'run') continue;
    for (const command of dockerCommands(run.command)) {
      // The content of a block begins on the line after its fence.
      commands.push({ ...command, spot: { line: block.at.line + 1 + command.at, column: 1 } });
    }
  }
  return commands;
}

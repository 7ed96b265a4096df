import { join } from 'node:path';
import type { RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import { nearestWord } from '../../checks/nearest-word.ts';
import { blocksOfLesson, type Lesson } from '../lesson.ts';
import { isPlainFile } from '../library/bounded-files.ts';
import type { LoadedLesson } from '../library/load-courses.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';
import { type LinkTarget, readLink } from '../reference/lesson-links.ts';
import type { LintSurroundings } from './lint-lesson.ts';

/** Links and images that lead nowhere, or where they may not. */
export async function lintLinks(
  loaded: LoadedLesson,
  lesson: Lesson,
  surroundings: LintSurroundings,
  problems: ProblemList,
): Promise<void> {
  const links: { url: string; at: SourceSpot; image: boolean; alt: boolean }[] = [];
  const definitions = new Map(
    lesson.definitions.flatMap((node) => (node.type === 'definition' ? [[node.identifier, node.url] as const] : [])),
  );
  const anchors = new Set(lesson.steps.map((step) => step.id));
  const look = (node: RootContent): void => {
    visit(node, (inner) => {
      const at = { line: inner.position?.start.line ?? 1, column: inner.position?.start.column ?? 1 };
      if (inner.type === 'link' || inner.type === 'definition')
        links.push({ url: inner.url, at, image: false, alt: true });
      else if (inner.type === 'imageReference') {
        const found = definitions.get(inner.identifier);
        if (found !== undefined) links.push({ url: found, at, image: true, alt: Boolean(inner.alt?.trim()) });
      } else if (inner.type === 'image')
        links.push({ url: inner.url, at, image: true, alt: Boolean(inner.alt?.trim()) });
      else if (inner.type === 'heading') {
        const id = inner.data?.hProperties?.id;
        if (typeof id === 'string') anchors.add(id);
      }
    });
  };
  for (const block of blocksOfLesson(lesson)) {
    if (block.kind === 'prose') for (const node of block.nodes) look(node);
  }
  for (const node of lesson.definitions) look(node);
  for (const { url, at, image, alt } of links) {
    const target = readLink(url, loaded.id);
    if (image) await lintImage(loaded, target, url, at, alt, problems);
    else await lintLink(loaded, target, url, at, anchors, surroundings, problems);
  }
}

async function lintImage(
  loaded: LoadedLesson,
  target: LinkTarget,
  url: string,
  at: SourceSpot,
  alt: boolean,
  problems: ProblemList,
): Promise<void> {
  if (target.kind === 'external') {
    problems.error('media.remote', at, {
      message: 'An image has to lie in the lesson’s `media/`: the lab works without the internet.',
      found: url,
      expected: 'media/…',
    });
  } else if (target.kind === 'unsafe') {
    problems.error('link.unsafe', at, {
      message: 'An image is a file in the lesson’s `media/`, not a piece of text or code in its address.',
      found: url,
      expected: 'media/…',
    });
  } else if (target.kind !== 'media' || !(await isPlainFile(join(loaded.folder, 'media', target.path)))) {
    problems.error('media.dead', at, {
      message: `There is no image \`${url}\`. Images lie in the lesson’s \`media/\`.`,
      found: url,
      expected: 'media/…',
    });
  }
  if (!alt)
    problems.warning('media.no-description', at, {
      message: 'This image has no description for people who cannot see it: ![description](…).',
      found: url,
    });
}

async function lintLink(
  loaded: LoadedLesson,
  target: LinkTarget,
  url: string,
  at: SourceSpot,
  anchors: ReadonlySet<string>,
  surroundings: LintSurroundings,
  problems: ProblemList,
): Promise<void> {
  const dead = (message: string, expected?: string): void =>
    problems.error('link.dead', at, { message, found: url, expected });
  switch (target.kind) {
    case 'external':
      return;
    case 'anchor': {
      const near = nearestWord(target.id, [...anchors]);
      if (!anchors.has(target.id))
        dead(
          `There is no heading with the id \`${target.id}\`.${near ? ` Did you mean \`#${near}\`?` : ''}`,
          near && `#${near}`,
        );
      return;
    }
    case 'lesson': {
      const steps = surroundings.lessons.get(target.id);
      const near = nearestWord(target.id, [...surroundings.lessons.keys()]);
      if (!steps) dead(`There is no lesson \`${target.id}\`.${near ? ` Did you mean \`${near}\`?` : ''}`, near);
      else if (target.anchor !== '' && !steps.includes(target.anchor))
        dead(`The lesson \`${target.id}\` has no step \`${target.anchor}\`.`);
      return;
    }
    case 'glossary': {
      const { terms = null } = surroundings;
      if (terms === null || target.term === '' || terms.has(target.term)) return;
      const near = nearestWord(target.term, [...terms]);
      const words = near ? ` Did you mean \`#${near}\`?` : ' Add it to the glossary.md beside the courses.';
      dead(`The glossary has no term \`${target.term}\`.${words}`, near && url.replace(/#.*$/s, `#${near}`));
      return;
    }
    case 'media':
    case 'source': {
      const path = target.kind === 'media' ? `media/${target.path}` : target.path;
      if (!(await isPlainFile(join(loaded.folder, path)))) dead(`There is no file \`${path}\` in this lesson.`);
      return;
    }
    case 'outside':
      dead('This link leads out of the lessons.');
      return;
    case 'unsafe':
      problems.error('link.unsafe', at, {
        message:
          'A link leads to https://…, to another lesson (../lesson/lesson.md), to a step (#step) or to a file of the lesson.',
        found: url,
      });
  }
}

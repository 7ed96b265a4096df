import { join } from 'node:path';
import { familiarImage, imageRepository } from '../../checks/image-reference.ts';
import { nearestWord } from '../../checks/nearest-word.ts';
import type { CatalogueImage } from '../../images/catalogue.ts';
import { indexImages } from '../../images/image-index.ts';
import { blocksOfLesson, type Lesson } from '../lesson.ts';
import { fileLimits, listFiles, readPlainFile } from '../library/bounded-files.ts';
import type { LoadedLesson } from '../library/load-courses.ts';
import { fillVariables } from '../parse/variables.ts';
import type { ProblemList, SourceSpot } from '../problem.ts';
import {
  covers,
  imagesInCompose,
  imagesInDockerfile,
  imagesInShell,
  isComposeFile,
  isDockerfile,
} from '../used-images.ts';

interface Use {
  reference: string;
  /** null: in a file of the lesson, not in its text. */
  at: SourceSpot | null;
  where: string;
}

/** Compares `images` of the front matter with what the text really runs, pulls and builds from. */
export async function lintImages(loaded: LoadedLesson, lesson: Lesson, problems: ProblemList): Promise<void> {
  const uses: Use[] = [];
  const made: string[] = [];
  for (const block of blocksOfLesson(fillVariables(lesson, {}))) {
    const inner = block.kind === 'solution' ? block.of : block;
    const spot = (line: number): SourceSpot => ({ line: block.at.line + 1 + line, column: block.at.column });
    if (inner.kind === 'run' || inner.kind === 'setup') {
      const found = imagesInShell(inner.command);
      made.push(...found.made);
      uses.push(...found.used.map(({ reference, line }) => ({ reference, at: spot(line), where: 'here' })));
    } else if (inner.kind === 'file') {
      const found = imagesInFile(inner.path, inner.code);
      made.push(...found.made);
      uses.push(...found.used.map(({ reference, line }) => ({ reference, at: spot(line), where: 'here' })));
    }
  }
  const { files } = await listFiles(join(loaded.folder, 'files'));
  for (const { path, absolute } of files) {
    if (!isDockerfile(path) && !isComposeFile(path)) continue;
    const content = await readPlainFile(absolute, fileLimits.file);
    if (!Buffer.isBuffer(content)) continue;
    const found = imagesInFile(path, content.toString('utf8'));
    made.push(...found.made);
    uses.push(...found.used.map(({ reference }) => ({ reference, at: null, where: `in files/${path}` })));
  }
  report(lesson, uses, made, problems);
}

function imagesInFile(path: string, text: string): ReturnType<typeof imagesInShell> {
  if (isDockerfile(path)) return { used: imagesInDockerfile(text), made: [] };
  return isComposeFile(path) ? imagesInCompose(text) : { used: [], made: [] };
}

function report(lesson: Lesson, uses: Use[], made: string[], problems: ProblemList): void {
  const { images } = lesson.frontMatter;
  const foreign = uses.filter((use) => !made.some((name) => covers(name, use.reference)));
  const told = new Set<string>();
  for (const { reference, at, where } of foreign) {
    const name = familiarImage(reference);
    if (images.some((declared) => covers(declared, reference)) || told.has(name)) continue;
    told.add(name);
    const near = nearestWord(reference, images);
    problems.error('image.undeclared', at ?? lesson.frontMatterSpots.images ?? { line: 1, column: 1 }, {
      message: `The image \`${reference}\` is used ${where}, and \`images\` in the front matter does not name it.`,
      found: reference,
      expected: near ?? `images: [${[...images, reference].join(', ')}]`,
    });
  }
  for (const [index, declared] of images.entries()) {
    if (foreign.some((use) => covers(declared, use.reference))) continue;
    problems.error('image.unused', lesson.frontMatterSpots[`images[${index}]`] ?? { line: 1, column: 1 }, {
      message: `\`images\` names \`${declared}\`, and nothing in the lesson pulls, runs or builds from it.`,
      found: declared,
    });
  }
}

/** Images that labs serve to sandboxes: their catalogue. */
export type ServedImages = readonly Pick<CatalogueImage, 'names' | 'build' | 'instead'>[];

/** Where a sandbox does not reach the internet, it pulls what the lab serves and nothing else. */
export function lintServedImages(lesson: Lesson, served: ServedImages, problems: ProblemList): void {
  const { images, egress } = lesson.frontMatter;
  if (egress !== 'none') return;
  const find = indexImages(served);
  for (const [index, reference] of images.entries()) {
    const at = lesson.frontMatterSpots[`images[${index}]`] ?? { line: 1, column: 1 };
    const image = find(reference);
    if (image === null) {
      const near = nearestServed(reference, served);
      problems.warning('image.not-in-catalogue', at, {
        message: `Labs do not serve \`${reference}\`, and without internet a sandbox cannot pull it from elsewhere.${near.length > 0 ? ` There is ${near.map((name) => `\`${name}\``).join(', ')}.` : ''} Take another image, or \`egress: internet\`.`,
        found: reference,
        expected: near[0],
      });
    } else if (image.build === null) {
      problems.warning('image.hub-only', at, {
        message:
          `\`${reference}\` comes from Docker Hub alone: a lab that does not reach it cannot serve it. ${image.instead ?? ''}`.trim(),
        found: reference,
      });
    }
  }
}

/** Other tags of the same image, else the name that is nearest. */
function nearestServed(reference: string, served: ServedImages): string[] {
  const names = served.flatMap((image) => image.names);
  const repository = imageRepository(reference);
  const tags = names.filter((name) => imageRepository(name) === repository).map(familiarImage);
  if (tags.length > 0) return tags;
  const near = nearestWord(familiarImage(reference), names.map(familiarImage));
  return near === undefined ? [] : [near];
}

import { familiarImage } from '../checks/image-reference.ts';
import type { CatalogueImage } from './catalogue.ts';
import { indexImages } from './image-index.ts';

/** What is read of a `LessonLibrary`: the lessons learners see, in the order in which they meet them. */
export interface LessonsInOrder {
  catalogue(): readonly { lessons: readonly { id: string }[] }[];
  /** @throws for a lesson that is not there any more */
  lesson(id: string): { frontMatter: { images: readonly string[] } };
}

export interface NeededImages {
  /** In the order in which a learner meets them, each with the ids of the lessons that use it. */
  images: { image: CatalogueImage; lessons: string[] }[];
  /** References that lessons declare and the catalogue does not have. */
  unknown: { reference: string; lessons: string[] }[];
}

/** The images that lessons declare in their front matter. */
export function neededImages(library: LessonsInOrder, catalogue: readonly CatalogueImage[]): NeededImages {
  const find = indexImages(catalogue);
  const images = new Map<string, NeededImages['images'][number]>();
  const unknown = new Map<string, NeededImages['unknown'][number]>();
  const use = (lesson: string, reference: string): void => {
    const image = find(reference);
    if (image === null) {
      const name = familiarImage(reference);
      const entry = unknown.get(name) ?? { reference: name, lessons: [] };
      if (!entry.lessons.includes(lesson)) entry.lessons.push(lesson);
      unknown.set(name, entry);
      return;
    }
    const entry = images.get(image.id) ?? { image, lessons: [] };
    // Two tags of one image are one image.
    if (!entry.lessons.includes(lesson)) entry.lessons.push(lesson);
    images.set(image.id, entry);
  };
  for (const { lessons } of library.catalogue()) {
    for (const { id } of lessons) for (const reference of library.lesson(id).frontMatter.images) use(id, reference);
  }
  return { images: [...images.values()], unknown: [...unknown.values()] };
}

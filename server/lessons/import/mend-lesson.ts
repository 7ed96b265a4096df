import { frontMatterSchema } from '../../../protocol/lesson-schema.ts';
import type { Problem } from '../problem.ts';
import { type DraftLesson, writeBody, writeFrontMatter } from './draft-lesson.ts';

const fencePattern = /^([> ]*`{3,})(\S*)(.*)$/;

/** The text of a lesson that is being made, brought into order with the linter's help. */
export class LessonText {
  readonly lesson: DraftLesson;
  #images: string[] = [];
  #body: string[];

  constructor(lesson: DraftLesson) {
    this.lesson = lesson;
    this.#body = writeBody(lesson).split('\n');
  }

  get text(): string {
    return `${this.#frontMatter}\n${this.#body.join('\n')}`;
  }

  get #frontMatter(): string {
    return writeFrontMatter(this.lesson, this.#images);
  }

  /** Declares images, and takes away what a lesson cannot say. @returns whether something has changed */
  mend(problems: readonly Problem[]): boolean {
    const before = this.text;
    const first = this.#frontMatter.split('\n').length;
    for (const problem of problems) {
      // A problem stands at the fence of its block, or at the first line in it.
      const place = problem.line - first - 1;
      const index = [place, place - 1].find((each) => fencePattern.test(this.#body[each] ?? '')) ?? place;
      const [, marks = '', language = '', options = ''] = fencePattern.exec(this.#body[index] ?? '') ?? [];
      if (problem.code === 'image.undeclared' && problem.found !== undefined) this.#declare(problem.found);
      else if (marks !== '' && problem.code === 'run.nothing-to-interrupt')
        this.#body[index] = `${marks}${language}${options.replace(' interrupt', '')}`;
      else if (marks !== '' && (problem.code === 'fence.language' || problem.code === 'diagram.type'))
        this.#body[index] = `${marks}text${options}`;
    }
    return this.text !== before;
  }

  #declare(image: string): void {
    const fits = frontMatterSchema.shape.images.safeParse([image]).success;
    if (fits && !this.#images.includes(image)) this.#images = [...this.#images, image];
  }
}

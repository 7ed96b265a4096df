import type { LessonView } from '../../protocol/lesson-view.ts';
import type { Actor } from '../access.ts';
import { withChoiceOrders } from '../lessons/choice-order.ts';
import type { Lesson, NamedBlock } from '../lessons/lesson.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import { type HostFacts, missingNeeds } from '../lessons/missing-needs.ts';
import type { VariableValues } from '../lessons/parse/variables.ts';
import type { VariableStore } from '../store/variable-store.ts';

/**
 * The one way from a person to a lesson's text: it knows their answers to its variables, and whether they may see
 * one that is broken.
 */
export interface LessonReader {
  /** @throws lesson.not-found, lesson.invalid */
  lesson(actor: Actor, id: string): Promise<Lesson>;
  /** @throws lesson.not-found, lesson.invalid */
  view(actor: Actor, id: string): Promise<LessonView>;
  /** @throws lesson.not-found, lesson.invalid, lesson.block-not-found */
  block(actor: Actor, id: string, block: string): Promise<NamedBlock>;
}

export function createLessonReader(parts: {
  library: Pick<LessonLibrary, 'lesson' | 'view' | 'block'>;
  variables: Pick<VariableStore, 'read'>;
  hostFacts: () => Promise<HostFacts | null>;
}): LessonReader {
  const { library, variables, hostFacts } = parts;
  const sightOf = (actor: Actor) => ({ broken: actor.mayAuthor });

  /** undefined: it asks for nothing, or nothing was answered; the text is everybody's then. */
  const answersOf = async (actor: Actor, id: string): Promise<VariableValues | undefined> => {
    const { frontMatter } = library.lesson(id, undefined, sightOf(actor));
    if (Object.keys(frontMatter.variables).length === 0) return undefined;
    const answers = await variables.read(actor.learner, id);
    return Object.keys(answers).length === 0 ? undefined : answers;
  };

  return {
    lesson: async (actor, id) => library.lesson(id, await answersOf(actor, id), sightOf(actor)),
    view: async (actor, id) => {
      const everybodys = library.view(id, await answersOf(actor, id), sightOf(actor));
      const lesson = library.lesson(id, undefined, sightOf(actor));
      const view = withChoiceOrders(everybodys, lesson, actor.learner);
      const { needs } = lesson.frontMatter;
      return needs.length === 0 ? view : { ...view, missing: missingNeeds(needs, await hostFacts()) };
    },
    block: async (actor, id, block) => library.block(id, block, await answersOf(actor, id), sightOf(actor)),
  };
}

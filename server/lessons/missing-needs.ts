import type { FrontMatter } from '../../protocol/lesson-schema.ts';
import type { CourseView, MissingNeed } from '../../protocol/lesson-view.ts';
import type { LessonLibrary } from './library/lesson-library.ts';

type Need = FrontMatter['needs'][number];

/** What of a machine decides whether a lesson can be done on it. */
export interface HostFacts {
  cgroupVersion: '1' | '2';
}

const words: Record<Need, { has: (facts: HostFacts) => boolean; words: string }> = {
  cgroup2: {
    has: ({ cgroupVersion }) => cgroupVersion === '2',
    words:
      'This lesson needs cgroup v2, with which Linux limits and counts what containers use. The machine this lab runs on has cgroup v1, so some commands will not do what the lesson says. Whoever runs the lab can start its Linux with systemd.unified_cgroup_hierarchy=1, or move it to a newer one.',
  },
};

/** What this machine lacks of what a lesson needs. @param facts null: they are not known, and nothing is said */
export function missingNeeds(needs: readonly Need[], facts: HostFacts | null): MissingNeed[] {
  if (facts === null) return [];
  return needs.filter((need) => !words[need].has(facts)).map((need) => ({ need, words: words[need].words }));
}

/** The courses with what this machine lacks for each lesson. */
export async function withMissing(
  courses: CourseView[],
  library: Pick<LessonLibrary, 'lesson'>,
  hostFacts: () => Promise<HostFacts | null>,
): Promise<CourseView[]> {
  const cards = courses.flatMap((course) => course.lessons);
  // Read at once: lessons may be others after the engine has answered.
  const needs = new Map(cards.map(({ id }) => [id, library.lesson(id).frontMatter.needs]));
  if ([...needs.values()].every((each) => each.length === 0)) return courses;
  const facts = await hostFacts();
  return courses.map((course) => ({
    ...course,
    lessons: course.lessons.map((card) => ({ ...card, missing: missingNeeds(needs.get(card.id) ?? [], facts) })),
  }));
}

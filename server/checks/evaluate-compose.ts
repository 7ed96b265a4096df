import type { CommonCheckKey, ComposeCheck } from '../../protocol/check-schema.ts';
import { comparisonWords, holds, readComparison } from './comparison.ts';
import { stateWords } from './container-conditions.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { listed, plural } from './words.ts';

export type ComposeConditions = Omit<ComposeCheck, 'subject' | 'compose' | CommonCheckKey>;

type Service = NonNullable<ComposeConditions['services']>[string];

/** `state: absent`, `count: 0`, `count: "< 2"`. */
function expectsNone({ state, count }: Service): boolean {
  return state === 'absent' || (count !== undefined && holds(readComparison(count), 0));
}

/** A project is the containers Compose labelled with its name. */
export async function evaluateCompose(project: string, conditions: ComposeConditions, round: Round): Promise<Verdict> {
  const all = await round.containers();
  const own = all.filter((container) => container.labels['com.docker.compose.project'] === project);
  const serviceOf = (container: (typeof own)[number]): string => container.labels['com.docker.compose.service'] ?? '';
  if (own.length === 0) {
    const services = Object.values(conditions.services ?? {});
    if (services.length > 0 && services.every(expectsNone)) return met(`The project ${project} has no container.`);
    const projects = [...new Set(all.flatMap((container) => container.labels['com.docker.compose.project'] ?? []))];
    return unmet(
      `The project ${project} has no container yet.${projects.length > 0 ? ` These projects have: ${listed(projects)}.` : ''}`,
    );
  }
  for (const [name, wanted] of Object.entries(conditions.services ?? {})) {
    const members = own.filter((container) => serviceOf(container) === name);
    if (wanted.state === 'absent') {
      if (members.length > 0)
        return unmet(`The service ${name} still has ${plural(members.length, 'container')}. They have to be gone.`);
      continue;
    }
    if (members.length === 0) {
      if (expectsNone(wanted)) continue;
      return unmet(
        `The service ${name} has no container. ${project} has containers of: ${listed([...new Set(own.map(serviceOf))])}.`,
      );
    }
    const fitting = members.filter(
      (container) =>
        (wanted.state === undefined || container.state === wanted.state) &&
        (wanted.health === undefined || container.health === wanted.health),
    );
    if (wanted.count !== undefined) {
      if (holds(readComparison(wanted.count), fitting.length)) continue;
      return unmet(
        `The service ${name} has ${plural(fitting.length, 'container')} as asked; it has to be ${comparisonWords(wanted.count, 'count')}.`,
      );
    }
    const right = new Set(fitting);
    const other = members.find((container) => !right.has(container));
    if (!other) continue;
    if (wanted.state !== undefined && other.state !== wanted.state)
      return unmet(`${stateWords(other)}. The service ${name} has to be ${wanted.state}.`);
    return unmet(
      `${other.name} is ${other.health === 'none' ? 'without a health check' : other.health}. The service ${name} has to be ${wanted.health}.`,
    );
  }
  return met(
    `The project ${project} has ${plural(own.length, 'container')}: ${listed(own.map((container) => container.name))}.`,
  );
}

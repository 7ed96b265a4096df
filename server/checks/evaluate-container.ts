import type { ContainerCheck } from '../../protocol/check-schema.ts';
import type { ContainerDetails, ContainerSummary } from '../../protocol/docker.ts';
import { comparisonWords, holds, readComparison } from './comparison.ts';
import { type ContainerConditions, containerConditionMissing, stateWords } from './container-conditions.ts';
import { familiarImage, sameImage } from './image-reference.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asList, asPairs, asTexts, listed, plural, quoted } from './words.ts';

type ContainerSubject = ContainerCheck['container'];

/** @param subject a name, or what all of a group have in common */
export async function evaluateContainer(
  subject: ContainerSubject,
  conditions: ContainerConditions,
  round: Round,
): Promise<Verdict> {
  const all = await round.containers();
  if (typeof subject === 'string') return evaluateNamed(subject, all, conditions, round);
  return evaluateGroup(subject, all, conditions, round);
}

async function evaluateNamed(
  name: string,
  all: ContainerSummary[],
  conditions: ContainerConditions,
  round: Round,
): Promise<Verdict> {
  const summary = all.find((container) => container.name === name) ?? byId(name, all);
  if (conditions.state === 'absent') {
    if (!summary) return met(`There is no container named ${name}.`);
    return unmet(`There is still a container named ${name}: ${stateWords(summary)}. It has to be gone.`);
  }
  if (!summary) return unmet(noContainer(name, all));
  const missing = await containerConditionMissing(summary, conditions, round);
  return missing === null ? met(await seenWords(summary, conditions, round)) : unmet(missing);
}

function byId(name: string, all: ContainerSummary[]): ContainerSummary | undefined {
  return /^[a-f0-9]{6,64}$/.test(name) ? all.find((container) => container.id.startsWith(name)) : undefined;
}

function noContainer(name: string, all: ContainerSummary[]): string {
  if (all.length === 0) return `There is no container named ${name}, and no other either.`;
  return `There is no container named ${name}. ${all.length === 1 ? 'This one exists' : 'These exist'}: ${listed(all.map((container) => container.name))}.`;
}

async function evaluateGroup(
  subject: Exclude<ContainerSubject, string>,
  all: ContainerSummary[],
  conditions: ContainerConditions,
  round: Round,
): Promise<Verdict> {
  const { count: outerCount, ...others } = conditions;
  const count = outerCount ?? subject.count;
  const imageId = subject.image === undefined ? null : await round.imageId(subject.image);
  const group = all.filter(
    (container) =>
      (subject.image === undefined || container.imageId === imageId || sameImage(container.image, subject.image)) &&
      (subject.label === undefined || hasLabel(container, subject.label)),
  );
  const described = [
    subject.image === undefined ? '' : `from ${familiarImage(subject.image)}`,
    subject.label === undefined ? '' : `with the label ${subject.label}`,
  ]
    .filter(Boolean)
    .join(' and ');
  if (others.state === 'absent') {
    if (group.length === 0) return met(`There is no container ${described}.`);
    return unmet(
      `There ${group.length === 1 ? 'is' : 'are'} still ${plural(group.length, 'container')} ${described}: ${names(group)}. All have to be gone.`,
    );
  }
  const results = await Promise.all(
    group.map(async (container) => ({ container, missing: await containerConditionMissing(container, others, round) })),
  );
  const fitting = results.filter((result) => result.missing === null);
  const wanted = count ?? '>= 1';
  const which =
    others.state === undefined
      ? described
      : `${described} that ${others.state === 'running' ? 'runs' : `is ${others.state}`}`;
  if (holds(readComparison(wanted), fitting.length)) {
    return met(
      `${plural(fitting.length, 'container')} ${described} ${fitting.length === 1 ? 'fits' : 'fit'}${fitting.length > 0 ? `: ${names(fitting.map((result) => result.container))}` : ''}.`,
    );
  }
  if (group.length === 0) return unmet(`There is no container ${described} yet.`);
  if (count === undefined) return unmet(results[0]?.missing ?? `There is no container ${which}.`);
  const reason = results.find((result) => result.missing !== null)?.missing;
  const tooMany = fitting.length > readComparison(wanted).value;
  return unmet(
    `There ${fitting.length === 1 ? 'is' : 'are'} ${plural(fitting.length, 'container')} ${described} that ${fitting.length === 1 ? 'fits' : 'fit'}; it has to be ${comparisonWords(wanted, 'count')}.${reason && !tooMany ? ` ${reason}` : ''}`,
  );
}

function names(containers: ContainerSummary[]): string {
  return listed(containers.map((container) => container.name));
}

function hasLabel(container: ContainerSummary, label: string): boolean {
  return asPairs([label]).every(
    ([name, value]) => Object.hasOwn(container.labels, name) && (value === null || container.labels[name] === value),
  );
}

async function seenWords(summary: ContainerSummary, conditions: ContainerConditions, round: Round): Promise<string> {
  const details: ContainerDetails | null = await round.container(summary.id);
  const parts = [stateWords(details ?? summary)];
  if (conditions.image !== undefined) parts.push(`It was made from ${familiarImage(conditions.image)}`);
  if (conditions.ports !== undefined) parts.push(`It publishes ${listed(conditions.ports.map(String))}`);
  if (conditions.networks !== undefined && details)
    parts.push(`It is attached to ${listed(details.networks.map((network) => network.name))}`);
  if (conditions.differs !== undefined)
    parts.push(`Changed in its writable layer: ${listed(asList(conditions.differs))}`);
  if (conditions.logs !== undefined)
    parts.push(
      `Its log holds ${asTexts(conditions.logs)
        .map((text) => quoted(text))
        .join(' and ')}`,
    );
  return `${parts.join('. ')}.`;
}

import type { ContainerCheck } from '../../protocol/check-schema.ts';
import type { ContainerSummary } from '../../protocol/docker.ts';
import { comparisonWords, holds, readComparison } from './comparison.ts';
import { type ContainerConditions, containerConditionMissing, stateWords } from './container-conditions.ts';
import { containerEvidence } from './container-evidence.ts';
import { familiarImage, spellingsOf } from './image-reference.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asPairs, listed, plural } from './words.ts';

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
  return missing === null ? met(await containerEvidence(summary, conditions, round)) : unmet(missing);
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
  const spellings = subject.image === undefined ? null : spellingsOf(subject.image);
  const group = all.filter(
    (container) =>
      (spellings === null || container.imageId === imageId || spellings.has(container.image)) &&
      (subject.label === undefined || hasLabel(container, subject.label)),
  );
  const described = [
    subject.image === undefined ? '' : `made from ${familiarImage(subject.image)}`,
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
  if (holds(readComparison(wanted), fitting.length)) {
    return met(
      `${groupWords(fitting.length, described, others)}${fitting.length > 0 ? `: ${names(fitting.map((result) => result.container))}` : ''}.`,
    );
  }
  if (group.length === 0) return unmet(`There is no container ${described} yet.`);
  if (count === undefined) return unmet(results[0]?.missing ?? `There is no container ${described} yet.`);
  const reason = results.find((result) => result.missing !== null)?.missing;
  const tooMany = fitting.length > readComparison(wanted).value;
  return unmet(
    `${groupWords(fitting.length, described, others)}; it has to be ${comparisonWords(wanted, 'count')}.${reason && !tooMany ? ` ${reason}` : ''}`,
  );
}

/** "A container made from busybox has ended with exit status 0": how many are as the conditions want them. */
function groupWords(count: number, described: string, { state, exitCode, ...more }: ContainerConditions): string {
  const one = count === 1;
  const subject = count === 0 ? 'No container' : one ? 'A container' : `${count} containers`;
  const singular = one || count === 0;
  if (Object.values(more).some((value) => value !== undefined))
    return `${subject} ${described} ${singular ? 'is' : 'are'} as asked`;
  const status = exitCode === undefined ? '' : ` with exit status ${exitCode}`;
  if (state === 'exited' || status !== '') return `${subject} ${described} ${singular ? 'has' : 'have'} ended${status}`;
  if (state === 'created') return `${subject} ${described} ${singular ? 'was' : 'were'} made and not started`;
  if (state !== undefined) return `${subject} ${described} ${singular ? 'is' : 'are'} ${state}`;
  return `There ${singular ? 'is' : 'are'} ${count === 0 ? 'no container' : plural(count, 'container')} ${described}`;
}

function names(containers: ContainerSummary[]): string {
  return listed(containers.map((container) => container.name));
}

function hasLabel(container: ContainerSummary, label: string): boolean {
  return asPairs([label]).every(
    ([name, value]) => Object.hasOwn(container.labels, name) && (value === null || container.labels[name] === value),
  );
}

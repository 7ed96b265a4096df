import { parse } from 'yaml';
import { type Check, checkSchemas, type Subject } from '../../protocol/check-schema.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { evaluateChecks } from './evaluate-checks.ts';
import { container, type FakeWorld, fakeContext, image } from './fake-context.ts';

/** A check from its YAML; the subject is its first key. */
export function check(yaml: string): Check {
  const value = parse(yaml) as Record<string, unknown>;
  const subject = Object.keys(value)[0] as Subject;
  return { subject, ...checkSchemas[subject].parse({ title: 'x', ...value }) } as Check;
}

export async function look(yaml: string, world: FakeWorld): Promise<CheckResult> {
  const [result] = await evaluateChecks([{ id: 'c', check: check(yaml) }], fakeContext(world));
  if (!result) throw new Error('no result');
  return result;
}

export type Row = [yaml: string, world: FakeWorld, message: string];

export const web = (more: Parameters<typeof container>[1] = {}) => ({
  containers: [container('web', more)],
  images: [image('busybox')],
});

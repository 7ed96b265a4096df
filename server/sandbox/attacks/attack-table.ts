import { archiveAttacks } from './archive-attacks.ts';
import type { Attack } from './attack.ts';
import { daemonAttacks } from './daemon-attacks.ts';
import { escapeAttacks } from './escape-attacks.ts';
import { imageAttacks } from './image-attacks.ts';
import { kernelAttacks } from './kernel-attacks.ts';
import { limitAttacks } from './limit-attacks.ts';
import { mirrorAttacks } from './mirror-attacks.ts';
import { networkAttacks } from './network-attacks.ts';
import { socketAttacks } from './socket-attacks.ts';
import { syscallAttacks } from './syscall-attacks.ts';

/** Every attack of the suite, in the order they are carried out: those on the daemon's socket last. */
export const attacks: readonly Attack[] = [
  ...kernelAttacks,
  ...syscallAttacks,
  ...limitAttacks,
  ...escapeAttacks,
  ...networkAttacks,
  ...imageAttacks,
  ...socketAttacks,
  ...mirrorAttacks,
  ...archiveAttacks,
  ...daemonAttacks,
];

/** SECURITY.md's table of attacks, in Markdown. A test compares the two. */
export function renderAttackTable(): string {
  const rows = attacks.map(({ name, control, from }) => `| ${name} | ${from.join(', ')} | ${control} |`);
  return ['| Attack | Tried as | What stops it |', '| --- | --- | --- |', ...rows].join('\n');
}

export interface AttackResult {
  name: string;
  from: string;
  /** What the attacker got to see. */
  result: string;
  control: string;
}

/** The suite's own report. */
export function renderResults(results: readonly AttackResult[]): string {
  const rows = results.map(({ name, from, result, control }) => [name, from, result, control]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length), 6));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [line(['Attack', 'From', 'Result', 'Control']), ...rows.map(line)].join('\n');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attacks, renderAttackTable } from './attack-table.ts';

describe('the table of attacks', () => {
  it('is the one in SECURITY.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../SECURITY.md'), 'utf8');
    expect(page).toContain(renderAttackTable());
  });

  it('names every attack once, and what stops it', () => {
    const names = attacks.map((attack) => attack.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { name, control, from } of attacks) {
      expect(control.length, name).toBeGreaterThan(10);
      expect(from.length, name).toBeGreaterThan(0);
      expect(name + control, name).not.toContain('|');
    }
  });
});

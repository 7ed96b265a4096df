import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import { PlacementStore } from './placement-store.ts';

test.each([
  ['no JSON', '[{', '{'],
  ['of another version', '[{"question":1}]', '{"decidedAt":"today"}'],
])('a row that is %s counts as none, is told of, and is written over', async (_what, answers, outcome) => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-placement-'));
  const db = await openStore(folder);
  try {
    await db.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 1 }).execute();
    await db.insertInto('placement').values({ learner: 'ada', answers, outcome }).execute();
    const warnings: object[] = [];
    const store = new PlacementStore(db, { warn: (details) => warnings.push(details) });
    const before = await store.read('ada');
    expect(before).toMatchObject({ answers: [], decision: null });
    expect(warnings).toMatchObject([{ learner: 'ada' }, { learner: 'ada' }]);
    const after = { answers: [{ question: 'q', right: true, given: null }], decision: null };
    expect(await store.replace('ada', before, after)).toBe(true);
    expect(await store.read('ada')).toMatchObject(after);
    expect(await store.replace('ada', before, after), 'another window').toBe(false);
  } finally {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
});

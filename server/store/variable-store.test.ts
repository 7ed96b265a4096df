import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import { VariableStore } from './variable-store.ts';

test('answers are each learner’s own, and a later one takes the place of the earlier', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-store-'));
  const db = await openStore(folder);
  try {
    await db.insertInto('learner').values({ id: 'ada', created_at: 1, seen_at: 1 }).execute();
    const variables = new VariableStore(db);
    await variables.save('ada', 'a/b', {});
    expect(await variables.read('ada', 'a/b')).toEqual({});
    await variables.save('ada', 'a/b', { name: 'web', port: '8080' });
    await variables.save('ada', 'a/b', { port: '9090' });
    await variables.save('ada', 'a/c', { name: "it's" });
    expect(await variables.read('ada', 'a/b')).toEqual({ name: 'web', port: '9090' });
    expect(await variables.read('ada', 'a/c')).toEqual({ name: "it's" });
    expect(await variables.read('ben', 'a/b')).toEqual({});
  } finally {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
});

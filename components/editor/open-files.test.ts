import { expect, it } from 'vitest';
import { LabError } from '../realtime/lab-connection.ts';
import { OpenFiles } from './open-files.ts';

it('does not write a deleted file again that was closed before it was saved', async () => {
  let online = false;
  const writes: string[] = [];
  const drafts = new Set<string>();
  let text = 'one';
  const files = new OpenFiles({
    client: {
      read: async (path) => ({ path, content: 'one', version: 'v1' }),
      write: async (path) => {
        if (!online) throw new LabError({ code: 'connection.lost', message: 'lost' });
        writes.push(path);
        return { version: 'v2' };
      },
    },
    drafts: {
      get: () => null,
      set: (path) => drafts.add(path).has(path),
      remove: (path) => void drafts.delete(path),
      paths: () => [...drafts],
    },
    makeBuffer: () => ({
      getText: () => text,
      setText: () => undefined,
      onEdited: () => undefined,
      setPath: () => undefined,
      dispose: () => undefined,
    }),
    saveDelayMs: 400,
    quietMs: 0,
  });
  files.setActive(true);
  files.open('app/Dockerfile', { path: 'app/Dockerfile', content: 'one', version: 'v1' });
  text = 'two';
  await files.close('app/Dockerfile');
  expect(drafts.size).toBe(1);
  expect(files.removed('app')).toEqual([]);
  online = true;
  files.resume();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(writes).toEqual([]);
  expect(drafts.size).toBe(0);
});

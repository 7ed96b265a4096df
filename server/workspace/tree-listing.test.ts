import { describe, expect, it } from 'vitest';
import { parseTreeListing } from './tree-listing.ts';

describe('parseTreeListing', () => {
  const records = '1 ff 12 Dockerfile\0' + '1 dd 4096 src\0' + '2 lN 3 src/broken\0' + '2 ff 1 src/a b\0';

  it('reads entries sorted by path, and how many there were', () => {
    expect(parseTreeListing(Buffer.from(`${records}9\n`), true)).toEqual({
      entries: [
        { path: 'Dockerfile', type: 'file', size: 12 },
        { path: 'src', type: 'folder', size: 0 },
        { path: 'src/a b', type: 'file', size: 1 },
        { path: 'src/broken', type: 'other', size: 3 },
      ],
      omitted: 5,
    });
  });

  it('takes the count with a NUL after it, as other versions of sed write it', () => {
    expect(parseTreeListing(Buffer.from(`${records}4\0`), true).omitted).toBe(0);
  });

  it('drops a record that was cut', () => {
    expect(parseTreeListing(Buffer.from(`${records}2 ff 1 src/lo`), false).entries).toHaveLength(4);
  });

  it('is empty for no output', () => {
    expect(parseTreeListing(Buffer.alloc(0), true)).toEqual({ entries: [], omitted: 0 });
  });
});

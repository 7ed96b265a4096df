import { describe, expect, it } from 'vitest';
import { limitToSet } from './inotify.ts';

describe('the limit of inotify instances', () => {
  it('is raised to a round number that suffices', () => {
    expect(limitToSet(128, 40)).toBe(256);
    expect(limitToSet(128, 120)).toBe(1024);
  });

  it('is left alone when it suffices, is higher, or is not there', () => {
    expect(limitToSet(128, 10)).toBeNull();
    expect(limitToSet(8192, 120)).toBeNull();
    expect(limitToSet(null, 120)).toBeNull();
  });
});

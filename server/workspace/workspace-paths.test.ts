import { describe, expect, it } from 'vitest';
import { workspaceRoot } from './workspace-paths.ts';

describe('workspaceRoot', () => {
  it('is short, unless an earlier course has a lesson of that name', () => {
    const lessons = ['docker/first-dockerfile', 'docker/layers', 'compose/layers'];
    expect(workspaceRoot('docker/first-dockerfile', lessons)).toBe('/root/first-dockerfile');
    expect(workspaceRoot('docker/layers', lessons)).toBe('/root/layers');
    expect(workspaceRoot('compose/layers', lessons)).toBe('/root/compose--layers');
  });
});

import { describe, expect, it } from 'vitest';
import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { isDockerfile, languageOf, problemWithName } from './file-names.ts';

describe('isDockerfile', () => {
  it.each(['Dockerfile', 'a/Dockerfile.slim', 'web.Dockerfile', 'dockerfile'])('%s is one', (path) =>
    expect(isDockerfile(path)).toBe(true),
  );
  it.each(['Dockerfiles', '.dockerfile', 'Dockerfile/x', 'Dockerfile.', 'my-dockerfile.txt'])('%s is none', (path) =>
    expect(isDockerfile(path)).toBe(false),
  );
});

describe('languageOf', () => {
  it.each([
    ['Dockerfile.dev', 'dockerfile'],
    ['Dockerfile.dockerignore', 'ini'],
    ['compose.override.yaml', 'yaml'],
    ['run.sh', 'shell'],
    ['.env', 'ini'],
    ['site/index.html', 'html'],
    ['notes', 'plaintext'],
  ])('%s is %s', (path, language) => expect(languageOf(path)).toBe(language));
});

describe('problemWithName', () => {
  const entries: WorkspaceEntry[] = [
    { path: 'Dockerfile', type: 'file', size: 1 },
    { path: 'src', type: 'folder', size: 0 },
  ];
  it.each([
    ['new', '', null],
    ['deep/er/new', 'src', null],
    ['', '', /Type a name/],
    ['Dockerfile', '', /exists already/],
    ['../x', '', /\. and \.\./],
    ['/x', '', /slash/],
    ['a\\b', '', /backslash/],
    ['Dockerfile/x', '', /is a file/],
    ['x'.repeat(300), '', /too long/],
  ])('%s in %s', (name, folder, expected) => {
    const problem = problemWithName(name, folder, entries, null);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });
  it('lets a file keep its name', () => expect(problemWithName('Dockerfile', '', entries, 'Dockerfile')).toBeNull());
});

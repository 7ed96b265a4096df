import { describe, expect, it } from 'vitest';
import { buildCommand } from './build-command.ts';

describe('buildCommand', () => {
  it.each([
    ['Dockerfile', 'first-dockerfile', 'docker build -t first-dockerfile .'],
    ['web/Dockerfile', 'web', 'docker build -t web web'],
    ['a/My App/Dockerfile', 'my-app', "docker build -t my-app 'a/My App'"],
    ['Dockerfile.slim', 'first-dockerfile:slim', 'docker build -t first-dockerfile:slim -f Dockerfile.slim .'],
    ['web/dev.Dockerfile', 'web:dev', 'docker build -t web:dev -f web/dev.Dockerfile web'],
    ['-rf/Dockerfile', 'rf', 'docker build -t rf ./-rf'],
    ['ünï/Dockerfile', 'n', "docker build -t n 'ünï'"],
    ['🐳/Dockerfile', 'first-dockerfile', "docker build -t first-dockerfile '🐳'"],
    ["it's/x.txt", 'it-s', "docker build -t it-s -f 'it'\\''s/x.txt' 'it'\\''s'"],
    [
      'Dockerfile.-odd tag!',
      'first-dockerfile:odd-tag-',
      "docker build -t first-dockerfile:odd-tag- -f 'Dockerfile.-odd tag!' .",
    ],
  ])('%s', (path, tag, shown) => {
    expect(buildCommand('docker/first-dockerfile', path)).toMatchObject({ tag, shown });
  });
});

import { describe, expect, it } from 'vitest';
import { parseCheatSheet } from './cheat-sheet.ts';

const codes = (text: string): string[] =>
  parseCheatSheet(text, 'cheat-sheet.yaml').problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
const sheet = (...lines: string[]): string =>
  ['groups:', '  - title: Containers', '    commands:', ...lines.map((line) => `      ${line}`)].join('\n');

describe('a cheat sheet', () => {
  it('has words for commands, in groups and in order', () => {
    const { groups, problems } = parseCheatSheet(
      sheet('docker ps:', '  does: Lists.', '  also: [docker container ls]', '  options:', '    -a, --all: All.'),
      'cheat-sheet.yaml',
    );
    expect(problems).toEqual([]);
    expect(groups).toMatchObject([
      {
        title: 'Containers',
        entries: [
          {
            name: 'docker ps',
            does: 'Lists.',
            also: ['docker container ls'],
            at: { line: 4, column: 7 },
            spots: { '-a, --all': { line: 8, column: 11 } },
          },
        ],
      },
    ]);
  });

  it('is read strictly', () => {
    expect(codes(sheet('docker ps:', '  dose: Lists.'))).toEqual(['5:9 key.unknown']);
    expect(codes(sheet('docker ps:', '  example: docker ps'))).toEqual(['5:9 key.missing']);
    expect(codes(sheet('podman ps:', '  does: Lists.'))).toEqual(['4:7 value.wrong']);
    expect(codes(sheet('docker ps:', '  does: Lists.', '  options: {all: All.}'))).toEqual(['6:19 value.wrong']);
    expect(codes(sheet('docker ps:', '  does: Lists.', 'docker ps:', '  does: Lists.'))).toEqual([
      '6:7 yaml.duplicate-key',
    ]);
    expect(codes(sheet('docker ps:', '\tdoes: Lists.'))).toEqual(['5:7 yaml.tab']);
    expect(codes('')).toEqual(['1:1 key.missing']);
  });

  it('explains a command once, under one name', () => {
    expect(
      codes(sheet('docker ps:', '  does: Lists.', 'docker container ls:', '  does: Lists.', '  also: [docker ps]')),
    ).toEqual(['8:16 cheat-sheet.duplicate']);
  });
});

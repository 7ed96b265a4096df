import { describe, expect, it } from 'vitest';
import { parseGlossary } from './glossary.ts';

const read = (body: string) => parseGlossary(`# Glossary\n\nWords.\n\n${body}\n`, 'glossary.md');
const codes = (body: string): string[] =>
  read(body).problems.map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`);

describe('a glossary', () => {
  it('has terms with a definition, more, and what to see', () => {
    const { terms, problems } = read(
      '## .dockerignore\n\nA file that names what is *left out*. It is no `.gitignore`, e.g. here.\n\n## User ID {#user-id}\n\nA number, see [root](#dockerignore).\n\nIt is no name.\n\nSee also: [x](#dockerignore), [Own](volumes/own/lesson.md#step).',
    );
    expect(problems).toEqual([]);
    expect(terms.map(({ id, title, definition, more }) => ({ id, title, definition, more }))).toEqual([
      {
        id: 'dockerignore',
        title: '.dockerignore',
        definition: 'A file that names what is left out.',
        more: 'It is no `.gitignore`, e.g. here.',
      },
      { id: 'user-id', title: 'User ID', definition: 'A number, see root.', more: 'It is no name.' },
    ]);
    expect(terms[1]?.seeAlso.map(({ target }) => target)).toEqual([
      { kind: 'anchor', id: 'dockerignore' },
      { kind: 'lesson', id: 'volumes/own', anchor: 'step' },
    ]);
  });

  it('tells what does not belong there, and reads the rest', () => {
    expect(codes('## A\n\nA is one.\n\n- a list\n\n## B\n\nB is two.')).toEqual(['9:1 error glossary.shape']);
    expect(codes('## A\n\nA is one.\n\n### Part')).toEqual(['9:1 error glossary.shape']);
    expect(codes('## A\n\nA is ![one](x.png).')).toEqual(['7:6 error glossary.shape']);
    expect(codes('## A\n\nA is <b>one</b>.')).toEqual(['7:6 error glossary.shape', '7:12 error glossary.shape']);
    expect(codes('## A\n\nA is one.\n\nSee also: [B](#b) for more.\n\nMore text.')).toEqual([
      '9:18 error glossary.shape',
      '11:1 error glossary.shape',
    ]);
    expect(read('## A\n\n```sh\nls\n```\n\n## B\n\nB is two.').terms.map(({ id }) => id)).toEqual(['b']);
  });

  it('wants a definition for each term', () => {
    expect(codes('## A\n\n## B\n\nB is two.')).toEqual(['5:1 error glossary.no-definition']);
    expect(codes('## A\n\nWhat is it? It is one.')).toEqual(['7:1 error glossary.no-definition']);
    expect(codes('## A\n\nwithout a full stop')).toEqual(['7:1 error glossary.no-definition']);
  });

  it('has each id once, and well-formed', () => {
    expect(codes('## A\n\nA is one.\n\n## B {#a}\n\nB is two.')).toEqual(['9:1 error id.duplicate']);
    expect(codes('## A {#Not Good}\n\nA is one.')).toEqual(['5:1 error heading.id']);
    expect(codes('##\n\nText.')).toEqual(['5:1 error heading.empty']);
  });

  it('is warned of when it is long or not in order', () => {
    expect(codes('## A\n\nA is one. Two. Three. Four. Five.')).toEqual(['5:1 warning glossary.long']);
    expect(codes('## B\n\nB is two.\n\n## .a\n\nA is one.')).toEqual(['9:1 warning glossary.order']);
  });

  it('survives what is no text at all', () => {
    expect(read('\0').problems.map(({ code }) => code)).toEqual(['source.unreadable']);
    expect(parseGlossary('', 'glossary.md')).toEqual({ file: 'glossary.md', terms: [], problems: [] });
    expect(parseGlossary(`${'> '.repeat(60)}x`, 'glossary.md').problems).toHaveLength(1);
  });
});

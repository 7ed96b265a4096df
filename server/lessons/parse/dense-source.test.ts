import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProblemList } from '../problem.ts';
import { countMarks, densest, refuseDenseLines, TooDense } from './dense-source.ts';
import { normaliseSource, parseMarkdown } from './markdown.ts';

const root = join(import.meta.dirname, '../../..');
const lines = (unit: string, bytes: number, line = 1_500): string =>
  `${unit.repeat(Math.ceil(line / unit.length))}\n`.repeat(Math.ceil(bytes / line));
const row = (cell: string): string => `${`|${cell}`.repeat(8_000)}|\n`;

function problemsOf(source: string): string[] {
  const problems = new ProblemList('x');
  const parsed = parseMarkdown(source, problems);
  expect(parsed === null).toBe(problems.items.length > 0);
  return problems.items.map(({ code, line }) => `${code} ${line}`);
}

/** Each took a parser seconds; the line is where reading ended, so what follows it cost nothing. */
test.each([
  ['marks of emphasis', lines('*a_ **b__ ', 60_000), 1],
  ['footnotes', Array.from({ length: 4_000 }, (_, index) => `[^${index}]: a`).join('\n'), densest.definitions + 1],
  ['footnotes in one line', `${'[^a]: '.repeat(1_000)}\n`, 1],
  ['links by name', Array.from({ length: 4_000 }, (_, index) => `[${index}]: a`).join('\n'), densest.definitions + 1],
  ['addresses', lines('b_.b_.', 75_000, 18_000), 1],
  ['addresses without underscores', lines('b-b.', 75_000, 18_000), 1],
  ['addresses that may end anywhere', `www.a.b/${'&a;'.repeat(6_000)}c`, 1],
  ['addresses before punctuation', `http://a.b/${'!'.repeat(18_000)}c`, 1],
  ['a wide table', `${row('a')}${row('-')}${row('a')}`, 1],
  ['a long table', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(2_000)}`, Math.floor(densest.bars / 3) + 1],
  ['lists in each other', Array.from({ length: 196 }, (_, level) => `${'  '.repeat(level)}- a`).join('\n'), 13],
  [
    'lists in each other with text between',
    Array.from({ length: 99 }, (_, at) => `${' '.repeat(2 * at)}- a\nb`).join('\n'),
    25,
  ],
  ['quotes in each other', `${'> '.repeat(39)}a\n`, 1],
  ['a long list', '- a\n'.repeat(4_000), densest.items + 1],
  ['links that are not closed', lines('[a](b', 60_000), 1],
  ['very many paragraphs', 'a\n\n'.repeat(100_000), densest.lines + 1],
  ['many paragraphs full of marks', `${'*a '.repeat(390)}\n\n`.repeat(400), 51],
])('%s are refused where they become too much', (_name, source, line) => {
  expect(problemsOf(source)).toEqual([`source.too-dense ${line}`]);
});

test('what stands in code is no mark, however much it is', () => {
  expect(problemsOf(`\`\`\`\n${'*a_ [b](c) http://d.e '.repeat(400)}\n\`\`\`\n`)).toEqual([]);
  expect(problemsOf(`- a\n\n  ~~~\n  ${'*a_ [b](c)'.repeat(400)}\n  ~~~\n\nb\n`)).toEqual([]);
  expect(problemsOf(`A \`${'*_['.repeat(400)}\` b.\n`)).toEqual([]);
  // A fence in HTML is none, so what follows is text.
  expect(problemsOf(`<!--\n\`\`\`\n-->\n\n${'*a '.repeat(500)}\n`)).toEqual(['source.too-dense 5']);
});

test('siblings are not nested', () => {
  const list = Array.from({ length: 100 }, () => '- a\n  - b\n    > c\n\ntext\n\n1. d\n').join('\n');
  expect(problemsOf(list)).toEqual([]);
  expect(() => refuseDenseLines(list.split('\n'))).not.toThrow(TooDense);
});

test('counting changes nothing of how a text is read', () => {
  expect(Object.keys(countMarks())).toEqual(['text']);
  const problems = new ProblemList('x');
  const tree = parseMarkdown('A ``b ` c`` *d* **e**_f_ <https://g.h> www.i.j k@l.m ~~n~~ ![o](p) \\* [q] `', problems);
  const [paragraph] = tree?.children ?? [];
  expect(paragraph?.type === 'paragraph' && paragraph.children.map(({ type }) => type)).toEqual(
    'text inlineCode text emphasis text strong emphasis text link text link text link text delete text image text'.split(
      ' ',
    ),
  );
});

test('every lesson there is can be read', async () => {
  const found: string[] = [];
  for (const folder of ['lessons', 'e2e/lessons']) {
    const paths = await readdir(join(root, folder), { recursive: true });
    for (const path of paths.filter((each) => each.endsWith('.md'))) {
      found.push(path);
      expect(problemsOf(normaliseSource(await readFile(join(root, folder, path), 'utf8'))), path).toEqual([]);
    }
  }
  expect(found.length).toBeGreaterThan(15);
});

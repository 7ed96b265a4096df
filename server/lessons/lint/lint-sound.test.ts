import { describe, expect, it } from 'vitest';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { lintLesson } from './lint-lesson.ts';
import { findSlowPatterns, isSlowPattern } from './slow-pattern.ts';

/** Rules that guess what may go wrong have to leave alone what is right. */
async function codes(body: string): Promise<string[]> {
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', 'a/b');
  const read = { source: null, lesson, hasFiles: false, filesMark: '', problems };
  const loaded = { id: 'a/b', folder: '/nowhere', file: 'lesson.md', ...read };
  return [...problems, ...(await lintLesson(loaded, { lessons: new Map() }))].map(({ code }) => code);
}

const run = (command: string, options = ''): string => fence(`sh run${options}`, command);
const check = (yaml: string): string => fence('yaml check', `title: x\n${yaml}`);
const done = `${run('docker volume create made')}\n\n${check('volume: made\nstate: present')}`;
const step = (...blocks: string[]): string => ['## Go', done, ...blocks].join('\n\n');
const notes = fence('text file=notes.txt', 'one\ntwo');
const replace = (lines: string, path = 'notes.txt'): string => fence(`text file=${path} lines=${lines}`, 'x');

describe('the linter leaves alone', () => {
  it.each<[string, string]>([
    ['lines of a file that was written', step(notes, replace('2-2'))],
    ['the line after the last', step(notes, replace('3-3'))],
    ['lines that were appended', step(notes, fence('text file=notes.txt mode=append', 'three'), replace('3-3'))],
    ['lines of a file a command has changed', step(notes, run('seq 9 >> ./notes.txt'), replace('4-7'))],
    ['lines of a file a command has made', step(run('seq 9 > notes.txt'), replace('4-7'))],
    ['lines of a file in a folder that was copied', step(run('cp -r app shop'), replace('4-7', 'shop/app.js'))],
    ['lines of a file some program makes', step(run('make all'), replace('4-7'))],
    [
      'lines of a file a container makes',
      step(run('docker run --rm -v "$PWD:/w" node sh -c "npm init"'), replace('1-1', 'package.json')),
    ],
    ['an interrupt of what runs', step(run('sleep 600', ' background'), run('ls', ' interrupt'))],
    [
      'an interrupt in the terminal of a solution',
      step(fence('sh solution terminal=two background', 'sleep 9'), run('ls', ' terminal=two interrupt')),
    ],
    ['a diagram with its configuration', step(fence('mermaid', '---\ntitle: A\n---\n%% note\nflowchart LR\n  a-->b'))],
    [
      'a diagram with a directive',
      step(fence('mermaid', "%%{init: {'theme': 'base'}}%%\nsequenceDiagram\n  A->>B: hi")),
    ],
    [
      'a solution that helps to answer a quiz',
      `${step()}\n\n## Count\n\n${fence('sh solution', 'docker volume ls')}\n\n${fence('yaml quiz', 'question: How many?\nanswer: 1')}`,
    ],
    ['a project by itself', step(check('compose: shop'))],
    ['an answer by itself', step(check('http: 8080/'))],
    ['a command by itself', step(check('ran: ^docker ps'), check('run: test -f a'))],
    ['a text that only looks like HTML', step('`<script>`, \\<script> and &lt;script>, a < b, 1 <2.', '    <script>')],
    ['a comment', step('<!-- <script>alert(1)</script> -->')],
    ['letters of any language', step('Ça va, привет, שלום, 日本語, 👩‍💻.')],
  ])('%s', async (_name, body) => {
    const found = await codes(body);
    expect(found.filter((code) => code !== 'image.undeclared')).toEqual([]);
  });

  it.each([
    ['container: web\nports: ["8080:80"]', 'ports: ["80:8080"]'],
    ['container: web\nports: ["8080:80"]', 'state: exited'],
    ['container: web\nports: ["8080:80"]', 'state: absent'],
    ['container: web\nstate: running\nuser: app', 'state: running'],
    ['container: { label: a }\ncount: 2', 'count: 2, state: running'],
    ['image: site\nsize: "< 20MB"', 'state: absent'],
    ['compose: shop\nservices: { web: { state: running } }', 'services: { web: { state: absent } }'],
    ['compose: shop', 'services: { web: { state: absent } }'],
    ['http: 8080/\nstatus: 200', 'status: 404'],
    ['ran: ^docker', 'exit: 1'],
    ['run: ls\nexit: 2', 'exit: 0'],
    ['file: a\ncontains: [b, c]', 'contains: b'],
    ['volume: data\nstate: absent', 'state: present'],
  ])('a hint that can be shown: %s when %s', async (yaml, when) => {
    expect(await codes(step(check(`${yaml}\nhints:\n  - when: { ${when} }\n    say: y`)))).toEqual([]);
  });

  it.each([
    '^docker (container )?(ps|ls)( -a| --all)*$',
    '(?:a|b|c)+d',
    '^(\\w+ )+$',
    '(ab+c)*',
    '[(+*]+',
    '^(?:[a-z0-9]+(?:-[a-z0-9]+)*)$',
    '(?<name>[a-z]+)(?:,[a-z]+)*',
    '\\(+a\\)+',
  ])('the pattern %s', (pattern) => expect(isSlowPattern(pattern)).toBe(false));
});

describe('a pattern that takes for ever', () => {
  it.each([
    '(a+)+b',
    '^(\\w+\\s?)*$',
    '(a|a)*c',
    '([a-z]+)*!',
    '(.*)*x',
    '([^x]*)*x',
    '(\\d+|[0-9])+$',
    '((ab?)+)+c',
    '(x+x+)+y',
  ])('is found: %s', (pattern) => expect(isSlowPattern(pattern)).toBe(true));

  it('is looked for a few times in a lesson, and each pattern once', () => {
    const isSlow = findSlowPatterns();
    expect(['(a+)+b', '(a+)+b', '(b+)+c', '(c+)+d', '(d+)+e'].map(isSlow)).toEqual([true, true, true, true, false]);
  });

  it('cannot stop the linter, however many there are', async () => {
    const quiz = (letter: string): string =>
      fence('yaml quiz', `question: x\nanswer: '/(${letter}+)+|((z|z|0|n|o|[^~])+)+~/'`);
    const found = await codes(step(...['a', 'b', 'c', 'd', 'e', 'f'].map(quiz)));
    expect(new Set(found)).toEqual(new Set(['pattern.slow']));
  });
});

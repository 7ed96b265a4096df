import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../protocol/limits.ts';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { lintLesson } from '../lint/lint-lesson.ts';
import { createHighlight } from '../render/highlight.ts';
import { renderLesson } from '../render/render-lesson.ts';
import { parseLesson } from './parse-lesson.ts';

const shipped = new URL('../../../lessons/first-steps', import.meta.url).pathname;
const everything = lessonSource(
  [
    'Text with [a link](https://example.org) and ![an image](media/a.png).',
    '## One {#one}',
    fence('sh run terminal=two background', 'docker run x'),
    fence('dockerfile file=Dockerfile lines=1-2', 'FROM busybox'),
    fence(
      'yaml check',
      'title: x\ncontainer: web\nstate: running\nhints:\n  - when: { ports: ["80:8080"] }\n    say: no',
    ),
    fence('yaml quiz', 'question: x\nchoices:\n  - { text: a, why: b, correct: true }\n  - { text: c, why: d }'),
    '> [!NOTE]\n> Note **this**.\n> - a\n> - b',
    '<details><summary>More</summary>\n\n1. a\n\n   ```json\n   {}\n   ```\n\n</details>',
    fence('mermaid', 'graph TD'),
    '| a | b |\n| - | - |\n| $$name$$ | [^1] |\n\n[^1]: foot',
  ].join('\n\n'),
  ['variables: { name: { prompt: Who, default: Ada } }'],
);
const sources = [
  everything,
  ...readdirSync(shipped, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readFileSync(join(shipped, entry.name, 'lesson.md'), 'utf8')),
];

/** Numbers that look random and are the same in every run (xorshift32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const oddities = [
  '\t',
  '```',
  '~~~',
  '---',
  '{',
  '[',
  '"',
  "'",
  ': ',
  '&a ',
  '*a',
  '<',
  '</details>',
  '<details>',
  '<!--',
  '$$',
  '> ',
  '\0',
  '\u2028',
  '😀',
  '\\',
  '|',
  '#',
  '!!js/function',
  '[!NOTE]',
  '%YAML 9',
  '\r',
];

function mutate(source: string, random: (limit: number) => number): string {
  let text = source;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(text.length + 1);
    const length = random(30);
    switch (random(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at) + (oddities[random(oddities.length)] ?? '') + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at + length);
        break;
      case 3:
        text = text.slice(0, at);
        break;
      default: {
        const from = random(text.length + 1);
        text = text.slice(0, at) + text.slice(from, from + length) + text.slice(at);
      }
    }
  }
  return text;
}

describe('any text at all', () => {
  const highlight = createHighlight();

  it('is parsed, linted and rendered without a throw, with every problem inside the file', async () => {
    const random = randomNumbers(20_261_121);
    for (let round = 0; round < 200; round++) {
      const text = mutate(sources[round % sources.length] ?? '', random);
      const { lesson, problems } = parseLesson(text, 'lesson.md', 'a/b');
      const loaded = {
        id: 'a/b',
        folder: '/nowhere',
        file: 'lesson.md',
        source: text,
        lesson,
        hasFiles: false,
        filesMark: '',
        problems: [...problems],
      };
      problems.push(...(await lintLesson(loaded, { lessons: new Map() })));
      const lines = text.split(/\r\n?|\n/).length;
      for (const problem of problems) {
        expect(problem.line, `${problem.code} of ${JSON.stringify(text)}`).toBeGreaterThanOrEqual(1);
        expect(problem.line, `${problem.code} of ${JSON.stringify(text)}`).toBeLessThanOrEqual(lines + 1);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.message).not.toBe('');
      }
      if (lesson === null) {
        expect(problems.some((problem) => problem.severity === 'error')).toBe(true);
        continue;
      }
      const view = JSON.stringify(
        renderLesson(lesson, { course: { id: 'a', title: 'A', lessons: [] }, hasFiles: false }, highlight),
      );
      expect(view).not.toMatch(/<script|<style|<iframe|\son\w+=|javascript:|\sstyle=/i);
    }
  }, 60_000);

  it.each([
    ['nothing', ''],
    ['a zero byte', '---\n\0'],
    ['a very long line', `---\n${'a'.repeat(30_000)}`],
    ['deep quotes', lessonSource(`${'>'.repeat(500)} a`)],
    ['deep lists', lessonSource(`${'- '.repeat(500)} a`)],
    ['deep brackets', lessonSource(`${'['.repeat(15_000)}a`)],
    ['deep emphasis', lessonSource('*a **b '.repeat(2000))],
    ['deep YAML', lessonSource(fence('yaml check', `title: ${'['.repeat(5000)}`))],
    ['many maps in a line', lessonSource(fence('yaml check', `title: ${'{a: '.repeat(3000)}`))],
    ['an alias bomb', lessonSource(fence('yaml check', `a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\ntitle: x`))],
    ['many problems', lessonSource(Array.from({ length: 3000 }, () => '<b>').join('\n\n'))],
    ['a lesson beyond the limit', lessonSource('a\n'.repeat(limits.lessonSource / 2))],
    ['unclosed HTML', lessonSource('<details><summary>'.repeat(2000))],
  ])(
    '%s costs little time and gives problems',
    (_name, text) => {
      const start = performance.now();
      const { problems } = parseLesson(text, 'lesson.md', 'a/b');
      expect(problems.length).toBeLessThanOrEqual(200);
      if (_name !== 'deep brackets' && _name !== 'deep emphasis') expect(problems.length).toBeGreaterThan(0);
      expect(performance.now() - start).toBeLessThan(5000);
    },
    20_000,
  );
});

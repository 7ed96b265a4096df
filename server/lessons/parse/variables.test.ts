import { describe, expect, it } from 'vitest';
import type { LessonView } from '../../../protocol/lesson-view.ts';
import { evaluateChecks } from '../../checks/evaluate-checks.ts';
import { fakeContext } from '../../checks/fake-context.ts';
import { judgeQuiz } from '../judge-quiz.ts';
import { blocksOfLesson, type Lesson } from '../lesson.ts';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { createHighlight } from '../render/highlight.ts';
import { renderLesson } from '../render/render-lesson.ts';
import { parseLesson } from './parse-lesson.ts';
import { fillVariables, matchesPattern } from './variables.ts';

const highlight = createHighlight();
const more = ['variables:', '  name: { prompt: Name?, default: web }', '  other: { prompt: Other?, default: "7" }'];

function filled(body: string, answers: Record<string, string>, front = more): Lesson {
  const { lesson } = parseLesson(lessonSource(body, front), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error('the lesson cannot be read');
  return fillVariables(lesson, answers);
}

function viewOf(body: string, answers: Record<string, string>, front = more): LessonView {
  const about = { course: { id: 'course', title: 'Course', lessons: [] }, hasFiles: false, answers };
  return renderLesson(filled(body, answers, front), about, highlight);
}

/** Whatever could mean something to Markdown, HTML, YAML, a pattern or this very replacement. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '`code` **bold** [link](https://example.org)',
  '$$other$$',
  '$& $1 $$',
  '"]: 1, x: ["',
  "'; rm -rf ~ #",
  '{ a: [1] } # x',
  '&copy; \\n',
  '| a | b |',
  '.*',
  '/.*/',
  '](javascript:alert(1))',
];

describe('an answer stays what was typed', () => {
  it.each(hostile)('in a text, a command and a file: %s', (name) => {
    const body = [
      'Hello $$name$$.',
      '## Go',
      fence('sh run', 'echo $$name$$'),
      fence('dockerfile file=Dockerfile', 'LABEL a=$$name$$'),
    ].join('\n\n');
    const lesson = filled(body, { name });
    expect([...blocksOfLesson(lesson)]).toMatchObject([
      { nodes: [{ children: [{ type: 'text', value: `Hello ${name}.` }] }] },
      { command: `echo ${name}` },
      { code: `LABEL a=${name}\n` },
    ]);
    const [block] = viewOf(body, { name }).introduction;
    expect(block?.kind === 'prose' && block.html).toBe(`<p>Hello ${escaped(name)}.</p>`);
  });

  it.each(hostile)('in code and in the title of a step: %s', (name) => {
    const view = viewOf('`$$name$$`\n\n## Go $$name$$ {#go}\n\nText.', { name });
    const [block] = view.introduction;
    // Around words that are not to be broken; what was typed is escaped and cannot be one of these.
    const html = block?.kind === 'prose' ? block.html.replaceAll(/<span class="whole">([^<]*)<\/span>/g, '$1') : '';
    expect(html).toBe(`<p><code>${escaped(name)}</code></p>`);
    expect(view.steps).toMatchObject([{ id: 'go', title: `Go ${name}` }]);
  });

  it.each(hostile)('in a check and a quiz: %s', (name) => {
    const body = [
      '## Go',
      fence('yaml check', 'title: It is $$name$$\ncontainer: web\nenv: { WHO: $$name$$ }'),
      fence('yaml check', 'title: Typed\nran: ^echo $$name$$$'),
      fence(
        'yaml quiz',
        'question: Who?\nchoices:\n  - { text: $$name$$, why: you, correct: true }\n  - { text: b, why: b }',
      ),
    ].join('\n\n');
    const [title, ran, quiz] = [...blocksOfLesson(filled(body, { name }))];
    expect(title).toMatchObject({ check: { title: `It is ${name}`, env: { WHO: name } } });
    expect(quiz).toMatchObject({ quiz: { choices: [{ text: name }, { text: 'b' }] } });
    if (ran?.kind !== 'check' || ran.check.subject !== 'ran') throw new Error('the check is another one');
    expect(new RegExp(ran.check.ran).test(`echo ${name}`)).toBe(true);
    expect(new RegExp(ran.check.ran).test('echo anything')).toBe(false);
  });

  it.each(hostile)('as a link it leads nowhere dangerous: %s', (name) => {
    const html = JSON.stringify(viewOf('[a]($$name$$) ![b](media/$$name$$.png)', { name }).introduction);
    expect(html).not.toMatch(/javascript:|<script|onerror="|<img src=x/);
  });

  it('inside a pattern of a quiz it stands for itself', () => {
    const lesson = filled(`## Go\n\n${fence('yaml quiz', 'question: Who?\nanswer: /hello $$name$$/')}`, {
      name: 'a.c',
    });
    expect([...blocksOfLesson(lesson)]).toMatchObject([{ quiz: { answer: '/hello a\\.c/' } }]);
  });

  const quizBody = `## Go\n\n${fence('yaml quiz', 'question: Where?\nanswer: $$name$$')}`;
  it.each<[answer: string, typed: string, right: boolean]>([
    ['/srv/', '/srv/', true],
    ['/srv/', ' /SRV/ ', true],
    ['/srv/', 'srv', false],
    ['/My  dir/', '/my dir/', true],
    ['/.*/', '/.*/', true],
    ['/.*/', '/ab/', false],
    ['/a/i', '/a/i', true],
    ['/a/i', 'A', false],
    ['/(a|a)*$/', `${'a'.repeat(40)}b`, false],
    ['/srv', '/srv', true],
    ['srv/', 'srv', false],
  ])('as the answer of a quiz, %s is a text and no pattern: %s', (name, text, right) => {
    const quiz = [...blocksOfLesson(filled(quizBody, { name }))].find((block) => block.kind === 'quiz');
    if (quiz?.kind !== 'quiz') throw new Error('no quiz');
    expect(judgeQuiz(quiz.quiz, { text }).right).toBe(right);
  });

  it.each<[answer: string, stdout: string, state: 'met' | 'unmet']>([
    ['/srv/', 'in /srv/ now\n', 'met'],
    ['/srv/', 'srv\n', 'unmet'],
    ['/Srv/i', '/srv/i\n', 'unmet'],
    ['/.*/', 'anything\n', 'unmet'],
    ['/.*/', 'a/.*/b\n', 'met'],
  ])('as the wanted output, %s is a text and no pattern: %j', async (name, stdout, state) => {
    const body = `## Go\n\n${fence('yaml check', 'title: Where\nrun: pwd\nstdout: $$name$$')}`;
    const block = [...blocksOfLesson(filled(body, { name }))].find((each) => each.kind === 'check');
    if (block?.kind !== 'check') throw new Error('no check');
    const context = fakeContext({ run: () => ({ exit: 0, stdout }) });
    expect(await evaluateChecks([{ id: 'c', check: block.check }], context)).toMatchObject([{ state }]);
  });

  it('in a diagram it is words, not the language of diagrams', () => {
    const lesson = filled(fence('mermaid', 'graph TD\n  a[$$name$$] --> b'), { name: 'x"] --> c; <b>é' });
    expect([...blocksOfLesson(lesson)]).toMatchObject([
      { source: 'graph TD\n  a[x#34;#93; --#62; c#59; #60;b#62;é] --> b' },
    ]);
  });
});

describe('what a page is told', () => {
  it('has the answer, or what stands for it', () => {
    expect(viewOf('Hello $$name$$ $$other$$.', { other: '8' }).variables).toEqual([
      { name: 'name', prompt: 'Name?', value: 'web', answered: false, pattern: null },
      { name: 'other', prompt: 'Other?', value: '8', answered: true, pattern: null },
    ]);
  });

  it('does not count an answer that a changed pattern takes no more, nor one that nobody asks for', () => {
    const front = ['variables:', '  name: { prompt: Name?, default: web, pattern: "[a-z]+" }'];
    expect(viewOf('Hello $$name$$.', { name: '42', gone: 'x' }, front).variables).toEqual([
      { name: 'name', prompt: 'Name?', value: 'web', answered: false, pattern: '[a-z]+' },
    ]);
  });
});

it('the same answers are filled in once, other answers anew', () => {
  const { lesson } = parseLesson(lessonSource('Hello $$name$$ $$other$$.', more), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error('the lesson cannot be read');
  const ada = fillVariables(lesson, { name: 'ada' });
  expect(fillVariables(lesson, { name: 'ada', gone: 'x' })).toBe(ada);
  expect(fillVariables(lesson, { name: 'ada', other: '8' })).not.toEqual(ada);
  // However many there are, they do not pile up.
  for (let number = 0; number < 40; number += 1) fillVariables(lesson, { name: `n${number}` });
  expect(fillVariables(lesson, { name: 'ada' })).not.toBe(ada);
  expect(fillVariables(lesson, { name: 'ada' })).toEqual(ada);
});

describe('a pattern', () => {
  it('has to take the whole answer', () => {
    expect(matchesPattern('[a-z]+', 'web')).toBe(true);
    expect(matchesPattern('a|b', 'ab')).toBe(false);
    expect(matchesPattern('[a-z]+', 'web\n')).toBe(false);
    expect(matchesPattern(undefined, '')).toBe(true);
  });

  it('that cannot be read, or would take for ever, takes nothing', () => {
    expect(matchesPattern('(', '(')).toBe(false);
    expect(matchesPattern('(a+)+b', `${'a'.repeat(100)}c`)).toBe(false);
  });
});

function escaped(text: string): string {
  return text.replaceAll('&', '&#x26;').replaceAll('<', '&#x3C;');
}

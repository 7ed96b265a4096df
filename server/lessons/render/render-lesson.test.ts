import { describe, expect, it } from 'vitest';
import type { Block, LessonView } from '../../../protocol/lesson-view.ts';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { fillVariables } from '../parse/variables.ts';
import { createHighlight, tokenClasses } from './highlight.ts';
import { renderLesson } from './render-lesson.ts';
import { definitionsFor } from './render-prose.ts';

const highlight = createHighlight();

function view(body: string, more: string[] = [], answers: Record<string, string> = {}): LessonView {
  const { lesson, problems } = parseLesson(lessonSource(body, more), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error(JSON.stringify(problems));
  return renderLesson(
    fillVariables(lesson, answers),
    { course: { id: 'course', title: 'Course', lessons: [] }, hasFiles: false, answers },
    highlight,
  );
}

function introduction(body: string): string {
  const [block] = view(body).introduction;
  return block?.kind === 'prose' ? block.html : '';
}

describe('prose', () => {
  it('keeps what Markdown knows', () => {
    const html = introduction('A **strong** `word`.\n\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n');
    expect(html).toContain('<strong>strong</strong> <code>word</code>');
    expect(html).toContain('<li>one</li>');
    expect(html).toContain('<td>1</td>');
  });

  it('opens other sites in a new tab that knows nothing of this one', () => {
    expect(introduction('[a](https://example.org)')).toBe(
      '<p><a href="https://example.org" target="_blank" rel="noopener noreferrer">a</a></p>',
    );
  });

  it.each([
    ['[a](../other/lesson.md)', '<a href="/learn/course/other">'],
    ['[a](../../second/first/lesson.md#go)', '<a href="/learn/second/first#go">'],
    ['[a](../other)', '<a href="/learn/course/other">'],
    ['[a](#go)', '<a href="#go">'],
    ['[a](media/b.svg)', '<a href="/lessons-media/course/lesson/b.svg">'],
    ['![a](media/b%20c.png)', '<img src="/lessons-media/course/lesson/b%20c.png" alt="a" loading="lazy">'],
    ['![a](./media/deep/c.png)', '<img src="/lessons-media/course/lesson/deep/c.png"'],
    ['[a][b]\n\n[b]: https://b.org', '<a href="https://b.org"'],
  ])('%s leads to %s', (markdown, html) => expect(introduction(markdown)).toContain(html));

  it.each([
    '[a](javascript:alert(1))',
    '[a](data:text/html,x)',
    '[a](/etc)',
    '[a](files/x.txt)',
    '[a](../../../../etc/passwd)',
    '[a](vbscript:x)',
  ])('%s leads nowhere', (markdown) => expect(introduction(markdown)).toBe('<p><a>a</a></p>'));

  it.each([
    '![a](https://example.org/a.png)',
    '![a](//example.org/a.png)',
    '![a](../../../a.png)',
    '![a](data:image/png;base64,x)',
  ])('%s loads nothing', (markdown) => expect(introduction(markdown)).not.toContain('src='));

  it('takes to a piece of text only the definitions it names, and those these name', () => {
    const source = `[A][link], ![x][Pic] and[^1].\n\n${Array.from({ length: 200 }, (_, index) => `[d${index}]: #go`).join('\n')}\n\n[link]: https://a.org\n[pic]: media/a.png\n[link]: https://b.org\n\n[^1]: See [it][d7].\n\n[^2]: No.\n`;
    const { lesson } = parseLesson(lessonSource(source), 'lesson.md', 'course/lesson');
    const [block] = lesson?.introduction ?? [];
    if (block?.kind !== 'prose') throw new Error('no prose');
    const taken = definitionsFor(block.nodes, lesson?.definitions ?? []);
    expect(taken.map((node) => 'identifier' in node && node.identifier)).toEqual(['d7', 'link', 'pic', 'link', '1']);
    const html = introduction(source);
    expect(html).toContain('<a href="https://a.org"');
    expect(html).toContain('See <a href="#go">it</a>');
    expect(html).not.toContain('No.');
  });

  it('finds a definition that stands in another step', () => {
    const { steps } = view('## One\n\n[a][far]\n\n## Two\n\nText.\n\n[far]: https://far.org\n');
    expect(JSON.stringify(steps[0]?.blocks)).toContain('https://far.org');
  });
});

describe('code', () => {
  it('is coloured by classes, without a style attribute', () => {
    const [block] = view(fence('dockerfile file=Dockerfile', 'FROM busybox\n# a comment')).introduction;
    expect(block?.kind === 'file' && block.html).toBe(
      '<pre class="code" data-language="dockerfile"><code><span class="line"><span class="tok-keyword">FROM</span> busybox</span>\n<span class="line"><span class="tok-comment"># a comment</span></span></code></pre>',
    );
  });

  it.each([
    'sh',
    'console',
    'dockerfile',
    'yaml',
    'json',
    'javascript',
    'python',
    'go',
    'html',
    'ini',
    'conf',
    'js',
    'bash',
  ])('knows %s', (language) => {
    const code = 'if "x" == 1 # <b> &\n$ docker run\n{"a": [1, true]}\nFROM a\n[section]\nkey = value\n<p class="x">';
    const html = JSON.stringify(highlight(code, language));
    expect(html).toContain('tok-');
    for (const [, name] of html.matchAll(/"tok-([a-z-]+)"/g)) expect(tokenClasses).toContain(name);
  });

  it('in an unknown language is escaped and plain', () => {
    const [block] = view(fence('brainfuck', '<b>&</b>')).introduction;
    expect(block).toMatchObject({
      html: '<pre class="code" data-language="brainfuck"><code><span class="line">&#x3C;b>&#x26;&#x3C;/b></span></code></pre>',
    });
  });

  it('of a command keeps its words whole, whatever tokens they are made of', () => {
    const command = `docker run --name web -e A-B="c d" x`;
    const [block] = view(fence('sh run', command)).introduction;
    if (block?.kind !== 'run') throw new Error('no command');
    expect(block.html).toContain('<span class="whole"><span class="tok-string">--name</span></span>');
    expect(block.html).toMatch(
      /<span class="whole"><span class="tok-\S+">A-B=<\/span><span class="tok-\S+">"c<\/span><\/span>/,
    );
    expect(block.html.match(/"whole"/g)).toHaveLength(3);
    expect(block.html.replace(/<[^>]+>/g, '')).toBe(command);
  });

  it('within a sentence keeps its words whole, and that of a listing is left as it is', () => {
    expect(introduction('Add `--rm now`.')).toBe('<p>Add <code><span class="whole">--rm</span> now</code>.</p>');
    expect(introduction('- a\n\n  ```text\n  a --rm\n  ```\n')).not.toContain('whole');
  });

  it('inside a list is coloured too', () => {
    expect(introduction('- a\n\n  ```json\n  {"a": 1}\n  ```\n')).toContain('<pre class="code" data-language="json">');
  });
});

describe('blocks', () => {
  it('show what a page needs and nothing that gives answers away', () => {
    const page = view(
      [
        '## Go',
        fence('sh setup', 'rm -rf /tmp/x'),
        fence('sh run background', 'docker ps'),
        fence('sh solution', 'docker run x'),
        fence(
          'yaml check',
          'title: It runs\ncontainer: web\nstate: running\nhints:\n  - when: { state: exited }\n    say: secret',
        ),
        fence(
          'yaml quiz',
          'question: Which?\nchoices:\n  - { text: a, why: secret, correct: true }\n  - { text: 2, why: secret, correct: true }\n  - { text: c, why: secret }',
        ),
        fence('yaml quiz', 'question: Which?\nanswer: secret'),
        fence('mermaid', 'graph TD'),
        '<details><summary>Help</summary>\n\nText.\n\n</details>',
        '> [!WARNING]\n> Text.',
      ].join('\n\n'),
    );
    const [step] = page.steps;
    expect(step?.blocks.map((block: Block) => block.kind)).toEqual([
      'run',
      'solution',
      'check',
      'quiz',
      'quiz',
      'diagram',
      'hint',
      'callout',
    ]);
    expect(step?.checks).toEqual(['go-check-1']);
    expect(step?.quizzes).toEqual(['go-quiz-1', 'go-quiz-2']);
    expect(step?.blocks[3]).toMatchObject({
      choices: ['a', '2', 'c'],
      order: [0, 1, 2],
      several: true,
      freeText: false,
    });
    expect(step?.blocks[4]).toMatchObject({ choices: [], several: false, freeText: true });
    expect(JSON.stringify(page)).not.toMatch(/secret|rm -rf/);
  });
});

describe('variables', () => {
  const more = ['variables:', '  name: { prompt: Who are you, default: Ada, pattern: "[A-Za-z.<>]+" }'];
  const body = [
    'Hello $$name$$.',
    '## Go',
    fence('sh run', 'echo $$name$$'),
    fence('yaml check', 'title: Hello $$name$$\nran: echo $$name$$'),
  ].join('\n\n');

  it('are filled in everywhere, with the default or the answer', () => {
    expect(JSON.stringify(view(body, more))).not.toContain('$$');
    expect(view(body, more).steps[0]?.blocks).toMatchObject([{ command: 'echo Ada' }, { title: 'Hello Ada' }]);
    expect(view(body, more, { name: 'Grace' }).steps[0]?.blocks).toMatchObject([
      { command: 'echo Grace' },
      { title: 'Hello Grace' },
    ]);
  });

  it('cannot bring HTML in, nor what their pattern refuses', () => {
    expect(view(body, more, { name: '<b>' }).introduction).toMatchObject([{ html: '<p>Hello &#x3C;b>.</p>' }]);
    expect(view(body, more, { name: '; rm' }).steps[0]?.blocks[0]).toMatchObject({ command: 'echo Ada' });
  });

  it('stand for themselves inside a pattern', () => {
    const { lesson } = parseLesson(lessonSource(body, more), 'lesson.md', 'a/b');
    const filled = lesson && fillVariables(lesson, { name: 'a.c' });
    expect(filled?.steps[0]?.blocks[1]).toMatchObject({ check: { ran: 'echo a\\.c', title: 'Hello a.c' } });
  });
});

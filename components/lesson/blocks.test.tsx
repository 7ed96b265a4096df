import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Block, CheckResult } from '../../protocol/lesson-view.ts';
import type { QuizVerdict } from '../../protocol/quiz.ts';
import { AuthorMarksProvider } from '../author/author-marks.tsx';
import { BlockList } from './block-view.tsx';
import { CheckRow } from './check-row.tsx';
import { type LessonActions, LessonActionsProvider, noMachine } from './lesson-context.tsx';
import { MissingNeeds } from './missing-needs.tsx';
import { QuizBlock } from './quiz-block.tsx';

const render = (block: ReactNode, actions: Partial<LessonActions> = {}) =>
  renderToStaticMarkup(<LessonActionsProvider value={{ ...noMachine, ...actions }}>{block}</LessonActionsProvider>);

const quiz = (
  <QuizBlock
    kind="quiz"
    id="q"
    question="What is `nginx`?"
    choices={['a server', 'a ship']}
    order={[1, 0]}
    several={false}
    freeText={false}
    nested={false}
  />
);
const { progress } = noMachine;

describe('a question', () => {
  it('is open until it is answered, and gives nothing away', () => {
    const html = render(quiz);
    expect(html).toContain('data-state="open"');
    expect(html).toContain('<code class="inline-code">nginx</code>');
    expect(html).not.toContain('checked');
  });

  it('says only that it was answered until the server has told more', () => {
    const html = render(quiz, { progress: { ...progress, quizzes: { q: { attempts: 2, passedAt: 1 } } } });
    expect(html).toContain('data-state="passed"');
    expect(html).toContain('Answered.');
    expect(html).toContain('Answer again');
    expect(html).not.toContain('checked=""');
  });

  it('keeps its tick while a later answer is wrong', () => {
    const verdict: QuizVerdict = {
      quiz: 'q',
      right: false,
      choices: [{ index: 1, right: false, why: 'It does not float.' }],
      incomplete: false,
      explanation: null,
      answer: null,
      attempts: 3,
    };
    const html = render(quiz, {
      progress: { ...progress, quizzes: { q: { attempts: 3, passedAt: 1 } } },
      quizzes: new Map([['q', verdict]]),
    });
    expect(html).toContain('data-state="passed"');
    expect(html).toContain('It does not float.');
    expect(html).toContain('>Answer</button>');
  });
});

describe('a check', () => {
  const row = <CheckRow id="c" title="web runs" nested={false} />;
  const result = (state: CheckResult['state']) =>
    new Map([['c', { id: 'c', state, message: 'It took more than 5 s.', hint: null }]]);

  it('that could not be looked at says why, and can be looked at again', () => {
    const html = render(row, { checks: result('failed') });
    expect(html).toContain('It took more than 5 s.');
    expect(html).toContain('aria-label="Check again: web runs"');
  });

  it('keeps its words to itself until it is asked', () => {
    const html = render(row, { checks: result('unmet') });
    expect(html).not.toContain('It took more than 5 s.');
    expect(html).toContain('aria-label="Check: web runs"');
  });
});

describe('what this machine lacks', () => {
  it('stands before everything else, in the words of the server', () => {
    const html = render(<MissingNeeds missing={[{ need: 'cgroup2', words: 'This engine has no `cgroup2`.' }]} />);
    expect(html).toContain('This lesson needs something that this machine lacks');
    expect(html).toContain('<code class="inline-code">cgroup2</code>');
  });
});

describe('what a command prints', () => {
  const run: Block = {
    kind: 'run',
    id: 'r',
    command: 'docker ps',
    html: '',
    terminal: 'main',
    background: false,
    interrupt: false,
  };
  const output = (code: string): Block => ({ kind: 'output', id: 'o', of: 'r', code });
  const prose: Block = { kind: 'prose', html: '<p>Between.</p>' };

  it('is plain text under its command, with a name and reachable by keyboard', () => {
    const html = render(<BlockList blocks={[run, output('<b>NAMES</b>')]} />);
    expect(html).toContain('data-block="o" class="min-w-0 -mt-5"');
    expect(html).toContain('&lt;b&gt;NAMES&lt;/b&gt;');
    expect(html).toMatch(/<div role="group" aria-label="Output of this command[^>]*tabindex="0"/i);
  });

  it('keeps its distance where something stands between', () => {
    const html = render(<BlockList blocks={[run, prose, output('NAMES')]} />);
    expect(html).not.toContain('-mt-5');
    expect(html).toContain('NAMES');
  });

  it('is nothing to a learner while it is empty, and tells its author what it waits for', () => {
    const list = <BlockList blocks={[run, output('')]} />;
    expect(render(list)).not.toContain('data-block="o"');
    const author = { isOpen: true, marks: new Map(), onShow: () => undefined };
    const html = render(<AuthorMarksProvider value={author}>{list}</AuthorMarksProvider>);
    expect(html).toContain('npm run lessons -- refresh');
  });
});

describe('solutions', () => {
  const file = (id: string, path: string): Block => ({
    kind: 'solution',
    id,
    of: { kind: 'file', id: `${id}-of`, path, language: 'text', code: 'a', html: '', mode: { type: 'write' } },
  });

  it('of one kind are told apart by their names, a single one is not numbered', () => {
    const html = render(<BlockList blocks={[file('a', 'x.txt'), file('b', 'y.txt'), file('c', 'x.txt')]} />);
    const names = [...html.matchAll(/Show solution: (?:<!-- -->)?([^<]*)/g)].map(([, name]) => name);
    expect(names).toEqual(['x.txt, 1 of 2', 'y.txt', 'x.txt, 2 of 2']);
  });
});

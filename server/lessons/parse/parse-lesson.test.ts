import { describe, expect, it } from 'vitest';
import { blocksOfLesson, checksOfStep, type Lesson, quizzesOfStep, setupsOfStep } from '../lesson.ts';
import { bodyLine, fence, lessonSource } from '../lesson-fixture.ts';
import type { Problem } from '../problem.ts';
import { parseLesson } from './parse-lesson.ts';

function parse(body: string, more: string[] = []): { lesson: Lesson; problems: Problem[] } {
  const { lesson, problems } = parseLesson(lessonSource(body, more), 'lesson.md', 'course/lesson');
  if (lesson === null) throw new Error(`no lesson: ${JSON.stringify(problems)}`);
  return { lesson, problems };
}

/** "LINE:COLUMN CODE", lines counted from the first of the body. */
function places(problems: Problem[], moreLines = 0): string[] {
  return problems.map((problem) => `${problem.line - bodyLine - moreLines + 1}:${problem.column} ${problem.code}`);
}

describe('steps', () => {
  it('begin at each ## heading, after the introduction', () => {
    const { lesson, problems } = parse('Hello.\n\n## First step\n\nText.\n\n### Part\n\n## Second step {#two}\n');
    expect(problems).toEqual([]);
    expect(lesson.introduction).toHaveLength(1);
    expect(lesson.steps.map(({ id, title, at }) => ({ id, title, line: at.line - bodyLine + 1 }))).toEqual([
      { id: 'first-step', title: 'First step', line: 3 },
      { id: 'two', title: 'Second step', line: 9 },
    ]);
  });

  it('need ids of their own', () => {
    expect(places(parse('## One {#a}\n\n## Two {#a}\n').problems)).toEqual(['3:1 id.duplicate']);
    const { lesson } = parse('## One {#a}\n\n## Two {#a}\n');
    expect(new Set(lesson.steps.map((step) => step.id)).size).toBe(2);
  });

  it('may have any title, and still get an id a program can use', () => {
    const { lesson } = parse('## `docker run`: what it does?\n\n## 日本語\n\n## 🎉\n');
    expect(lesson.steps.map((step) => step.id)).toEqual(['docker-run-what-it-does', '日本語', 'step-3']);
  });

  it('refuse an id in braces that is none', () => {
    expect(parse('## One {#My Id}\n').problems).toMatchObject([
      { code: 'heading.id', found: 'My Id', expected: 'my-id' },
    ]);
  });
});

describe('blocks', () => {
  it('keep command, options, id and place', () => {
    const { lesson, problems } = parse(
      `## Go\n\n${fence('sh run terminal=second background interrupt timeout=30s', 'docker ps\nls')}\n`,
    );
    expect(problems).toEqual([]);
    expect(lesson.steps[0]?.blocks).toEqual([
      {
        kind: 'run',
        id: 'go-run-1',
        at: { line: bodyLine + 2, column: 1 },
        command: 'docker ps\nls',
        terminal: 'second',
        background: true,
        interrupt: true,
        timeoutMs: 30_000,
      },
    ]);
  });

  it('write files in three modes, with a line end', () => {
    const { lesson, problems } = parse(
      [
        '## Go',
        fence('dockerfile file=Dockerfile', 'FROM busybox'),
        fence('python file=app/main.py mode=append', 'x = 1'),
        fence('yaml file="my file.yaml" lines=4-7', 'a: 1'),
        fence('text file=empty.txt', '').replace('\n\n', '\n'),
      ].join('\n\n'),
    );
    expect(problems).toEqual([]);
    expect(lesson.steps[0]?.blocks).toMatchObject([
      {
        kind: 'file',
        id: 'go-file-1',
        path: 'Dockerfile',
        mode: { type: 'write' },
        language: 'dockerfile',
        code: 'FROM busybox\n',
      },
      { kind: 'file', id: 'go-file-2', path: 'app/main.py', mode: { type: 'append' } },
      { kind: 'file', id: 'go-file-3', path: 'my file.yaml', mode: { type: 'lines', from: 4, to: 7 } },
      { kind: 'file', id: 'go-file-4', path: 'empty.txt', code: '' },
    ]);
  });

  it('know solutions, set-up, listings and diagrams', () => {
    const { lesson, problems } = parse(
      [
        '## Go',
        fence('sh setup timeout=1m', 'docker rm -f web || true'),
        fence('sh solution', 'docker run web'),
        fence('dockerfile file=Dockerfile solution', 'FROM busybox'),
        fence('console', '$ docker ps'),
        fence('', 'plain'),
        fence('mermaid', 'graph TD; a-->b'),
      ].join('\n\n'),
    );
    expect(problems).toEqual([]);
    const [step] = lesson.steps;
    expect(step?.blocks.map((block) => block.kind)).toEqual([
      'setup',
      'solution',
      'solution',
      'listing',
      'listing',
      'diagram',
    ]);
    expect(step?.blocks[1]).toMatchObject({
      id: 'go-solution-1',
      of: { kind: 'run', id: 'go-solution-1', command: 'docker run web' },
    });
    expect(step?.blocks[2]).toMatchObject({ of: { kind: 'file', path: 'Dockerfile' } });
    expect(step && setupsOfStep(step)).toMatchObject([{ timeoutMs: 60_000 }]);
  });

  it('have ids that are unique in the whole lesson', () => {
    const block = fence('sh run', 'ls');
    const { lesson } = parse(`${block}\n\n## A\n\n${block}\n\n${block}\n\n## A run {#a-run-2}\n\n${block}\n`);
    const ids = [...blocksOfLesson(lesson)].flatMap((each) => ('id' in each ? [each.id] : []));
    expect(ids).toEqual(['intro-run-1', 'a-run-1', 'a-run-2', 'a-run-2-run-1']);
  });

  it('stand inside hints and call-outs, and count for their step', () => {
    const { lesson, problems } = parse(
      [
        '## Go',
        '> [!TIP]',
        '> Try **this**.',
        '>',
        '> ```yaml check',
        '> title: It runs',
        '> container: web',
        '> state: running',
        '> ```',
        '',
        '<details><summary>Stuck `here`?</summary>',
        '',
        'Look.',
        '',
        fence('yaml quiz', 'question: What?\nanswer: /docker ps/i\nexplanation: It lists.'),
        '',
        '</details>',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    const [step] = lesson.steps;
    expect(step?.blocks).toMatchObject([
      { kind: 'callout', tone: 'tip', blocks: [{ kind: 'prose' }, { kind: 'check', id: 'go-check-1' }] },
      { kind: 'hint', summary: 'Stuck here?', blocks: [{ kind: 'prose' }, { kind: 'quiz', id: 'go-quiz-1' }] },
    ]);
    expect(step && checksOfStep(step)).toHaveLength(1);
    expect(step && quizzesOfStep(step)).toHaveLength(1);
  });

  it('take a hint on one line', () => {
    const { lesson, problems } = parse('## Go\n\n<details><summary>Why?</summary>Because of **that**.</details>\n');
    expect(problems).toEqual([]);
    expect(lesson.steps[0]?.blocks).toMatchObject([{ kind: 'hint', summary: 'Why?', blocks: [{ kind: 'prose' }] }]);
  });

  it('ignore comments', () => {
    expect(parse('<!-- a note\nfor authors -->\n\n## Go\n\nText <!-- here --> too.\n').problems).toEqual([]);
  });
});

describe('front matter', () => {
  it('is read whole, with defaults', () => {
    const { lesson } = parse('## Go\n', ['after: [a/b]', 'images: [busybox]', 'egress: internet', 'needs: [cgroup2]']);
    expect(lesson.frontMatter).toMatchObject({
      after: ['a/b'],
      images: ['busybox'],
      egress: 'internet',
      needs: ['cgroup2'],
      variables: {},
    });
  });

  it.each([
    ['', '1:1 front-matter.missing'],
    ['Just text.\n', '1:1 front-matter.missing'],
    ['---\ntitle: x\n', '1:1 front-matter.missing'],
    [lessonSource('## A').replace('level: beginner', 'level: beginer'), '5:8 value.wrong'],
    [lessonSource('## A').replace('minutes: 5', 'minutes: five'), '4:10 value.wrong'],
    [lessonSource('## A').replace('minutes: 5', 'minuts: 5'), '4:1 key.unknown'],
    [lessonSource('## A').replace('title: A lesson', 'title: [A'), '3:1 yaml.syntax'],
    [lessonSource('## A', ['title: again']), '7:1 yaml.duplicate-key'],
    [lessonSource('## A', ['after:', '\t- a/b']), '8:1 yaml.tab'],
    [lessonSource('## A', ['needs: [cgroup3]']), '7:9 value.wrong'],
    [lessonSource('## A', ['after: [nowhere]']), '7:9 value.wrong'],
    [lessonSource('## A', ['images: ["busy box"]']), '7:10 value.wrong'],
  ])('%#: says what is wrong and where', (source, expected) => {
    const { problems } = parseLesson(source, 'lesson.md', 'a/b');
    expect(problems.map((problem) => `${problem.line}:${problem.column} ${problem.code}`)).toContain(expected);
    expect(problems.filter((problem) => problem.severity === 'error')).toHaveLength(1);
  });

  it('names the key that was probably meant, and does not call it missing as well', () => {
    const { problems } = parseLesson(lessonSource('## A').replace('objectives', 'objektives'), 'lesson.md', 'a/b');
    expect(problems).toMatchObject([{ found: 'objektives', expected: 'objectives' }]);
    expect(problems[0]?.message).toBe('The front matter has no key `objektives`. Did you mean `objectives`?');
  });

  it('survives Windows line ends and a byte order mark', () => {
    const source = `\uFEFF${lessonSource(`## A\n\n${fence('yaml check', 'title: x\ncontainer: web\nstat: running')}`).replaceAll('\n', '\r\n')}`;
    expect(places(parseLesson(source, 'lesson.md', 'a/b').problems)).toEqual(['6:1 key.unknown']);
  });
});

describe('mistakes', () => {
  const check = (yaml: string): string => `## Go\n\n${fence('yaml check', yaml)}`;
  it.each<[string, string, string, string?]>([
    ['an option', `## Go\n\n${fence('sh rnu', 'ls')}`, '3:7 fence.unknown-option', 'run'],
    ['a second option', `## Go\n\n${fence('sh run  bakground', 'ls')}`, '3:12 fence.unknown-option', 'background'],
    ['an option in capitals', `## Go\n\n${fence('sh Run', 'ls')}`, '3:7 fence.unknown-option', 'run'],
    ['an option twice', `## Go\n\n${fence('sh run run', 'ls')}`, '3:11 fence.conflict'],
    ['a value too many', `## Go\n\n${fence('sh run background=yes', 'ls')}`, '3:11 fence.option-value', 'background'],
    ['a value missing', `## Go\n\n${fence('dockerfile file', 'x')}`, '3:15 fence.option-value'],
    ['a path that climbs out', `## Go\n\n${fence('dockerfile file=../x', 'x')}`, '3:15 fence.option-value'],
    ['lines the wrong way round', `## Go\n\n${fence('sh file=a lines=7-4', 'x')}`, '3:14 fence.option-value'],
    ['two modes', `## Go\n\n${fence('sh file=a lines=1-2 mode=append', 'x')}`, '3:14 fence.conflict'],
    ['an endless timeout', `## Go\n\n${fence('sh run timeout=3h', 'x')}`, '3:11 fence.option-value'],
    ['an option that does not belong', `## Go\n\n${fence('sh file=a terminal=b', 'x')}`, '3:14 fence.conflict'],
    ['an option without its block', `## Go\n\n${fence('sh terminal=b', 'x')}`, '3:7 fence.conflict'],
    ['another word for sh', `## Go\n\n${fence('bash run', 'x')}`, '3:4 fence.language', 'sh'],
    ['another word for yaml', `## Go\n\n${fence('yml check', 'x')}`, '3:4 fence.language', 'yaml'],
    ['no language', `## Go\n\n${fence('file=a', 'x')}`, '3:4 fence.language'],
    ['a language', `## Go\n\n${fence('mermiad', 'x')}`, '3:4 fence.language', 'mermaid'],
    ['an empty command', `## Go\n\n${fence('sh run', '')}`, '3:1 fence.empty'],
    ['a block in a list', '## Go\n\n- a\n  ```sh run\n  ls\n  ```\n', '4:3 fence.nested'],
    ['a block that is not closed', '## Go\n\n```sh run\nls\n', '3:1 fence.unclosed', '```'],
    ['HTML', '## Go\n\nA <b>word</b>.\n', '3:3 html.not-allowed'],
    ['a script', '## Go\n\n<script>alert(1)</script>\n', '3:1 html.not-allowed'],
    ['an element that looks like a hint', '## Go\n\n<detail>\n', '3:1 html.not-allowed', '<details>'],
    ['a hint that is not closed', '## Go\n\n<details><summary>A</summary>\n\nb\n\n## Next\n', '3:1 hint.shape'],
    ['a hint without summary', '## Go\n\n<details>\n\nb\n\n</details>\n', '3:1 hint.shape'],
    ['an end without beginning', '## Go\n\n</details>\n', '3:1 hint.shape'],
    ['a call-out', '## Go\n\n> [!NOTES]\n> a\n', '3:1 callout.unknown', '[!NOTE]'],
    ['a call-out of GitHub that is none of ours', '## Go\n\n> [!CAUTION]\n> a\n', '3:1 callout.unknown', '[!WARNING]'],
    ['a call-out in a list', '## Go\n\n- > [!NOTE]\n  > a\n', '3:3 callout.nested'],
    ['a variable', '## Go\n\nHello $$nmae$$.\n', '3:7 variable.unknown', '$$name$$'],
    ['a subject', check('title: x\ncontianer: web'), '5:1 check.no-subject', 'container'],
    ['no subject', check('title: x\nstate: running'), '4:1 check.no-subject'],
    ['two subjects', check('title: x\ncontainer: web\nran: x'), '6:1 check.two-subjects', 'container'],
    ['a condition', check('title: x\ncontainer: web\nport: ["1:2"]'), '6:1 key.unknown', 'ports'],
    ['a condition of another subject', check('title: x\nnetwork: web\nstatus: 200'), '6:1 key.unknown', 'state'],
    ['a state', check('title: x\ncontainer: web\nstate: runing'), '6:8 value.wrong', 'running'],
    ['a state of another subject', check('title: x\nimage: web\nstate: running'), '6:8 value.wrong'],
    ['a port', check('title: x\ncontainer: web\nports: ["80:http"]'), '6:9 value.wrong'],
    ['a size', check('title: x\nimage: web\nsize: small'), '6:7 value.wrong'],
    ['no title', check('container: web\nstate: running'), '4:1 key.missing', 'title'],
    [
      'a hint’s condition',
      check('title: x\ncontainer: web\nstate: running\nhints:\n  - when: { stat: x }\n    say: y'),
      '8:13 key.unknown',
      'state',
    ],
    [
      'a hint’s word',
      check('title: x\ncontainer: web\nstate: running\nhints:\n  - when: { state: exited }\n    sai: y'),
      '9:5 key.unknown',
      'say',
    ],
    ['a pattern', check('title: x\nran: "docker ("'), '5:6 pattern.invalid'],
    ['a tab', check('title: x\ncontainer:\n\timage: web'), '6:1 yaml.tab'],
    ['an indent', check('title: x\n  container: web'), '4:8 yaml.syntax'],
    ['a colon in a text', check('title: x: y\ncontainer: web'), '4:8 yaml.syntax'],
    ['an alias', check('title: &a x\ncontainer: *a'), '4:8 yaml.syntax'],
    ['no keys at all', check('just text'), '4:1 value.wrong'],
    ['an absolute path', check('title: x\nfile: /etc/passwd\nstate: present'), '5:7 value.wrong'],
    ['a long run', check('title: x\nrun: sleep 99\ntimeout: 5m'), '6:10 value.wrong'],
    ['a quiz with nothing', `## Go\n\n${fence('yaml quiz', 'question: x')}`, '4:1 quiz.kind'],
    [
      'a quiz with both',
      `## Go\n\n${fence('yaml quiz', 'question: x\nanswer: y\nchoices: [{text: a, why: b}, {text: c, why: d}]')}`,
      '5:1 quiz.kind',
    ],
    [
      'a choice without a reason',
      `## Go\n\n${fence('yaml quiz', 'question: x\nchoices:\n  - text: a\n  - {text: b, why: c}')}`,
      '6:5 key.missing',
      'why',
    ],
  ])('%s', (_name, body, place, expected) => {
    const { problems } = parse(body, ['variables: { name: { prompt: Who are you, default: Ada } }']);
    const errors = problems.filter((problem) => problem.severity === 'error');
    expect(places(errors, 1)[0]).toBe(place);
    if (expected !== undefined) expect(errors[0]?.expected).toBe(expected);
    expect(errors[0]?.message).toMatch(/\S/);
  });

  it('inside a quote point at the right column', () => {
    const { problems } = parse(
      '## Go\n\n> [!NOTE]\n> ```yaml check\n> title: x\n> container: web\n> stat: running\n> ```\n',
    );
    expect(places(problems)).toEqual(['7:3 key.unknown']);
  });

  it('do not stop what comes after them', () => {
    const bad = fence('yaml check', 'title: x\ncontainer: web\nstat: y');
    expect(places(parse(`## Go\n\n${bad}\n\n${bad}\n`).problems)).toEqual(['6:1 key.unknown', '12:1 key.unknown']);
  });
});

describe('the subject of a check', () => {
  it.each([
    ['container: web\nimage: nginx', 'container'],
    ['image: web\nfile: { path: /a }', 'image'],
    ['volume: web\nfile: { path: /a }', 'volume'],
    ['http: 8080\nstatus: 200', 'http'],
    ['compose: shop\nservices: { db: { state: running } }', 'compose'],
    ['container: { label: a=b, count: 2 }', 'container'],
  ])('%j', (yaml, subject) => {
    const { lesson, problems } = parse(`## Go\n\n${fence('yaml check', `title: x\n${yaml}`)}`);
    expect(problems).toEqual([]);
    expect(lesson.steps[0]?.blocks[0]).toMatchObject({ check: { subject } });
  });
});

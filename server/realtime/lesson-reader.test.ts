import { afterEach, expect, test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { openReading, type Reading } from './reading-fixture.ts';

const check = fence('yaml check', 'title: It runs\ncontainer: $$name$$\nstate: running');
const body = ['Hello $$name$$.', '## Go', fence('sh run', 'docker run --name $$name$$ busybox'), check].join('\n\n');
const variables = ['variables:', '  name: { prompt: Your name?, default: web }', 'images: [busybox]'];
const course = (...lessons: string[]) => `title: A\nsummary: S\naudience: All\nlessons: [${lessons.join(', ')}]\n`;
const plain = (more: string[] = []) => lessonSource(`## Go\n\n${fence('yaml quiz', 'question: Q?\nanswer: a')}`, more);
const ada = { learner: 'ada', mayAuthor: false };
const ben = { learner: 'ben', mayAuthor: false };
const author = { learner: 'ben', mayAuthor: true };

let reading: Reading | null = null;
afterEach(async () => {
  await reading?.dispose();
  reading = null;
});
async function open(files: Record<string, string>, cgroupVersion: '1' | '2' | null = null): Promise<Reading> {
  reading = await openReading(files, cgroupVersion === null ? null : { cgroupVersion });
  return reading;
}

test('everybody reads their own answers, in texts, blocks and checks', async () => {
  const { reader, variables: store } = await open({
    'a/course.yaml': course('b'),
    'a/b/lesson.md': lessonSource(body, variables),
  });
  await store.save('ada', 'a/b', { name: 'ship' });
  expect(await reader.block(ada, 'a/b', 'go-run-1')).toMatchObject({ command: 'docker run --name ship busybox' });
  expect(await reader.block(ben, 'a/b', 'go-run-1')).toMatchObject({ command: 'docker run --name web busybox' });
  expect(await reader.block(ada, 'a/b', 'go-check-1')).toMatchObject({ check: { container: 'ship' } });
  expect(await reader.view(ada, 'a/b')).toMatchObject({
    introduction: [{ html: '<p>Hello ship.</p>' }],
    variables: [{ name: 'name', value: 'ship', answered: true }],
  });
  expect(await reader.view(ben, 'a/b')).toMatchObject({
    introduction: [{ html: '<p>Hello web.</p>' }],
    variables: [{ name: 'name', value: 'web', answered: false }],
  });
});

test('an answer to a variable that is gone, or whose pattern has changed, harms nothing', async () => {
  const {
    reader,
    variables: store,
    write,
  } = await open({
    'a/course.yaml': course('b'),
    'a/b/lesson.md': lessonSource(body, variables),
  });
  await store.save('ada', 'a/b', { name: 'my ship', gone: 'x' });
  const strict = ['variables:', '  name: { prompt: Your name?, default: web, pattern: "[a-z]+" }', 'images: [busybox]'];
  await write({ 'a/b/lesson.md': lessonSource(body, strict) });
  expect(await reader.view(ada, 'a/b')).toMatchObject({ variables: [{ value: 'web', answered: false }] });
  await write({ 'a/b/lesson.md': plain() });
  expect(await reader.view(ada, 'a/b')).toMatchObject({ variables: [] });
});

test('a broken lesson is read by authors alone', async () => {
  const { reader } = await open({
    'a/course.yaml': course('b', 'good'),
    'a/good/lesson.md': plain(),
    'a/b/lesson.md': lessonSource(
      `## Go\n\n${fence('yaml quiz', 'question: Q?\nanswer: a')}\n\n${fence('sh rum', 'ls')}`,
    ),
  });
  await expect(reader.lesson(ada, 'a/b')).rejects.toMatchObject({ code: 'lesson.invalid' });
  await expect(reader.view(ada, 'a/b')).rejects.toMatchObject({ code: 'lesson.invalid' });
  await expect(reader.block(ada, 'a/b', 'go-quiz-1')).rejects.toMatchObject({ code: 'lesson.invalid' });
  expect(await reader.view(author, 'a/b')).toMatchObject({ id: 'a/b' });
  expect(await reader.block(author, 'a/b', 'go-quiz-1')).toMatchObject({ kind: 'quiz' });
  await expect(reader.lesson(author, 'a/gone')).rejects.toMatchObject({ code: 'lesson.not-found' });
  await expect(reader.block(ada, 'a/good', 'gone')).rejects.toMatchObject({ code: 'lesson.block-not-found' });
});

test('each learner sees choices in an order of their own, the same at every look, and in hints too', async () => {
  const choices = Array.from(
    { length: 6 },
    (_, n) => `  - { text: c${n}, why: so${n === 0 ? ', correct: true' : ''} }`,
  );
  const asked = (more: string) =>
    fence('yaml quiz', ['question: Q?', ...choices, more].join('\n').replace('Q?', 'Q?\nchoices:'));
  const hint = `<details><summary>Stuck?</summary>\n\n${asked('')}\n\n</details>`;
  const { reader } = await open({
    'a/course.yaml': course('b'),
    'a/b/lesson.md': lessonSource(`## Go\n\n${asked('')}\n\n${asked('shuffle: false')}\n\n${hint}`),
  });
  const ordersOf = async (actor: typeof ada) => {
    const blocks = (await reader.view(actor, 'a/b')).steps[0]?.blocks.flatMap((block) =>
      block.kind === 'hint' ? block.blocks : block,
    );
    return blocks?.flatMap((block) => (block.kind === 'quiz' ? [block] : [])) ?? [];
  };
  const first = await ordersOf(ada);
  const inFile = [0, 1, 2, 3, 4, 5];
  expect(first).toHaveLength(3);
  for (const { order, choices: texts } of first) {
    expect([...order].sort()).toEqual(inFile);
    expect(texts).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
  }
  expect(first[0]?.order).not.toEqual(inFile);
  expect(first[1]?.order).toEqual(inFile);
  expect(first[2]?.order).not.toEqual(inFile);
  expect(await ordersOf(ada)).toEqual(first);
  expect((await ordersOf(ben))[0]?.order).not.toEqual(first[0]?.order);
});

test('what the machine lacks of what the lesson needs is said, where it is known', async () => {
  const files = { 'a/course.yaml': course('b'), 'a/b/lesson.md': plain(['needs: [cgroup2]']) };
  const missing = async (cgroupVersion: '1' | '2' | null) => {
    const { reader, dispose } = await openReading(files, cgroupVersion === null ? null : { cgroupVersion });
    const view = await reader.view(ada, 'a/b');
    await dispose();
    return view.missing.map(({ need }) => need);
  };
  expect(await missing('1')).toEqual(['cgroup2']);
  expect(await missing('2')).toEqual([]);
  expect(await missing(null)).toEqual([]);
});

import { expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { checkAnswers } from './answer-variables.ts';
import { fence, lessonSource } from './lesson-fixture.ts';
import { parseLesson } from './parse/parse-lesson.ts';

const body = [
  'Hello $$name$$, $$words$$.',
  '## Go',
  fence('yaml check', 'title: Port $$port$$\ncontainer: web\nports: ["$$port$$:80"]'),
].join('\n\n');
const { lesson, problems } = parseLesson(
  lessonSource(body, [
    'variables:',
    '  name: { prompt: What is your name?, pattern: "[a-z]+" }',
    '  words: { prompt: Some words }',
    '  port: { prompt: Which port?, default: 8080 }',
  ]),
  'lesson.md',
  'a/b',
);

function check(answers: Record<string, string>, before: Record<string, string> = {}): Record<string, string> {
  if (lesson === null) throw new Error(JSON.stringify(problems));
  return checkAnswers(lesson, answers, before);
}

function refusal(answers: Record<string, string>): { code: string; variable: unknown; message: string } {
  try {
    check(answers);
  } catch (error) {
    if (error instanceof DrydockError) {
      return { code: error.code, variable: error.details?.variable, message: error.message };
    }
  }
  throw new Error('it was not refused');
}

it('keeps what fits, without white space at its ends, and only what was answered', () => {
  expect(check({ name: ' ada ' })).toEqual({ name: 'ada' });
  expect(check({ words: 'a  <b> $$name$$ `c`' })).toEqual({ words: 'a  <b> $$name$$ `c`' });
  expect(check({})).toEqual({});
});

it('one that does not fit refuses all, and says which and what would fit', () => {
  const { code, variable, message } = refusal({ words: 'fine', name: 'Ada Lovelace' });
  expect({ code, variable }).toEqual({ code: 'variable.invalid', variable: 'name' });
  expect(message).toContain('What is your name?');
  expect(message).toContain('[a-z]+');
});

it.each(['other', 'toString', '__proto__', 'constructor'])('a variable called %s is unknown', (name) => {
  expect(refusal(Object.fromEntries([[name, 'x']]))).toMatchObject({ code: 'variable.invalid', variable: name });
});

it.each(['a\nb', 'a\rb', 'a\tb', 'a\u0000b', 'a\u001b[31mb', 'a\u007fb', 'a\u2028b', 'a\ud800b', '', '  ', '\n'])(
  '%j cannot be typed',
  (words) => expect(refusal({ words })).toMatchObject({ code: 'variable.invalid', variable: 'words' }),
);

it('one with which a check makes no sense is refused; what was answered earlier is not blamed', () => {
  expect(check({ port: '9090' })).toEqual({ port: '9090' });
  const { code, variable, message } = refusal({ name: 'ada', port: 'first' });
  expect({ code, variable }).toEqual({ code: 'variable.invalid', variable: 'port' });
  expect(message).toContain('Which port?');
  expect(check({ name: 'ada' }, { port: 'first' })).toEqual({ name: 'ada' });
});

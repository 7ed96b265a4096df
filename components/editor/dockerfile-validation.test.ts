import { expect, test } from 'vitest';
import { dockerfileProblems } from './dockerfile-validation.ts';

const words = (text: string) => dockerfileProblems(text).map(({ message }) => message);

test('a misspelt FROM is one problem, and says what was meant', () => {
  expect(words('FORM node\nRUN true')).toEqual(['Unknown instruction: FORM. Did you mean FROM?']);
});

test('letters wrong, missing, too many or changed', () => {
  expect(words('FROM node\nRUM a\nCOPPY a b\nWORKIR /a\nCPOY a b')).toEqual([
    'Unknown instruction: RUM. Did you mean RUN?',
    'Unknown instruction: COPPY. Did you mean COPY?',
    'Unknown instruction: WORKIR. Did you mean WORKDIR?',
    'Unknown instruction: CPOY. Did you mean COPY?',
  ]);
});

test('what resembles nothing is only unknown', () => {
  expect(words('FROM node\nINSTALL a')).toEqual(['Unknown instruction: INSTALL']);
});

test('a Dockerfile without FROM still says so', () => {
  expect(words('RUN true')).toEqual(['No source image provided with `FROM`']);
});

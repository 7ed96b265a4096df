import { expect, test } from 'vitest';
import { DrydockError, errorForLog } from './errors.ts';

const marker = 'of-a-learner';

test('words that can quote a learner stay out of the log, code and place do not', () => {
  const errors = [
    new DrydockError('daemon.refused', `No such container: ${marker}`),
    new DrydockError('file.not-found', `There is no file ${marker}.`, { cause: new Error(`ENOENT ${marker}`) }),
    Object.assign(new Error(`ENOENT: no such file, open '${marker}'`), { code: 'ENOENT', path: marker }),
    new TypeError(`${marker}\n    at ${marker} (file.ts:1:1)`),
    marker,
    { [marker]: marker },
  ];
  for (const error of errors) expect(JSON.stringify(errorForLog(error))).not.toContain(marker);
  expect(() => JSON.parse(`{"${marker}`)).toThrow(SyntaxError);
  try {
    JSON.parse(`{"a": ${marker}`);
  } catch (error) {
    const facts = JSON.stringify(errorForLog(error));
    expect(facts).not.toContain(marker);
    expect(facts).toContain('errors.test.ts');
  }
  expect(errorForLog(errors[0])).toEqual({ error: { kind: 'DrydockError', code: 'daemon.refused' } });
  expect(errorForLog(errors[1])).toMatchObject({ error: { code: 'file.not-found' }, cause: { kind: 'Error' } });
});

test('what the host’s engine or the lab itself says is kept, for it is what an operator needs', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(errorForLog(new DrydockError('engine.unreachable', 'It does not answer.', { cause }))).toMatchObject({
    error: { code: 'engine.unreachable', message: 'It does not answer.' },
    cause: { kind: 'Error', code: 'ECONNREFUSED' },
  });
});

import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { inDataFolder } from './data-folder.ts';

const refusal = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

describe('what the data folder refuses', () => {
  it.each([
    ['ENOSPC', 'host.disk-full', 'is full'],
    ['EDQUOT', 'host.disk-full', 'is full'],
    ['EACCES', 'file.failed', 'EACCES'],
    ['EROFS', 'file.failed', 'EROFS'],
  ])('with %s is told as %s, with the folder', async (code, expected, words) => {
    const failing = inDataFolder('/lab/data', () => Promise.reject(refusal(code)));
    await expect(failing).rejects.toMatchObject({ code: expected });
    await expect(failing).rejects.toThrow('/lab/data');
    await expect(failing).rejects.toThrow(words);
  });

  it('is nothing else: what has words already, or is no refusal, stays as it is', async () => {
    for (const error of [new DrydockError('image.busy', 'Wait.'), new TypeError('a mistake')])
      await expect(inDataFolder('/lab/data', () => Promise.reject(error))).rejects.toBe(error);
  });
});

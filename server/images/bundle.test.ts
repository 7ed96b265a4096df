import { expect, it } from 'vitest';
import type { ErrorCode } from '../../protocol/errors.ts';
import { DrydockError } from '../errors.ts';
import { makeMissing } from './bundle.ts';
import { imageOf, madeOf } from './stock-fixture.ts';

/** One image is there, `mysql` cannot be made for this reason. */
const missing = (code: ErrorCode, spare: string[] = []) =>
  makeMissing(
    {
      images: [imageOf('nginx'), imageOf('mysql')],
      spare: new Set(spare),
      maker: {
        state: async () => new Map([['nginx', madeOf('nginx')]]),
        make: async () => {
          throw new DrydockError(code, 'It cannot be made.');
        },
      },
    },
    {},
  );

it('leaves out of a bundle what nobody asked for and cannot be made', async () => {
  const { made, left } = await missing('image.build-failed', ['mysql']);
  expect(made.map(({ id }) => id)).toEqual(['nginx']);
  expect(left).toEqual([{ id: 'mysql', why: 'It cannot be made.' }]);
  expect(await missing('image.unavailable')).toMatchObject({ left: [{ id: 'mysql' }] });
});

it('makes no bundle without what was asked for, or on a machine on which nothing can be made', async () => {
  await expect(missing('image.build-failed')).rejects.toMatchObject({ code: 'image.build-failed' });
  for (const code of ['host.disk-full', 'engine.unreachable', 'image.busy'] as const)
    await expect(missing(code, ['mysql'])).rejects.toMatchObject({ code });
});

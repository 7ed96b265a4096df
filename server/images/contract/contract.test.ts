import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../catalogue.ts';
import { parseImageConfig } from './image-config.ts';

const images = resolve(import.meta.dirname, '../../../images');

describe('the catalogue', () => {
  it('has a contract for every image', async () => {
    const without = (await readCatalogue(images)).filter(
      ({ id }) => !existsSync(join(images, id, `${id}.contract.test.ts`)),
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe('the configuration of an image', () => {
  it('is read as any engine sends it', () => {
    expect(parseImageConfig('{"Cmd":null,"Volumes":{"/data":{}},"StopSignal":"SIGQUIT"}')).toEqual({
      cmd: [],
      entrypoint: [],
      ports: [],
      volumes: ['/data'],
      stopSignal: 'SIGQUIT',
      workingDir: '',
      user: '',
      labels: {},
    });
  });
});

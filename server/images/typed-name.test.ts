import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from './catalogue.ts';
import { imagesNamed } from './cli-command.ts';
import { typedName } from './typed-name.ts';

describe('the name of an image for people', () => {
  it.each([
    ['distribution', ['registry:latest', 'registry:2'], 'registry'],
    ['nginx', ['nginx:1.26', 'nginx:latest'], 'nginx'],
    ['web-1', ['drydock/web:1.0', 'drydock/web:1'], 'drydock/web:1'],
    ['web-2', ['drydock/web:2.0', 'drydock/web:2', 'drydock/web:latest'], 'drydock/web:2'],
    ['dockerfile', ['docker/dockerfile:1', 'docker/dockerfile:latest'], 'docker/dockerfile:1'],
    ['old', ['old:3'], 'old:3'],
    ['own', ['team/own:latest'], 'team/own:latest'],
  ])('of %s with %j is %s', (id, names, name) => {
    expect(typedName({ id, names })).toBe(name);
  });

  it('leads to the same image of the catalogue when it is typed after a command', async () => {
    const catalogue = await readCatalogue(join(import.meta.dirname, '../../images'));
    expect(imagesNamed(catalogue.map(typedName), catalogue)).toEqual(catalogue);
  });
});

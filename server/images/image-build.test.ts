import { describe, expect, it } from 'vitest';
import type { BuildOptions, ImageFacts } from '../docker/image-builder.ts';
import { DrydockError } from '../errors.ts';
import type { CatalogueImage } from './catalogue.ts';
import { buildFailure, buildImage } from './image-build.ts';
import { imageOf } from './stock-fixture.ts';

const engine = new DrydockError('engine.failed', "The command '/bin/sh -c apt-get' returned a non-zero code: 100");

describe('a build that failed', () => {
  it('is told with the line that says why, and its last lines', () => {
    const said = [
      'Step 2/3 : RUN apt-get install nothing',
      'Reading package lists...',
      'E: Unable to locate package nothing',
    ];
    const failure = buildFailure('tool', said, engine);
    expect(failure).toMatchObject({ code: 'image.build-failed', details: { output: said } });
    expect(failure.message).toContain('E: Unable to locate package nothing');
    expect(failure.message).toContain('npm run images -- build tool');
  });

  it('is told with the last words of its command where none of them is marked as an error', () => {
    const said = ['Step 1/2 : RUN make', 'making', 'There is no such release.', 'Removing intermediate container 0123'];
    expect(buildFailure('tool', said, engine).message).toContain('built: There is no such release. What was');
  });

  it("is told with the engine's words where no line says why", () => {
    expect(buildFailure('tool', ['Step 1/1 : FROM base'], engine).message).toContain('non-zero code: 100');
  });

  it('is told as a full disk, whoever says so', () => {
    const full = 'write /var/lib/tool: no space left on device';
    expect(buildFailure('tool', [full], engine).code).toBe('host.disk-full');
    expect(buildFailure('tool', [], new DrydockError('engine.failed', full)).code).toBe('host.disk-full');
  });

  it('is left as it is when it is something else', () => {
    const away = new DrydockError('engine.unreachable', 'The engine does not answer.');
    expect(buildFailure('tool', ['error: something'], away)).toBe(away);
  });
});

describe('a build', () => {
  it('takes away what has its name, and reaches a proxy on the machine itself', async () => {
    const did: unknown[] = [];
    const facts = { id: 'id', identity: 'id', size: 1, labels: {}, digests: [], createdAt: 0, platform: 'linux/amd64' };
    const images = {
      remove: async (reference: string) => void did.push(`remove ${reference}`),
      build: async (_context: unknown, { hostNetwork }: { hostNetwork?: boolean }) => {
        did.push(hostNetwork);
        return facts;
      },
      readFile: async () => 'tool 1',
    };
    const image = { id: 'tool', folder: '/nowhere', build: null } as unknown as CatalogueImage;
    const args = { BASE: 'base', http_proxy: 'http://127.0.0.1:3128' };
    const build = { image, tag: 'tool:lab', args, recipe: null, words: () => 'tool', following: {} };
    expect(await buildImage(images, build)).toMatchObject({ from: 'tool 1' });
    expect(did.slice(0, 2)).toEqual(['remove tool:lab', true]);
  });
});

it('has the version that was installed in its environment, as its Dockerfile left it', async () => {
  const sources: unknown[] = [];
  const files = new Map([
    ['/usr/share/drydock/from', 'tool 1.0-1\n'],
    ['/usr/share/drydock/env', 'TOOL_VERSION=1.0.4\nPATH=/x\nno words\nTOOL_MAJOR=1\nBAD=1 2\n'],
  ]);
  const images = {
    build: async (source: unknown, _options: BuildOptions): Promise<ImageFacts> => {
      sources.push(source);
      return { id: '', identity: '', size: 0, labels: {}, digests: [], createdAt: 0, platform: '' };
    },
    readFile: async (_reference: string, path: string) => files.get(path) ?? null,
    remove: async () => undefined,
  };
  const words = (from: string): string => from;
  await buildImage(images, { image: imageOf('tool'), tag: 'tool', args: {}, recipe: null, words, following: {} });
  expect(sources.at(-1)).toEqual({ dockerfile: 'FROM tool\nENV TOOL_VERSION=1.0.4\nENV TOOL_MAJOR=1\n' });
});

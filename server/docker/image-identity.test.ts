import { describe, expect, it } from 'vitest';
import { imageIdentity } from './image-identity.ts';

const layers = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

/** The same image as two kinds of engine tell of it, and as its configuration is kept. */
const answers = {
  'an engine that keeps layers by itself': {
    Hostname: '',
    User: '',
    AttachStdin: false,
    ExposedPorts: null,
    Env: ['PATH=/usr/bin:/bin'],
    Cmd: ['bash'],
    Image: 'sha256:abc',
    Volumes: null,
    WorkingDir: '',
    Entrypoint: null,
    OnBuild: null,
    Labels: { b: '2', a: '1' },
  },
  'an engine that keeps images in containerd': {
    Env: ['PATH=/usr/bin:/bin'],
    Cmd: ['bash'],
    WorkingDir: '/',
    Labels: { a: '1', b: '2' },
  },
  'its own configuration': {
    Env: ['PATH=/usr/bin:/bin'],
    Cmd: ['bash'],
    Entrypoint: [],
    Labels: { a: '1', b: '2' },
    Healthcheck: { Test: ['CMD', 'true'] },
  },
};
const [first] = Object.values(answers);

describe('the identity of an image', () => {
  it.each(Object.entries(answers))('is the same in the words of %s', (_who, config) => {
    expect(imageIdentity(layers, config)).toBe(imageIdentity(layers, first));
    expect(imageIdentity(layers, config)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each([
    ['other layers', [...layers].reverse(), first],
    ['fewer layers', layers.slice(1), first],
    ['another command', layers, { ...first, Cmd: ['sh'] }],
    ['another environment', layers, { ...first, Env: [] }],
    ['another label', layers, { ...first, Labels: { a: '2', b: '2' } }],
    ['another user', layers, { ...first, User: '1000' }],
  ])('is another with %s', (_what, otherLayers, config) => {
    expect(imageIdentity(otherLayers, config)).not.toBe(imageIdentity(layers, first));
  });

  it('does without a configuration', () => {
    expect(imageIdentity(layers, null)).toBe(imageIdentity(layers, {}));
  });
});

import { expect, test } from 'vitest';
import { parseConfig } from '../config.ts';
import { otherHostNote, previewConfig } from './preview-config.ts';

const root = new URL('../..', import.meta.url).pathname;
const personOf = (env: Record<string, string>) => parseConfig(env, { root, platform: 'linux', isTerminal: false });
const request = { directory: '/nowhere', address: '', port: null, open: false };

test.each([{}, { HOST: '0.0.0.0' }, { HOST: '::' }, { HOST: '192.168.1.5' }])(
  'a preview makes everybody an author, so it is for this machine alone: %j',
  async (env: Record<string, string>) => {
    const config = await previewConfig(personOf(env), '/data/preview', request);
    expect(config).toMatchObject({ host: '127.0.0.1', authoring: true, dataDir: '/data/preview' });
  },
);

test('who set another host is told', () => {
  expect(otherHostNote(personOf({ HOST: '0.0.0.0' }))).toContain('127.0.0.1 and not on HOST=0.0.0.0');
  expect(otherHostNote(personOf({}))).toBe('');
  expect(otherHostNote(personOf({ HOST: 'localhost' }))).toBe('');
});

import { expect, it } from 'vitest';
import { namesForeignTo, namesOfThisPlace } from './place-names.ts';

const namesOf = (host: string, env: Record<string, string> = {}) =>
  namesOfThisPlace({ host, root: '/home/ada/drydock/', env });

it.each(['docker', 'node', 'debian', 'localhost', 'a-1'])(
  'a host named %s keeps no output from being shown',
  (host) => {
    expect(namesOf(host)).toEqual(['/home/ada/drydock']);
  },
);

it.each(['build-7', 'node1', 'ci.example', 'workstation'])('a host named %s is a name of this place', (host) => {
  expect(namesOf(host)).toContain(host);
});

it('so is what stands between it and the network', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128', REGISTRY_MIRROR: 'mirror', NO_PROXY: 'in.example' };
  expect(namesOf('docker', env)).toEqual(['proxy.example', '/home/ada/drydock']);
});

it('a long word that the lesson uses itself is no name of this place there', () => {
  const names = ['workstation', 'build-7'];
  expect(namesForeignTo('On a workstation, or on build-7.', names)).toEqual(['build-7']);
  expect(namesForeignTo('Elsewhere.', names)).toEqual(names);
});

import { describe, expect, it } from 'vitest';
import type { Machine } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { type EngineSituation, planEngine, requireSuitable } from './engine.ts';

const debianRoot: Machine = { platform: 'linux', root: true, apt: true, debian: true, init: 'none' };

function plan(situation: Partial<EngineSituation>): ReturnType<typeof planEngine> {
  return planEngine({
    machine: debianRoot,
    ownHost: false,
    dockerHost: 'unix:///var/run/docker.sock',
    denied: false,
    dockerd: false,
    ...situation,
  });
}

function words(situation: Partial<EngineSituation>): string {
  const problem = plan(situation);
  if (!(problem instanceof SetupProblem)) throw new Error('was no problem');
  return [problem.message, ...problem.remedy].join('\n');
}

describe('planEngine', () => {
  it('installs and starts one as root on Debian', () => {
    expect(plan({})).toEqual({ install: true, start: 'none' });
  });

  it('only starts one that is installed', () => {
    expect(plan({ dockerd: true, machine: { ...debianRoot, init: 'systemd' } })).toEqual({
      install: false,
      start: 'systemd',
    });
  });

  it('says the exact command where only root may install', () => {
    expect(words({ machine: { ...debianRoot, root: false, init: 'systemd' } })).toContain(
      'sudo apt-get install -y docker.io && sudo systemctl start docker',
    );
  });

  it('says the exact command where only root may start', () => {
    expect(words({ dockerd: true, machine: { ...debianRoot, root: false, init: 'systemd' } })).toContain(
      'sudo systemctl start docker',
    );
  });

  it('says how to get at an engine that is denied', () => {
    expect(words({ denied: true, machine: { ...debianRoot, root: false } })).toContain('sudo usermod -aG docker');
  });

  it('never installs beside an engine named by DOCKER_HOST', () => {
    expect(words({ ownHost: true, dockerHost: 'tcp://box:2375' })).toContain('tcp://box:2375');
  });

  it('points to Docker Desktop on macOS', () => {
    expect(words({ machine: { ...debianRoot, platform: 'darwin', apt: false } })).toContain('Docker Desktop');
  });

  it('points to the documentation on a Linux without apt', () => {
    expect(words({ machine: { ...debianRoot, apt: false } })).toContain('docs.docker.com/engine/install');
  });
});

describe('requireSuitable', () => {
  const engine = {
    version: '27.0.1',
    apiVersion: '1.46',
    osType: 'linux',
    operatingSystem: '',
    kernel: '6.1.0',
    architecture: 'x86_64',
    cgroupVersion: '2' as const,
    cpus: 2,
    memory: 2 ** 33,
    dataRoot: '/var/lib/docker',
    storageDriver: 'overlay2',
    rootless: false,
    limits: { memory: true, cpus: true, pids: true },
  };

  it('takes 20.10 and newer', () => {
    expect(() => requireSuitable({ ...engine, apiVersion: '1.41' })).not.toThrow();
    expect(() => requireSuitable({ ...engine, version: '19.03.1', apiVersion: '1.40' })).toThrow('20.10');
  });

  it('refuses Windows containers', () => {
    expect(() => requireSuitable({ ...engine, osType: 'windows' })).toThrow(SetupProblem);
  });
});

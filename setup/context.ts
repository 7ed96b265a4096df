import { existsSync, readFileSync } from 'node:fs';
import type { Config, Environment } from '../server/config.ts';
import { Engine } from '../server/docker/engine.ts';
import { ImageBuilder } from '../server/docker/image-builder.ts';
import { RegistryContainers } from '../server/docker/registry-containers.ts';
import { Hub } from '../server/images/hub.ts';
import { systemClock } from '../server/system-clock.ts';
import { AptPackages } from './apt-packages.ts';
import { findProgram } from './run-program.ts';

/** What all steps share. */
export interface SetupContext {
  config: Config;
  /** Environment for programs, and nothing else: what is configurable is in `config`. */
  env: Environment;
  machine: Machine;
  engine: Engine;
  images: ImageBuilder;
  registry: RegistryContainers;
  apt: AptPackages;
  hub: Hub;
}

/** This machine, as far as the set-up's decisions depend on it. */
export interface Machine {
  platform: NodeJS.Platform;
  root: boolean;
  /** apt-get is there. */
  apt: boolean;
  /** True for Debian itself, whose `chromium` is a package and no snap. */
  debian: boolean;
  /** What starts services: systemd, a System V init, or nothing (a container, a bare virtual machine). */
  init: 'systemd' | 'sysv' | 'none';
}

export function createContext(config: Config, env: Environment): SetupContext {
  const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const engine = new Engine(config.engine, config.lab, silent);
  const images = new ImageBuilder(engine);
  return {
    config,
    env,
    machine: readMachine(env),
    engine,
    images,
    registry: new RegistryContainers(engine),
    apt: new AptPackages(env),
    hub: new Hub(images, config.images.hub, systemClock),
  };
}

function readMachine(env: Environment): Machine {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    apt: findProgram('apt-get', env) !== null,
    debian: /^ID=debian$/m.test(readText('/etc/os-release')),
    init: existsSync('/run/systemd/system')
      ? 'systemd'
      : readText('/proc/1/comm').trim() === 'init' && existsSync('/etc/inittab')
        ? 'sysv'
        : 'none',
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function ignore(): void {
  // The set-up shows its own progress; what the engine's classes log is for the server's log.
}

import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxesOf } from './inspection.ts';
import { cutPower, takeOff } from './loop-disk.ts';
import { killAll, loopDevices, mountsUnder, processes, processesOfGroup, until } from './machine.ts';
import type { Scene } from './scene.ts';

export interface Action {
  name: string;
  /** How often it is picked, beside the others. */
  weight: number;
  needs?: 'clock';
  /** What was not synced is lost with it. */
  losesPower?: true;
  /** Leaves engine and server running. */
  run(scene: Scene): Promise<void>;
}

export const actions: readonly Action[] = [
  {
    name: 'server killed',
    weight: 5,
    run: async ({ lab, random, startServer }) => {
      await lab.stop('SIGKILL');
      await sleep(random.whole(0, 1_500));
      await startServer();
    },
  },
  {
    name: 'server killed again while it starts',
    weight: 2,
    run: async ({ lab, random, startServer }) => {
      await lab.stop('SIGKILL');
      for (let times = random.whole(1, 3); times > 0; times -= 1) {
        const starting = startServer().catch(() => undefined); // it is not to come up
        await sleep(random.whole(200, 2_500));
        await lab.stop('SIGKILL');
        await starting;
      }
      await startServer();
    },
  },
  {
    name: 'server ended by SIGTERM',
    weight: 2,
    run: async ({ lab, startServer }) => {
      await lab.stop('SIGTERM');
      await startServer();
    },
  },
  {
    name: 'dockerd stopped and started',
    weight: 2,
    run: async ({ engine, random }) => {
      if (random.chance(0.5)) await engine.stopDockerd();
      else await engine.stop();
      await sleep(random.whole(0, 3_000));
      await engine.start();
    },
  },
  {
    name: 'engine killed',
    weight: 2,
    run: async ({ engine, random }) => {
      await engine.kill();
      await sleep(random.whole(0, 2_000));
      await engine.start();
    },
  },
  {
    name: 'engine and server killed',
    weight: 2,
    run: async ({ engine, lab, random, startServer }) => {
      await Promise.all([engine.kill(), lab.stop('SIGKILL')]);
      // The server may be there before its engine.
      if (random.chance(0.5)) {
        await startServer();
        await engine.start();
      } else {
        await engine.start();
        await startServer();
      }
    },
  },
  { name: 'inner dockerd killed', weight: 2, run: (scene) => killInside(scene, 'dockerd') },
  { name: 'inner containerd killed', weight: 2, run: (scene) => killInside(scene, 'containerd') },
  {
    name: 'sandboxes killed',
    weight: 2,
    run: async ({ engine, lab, random, tell }) => {
      const running = (await sandboxesOf(engine, lab)).filter(({ state }) => state === 'running');
      const victims = running.filter(() => random.chance(0.6));
      tell(`${victims.length} of ${running.length}`);
      await Promise.all(victims.map(({ container }) => engine.docker('kill', container).catch(() => '')));
    },
  },
  {
    name: 'the lab’s disk is full',
    weight: 2,
    run: async ({ lab, random, startServer, tell }) => {
      lab.fill();
      try {
        await sleep(random.whole(2_000, 4_000));
        if (random.chance(0.3)) {
          tell('and the server is killed');
          await lab.stop('SIGKILL');
          await sleep(500);
        }
      } finally {
        lab.empty();
      }
      if (!lab.runs) await startServer();
    },
  },
  {
    name: 'the clock jumps',
    weight: 2,
    needs: 'clock',
    run: async ({ lab, random, tell }) => {
      for (let times = random.whole(1, 3); times > 0; times -= 1) {
        const hours = random.pick([-24 * 40, -24, -3, -1, 1, 5, 24, 24 * 8, 24 * 40]);
        tell(`by ${hours} h`);
        lab.setClock(hours * 3_600_000);
        await sleep(random.whole(1_000, 3_000));
      }
      // It may be right again afterwards, or stay wrong.
      if (random.chance(0.5)) lab.setClock(0);
    },
  },
  { name: 'power off', weight: 3, losesPower: true, run: powerOff },
];

/** Everything ends at once, what was not synced is gone, and the machine starts again. */
async function powerOff({ folder, engine, lab, startServer }: Scene): Promise<void> {
  await lab.stop('SIGKILL');
  const disks = new Map(
    mountsUnder(folder)
      .filter(({ type }) => type === 'ext4')
      .map(({ device, target }) => [device, target]),
  );
  for (const target of disks.values()) await cutPower(target);
  await engine.killAll();
  await takeOff(folder);
  // A file system that is still held somewhere would come back as it is now: without power.
  const off = async () => mountsUnder(folder).length === 0 && (await loopDevices(folder)).length === 0;
  if (!(await until(off, 20_000))) throw new Error('the disks could not be taken off');
  engine.forgetRun();
  await engine.disk.mount();
  await lab.disk.mount();
  await engine.start();
  await startServer();
}

/** Kills a daemon inside of some of the sandboxes. */
async function killInside({ engine, lab, random, tell }: Scene, name: string): Promise<void> {
  const running = (await sandboxesOf(engine, lab)).filter(({ state }) => state === 'running');
  const victims = running.filter(() => random.chance(0.7));
  tell(`${victims.length} of ${running.length}`);
  const all = processes();
  for (const { container } of victims) {
    const inside = new Set(processesOfGroup(`${engine.group}/${container}`));
    await killAll(all.filter((each) => inside.has(each.pid) && each.name === name).map(({ pid }) => pid));
  }
}

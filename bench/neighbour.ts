import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { type RunningLab, withLabProcess } from './lab-process.ts';
import { orAbort } from './or-abort.ts';
import { SocketLearner } from './socket-learner.ts';
import { rounded, summarise } from './summary.ts';
import type { Workbench } from './workbench.ts';

const aims = { keyP95: 100, commandP95: 2_000 };
/** Milliseconds an attack has to get going. */
const growth = 3_000;
const spacing = 50;
const keysEach = 5;
const commandWithin = 60_000;

/** What somebody types; each goes on until their sandbox is removed. */
const attacks: Record<string, { terminals: number; line: string }> = {
  forkBomb: { terminals: 1, line: 'bomb() { bomb | bomb & }; bomb' },
  memoryHog: { terminals: 1, line: `while :; do perl -e '$all .= "x" x 1048576 for 1..65536'; done` },
  fullDisk: {
    terminals: 1,
    line: 'while :; do dd if=/dev/zero of=/var/lib/docker/full bs=1M; sync; rm /var/lib/docker/full; done',
  },
  millionFiles: {
    terminals: 1,
    line: `while :; do perl -e 'mkdir "/var/lib/docker/many"; for (1..1e6) { open(F, ">", "/var/lib/docker/many/$_") or last }'; rm -r /var/lib/docker/many; done`,
  },
  logFlood: { terminals: 1, line: 'docker run -d busybox yes; docker logs -f $(docker ps -q) > /dev/null' },
  hundredContainers: {
    terminals: 1,
    line: 'while :; do for i in $(seq 100); do docker run -d busybox sleep 1000; done; docker rm -f $(docker ps -aq); done',
  },
  yesInEightTerminals: { terminals: 8, line: 'yes' },
};

interface Samples {
  keys: number[];
  commands: number[];
}

/** What one learner notices of another who uses up all they can. */
export const neighbour: Benchmark = {
  rounds: 20,
  onRequest: true,
  run: (bench, rounds) =>
    withLabProcess(bench, { DRYDOCK_SANDBOX_DISK: '2g', DRYDOCK_MAX_SANDBOXES: '4' }, async (lab) => {
      const learner = await prepare(lab);
      try {
        await sample(bench, learner, 3); // code that runs for the first time is slow
        const rest: Samples = { keys: [], commands: [] };
        const during: Samples = { keys: [], commands: [] };
        const each: Record<string, unknown> = {};
        const failures: string[] = [];
        for (const [name, attack] of Object.entries(attacks)) {
          const atRest = await sample(bench, learner, rounds);
          const attacked = await underAttack(bench, lab, attack, () => sample(bench, learner, rounds)).catch(
            (error: unknown) => String(error),
          );
          add(rest, atRest);
          if (typeof attacked === 'string') {
            failures.push(`${name}: ${attacked}`);
            bench.tell(`  ${name}: ${attacked}`);
            continue;
          }
          add(during, attacked);
          const key = compare(attacked.keys, atRest.keys);
          const dockerPs = compare(attacked.commands, atRest.commands);
          each[name] = { key, dockerPs };
          bench.tell(
            `  ${name}: p95 of a key ${key.p95} ms (${key.ratio} times), of docker ps ${dockerPs.p95} ms (${dockerPs.ratio} times)`,
          );
        }
        const [keys, commands] = [summarise(during.keys), summarise(during.commands)];
        const [subject, baseline] = [commands, summarise(rest.commands)];
        return {
          what: '`docker ps` typed by a neighbour, from Enter to its end, during attacks in another sandbox, beside the same at rest',
          unit: 'ms',
          subject,
          baseline,
          ratio: rounded(subject.p95 / baseline.p95),
          aim: `during all attacks p95 of a key under ${aims.keyP95} ms, of docker ps under ${aims.commandP95} ms, no error`,
          met:
            keys.p95 < aims.keyP95 && commands.p95 < aims.commandP95 && failures.length + learner.errors.length === 0,
          details: {
            ratioOf: 'p95',
            keys: { during: keys, rest: summarise(rest.keys) },
            attacks: each,
            errors: [...failures, ...learner.errors].slice(0, 10),
          },
        };
      } finally {
        learner.close();
      }
    }),
};

async function prepare(lab: RunningLab): Promise<SocketLearner> {
  const { learner } = await SocketLearner.open(lab.url);
  await learner.openTerminal();
  await learner.run('docker run -d busybox sleep 100000', 120_000);
  return learner;
}

/** Somebody new does this in all their terminals while `work` goes on; then their sandbox is removed. */
async function underAttack(
  bench: Workbench,
  lab: RunningLab,
  attack: { terminals: number; line: string },
  work: () => Promise<Samples>,
): Promise<Samples> {
  const known = new Set((await lab.host.list()).map(({ id }) => id));
  const attacker = fork(join(import.meta.dirname, 'attacker.ts'), [lab.url]);
  const ended = once(attacker, 'exit');
  const says = async (word: string) => {
    const left = ended.then(([code]) => Promise.reject(new Error(`the attacker ended with ${code}`)));
    const heard = (async () => {
      for await (const [message] of on(attacker, 'message')) if (message === word) return;
    })();
    await orAbort(AbortSignal.any([bench.signal, AbortSignal.timeout(commandWithin)]), Promise.race([heard, left]));
  };
  try {
    await says('ready');
    attacker.send(attack);
    await says('attacking');
    await orAbort(bench.signal, sleep(growth));
    return await work();
  } finally {
    attacker.kill('SIGKILL');
    await ended;
    for (const { id } of await lab.host.list()) {
      if (!known.has(id)) await lab.host.remove(id, { keepHome: false });
    }
    await sleep(growth);
  }
}

async function sample(bench: Workbench, learner: SocketLearner, rounds: number): Promise<Samples> {
  const samples: Samples = { keys: [], commands: [] };
  for (let round = 0; round < rounds; round++) {
    samples.keys.push(...(await orAbort(bench.signal, learner.keystrokes(keysEach, spacing))));
    samples.commands.push(await orAbort(bench.signal, learner.run('docker ps > /dev/null', commandWithin)));
  }
  return samples;
}

function add(all: Samples, more: Samples): void {
  all.keys.push(...more.keys);
  all.commands.push(...more.commands);
}

function compare(during: number[], rest: number[]): { p50: number; p95: number; ratio: number } {
  const [a, b] = [summarise(during), summarise(rest)];
  return { p50: a.p50, p95: a.p95, ratio: rounded(a.p95 / b.p95) };
}

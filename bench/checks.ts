import { performance } from 'node:perf_hooks';
import { parse } from 'yaml';
import { type Check, checkSchemas, type Subject } from '../protocol/check-schema.ts';
import type { CheckContext } from '../server/checks/check-context.ts';
import { evaluateChecks } from '../server/checks/evaluate-checks.ts';
import { connectInnerDaemon, type InnerDaemon } from '../server/docker/inner-daemon.ts';
import type { Benchmark } from './benchmark.ts';
import { besideBaseline } from './beside-baseline.ts';
import { orAbort } from './or-abort.ts';
import { inSandbox, newSandbox, type Workbench } from './workbench.ts';

/** One of the twenty runs a command in the sandbox, which takes as long on both sides. */
const atMost = 0.7;

/** What a lesson about one web server and its data might ask, twenty times. All of it holds. */
const twenty = [
  'container: web\nstate: running',
  'container: web\nimage: tools:1',
  'container: web\nports: ["8080:80"]',
  'container: web\nnetworks: back',
  'container: web\nmounts: ["data:/data"]',
  'container: web\nenv: { MODE: dev }',
  'container: web\nlabels: { tier: front }',
  'container: web\nrestart: "on-failure:3"',
  'container: web\nlogs: ready',
  'container: web\ndiffers: /changed',
  'container: { image: "tools:1" }\ncount: 1',
  'image: tools:1\nstate: present',
  'image: tools:1\nlayers: 1',
  'image: tools:1\nenv: { PATH: /usr/bin }',
  'image: site\nhistory: LABEL',
  'network: back\ndriver: bridge',
  'network: back\ncontainers: web',
  'volume: data\nusedBy: web',
  'volume: data\nfile: { path: note, contains: kept }',
  'compose: shop\nservices: { web: { count: 0 } }',
].map((yaml, index) => ({ id: `check-${index + 1}`, check: readCheck(yaml) }));

const world = `
set -e
files=$(for program in bash sleep; do path=$(command -v $program); echo "$path"; ldd "$path" | grep -o '/[^ ]*'; done | sort -u)
tar -h -c $files 2>/dev/null | docker import -c 'ENV PATH=/usr/bin' - tools:1
printf 'FROM tools:1\\nLABEL tier=front\\n' | docker build -q -t site -
docker network create back && docker volume create data
docker run -d --name web --network back -p 8080:80 -v data:/data -e MODE=dev --label tier=front --restart on-failure:3 \\
  tools:1 bash -c 'echo kept > /data/note; echo > /changed; echo ready; exec sleep 3600'
sleep 1`;

/** Twenty checks as the lab looks at them, beside the same twenty one after the other. */
export const checks: Benchmark = {
  rounds: 20,
  run: async (bench, rounds) => {
    const spec = newSandbox(bench);
    let daemon: InnerDaemon | null = null;
    try {
      await bench.host.make(spec);
      await bench.host.start(spec.id, { timeoutMs: 60_000 });
      daemon = connectInnerDaemon(() => bench.host.dialDaemon(spec.id));
      const { exit, stderr } = await orAbort(bench.signal, inSandbox(bench, spec.id, world));
      if (exit !== 0) throw new Error(`the sandbox could not be filled: ${stderr}`);
      return await measure(bench, rounds, daemon, (command) => inSandbox(bench, spec.id, command));
    } finally {
      daemon?.dispose();
      await bench.host.remove(spec.id, { keepHome: false });
    }
  },
};

async function measure(bench: Workbench, rounds: number, daemon: InnerDaemon, run: CheckContext['run']) {
  const subject: number[] = [];
  const baseline: number[] = [];
  const calls = { together: 0, oneByOne: 0 };
  for (let round = 1; round <= rounds; round++) {
    bench.signal.throwIfAborted();
    const together = await timed(daemon, run, [twenty]);
    const oneByOne = await timed(
      daemon,
      run,
      twenty.map((check) => [check]),
    );
    subject.push(together.ms);
    baseline.push(oneByOne.ms);
    Object.assign(calls, { together: together.calls, oneByOne: oneByOne.calls });
    bench.tell(`  ${round}/${rounds}: ${together.ms.toFixed(1)} ms together, ${oneByOne.ms.toFixed(1)} ms one by one`);
  }
  return besideBaseline(
    'twenty checks looked at in one round, beside the same twenty one after the other',
    { subject, baseline },
    atMost,
    { calls },
  );
}

/** Looks at groups of checks one after the other. @throws when one of them is not met: then something else was measured */
async function timed(
  daemon: InnerDaemon,
  run: CheckContext['run'],
  groups: readonly (typeof twenty)[],
): Promise<{ ms: number; calls: number }> {
  let calls = 0;
  const count = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (inner, key) => {
        const value: unknown = Reflect.get(inner, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          calls += 1;
          return Reflect.apply(value, inner, args);
        };
      },
    });
  const context = count<CheckContext>({
    root: '/root',
    daemon: count(daemon),
    run,
    readFile: async () => null,
    stat: async () => null,
    commands: [],
  });
  const began = performance.now();
  for (const group of groups) {
    for (const result of await evaluateChecks(group, context)) {
      if (result.state !== 'met') throw new Error(`${result.id} is ${result.state}: ${result.message}`);
    }
  }
  return { ms: performance.now() - began, calls };
}

function readCheck(yaml: string): Check {
  const value = parse(yaml) as Record<string, unknown>;
  const subject = Object.keys(value)[0] as Subject;
  return { subject, ...checkSchemas[subject].parse({ title: subject, ...value }) } as Check;
}

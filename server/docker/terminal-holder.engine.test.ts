import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';
import { createDockerSandboxHost } from './docker-sandbox-host.ts';
import type { SandboxHost } from './sandbox-host.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const lab = `holder-${process.pid}`;
const id = 'terminalholder';
let host: SandboxHost;

beforeAll(async () => {
  const { engine } = mainLabConfig();
  host = createDockerSandboxHost({ engine, lab, seccompProfile: {}, logger: silent });
  const limits = { memory: 1024 ** 3, cpus: 2, pids: 512 };
  await host.make({ id, learner: null, image: testSandboxImage(), limits, registryVolume: null });
  await host.start(id, { timeoutMs: 60_000 });
});
afterAll(() => host?.remove(id, { keepHome: false }));

test('the program that holds a terminal keeps its contract, case by case', { timeout: 180_000 }, async () => {
  const child = spawn(process.execPath, ['images/sandbox/test-terminal.mjs', `drydock-${lab}-${id}`]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code, output).toBe(0);
});

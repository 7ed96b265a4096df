import { expect, test } from 'vitest';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import { measuredHost } from './measured-host.ts';
import { PrometheusMetrics } from './prometheus-metrics.ts';
import { ProcessReader } from './read-process.ts';

const lines = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name));

test('counts and times come out as Prometheus reads them', async () => {
  const metrics = new PrometheusMetrics();
  metrics.count('drydock_requests_total', { request: 'lesson:open', outcome: 'ok' });
  metrics.count('drydock_requests_total', { request: 'lesson:open', outcome: 'ok' });
  metrics.count('drydock_terminal_bytes_total', { direction: 'out' }, 4096);
  metrics.observe('drydock_claim_seconds', { source: 'pool' }, 120);
  const text = await metrics.render([]);
  expect(lines(text, 'drydock_requests_total')).toEqual([
    'drydock_requests_total{request="lesson:open",outcome="ok"} 2',
  ]);
  expect(lines(text, 'drydock_terminal_bytes_total')).toEqual(['drydock_terminal_bytes_total{direction="out"} 4096']);
  expect(lines(text, 'drydock_claim_seconds')).toEqual(
    expect.arrayContaining([
      'drydock_claim_seconds_bucket{le="0.1",source="pool"} 0',
      'drydock_claim_seconds_bucket{le="0.2",source="pool"} 1',
      'drydock_claim_seconds_sum{source="pool"} 0.12',
    ]),
  );
  // What never happened is there as 0, so that a rule on it can tell that from a lab that is not watched.
  expect(lines(text, 'drydock_database_errors_total')).toEqual(['drydock_database_errors_total 0']);
  expect(lines(text, '# TYPE drydock_database_errors_total')).toHaveLength(1);
});

test('readings are as they were when somebody asked, and two labs count apart', async () => {
  const metrics = new PrometheusMetrics();
  const reading = { name: 'drydock_sandboxes', help: 'By state.', type: 'gauge' as const };
  const first = await metrics.render([{ ...reading, values: [{ labels: { state: 'ready' }, value: 2 }] }]);
  expect(lines(first, 'drydock_sandboxes')).toEqual(['drydock_sandboxes{state="ready"} 2']);
  const second = await metrics.render([{ ...reading, values: [{ labels: { state: 'ready' }, value: 1 }] }]);
  expect(lines(second, 'drydock_sandboxes')).toEqual(['drydock_sandboxes{state="ready"} 1']);
  metrics.count('drydock_database_errors_total', {});
  expect(lines(await new PrometheusMetrics().render([]), 'drydock_database_errors_total ')).toEqual([
    'drydock_database_errors_total 0',
  ]);
});

test('the process tells its memory, its processor time and how late its event loop is', async () => {
  const reader = new ProcessReader();
  const before = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 40));
  while (Date.now() - before < 250);
  await new Promise((resolve) => setTimeout(resolve, 40));
  const text = await new PrometheusMetrics().render(reader.read());
  reader.dispose();
  const reading = (start: string) => Number(lines(text, start)[0]?.split(' ').at(-1));
  // The loop was held up for 200 ms; how exactly that is seen is the runtime's business.
  expect(reading('drydock_event_loop_delay_seconds{quantile="1"}')).toBeGreaterThan(0.1);
  expect(reading('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
  expect(reading('process_cpu_seconds_total{mode="user"}')).toBeGreaterThan(0);
});

test('what the engine refuses is counted by what was asked, and reaches who asked', async () => {
  const metrics = new PrometheusMetrics();
  const gone = new DrydockError('engine.unreachable', 'It does not answer.');
  class Host {
    #id = 'private';
    async list() {
      return [this.#id];
    }
    async endOf() {
      throw gone;
    }
    specOf() {
      return Promise.resolve('spec');
    }
  }
  const host = measuredHost(new Host() as unknown as SandboxHost, metrics);
  expect(await host.list()).toEqual(['private']);
  await expect(host.endOf('x')).rejects.toBe(gone);
  const text = await metrics.render([]);
  expect(lines(text, 'drydock_engine_errors_total')).toEqual([
    'drydock_engine_errors_total{operation="endOf",code="engine.unreachable"} 1',
  ]);
});

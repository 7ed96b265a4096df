import { fork, execSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLabProcess } from './lab-process.ts';
import { SocketLearner } from './socket-learner.ts';
import { openWorkbench } from './workbench.ts';
import { summarise } from './summary.ts';
const bench = await openWorkbench(new AbortController().signal);
await withLabProcess(bench, { DRYDOCK_MAX_SANDBOXES: '4' }, async (lab) => {
  const dir = execSync(`tr '\\0' '\\n' < /proc/${lab.server.pid}/environ | grep ^DRYDOCK_DATA= | cut -d= -f2`, { encoding: 'utf8' }).trim();
  const scrape = async () => {
    const { port, token } = JSON.parse(readFileSync(join(dir, 'operator.json'), 'utf8'));
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    return Object.fromEntries(text.split('\n').filter((l) => /^(drydock_event|process_cpu|drydock_terminal_bytes)/.test(l)).map((l) => [l.slice(0, l.lastIndexOf(' ')), Number(l.slice(l.lastIndexOf(' ')))]));
  };
  const { learner } = await SocketLearner.open(lab.url);
  await learner.openTerminal();
  await learner.keystrokes(20, 20);
  for (const terminals of [1, 8]) {
    const attacker = fork(join(import.meta.dirname, 'attacker.ts'), [lab.url]);
    await once(attacker, 'message');
    attacker.send({ line: 'yes', terminals });
    await once(attacker, 'message');
    await new Promise((r) => setTimeout(r, 3000));
    await scrape();
    const a = await scrape();
    const t = performance.now();
    const keys = await learner.keystrokes(60, 50);
    const s = (performance.now() - t) / 1000;
    const b = await scrape();
    console.log('terminals', terminals, 'keys', summarise(keys));
    for (const k of Object.keys(b)) console.log('  ', k, k.includes('event') ? b[k] : ((b[k]! - (a[k] ?? 0)) / s).toFixed(2) + '/s');
    console.log(execSync(`top -b -n 2 -d 2 | awk '/^top/{n++} n==2' | head -22 | tail -16`, { encoding: 'utf8' }));
    attacker.kill('SIGKILL');
    await new Promise((r) => setTimeout(r, 3000));
    for (const { id, learner: l } of await lab.host.list()) if (l) console.log(id, l);
  }
});
process.exit(0);

import { SocketLearner } from './socket-learner.ts';

/*
 * The attacker of the neighbour benchmark, in a process of their own as their browser would be: opens a lab, waits for
 * `{line, terminals}`, types the line in so many terminals, and stays until they are killed.
 */
const [url = ''] = process.argv.slice(2);
const { learner } = await SocketLearner.open(url);
await learner.openTerminal();
process.on('message', ({ line, terminals }: { line: string; terminals: number }) => {
  attack(line, terminals).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
process.send?.('ready');

async function attack(line: string, terminals: number): Promise<void> {
  const names = ['main', ...Array.from({ length: terminals - 1 }, (_, index) => `t${index}`)];
  for (const name of names.slice(1)) await learner.openTerminal(name);
  for (const name of names) learner.type(`${line}\r`, name);
  process.send?.('attacking');
}

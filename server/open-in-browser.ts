import { spawn } from 'node:child_process';
import type { Logger } from './logger.ts';

/** Opens the address with what the desktop uses for it. That it could not is no failure: the address was printed. */
export function openInBrowser(url: string, logger: Logger): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => logger.debug({ program }, 'no program opens a browser here'));
  child.unref();
}

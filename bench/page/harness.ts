import { LabConnection } from '../../components/realtime/lab-connection.ts';
import { TerminalSession } from '../../components/terminal/terminal-session.ts';
import { measureBulk, measureKeystrokes, type ShellLine, untilQuiet } from './shell-line.ts';

/*
 * Bundled and put into a page of the lab's origin: the page's own connection and terminal session, with a screen
 * that draws nothing. So what is measured ends where xterm begins.
 */
declare global {
  var drydockBench: { open: typeof open; keystrokes?: unknown; bulk?: unknown };
}
globalThis.drydockBench = { open };

/** Opens the lesson, waits for its sandbox, and attaches to the terminal `main`. */
async function open(lesson: string, size: { cols: number; rows: number }): Promise<void> {
  const lab = new LabConnection();
  await new Promise<void>((resolve) => {
    lab.onOnline(resolve);
  });
  await sandboxReady(lab, lesson);
  const line: ShellLine = { onBytes: null, type: (text) => session.type(text) };
  let opened = () => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const session = new TerminalSession({
    lab,
    lesson,
    terminal: 'main',
    screen: {
      size,
      write: (data, drawn) => {
        line.onBytes?.(data);
        drawn();
      },
      note: () => {},
      reset: () => {},
    },
    ready: true,
    onState: ({ state }) => {
      if (state === 'open') opened();
    },
  });
  await isOpen;
  await untilQuiet(line);
  globalThis.drydockBench.keystrokes = (count: number, spacing: number) => measureKeystrokes(line, count, spacing);
  globalThis.drydockBench.bulk = (command: string, timeout: number) => measureBulk(line, command, timeout);
}

async function sandboxReady(lab: LabConnection, lesson: string): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    lab.on('sandbox:changed', ({ sandbox }) => {
      if (sandbox.state === 'ready') resolve();
      if (sandbox.state === 'failed') reject(new Error(sandbox.error.message));
    });
  });
  const { sandbox } = await lab.request('lesson:open', { lesson });
  if (sandbox.state !== 'ready') await ready;
  // What opening a lesson does in a sandbox that is there: files, and following it.
  await lab.request('lesson:open', { lesson });
}

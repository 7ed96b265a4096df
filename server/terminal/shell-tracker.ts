import { Osc633Parser, type ShellMark } from './osc633-parser.ts';

/**
 * `unknown` until the shell has reported something; `prompt` while it draws its prompt, `input` while it reads
 * a line, `submitted` from a line typed by the lab until the shell reports on it, `running` while a command runs.
 */
export type ShellPhase = 'unknown' | 'prompt' | 'input' | 'submitted' | 'running';

export interface ShellListener {
  onPhase(phase: ShellPhase): void;
  onCommandStarted(command: string): void;
  /** `cwd`: the folder the command was typed in, when the shell has told. */
  onCommandEnded(ended: { command: string; exitCode: number | null; cwd: string | null }): void;
}

/**
 * Follows a shell by its OSC 633 reports. A program's output can hold such reports too, so a command line
 * counts only with the shell's nonce, and as soon as the shell was seen to sign the other reports that have
 * room for a nonce, unsigned ones are ignored.
 */
export class ShellTracker {
  readonly #parser = new Osc633Parser();
  readonly #nonce: string;
  readonly #listener: ShellListener;
  readonly #signs = { 'command-end': false, cwd: false };
  #phase: ShellPhase = 'unknown';
  #cwd: string | null = null;
  #reported: string | null = null;
  #running: { command: string; cwd: string | null } | null = null;

  constructor(nonce: string, listener: ShellListener) {
    this.#nonce = nonce;
    this.#listener = listener;
  }

  get phase(): ShellPhase {
    return this.#phase;
  }

  get cwd(): string | null {
    return this.#cwd;
  }

  /** @param liveFrom what was said before this byte is history: it changes the phase but is no news */
  push(seq: number, data: Uint8Array, liveFrom: number): void {
    for (const { mark, end } of this.#parser.push(data)) this.#follow(mark, seq + end > liveFrom);
  }

  /** The lab typed a whole line: until the shell says otherwise, something runs. */
  submitted(): void {
    if (this.#phase !== 'unknown') this.#setPhase('submitted');
  }

  #follow(mark: ShellMark, live: boolean): void {
    switch (mark.type) {
      case 'prompt-start':
        this.#end(null, live);
        this.#setPhase('prompt');
        return;
      case 'prompt-end':
        if (this.#phase !== 'running') this.#setPhase('input');
        return;
      case 'command-line':
        if (mark.nonce === this.#nonce && this.#phase !== 'running') this.#reported = mark.command;
        return;
      case 'command-start':
        if (this.#phase === 'running') return;
        this.#start(live);
        this.#setPhase('running');
        return;
      case 'command-end':
        if (!this.#believes('command-end', mark.nonce)) return;
        this.#end(mark.exitCode, live);
        if (this.#phase === 'running' || this.#phase === 'unknown') this.#setPhase('prompt');
        return;
      case 'cwd':
        if (this.#believes('cwd', mark.nonce)) this.#cwd = mark.path.slice(0, 4096);
    }
  }

  #believes(kind: 'command-end' | 'cwd', nonce: string | null): boolean {
    if (nonce === this.#nonce) this.#signs[kind] = true;
    return nonce === this.#nonce || (nonce === null && !this.#signs[kind]);
  }

  #start(live: boolean): void {
    const command = this.#reported;
    this.#reported = null;
    if (command === null) return;
    this.#running = { command, cwd: this.#cwd };
    if (live) this.#listener.onCommandStarted(command);
  }

  #end(exitCode: number | null, live: boolean): void {
    const running = this.#running;
    this.#running = null;
    this.#reported = null;
    if (running !== null && live) this.#listener.onCommandEnded({ ...running, exitCode });
  }

  #setPhase(phase: ShellPhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#listener.onPhase(phase);
  }
}

/** As pages show it: null when the shell has not reported. */
export function isBusy(phase: ShellPhase): boolean | null {
  switch (phase) {
    case 'unknown':
      return null;
    case 'submitted':
    case 'running':
      return true;
    case 'prompt':
    case 'input':
      return false;
  }
}

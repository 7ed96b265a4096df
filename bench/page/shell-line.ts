/** A shell that can be typed into and heard; the same measurements run on either kind, in a page and in Node. */
export interface ShellLine {
  type(text: string): void;
  onBytes: ((data: Uint8Array) => void) | null;
}

/** Milliseconds without output after which a shell counts as quiet. */
const quiet = 100;
const echoTimeout = 10_000;
const eraseLine = '\u0015';
const key = 'x';

/** Milliseconds from sending a key to its echo's arrival, `count` times, `spacing` milliseconds apart. */
export async function measureKeystrokes(line: ShellLine, count: number, spacing: number): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < count; index++) {
    const echoed = until(line, echoTimeout, (data) => data.includes(key.charCodeAt(0)));
    const began = performance.now();
    line.type(key);
    samples.push((await echoed) - began);
    await sleep(spacing);
  }
  line.type(eraseLine);
  await untilQuiet(line);
  return samples;
}

/** Runs a command and counts what arrives until it is over; the time is from Enter to its last byte. */
export async function measureBulk(
  line: ShellLine,
  command: string,
  timeout: number,
): Promise<{ bytes: number; milliseconds: number }> {
  // The echo of what is typed does not hold the answer.
  const end = 'end-42';
  let bytes = 0;
  let tail = '';
  const decoder = new TextDecoder('latin1');
  const ended = until(line, timeout, (data) => {
    bytes += data.length;
    // The end is looked for where it can be: before the next prompt.
    tail = (tail + decoder.decode(data.subarray(-1024))).slice(-1024);
    return tail.includes(end);
  });
  const began = performance.now();
  line.type(`${command}; echo end-$((40+2))\r`);
  const milliseconds = (await ended) - began;
  await untilQuiet(line);
  return { bytes, milliseconds };
}

/** Resolves to the time (`performance.now`) of the output that fits. */
function until(line: ShellLine, timeout: number, fits: (data: Uint8Array) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      line.onBytes = null;
      reject(new Error(`no answer of the shell within ${timeout} ms`));
    }, timeout);
    line.onBytes = (data) => {
      if (!fits(data)) return;
      const now = performance.now();
      clearTimeout(timer);
      line.onBytes = null;
      resolve(now);
    };
  });
}

export async function untilQuiet(line: ShellLine): Promise<void> {
  let last = performance.now();
  line.onBytes = () => {
    last = performance.now();
  };
  while (performance.now() - last < quiet) await sleep(quiet / 4);
  line.onBytes = null;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

const timeoutMs = 10 * 60_000;
const mostNamed = 20;
/** Bytes that are kept of what it prints: three lines of numbers and `mostNamed` names, or an error. */
const mostOutput = 64 * 1024;

/**
 * tar on standard input, as `root/…` → the learner's home. Prints how many files were put there, then `kept PATH`
 * for each that stayed as it was. Folders that are there already are nobody's news. Ownership is not kept: the
 * numbers in the archive are those of another sandbox.
 */
const script = `set -u
cd "$HOME" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C tar -x -f - --strip-components=1 --skip-old-files --no-same-owner --delay-directory-restore \\
  --warning=existing-file -v >"$work/seen" 2>"$work/said"
status=$?
# What is told as put back outlives a power-off.
sync -f . || { echo 'the disk of the sandbox cannot be written' >&2; exit 2; }
grep -v '/$' "$work/seen" | sort >"$work/files"
sed -n 's/^tar: \\(.*\\): skipping existing file$/\\1/p' "$work/said" | while IFS= read -r path; do
  if [ -L "$path" ] || ! [ -d "$path" ]; then printf '%s\\n' "$path"; fi
done >"$work/kept"
printf 'files %s\\n' "$(wc -l <"$work/files")"
printf 'skipped %s\\n' "$(wc -l <"$work/kept")"
head -n ${mostNamed} "$work/kept" | cut -b 1-2000 | sed 's/^/kept /'
if [ "$status" -gt 1 ]; then
  grep -v 'skipping existing file$' "$work/said" | head -n 3 >&2
  grep -q 'No space left on device' "$work/said" && exit 28
  exit 2
fi
`;

/**
 * Unpacks `tar` as the learner, leaving alone what is there.
 * @param source what `tar` is read from, so that it ends with it
 * @throws archive.failed, file.no-space, sandbox.gone
 */
export async function restoreFiles(
  host: Pick<SandboxHost, 'exec'>,
  sandboxId: string,
  tar: Readable & NodeJS.WritableStream,
  source: Readable,
): Promise<{ restored: number; kept: string[] }> {
  const session = await host.exec(sandboxId, { argv: ['sh', '-c', script] });
  let timer: NodeJS.Timeout | undefined;
  try {
    const out = collect(session.stdout);
    const said = collect(session.stderr);
    // A sandbox that says no more while it is fed ends this way; its exit says why.
    const fed = pipeline(tar, session.stdin).catch(() => undefined);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failed('It took too long.')), timeoutMs);
    });
    source.on('error', (error) => tar.destroy(error));
    const exitCode = await Promise.race([session.exit, late]);
    await fed;
    if (exitCode === 28) {
      throw new DrydockError(
        'file.no-space',
        'Your sandbox is full, so only a part of your files was put back. Make room in it and restore them again.',
      );
    }
    if (exitCode !== 0)
      throw failed(
        said()
          .replaceAll(/[^ -~\n]/g, '?')
          .slice(0, 300),
      );
    return parse(out());
  } finally {
    clearTimeout(timer);
    source.destroy();
    tar.destroy();
    session.dispose();
  }
}

function parse(text: string): { restored: number; kept: string[] } {
  const number = (name: string) => Number(new RegExp(`^${name} (\\d{1,9})$`, 'm').exec(text)?.[1] ?? 0);
  const kept = [...text.matchAll(/^kept (.{1,2000})$/gm)].flatMap((match) => match[1] ?? []);
  return { restored: Math.max(0, number('files') - number('skipped')), kept: kept.slice(0, mostNamed) };
}

/** Reads to the end, keeps the beginning. */
function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    if (length < mostOutput) chunks.push(chunk.subarray(0, mostOutput - length));
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function failed(words: string): DrydockError {
  return new DrydockError('archive.failed', `Not all of your files could be put back. ${words}`.trim());
}

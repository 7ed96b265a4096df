import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';

const timeoutMs = 10 * 60_000;
const mostNamed = 20;
/** Bytes that are kept of what it prints: a number and `mostNamed` names, or an error. */
const mostOutput = 64 * 1024;

/** Added to the name of a file of the archive where another one has its name. */
const besideSuffix = '.restored';

/**
 * tar on standard input, as `root/…` → the learner's home. It is unpacked aside and flushed first, so that neither a
 * full disk nor a power cut leaves half a file under a name of the learner's. What is there already stays; where the
 * archive has another version, that comes beside it. Prints how many files were put there, then `beside PATH` for
 * each of those. Ownership is not kept: the numbers in the archive are those of another sandbox.
 */
const script = `set -u
cd "$HOME" || exit 1
aside=.drydock-restore
said=$(mktemp) || exit 1
trap 'rm -rf "$aside" "$said"' EXIT
rm -rf "$aside" && mkdir "$aside" || exit 1
LC_ALL=C tar -x -f - -C "$aside" --strip-components=1 --no-same-owner --delay-directory-restore 2>"$said"
if [ $? -gt 1 ]; then
  head -n 3 "$said" >&2
  grep -q 'No space left on device' "$said" && exit 28
  exit 2
fi
sync -f . || { echo 'the disk of the sandbox cannot be written' >&2; exit 2; }
rm -rf "$aside/$aside"
put=$(find "$aside" ! -type d -links 1 | wc -l)
cp -al --no-clobber "$aside/." . 2>"$said"
beside=0
# Those that got no second name in the home: something else has it.
while IFS= read -r -d '' path; do
  put=$((put - 1))
  cmp -s "$aside/$path" "$path" && continue
  mv -n "$aside/$path" "$path${besideSuffix}" 2>"$said" || continue
  put=$((put + 1)) beside=$((beside + 1))
  [ "$beside" -le ${mostNamed} ] && printf 'beside %s\\n' "$(printf '%s' "$path" | tr -d '\\n' | cut -b 1-2000)"
done < <(find "$aside" -type f -links 1 -printf '%P\\0')
sync -f .
printf 'files %s\\n' "$put"
`;

/**
 * Unpacks `tar` as the learner. Nothing that is there is changed.
 * @returns `kept`: files that differ from the archive's, whose version lies beside them as `NAME.restored`
 * @param source what `tar` is read from, so that it ends with it
 * @throws archive.failed, file.no-space, sandbox.gone
 */
export async function restoreFiles(
  host: Pick<SandboxHost, 'exec'>,
  sandboxId: string,
  tar: Readable & NodeJS.WritableStream,
  source: Readable,
): Promise<{ restored: number; kept: string[] }> {
  const session = await host.exec(sandboxId, { argv: ['bash', '-c', script] });
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
        'Your sandbox has too little room, so none of your files were put back. Make room in it and try again.',
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
  const restored = Number(/^files (\d{1,9})$/m.exec(text)?.[1] ?? 0);
  const kept = [...text.matchAll(/^beside (.{1,2000})$/gm)].flatMap((match) => match[1] ?? []);
  return { restored, kept: kept.slice(0, mostNamed) };
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
  return new DrydockError('archive.failed', `Your files could not be put back. ${words}`.trim());
}

import type { Round } from './round.ts';
import { shellQuote } from './words.ts';

/** Bytes of a file that are looked at. */
const longest = 200_000;
const limitMs = 8000;

/**
 * A file of an image, read without making a container: the image's overlay2 directories are mounted for a moment,
 * read-only, in a mount namespace of its own. The learner's Docker notices nothing.
 * @returns null when the image has no such file
 * @throws when the directories cannot be read
 */
export async function readImageFile(imageId: string, path: string, round: Round): Promise<string | null> {
  const target = path.replace(/^\/+/, '');
  // A single layer cannot be mounted as an overlay, and need not be. Exit status 4: no such file.
  const script = `
dirs=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' ${shellQuote(imageId)}) || exit 3
dirs=\${dirs%:<no value>}
case "$dirs" in
  *:*) base=$(mktemp -d) || exit 3; mount -t overlay overlay -o "ro,lowerdir=$dirs" "$base" || exit 3 ;;
  *) base=$dirs ;;
esac
f=$base/${shellQuote(target)}
hops=0
while [ -L "$f" ] && [ $hops -lt 10 ]; do
  to=$(readlink "$f"); hops=$((hops + 1))
  case "$to" in /*) f=$base$to ;; *) f=$(dirname "$f")/$to ;; esac
done
if [ -f "$f" ]; then head -c ${longest} "$f"; status=0; else status=4; fi
if [ "$base" != "$dirs" ]; then umount "$base"; rmdir "$base"; fi
exit $status`;
  const { exit, stdout } = await round.run(`unshare -m bash -c ${shellQuote(script)}`, limitMs);
  if (exit === 0) return stdout;
  if (exit === 4) return null;
  throw new Error(`the layers of ${imageId} cannot be read (exit status ${exit})`);
}

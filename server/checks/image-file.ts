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
  // A single layer cannot be mounted as an overlay, and need not be. Docker's own short names of the directories
  // (`l/…`) keep the option within the page mount(2) allows; the newer fsconfig(2) takes 256 bytes only.
  // Mounted over /mnt in a namespace that ends with this script, so nothing is left. Exit status 4: no such file.
  const script = `
dirs=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' ${shellQuote(imageId)}) || exit 3
dirs=\${dirs%:<no value>}
case "$dirs" in
  *:*)
    layers=
    IFS=:
    for dir in $dirs; do layers=$layers:l/$(cat "\${dir%/diff}/link") || exit 3; done
    unset IFS
    root=\${dirs%%:*}; cd "\${root%/*/diff}" || exit 3
    LIBMOUNT_FORCE_MOUNT2=always mount -t overlay overlay -o "ro,lowerdir=\${layers#:}" /mnt || exit 3
    root=/mnt ;;
  *) root=$dirs ;;
esac
file=$root/${shellQuote(target)}
hops=0
while [ -L "$file" ] && [ $hops -lt 10 ]; do
  to=$(readlink "$file"); hops=$((hops + 1))
  case "$to" in /*) file=$root$to ;; *) file=$(dirname "$file")/$to ;; esac
done
[ -f "$file" ] || exit 4
head -c ${longest} "$file"`;
  const { exit, stdout } = await round.run(`unshare -m bash -c ${shellQuote(script)}`, limitMs);
  if (exit === 0) return stdout;
  if (exit === 4) return null;
  throw new Error(`the layers of ${imageId} cannot be read (exit status ${exit})`);
}

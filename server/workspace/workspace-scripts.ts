/**
 * The programs that work on a learner's files, inside the sandbox. Each is one fixed text for `sh -c`; whatever
 * varies arrives as an argument and is never pasted in. They use coreutils, findutils, sed, tar and gzip.
 *
 * Exit codes carry meaning, see `exitCodes`. A path given to them is absolute, so it never looks like an option.
 * Every one of them tests for a regular file before opening: a pipe or a device would block it. The learner can
 * still win the race between test and opening; then the time-out ends the program.
 */
export const exitCodes = {
  notFound: 40,
  exists: 41,
  folder: 42,
  notRegular: 43,
  tooLarge: 44,
  conflict: 45,
  parentIsFile: 46,
  incomplete: 47,
} as const;

const prelude = 'set -u; export LC_ALL=C; umask 022\n';

/**
 * Links are followed when reading and writing: saving through a link replaces what it points to and keeps the
 * link, as an editor on the learner's own machine would. A link can point anywhere in the sandbox, which is the
 * learner's to change anyway.
 */
const resolveTarget = `
if [ -L "$1" ]; then target=$(readlink -f -- "$1") || exit 43; else target=$1; fi
[ -d "$target" ] && exit 42
if [ -e "$target" ] && ! [ -f "$target" ]; then exit 43; fi
folder=\${target%/*}
`;

const makeParent = `
if ! [ -d "$folder" ]; then
  above=$folder
  until [ -z "$above" ] || [ -e "$above" ] || [ -L "$above" ]; do above=\${above%/*}; done
  [ -z "$above" ] || [ -d "$above" ] || exit 46
  mkdir -p -- "$folder" || exit 1
  made=$folder
  until [ "$made" = "$above" ]; do
    made=\${made%/*}
    sync -- "\${made:-/}" || exit 1
  done
fi
`;

/**
 * What is answered as done outlives a power-off: a file is synced before it takes its place, and then the folder
 * that names it. Where that fails nothing counts as saved.
 */
const settle = (folder: string) => `sync -- "${folder}" || exit 1`;

/** ROOT MAX_ENTRIES MAX_DEPTH → \`depth type size path\\0\`…, shallow ones first, then how many there were. */
export const listScript = `${prelude}
[ -d "$1" ] || exit 40
# The bound keeps a tree of millions from holding up the learner's own machine.
find -H "$1" -mindepth 1 -maxdepth "$3" -name '.drydock-save-*' -prune -o -name .git -type d -prune -printf '%d %y%Y %s %P\\0' \\
  -o -printf '%d %y%Y %s %P\\0' 2>/dev/null | head -z -n 100000 | sort -z -n | sed -z -n -e "1,$2p" -e '$='
exit 0
`;

/** PATH MAX_BYTES → content; or its size, with exit code 44. */
export const readScript = `${prelude}
[ -d "$1" ] && exit 42
[ -e "$1" ] || exit 40
[ -f "$1" ] || exit 43
size=$(stat -L -c %s -- "$1") || exit 1
if [ "$size" -gt "$2" ]; then printf %s "$size"; exit 44; fi
exec head -c "$2" <"$1"
`;

/** PATH MAX_BYTES → the first bytes of it, however large it is. */
export const readStartScript = `${prelude}
[ -d "$1" ] && exit 42
[ -e "$1" ] || exit 40
[ -f "$1" ] || exit 43
exec head -c "$2" <"$1"
`;

/**
 * PATH TEMPORARY_NAME SIZE BASED_ON NEW_VERSION MAX_BYTES, content on standard input.
 * BASED_ON: the version that may be replaced, \`new\` (there must be none) or \`any\`. A file that already holds
 * the new content counts as written: the answer to an earlier try may have been lost. The size is compared,
 * because a connection that breaks off looks like the end of the content.
 */
export const writeScript = `${prelude}${resolveTarget}${makeParent}
temporary=$folder/$2
trap 'rm -f -- "$temporary"' EXIT
cat >"$temporary" || exit 1
[ "$(stat -c %s -- "$temporary")" = "$3" ] || exit 47
if [ -e "$target" ]; then
  if [ "$4" != any ]; then
    # One too large for the editor was never read there, so it is somebody else's.
    [ "$(stat -c %s -- "$target")" -le "$6" ] || exit 45
    current=$(sha256sum <"$target") || exit 1
    case $current in
      "$5"*)
        sync -- "$target" "$folder" || exit 1
        exit 0
        ;;
      "$4"*) ;;
      *) exit 45 ;;
    esac
  fi
  chmod --reference="$target" -- "$temporary" || exit 1
  chown --reference="$target" -- "$temporary" 2>/dev/null
elif [ "$4" != any ] && [ "$4" != new ]; then
  exit 45
fi
${settle('$temporary')}
mv -fT -- "$temporary" "$target" || exit 1
${settle('$folder')}
`;

/** PATH TEMPORARY_NAME REPLACE(1|0), content on standard input: leaves it beside the target. */
export const uploadScript = `${prelude}${resolveTarget}
if [ -e "$target" ] && [ "$3" = 0 ]; then exit 41; fi
${makeParent}
exec cat >"$folder/$2"
`;

/** PATH TEMPORARY_NAME SIZE REPLACE(1|0): puts an upload that arrived whole in its place. */
export const commitUploadScript = `${prelude}${resolveTarget}
temporary=$folder/$2
trap 'rm -f -- "$temporary"' EXIT
[ "$(stat -c %s -- "$temporary")" = "$3" ] || exit 47
if [ -e "$target" ]; then
  [ "$4" = 1 ] || exit 41
  chmod --reference="$target" -- "$temporary" || exit 1
fi
${settle('$temporary')}
mv -fT -- "$temporary" "$target" || exit 1
${settle('$folder')}
`;

/** PATH TEMPORARY_NAME */
export const abandonUploadScript = `${prelude}${resolveTarget}
rm -f -- "$folder/$2"
`;

/** FROM TO. A link is renamed itself, not what it points to. */
export const renameScript = `${prelude}
[ -e "$1" ] || [ -L "$1" ] || exit 40
if [ -e "$2" ] || [ -L "$2" ]; then exit 41; fi
folder=\${2%/*}
${makeParent}
mv -nT -- "$1" "$2" || exit 1
${settle('$folder')}
parent=\${1%/*}
${settle('$parent')}
`;

/** PATH. A link is removed itself, not what it points to. */
export const removeScript = `${prelude}
[ -e "$1" ] || [ -L "$1" ] || exit 40
rm -rf -- "$1" || exit 1
parent=\${1%/*}
${settle('$parent')}
`;

/** PATH */
export const makeFolderScript = `${prelude}
if [ -e "$1" ] || [ -L "$1" ]; then exit 41; fi
folder=\${1%/*}
${makeParent}
mkdir -- "$1" || exit 1
${settle('$folder')}
`;

/** ROOT, a tar on standard input: unpacks what is not there yet. */
export const seedScript = `${prelude}
mkdir -p -- "$1" || exit 1
exec tar -x -f - --skip-old-files --no-same-owner -C "$1"
`;

/** ROOT: removes what is in it and keeps the folder, because shells may stand in it. */
export const clearScript = `${prelude}
if [ -L "$1" ] || { [ -e "$1" ] && ! [ -d "$1" ]; }; then rm -f -- "$1"; fi
mkdir -p -- "$1" || exit 1
exec find "$1" -mindepth 1 -delete
`;

/** PARENT NAME → tar.gz. Holes stay holes, so that a sparse file of a terabyte is a small archive. */
export const archiveScript = `${prelude}
[ -d "$1/$2" ] || exit 40
exec tar -c -z -S -f - --one-file-system --exclude='.drydock-save-*' -C "$1" -- "$2"
`;

/** PATH → size of a regular file */
export const sizeScript = `${prelude}
[ -d "$1" ] && exit 42
[ -e "$1" ] || exit 40
[ -f "$1" ] || exit 43
exec stat -L -c %s -- "$1"
`;

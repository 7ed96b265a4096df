/**
 * The name a lesson gives the image of this Dockerfile in its own commands, so that the Build button makes what the
 * text talks about. null when no command of it builds that folder.
 *
 * @param commands the lesson's commands in reading order
 * @param path the Dockerfile, relative to the workspace
 */
export function tagInLesson(commands: readonly string[], path: string): string | null {
  const cut = path.lastIndexOf('/');
  const folder = cut === -1 ? '.' : path.slice(0, cut);
  const file = path.slice(cut + 1);
  for (const line of commands.flatMap((command) => command.split('\n'))) {
    const words = line.trim().split(/\s+/);
    const isBuild = /^docker (?:image )?build$/.test(words.slice(0, words[1] === 'image' ? 3 : 2).join(' '));
    const context = words
      .at(-1)
      ?.replace(/^\.\/(?=.)/, '')
      .replace(/(?<=.)\/$/, '');
    if (!isBuild || context !== folder || optionOf(words, ['-f', '--file']) !== dockerfileOption(folder, file))
      continue;
    const tag = optionOf(words, ['-t', '--tag']);
    // Only what is plainly an image's name: anything a shell would still expand is not ours to guess.
    if (tag !== null && /^[a-z0-9][a-z0-9._/-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/.test(tag)) return tag;
  }
  return null;
}

function dockerfileOption(folder: string, file: string): string | null {
  if (file === 'Dockerfile') return null;
  return folder === '.' ? file : `${folder}/${file}`;
}

function optionOf(words: readonly string[], names: readonly string[]): string | null {
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) return words[index + 1] ?? null;
    const name = names.find((each) => word.startsWith(`${each}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return null;
}

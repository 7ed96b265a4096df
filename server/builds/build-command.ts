/** `docker build` for one Dockerfile of a lesson, as a learner could have typed it in the lesson's folder. */
export interface BuildCommand {
  tag: string;
  argv: [string, ...string[]];
  /** The same, to be typed into a shell. */
  shown: string;
}

/**
 * The build context is the Dockerfile's folder. The image is named after the lesson's folder, or after the
 * sub-folder the Dockerfile is in; `Dockerfile.slim` and `slim.Dockerfile` become its tag `slim`. `named` overrides that.
 */
export function buildCommand(lesson: string, path: string, named: string | null = null): BuildCommand {
  const cut = path.lastIndexOf('/');
  const folder = cut === -1 ? '.' : path.slice(0, cut);
  const file = path.slice(cut + 1);
  const name = imageName(cut === -1 ? lesson : folder, lesson);
  const variant = tagName(/^Dockerfile\.(.+)$/i.exec(file)?.[1] ?? /^(.+)\.Dockerfile$/i.exec(file)?.[1] ?? '');
  const tag = named ?? (variant === '' ? name : `${name}:${variant}`);
  // A folder named like an option must not be taken for one.
  const context = folder.startsWith('-') ? `./${folder}` : folder;
  const argv: [string, ...string[]] = ['docker', 'build', '-t', tag];
  if (file !== 'Dockerfile') argv.push('-f', path.startsWith('-') ? `./${path}` : path);
  argv.push(context);
  return { tag, argv, shown: argv.map(quote).join(' ') };
}

/** The last folder of `path` as a repository name (`[a-z0-9]+` joined by single separators). */
function imageName(path: string, lesson: string): string {
  const clean = (text: string) =>
    text
      .slice(text.lastIndexOf('/') + 1)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 100);
  return clean(path) || clean(lesson) || 'image';
}

function tagName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 100);
}

/** A word as a POSIX shell reads it back. */
function quote(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

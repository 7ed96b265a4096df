import { blocksOfLesson, type Lesson } from '../lesson.ts';
import { type DockerCommand, dockerCommands } from '../reference/docker-commands.ts';
import { isComposeFile } from '../used-images.ts';

interface Held {
  /** The lesson that has made it. */
  lesson: string;
  /** With what it goes: a port with its container. */
  owner: string;
}

/** Commands that make a container. */
const making = new Set([
  'docker run',
  'docker create',
  'docker container run',
  'docker container create',
  'docker compose run',
]);

/**
 * What lessons leave in a sandbox that is kept over all of them: names of containers, services, networks, volumes and
 * Compose projects, and ports of the host. Names that the shell makes up (`$name`) are not known; of what a `prune` takes along, only containers
 * that were stopped by their names are.
 */
export class Leftovers {
  readonly #held = new Map<string, Held>();
  readonly #stopped = new Set<string>();
  readonly #clashes = new Set<string>();

  /** `container web: a/one has left it to b/two`, each once. */
  get clashes(): string[] {
    return [...this.#clashes];
  }

  /**
   * Does what a lesson does.
   * @param composeFiles content of those that lie in its folder
   */
  play(lesson: Lesson, composeFiles: readonly string[]): void {
    const files = [...composeFiles];
    for (const block of blocksOfLesson(lesson)) {
      const part = block.kind === 'solution' ? block.of : block;
      if (part.kind === 'file' && isComposeFile(part.path)) files.push(part.code);
      if (part.kind !== 'run' && part.kind !== 'setup') continue;
      for (const command of dockerCommands(part.command)) this.#carryOut(command, lesson.id, files);
    }
  }

  #carryOut(command: DockerCommand, lesson: string, composeFiles: readonly string[]): void {
    const { name, options, words } = command;
    if (making.has(name)) {
      this.#start(command, 'container', lesson);
      return;
    }
    switch (name) {
      case 'docker network create':
      case 'docker volume create':
        this.#make(`${name.split(' ')[1]} ${words.at(-1)}`, lesson);
        return;
      case 'docker network rm':
      case 'docker volume rm':
        this.#remove(...words.map((word) => `${name.split(' ')[1]} ${word}`));
        return;
      case 'docker network prune':
        this.#remove(...this.#all('network'));
        return;
      case 'docker service create':
        this.#start(command, 'service', lesson);
        return;
      case 'docker rm':
      case 'docker container rm':
        this.#remove(...words.map((word) => `container ${word}`));
        return;
      case 'docker stop':
      case 'docker container stop':
        for (const word of words) this.#stopped.add(`container ${word}`);
        return;
      case 'docker system prune':
      case 'docker container prune':
        if (!options.includes('--filter')) this.#remove(...this.#stopped);
        return;
      case 'docker start':
      case 'docker restart':
        for (const word of words) this.#stopped.delete(`container ${word}`);
        return;
      case 'docker service rm':
        this.#remove(...words.map((word) => `service ${word}`));
        return;
      case 'docker rename':
      case 'docker container rename':
        this.#remove(`container ${words.at(-2)}`);
        this.#make(`container ${words.at(-1)}`, lesson);
        return;
      case 'docker swarm leave':
        this.#remove(...this.#all('service'));
        return;
      case 'docker compose up':
        for (const thing of composeFiles.flatMap(namedInCompose)) this.#make(thing, lesson, `projects of ${lesson}`);
        return;
      case 'docker compose down':
        this.#remove(`projects of ${lesson}`);
    }
  }

  #start({ words, options }: DockerCommand, kind: 'container' | 'service', lesson: string): void {
    for (const value of valuesOf(words, '-v')) {
      const volume = /^(\w[\w.-]+):/.exec(value)?.[1];
      if (volume !== undefined) this.#make(`volume ${volume}`, lesson);
    }
    // What stands behind the image is none of Docker's business: `docker run busybox --name web`.
    const name = options.includes('--name') ? valuesOf(words, '--name')[0] : undefined;
    if (name === undefined || name.includes('$')) return;
    const thing = `${kind} ${name}`;
    this.#make(thing, lesson);
    for (const value of [...valuesOf(words, '--publish'), ...valuesOf(words, '-p')]) {
      const port = hostPort(value);
      if (port !== null) this.#make(`port ${port}`, lesson, thing);
    }
    if (options.includes('--rm')) this.#remove(thing);
  }

  #all(kind: string): string[] {
    return [...this.#held.keys()].filter((thing) => thing.startsWith(`${kind} `));
  }

  #make(thing: string, lesson: string, owner = thing): void {
    const before = this.#held.get(thing);
    if (before !== undefined && before.lesson !== lesson) {
      this.#clashes.add(`${thing}: ${before.lesson} has left it to ${lesson}`);
    }
    this.#held.set(thing, { lesson, owner });
    this.#stopped.delete(thing);
  }

  #remove(...owners: readonly string[]): void {
    for (const [thing, { owner }] of this.#held) if (owners.includes(owner)) this.#held.delete(thing);
  }
}

/** Values of an option, also behind other letters (`-dp 80:80`) and joined to it. */
function valuesOf(words: readonly string[], option: string): string[] {
  const letter = /^-(\w)$/.exec(option)?.[1];
  return words.flatMap((word, index) => {
    if (word.startsWith(`${option}=`)) return [word.slice(option.length + 1)];
    const isIt = word === option || (letter !== undefined && /^-\w+$/.test(word) && word.endsWith(letter));
    return isIt ? (words[index + 1] ?? []) : [];
  });
}

/** @returns null where Docker chooses one */
function hostPort(value: string): string | null {
  const named = /\bpublished=(\d+)/.exec(value) ?? /(?:^|:)(\d+):\d+(?:\/\w+)?$/.exec(value);
  return named?.[1] ?? null;
}

/** Names and ports of the host in a Compose file, or in a part of one. */
function namedInCompose(text: string): string[] {
  const all = (kind: string, pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map((match) => `${kind} ${match[1]}`);
  return [
    ...all('project', /^name: *["']?([\w-]+)/gm),
    ...all('container', /^ +container_name: *["']?([\w.-]+)/gm),
    ...all('port', /^ +- *["']?(?:[\d.]+:)?(?:\$\{\w+:-)?(\d+)\}?:\d+(?:\/\w+)?["']? *$/gm),
    ...all('port', /^[ -]+published: *["']?(\d+)/gm),
  ];
}

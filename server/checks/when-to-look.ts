import type { Check } from '../../protocol/check-schema.ts';

/** What can have changed: the four kinds of Docker's things, the workspace, and commands that ended. */
export type Change = 'containers' | 'images' | 'networks' | 'volumes' | 'files' | 'commands';

const everything: readonly Change[] = ['containers', 'images', 'networks', 'volumes', 'files', 'commands'];

/** The changes after which the check is to be looked at again: those of which something it looks at can be part. */
export function relevantTo(check: Check): Set<Change> {
  const asks = (...keys: string[]): boolean =>
    [check, ...(check.hints ?? []).map((hint) => hint.when)].some((conditions) =>
      keys.some(
        (key) => key in conditions && key !== check.subject && conditions[key as keyof typeof conditions] !== undefined,
      ),
    );
  const changes = new Set<Change>();
  const add = (...more: Change[]): void => {
    for (const change of more) changes.add(change);
  };
  switch (check.subject) {
    case 'container':
      add('containers');
      if (asks('image') || (typeof check.container === 'object' && check.container.image !== undefined)) add('images');
      if (asks('networks')) add('networks');
      // Docker tells nothing when a log grows or a file in a container changes, and lists no limits: a command
      // probably did it.
      if (asks('logs', 'differs', 'memory', 'restart')) add('commands');
      return changes;
    case 'image':
      add('images');
      return changes;
    case 'network':
      add('networks');
      if (asks('containers', 'reaches')) add('containers');
      // What listens in a container may begin to without a word from Docker.
      if (asks('reaches')) add('commands');
      return changes;
    case 'volume':
      add('volumes');
      if (asks('usedBy', 'file')) add('containers');
      if (asks('file')) add('commands');
      return changes;
    case 'compose':
      add('containers');
      return changes;
    case 'http':
      add('containers', 'files', 'commands');
      return changes;
    case 'file':
      add('files');
      return changes;
    case 'ran':
      add('commands');
      return changes;
    case 'run':
      add(...everything);
      return changes;
  }
}

/** Whether it can come to hold some time after the last change that is told: what a server says, hears or writes. */
export function settlesLater(check: Check): boolean {
  switch (check.subject) {
    case 'http':
    case 'run':
      return true;
    case 'container':
      return check.logs !== undefined || check.health !== undefined || check.differs !== undefined;
    case 'volume':
      return check.file !== undefined;
    case 'network':
      return check.reaches !== undefined;
    case 'compose':
      return Object.values(check.services ?? {}).some((service) => service.health !== undefined);
    default:
      return false;
  }
}

/**
 * Whether a program has to run in the sandbox to look at it. That takes a tenth of a second on an idle machine and many
 * seconds on a busy one. A `run` is anybody's command: `docker run --rm` in it makes a container, which Docker tells of.
 */
export function programOf(check: Check): 'reading' | 'changing' | null {
  switch (check.subject) {
    case 'run':
      return 'changing';
    case 'http':
      return 'reading';
    case 'network':
      return check.reaches === undefined ? null : 'reading';
    case 'image':
    case 'volume':
      return check.file === undefined ? null : 'reading';
    default:
      return null;
  }
}

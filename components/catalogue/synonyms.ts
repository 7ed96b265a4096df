import { holdsTerm, termsOf } from './folded-text.ts';

/**
 * Words people type, and Docker's words for what they mean. Each line: what is typed (in any of its forms, `deleting` as
 * `delete`), and what is looked for as well. In English, as the shipped lessons are.
 */
const lines = `
delete remove erase destroy discard uninstall: rm, rmi, remove, delete
clean cleanup tidy purge: prune, tidy, clean
list: ls, ps, list
show display see view print find: ls, ps, list, show
all every: all, prune
stop end quit halt terminate shutdown finish: stop, kill, end
kill force: kill, stop
start launch execute begin: run, start
create make: create, build, run, make
restart reboot autostart: restart
pause freeze: pause
shell terminal console ssh bash enter inside open: exec, shell, attach
vm vms virtual hypervisor virtualbox vmware: virtual machine, machine
machine computer: machine, host
environment env variable variables envvar setting settings: env, environment, variable, configuration
copy transfer: cp, copy
upload publish share: push, publish, share
download fetch get: pull, download
rename: rename, tag
version: tag, name
log logs output stdout: logs, log, output
port ports expose forward forwarding: port, publish, expose
folder directory dir path: mount, volume, workdir
disk storage space: df, prune, disk
save backup archive: save, export, backup, archive
restore load: load, import, restore
persist persistent permanent keep lose lost: volume, keep, survive
database mysql mariadb postgres postgresql sql mongo: database
password credential credentials key token: secret, login
login signin: login
memory ram cpu: memory, cpu, limit, stats
monitor usage resource resources: stats, top, limit
process processes task: top, ps, process
debug troubleshoot fix repair problem broken error errors crash: repair, debug, logs, inspect, wrong
small smaller size slim shrink: small, slim, size
fast faster speed slow: cache, fast
website webserver server html http: nginx, web, server
ip: address
dns hostname: name, dns
connect communicate talk link: network, connect, attach
yaml yml: compose
dockerhub hub: hub, registry, pull
k8s: kubernetes
update upgrade deploy deployment: update, rolling, release
user root permission permissions rights admin: user, root, privilege, ownership
firewall: iptables
pipeline ci cd: pipeline
search: search, hub
history past: history
difference compare versus vs: compare, difference, diff
golang: go
dotnet csharp: net, dotnet
javascript js nodejs typescript: node
windows mac: machine, desktop
`;

/** What is typed: one of these is near, when a word has a slip in it. */
export const synonymKeys = (): Iterable<string> => known.keys();

const known = new Map<string, readonly string[]>();
for (const line of lines.trim().split('\n')) {
  const [typed = '', meant = ''] = line.split(': ');
  for (const word of typed.split(' ')) known.set(word, meant.split(', '));
}

/** Say nothing about what is looked for, unless nothing else is typed. */
const fillers = new Set(
  'a an and any are as at be by can do does for from have how i in into is it its me my of on or s so t that the then this to use using want was what when where which who why will with you your'.split(
    ' ',
  ),
);

/** A word as it was typed, and what it is found by: itself, as the beginning of a word, or one of the others. */
export interface Wish {
  typed: string;
  /** Terms for `holdsTerm`. Short ones are whole words: `rm` is no `rmdir`. */
  others: readonly string[];
  /** It is marked where it stands, and may be missing: all here is about Docker. */
  isExtra: boolean;
}

/** What a text asks for. */
export function wishesOf(text: string): Wish[] {
  const terms = termsOf(text);
  const telling = terms.filter((term) => !fillers.has(term));
  // The `f` of `rm -f` is no beginning of a word, and few texts name it.
  const letters = new Set([...text.toLowerCase().matchAll(/(?:^|\s)-([a-z])(?=\s|$)/g)].map(([, letter]) => letter));
  return (telling.length > 0 ? telling : terms).map((typed, _, { length }) => {
    const isOption = letters.has(typed) && length > 1;
    return {
      typed: isOption ? `${typed} ` : typed,
      others: othersOf(typed),
      isExtra: isOption || (typed === 'docker' && length > 1),
    };
  });
}

/** At most one line of the list. */
function othersOf(typed: string): string[] {
  const meant = formsOf(typed)
    .map((form) => known.get(form))
    .find((found) => found !== undefined);
  return (meant ?? []).filter((word) => word !== typed).map((word) => (word.length > 3 ? word : `${word} `));
}

/** `deleting`, `deleted`, `deletes`: `delete`; `stopping`: `stop`; `copies`: `copy`. */
function formsOf(typed: string): string[] {
  const forms = [typed];
  for (const end of ['ing', 'ed', 'es', 's']) {
    if (!typed.endsWith(end) || typed.length < end.length + 3) continue;
    const stem = typed.slice(0, -end.length);
    forms.push(stem, `${stem}e`, stem.replace(/(.)\1$/, '$1'), stem.replace(/i$/, 'y'));
  }
  return forms;
}

/** Whether a folded text holds all that is asked for. */
export function holdsWishes(folded: string, wishes: readonly Wish[]): boolean {
  return wishes.every((wish) => wish.isExtra || termsOfWish(wish).some((term) => holdsTerm(folded, term)));
}

/** Words that were looked for in the place of one that was typed. */
export interface AlsoFound {
  typed: string;
  words: string[];
}

/** Those other words that stand in what was found. @param found folded texts */
export function alsoOf(wishes: readonly Wish[], found: readonly string[]): AlsoFound[] {
  return wishes.flatMap(({ typed, others }) => {
    const words = others.filter((other) => found.some((all) => holdsTerm(all, other))).map((word) => word.trim());
    return words.length === 0 ? [] : [{ typed, words }];
  });
}

/** All terms that are to be marked. */
export function termsOfWishes(wishes: readonly Wish[]): string[] {
  return wishes.flatMap(termsOfWish);
}

function termsOfWish({ typed, others }: Wish): string[] {
  return [typed, ...others];
}

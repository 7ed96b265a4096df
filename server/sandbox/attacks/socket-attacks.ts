import { expect } from 'vitest';
import { type Attack, positions } from './attack.ts';
import { refused } from './expectations.ts';
import { createWorkspaceOf } from './workspace-of.ts';

/** Asks every socket that can be found whether it is a Docker engine, and prints the engines' ids. */
const findEngines = `
  use Socket; use IO::Select;
  my %paths;
  open(my $found, "-|", "find / /proc/[0-9]*/root/run /proc/[0-9]*/root/var/run -type s 2>/dev/null");
  while (<$found>) { chomp; $paths{$_} = 1; }
  for my $file (glob("/proc/net/unix /proc/[0-9]*/net/unix")) {
    open(my $list, "<", $file) or next;
    while (<$list>) { $paths{$1} = 1 if /\\s([\\/@]\\S*)$/; }
  }
  $paths{$_} = 1 for qw(/var/run/docker.sock /run/docker.sock /run/user/1000/docker.sock /run/containerd/containerd.sock /run/docker/containerd/containerd.sock @/containerd-shim);
  $SIG{PIPE} = "IGNORE";
  my %seen;
  for my $path (sort keys %paths) {
    my @facts = stat($path);
    next if @facts && $seen{"$facts[0] $facts[1]"}++;
    my $name = $path; $name =~ s/^@/\\0/;
    socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die;
    next if length($name) > 100 || !connect($s, pack("S a*", AF_UNIX, $name));
    syswrite($s, "GET /info HTTP/1.0\\r\\nHost: docker\\r\\n\\r\\n");
    my $answer = "";
    while (length($answer) < 200000 && IO::Select->new($s)->can_read(0.5)) { sysread($s, $answer, 65536, length $answer) or last; }
    print "DIALLED $path\\n";
    print "ENGINE $1\\n" if $answer =~ /"ID":"([^"]+)"/;
  }
  print "done\\n";`;

const readOnly = 'the registry’s storage is mounted read-only into it, and it answers writes with 405';

export const socketAttacks: readonly Attack[] = [
  {
    name: 'finding and dialling the host’s Docker socket',
    control: 'it is not mounted anywhere in the sandbox; abstract sockets end at the network namespace',
    from: positions,
    carryOut: async (ground, from) => {
      const host = (await ground.engine(['info', '--format', '{{.ID}}'])).out.trim();
      expect(host).not.toBe('');
      const outcome = await ground.perl(from, findEngines);
      expect(outcome.out, outcome.said).toContain('done');
      const engines = new Set(outcome.out.split('\n').filter((line) => line.startsWith('ENGINE ')));
      // The learner finds their own, which shows that the search works.
      const own = (await ground.exec(ground.attacker, ['docker', 'info', '--format', '{{.ID}}'])).out.trim();
      expect(own).not.toBe(host);
      // The learner finds their own, which shows that the search works; so does who looks into the learner's processes.
      if (from === 'learner') expect([...engines]).toEqual([`ENGINE ${own}`]);
      expect([...engines].filter((engine) => engine !== `ENGINE ${own}`)).toEqual([]);
      expect(ground.hostVisits).toBe(0);
      const dialled = outcome.out.split('\n').filter((line) => line.startsWith('DIALLED ')).length;
      return `${dialled} sockets, none of the host’s engine`;
    },
  },
  {
    name: 'a symlink in place of the learner’s Docker socket',
    control: 'the server dials from inside of the sandbox, so a link leads nowhere else',
    from: ['learner'],
    carryOut: async (ground, from) => {
      const visits = ground.hostVisits;
      await ground.shell(from, `mv /run/docker.sock /run/docker.real; ln -s ${ground.hostSocket} /run/docker.sock`);
      try {
        await expect(ground.host.dialDaemon(ground.attacker)).rejects.toMatchObject({ code: 'daemon.unreachable' });
        expect(ground.hostVisits).toBe(visits);
      } finally {
        await ground.shell(from, 'mv -f /run/docker.real /run/docker.sock');
      }
      (await ground.host.dialDaemon(ground.attacker)).destroy();
      return 'daemon.unreachable';
    },
  },
  {
    name: 'a symlink in place of a file of the workspace',
    control: 'files are read and written by programs in the sandbox, as its learner',
    from: ['learner'],
    carryOut: async (ground, from) => {
      const root = '/root/links';
      await ground.shell(
        from,
        `mkdir -p ${root}; ln -sf ${ground.hostFile} ${root}/file; ln -sfn /etc ${root}/folder; ln -sfn / ${root}/up`,
      );
      const workspace = createWorkspaceOf(ground, root);
      const codes = await Promise.all(
        [
          workspace.read('file'),
          workspace.read(`up${ground.hostFile}`),
          workspace.read('../../etc/hostname'),
          workspace.read('/etc/hostname'),
        ].map((reading) =>
          reading.then(
            ({ content }) => `read ${content}`,
            (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
          ),
        ),
      );
      expect(codes).toEqual(['file.not-found', 'file.not-found', 'file.path-invalid', 'file.path-invalid']);
      return codes.join(', ');
    },
  },
  {
    name: 'the registry’s write side, through the mirror',
    control: readOnly,
    from: ['learner'],
    carryOut: async (ground, from) => writeToRegistry(ground, from, 'http://127.0.0.1:65001'),
  },
  {
    name: 'the registry’s write side, through its socket',
    control: readOnly,
    from: ['learner', 'outside'],
    carryOut: async (ground, from) =>
      writeToRegistry(ground, from, '--unix-socket /opt/drydock/registry/registry.sock http://registry'),
  },
  {
    name: 'taking the registry’s socket away from the others',
    control: 'its volume is mounted read-only, and locked for the user namespace',
    from: ['learner', 'outside'],
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        // Without -f: a file that is not there (nobody has written `words` in a new lab) would count as removed.
        'cd /opt/drydock/registry; rm registry.sock && echo GONE; mv registry.sock other && echo GONE; chmod 0 registry.sock && echo GONE; echo lies > words && echo GONE; rm words && echo GONE; exit 9',
      );
      expect(outcome.out).not.toContain('GONE');
      const pulled = await ground.exec(ground.neighbour, ['docker', 'pull', 'busybox']);
      expect(pulled.code, pulled.said).toBe(0);
      return refused(outcome, /Read-only file system|Operation not permitted|Permission denied/);
    },
  },
];

async function writeToRegistry(
  ground: Parameters<Attack['carryOut']>[0],
  from: Parameters<Attack['carryOut']>[1],
  address: string,
): Promise<string> {
  const { out } = await ground.shell(
    from,
    `ask() { curl -s -m 10 -o /dev/null -w '%{http_code} ' "$@"; }
     ask -X POST ${address}/v2/evil/blobs/uploads/
     ask -X POST ${address}/v2/library/busybox/blobs/uploads/
     ask -X PUT -d '{}' -H 'content-type: application/vnd.docker.distribution.manifest.v2+json' ${address}/v2/library/busybox/manifests/latest
     ask -X DELETE ${address}/v2/library/busybox/manifests/sha256:${'0'.repeat(64)}
     ask -X DELETE ${address}/v2/library/busybox/blobs/sha256:${'0'.repeat(64)}
     ask -X PATCH ${address}/v2/library/busybox/blobs/uploads/x
     ask -H 'accept: application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json' ${address}/v2/library/busybox/manifests/latest; echo`,
  );
  const codes = out.trim().split(' ');
  // The last one reads, and works: the registry was there for the others.
  expect(codes.pop()).toBe('200');
  for (const code of codes) expect(['405', '404', '400']).toContain(code);
  expect(codes[0]).toBe('405');
  return codes.join(' ');
}

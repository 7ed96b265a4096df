import { readlinkSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { type Attack, type Position, positions } from './attack.ts';
import { denied, refused, says } from './expectations.ts';

const onlyInside = 'the learner’s Docker runs in the sandbox: its “host” is the sandbox';

/** `docker run` in the sandbox with some options, and what the container prints. */
function running(options: string, command: string): string {
  return `docker run --rm ${options} busybox ${command}`;
}

export const escapeAttacks: readonly Attack[] = [
  {
    name: 'docker run --pid=host',
    control: onlyInside,
    from: ['learner'],
    carryOut: async (ground, from) => {
      const { out, code } = await ground.shell(
        from,
        running('--pid=host', `sh -c 'readlink /proc/self/ns/pid; ps -o args'`),
      );
      expect(code).toBe(0);
      expect(out).not.toContain(readlinkSync('/proc/self/ns/pid'));
      expect(out).toContain('dockerd');
      // A process of the host.
      expect(out).not.toContain('8642.5');
      return 'the sandbox’s own processes';
    },
  },
  {
    name: 'docker run --network=host',
    control: onlyInside,
    from: ['learner'],
    carryOut: async (ground, from) => {
      const port = await ground.loopbackPort();
      const { out, said } = await ground.shell(
        from,
        running(
          '--network=host',
          `sh -c 'readlink /proc/self/ns/net; ls /sys/class/net; wget -T 3 -qO- http://127.0.0.1:${port}/'`,
        ),
      );
      expect(out).not.toContain(readlinkSync('/proc/self/ns/net'));
      expect(out).not.toContain(ground.marker);
      expect(out).toMatch(/^lo$/m);
      return /Connection refused/.exec(said)?.[0] ?? 'the sandbox’s own loopback';
    },
  },
  {
    name: 'docker run --ipc=host and --uts=host',
    control: onlyInside,
    from: ['learner'],
    carryOut: async (ground, from) => {
      const { out, code } = await ground.shell(
        from,
        running('--ipc=host --uts=host', `sh -c 'readlink /proc/self/ns/ipc; readlink /proc/self/ns/uts'`),
      );
      expect(code).toBe(0);
      for (const kind of ['ipc', 'uts']) expect(out).not.toContain(readlinkSync(`/proc/self/ns/${kind}`));
      return 'the sandbox’s own namespaces';
    },
  },
  {
    name: 'docker run -v /:/host',
    control: onlyInside,
    from: ['learner'],
    carryOut: async (ground, from) => {
      const { said } = await ground.shell(
        from,
        running(
          '-v /:/host',
          `sh -c 'cat /host${ground.hostFile}; ls /host/usr/local/bin; find /host -xdev -name "${ground.marker}*"'`,
        ),
      );
      expect(said).not.toContain(`${ground.marker} `);
      expect(said).toContain('drydock-enter');
      return says({ code: 1, out: '', said }, /No such file or directory/);
    },
  },
  {
    name: 'docker run --device of the host’s devices',
    control: 'the sandbox’s /dev has no device of the host',
    from: ['learner'],
    carryOut: async (ground, from) => {
      const outcomes = await Promise.all(
        ['/dev/kmsg', '/dev/mem', '/dev/loop-control', '/dev/kvm', '/dev/fuse'].map((device) =>
          ground.shell(from, running(`--device ${device}`, 'true')),
        ),
      );
      return outcomes.map((outcome) => refused(outcome, /no such file or directory/i))[0] ?? '';
    },
  },
  {
    name: 'docker run --privileged',
    control: 'user namespace: /sys is the host’s and read-only, so no container gets it writable',
    from: ['learner'],
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(from, running('--privileged', 'echo STARTED'));
      expect(outcome.out).not.toContain('STARTED');
      return refused(outcome, /--privileged does not work in this sandbox/);
    },
  },
  {
    name: 'newuidmap: becoming root or another user of the host',
    control: '/etc/subuid of a read-only image allows the sandbox’s own range alone',
    from: positions,
    carryOut: async (ground, from) => {
      // A range of the learner's own making does not help: it is written into a copy of /etc that only they see.
      const outcome = await ground.shell(
        from,
        `(echo 'learner:0:65536'; echo 'root:0:65536') | tee /etc/subuid > /etc/subgid
         unshare -U sleep 5 & sleep 0.3; child=$!
         for map in "0 0 1" "0 0 65536" "0 1001 1"; do newuidmap $child $map && cat /proc/$child/uid_map; echo "$map" > /proc/$child/uid_map; done
         kill $child; exit 9`,
      );
      // Inside of the user namespace they may map what that has; from outside, of the host, the sandbox's own ids alone.
      expect(outsideUids(from, outcome.out)).toEqual([]);
      return refused(
        outcome,
        /not allowed|Operation not permitted|not found|Read-only file system|write to uid_map failed/,
      );
    },
  },
  {
    name: 'reading the environment and files of the host’s and the sandbox’s first processes',
    control: 'pid namespace; a process outside of the user namespace cannot be looked into',
    from: positions,
    carryOut: async (ground, from) => {
      const seen = await ground.shell(
        from,
        `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; true`,
      );
      expect(seen.out).toContain('PATH=');
      expect(seen.out).not.toContain(ground.marker);
      expect(seen.out).not.toContain('8642.5');
      const outcome = await ground.shell(from, `cat /proc/[0-9]*/root${ground.hostFile}`);
      expect(outcome.out).toBe('');
      // From outside of the namespace the sandbox's own environment can be read: it holds no secret.
      const own = await ground.shell('outside', `tr '\\0' '\\n' < /proc/1/environ`);
      const names = own.out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('=')[0]);
      const known = /^(PATH|HOSTNAME|HOME|TERM|DRYDOCK_(REGISTRY_SOCKET|LOG_MAX_SIZE|STOP_SECONDS|MEMORY|EGRESS\w*))$/;
      expect(names.filter((name) => name !== undefined && !known.test(name))).toEqual([]);
      return says(outcome, denied);
    },
  },
  {
    name: 'leading the program that enters the sandbox astray',
    control: 'it gives up its outer namespaces before it runs anything, and never runs without having done so',
    from: ['learner'],
    carryOut: async (ground, from) => {
      // The file that says which process has the sandbox's namespaces; the outer drydock-init is outside of them.
      const file = '/run/user/1000/drydock.pid';
      const right = (await ground.shell('outside', `cat ${file}`)).out.trim();
      const outer = (await ground.shell('outside', 'pgrep -o -x drydock-init')).out.trim();
      const led = await ground.shell(
        from,
        `for f in /run/.ro*/user/1000/drydock.pid ${file}; do echo ${outer} > $f; done; exit 0`,
      );
      expect(led.code, led.said).toBe(0);
      try {
        expect((await ground.shell('outside', `cat ${file}`)).out.trim()).toBe(outer);
        const outcome = await ground.exec(ground.attacker, ['sh', '-c', 'echo RAN OUTSIDE']);
        expect(outcome.out).not.toContain('RAN OUTSIDE');
        expect(outcome.code).toBe(125);
        return refused(outcome, /drydock-enter: .*/);
      } finally {
        await ground.shell('outside', `echo ${right} > ${file}`);
      }
    },
  },
  {
    name: 'files, processes and sockets of another learner’s sandbox',
    control: 'mount, pid and network namespaces of their own; volumes of their own',
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        `find / -xdev -name '${ground.marker}*' 2>/dev/null; find /proc/*/root/root /proc/*/root/tmp -maxdepth 1 -name '${ground.marker}*' 2>/dev/null
         cat /proc/net/unix /proc/*/net/unix 2>/dev/null | grep '${ground.marker}'; grep -l '${ground.marker.replace('t', '[t]')}' /proc/*/cmdline 2>/dev/null; true`,
      );
      expect(outcome.out.trim()).toBe('');
      // A search finds it in the neighbour's own sandbox.
      const there = await ground.exec(ground.neighbour, ['find', '/root', '-name', ground.marker]);
      expect(there.out).toContain(ground.marker);
      const dial = await ground.perl(
        from,
        `use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "$!\\n";
         connect($s, pack("S a*", AF_UNIX, "\\0${ground.marker}")) or die "$!\\n"; print scalar <$s>;`,
      );
      expect(dial.out).not.toContain(ground.marker);
      return refused(dial, /Connection refused/);
    },
  },
  {
    name: 'writing to the sandbox’s own image and to what is mounted into it',
    control: 'read-only root; mounts of the outer container are locked for its user namespace',
    from: ['learner', 'outside'],
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        `for f in /usr/bin/evil /usr/local/bin/drydock-enter /opt/drydock/registry/evil /usr/sbin/docker-init; do (: >> $f) && echo OPENED $f; done
         mount -o remount,bind,rw / && (: >> /usr/bin/evil) && echo OPENED; mount -o remount,bind,rw /opt/drydock/registry && echo OPENED
         umount -l /opt/drydock/registry && [ -d /opt/drydock/registry/../.. ] && ls /opt/drydock/registry/evil; exit 9`,
      );
      expect(outcome.out).not.toContain('OPENED');
      expect(statSync(ground.hostFile).size).toBeGreaterThan(0);
      return refused(outcome, /Read-only file system|Permission denied|Text file busy/);
    },
  },
];

/** Lines of a uid_map that give ids of the host which are not the sandbox's. */
function outsideUids(from: Position, maps: string): string[] {
  // Inside of the user namespace, ids below 65537 are the namespace's own.
  if (from !== 'outside') return [];
  return maps.split('\n').filter((line) => {
    const [, outside, count] = line.trim().split(/\s+/).map(Number);
    if (outside === undefined || count === undefined || Number.isNaN(outside)) return false;
    return !(outside === 1000 && count === 1) && !(outside >= 100_000 && outside + count <= 165_536);
  });
}

import { expect } from 'vitest';
import { type Attack, type Position, positions } from './attack.ts';
import type { AttackGround, Outcome } from './attack-ground.ts';
import { says } from './expectations.ts';

const noNetwork = 'network namespace: there is nothing but loopback and the learner’s own bridges';

/** Connects to each `address port` and prints what it is told, or why not. */
async function dial(ground: AttackGround, from: Position, targets: readonly [string, number][]): Promise<Outcome> {
  const list = targets.map(([address, port]) => `["${address}", ${port}]`).join(', ');
  return ground.perl(
    from,
    `use Socket; use IO::Socket::INET; use IO::Select;
     for my $t (${list}) {
       next if fork();
       my ($address, $port) = @$t;
       my $s = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => "tcp", Timeout => 2);
       if (!$s) { print "$address:$port $!\\n"; exit; }
       my $said = "";
       sysread($s, $said, 100) if IO::Select->new($s)->can_read(1);
       $said =~ s/\\s+/ /g; print "$address:$port CONNECTED $said\\n";
       exit;
     }
     1 while wait() > 0;`,
  );
}

/** Nothing was reached. @returns in which words */
function expectNone(ground: AttackGround, outcome: Outcome): string {
  expect(outcome.code, outcome.said).toBe(0);
  expect(outcome.out).not.toContain('CONNECTED');
  expect(outcome.out).not.toContain(ground.marker);
  const visits = ground.hostVisits;
  expect(visits).toBe(0);
  return says(outcome, /Network is unreachable|No route to host|Connection refused|Connection timed out/);
}

export const networkAttacks: readonly Attack[] = [
  {
    name: 'the lab’s server and other programs on the host’s loopback',
    control: noNetwork,
    from: positions,
    carryOut: async (ground, from) => {
      const port = await ground.loopbackPort();
      const names = ['127.0.0.1', '172.17.0.1'];
      return expectNone(
        ground,
        await dial(
          ground,
          from,
          names.map((address) => [address, port]),
        ),
      );
    },
  },
  {
    name: 'every address of the host',
    control: noNetwork,
    from: positions,
    carryOut: async (ground, from) => {
      const port = await ground.hostPort();
      return expectNone(
        ground,
        await dial(
          ground,
          from,
          ground.hostAddresses().map((address) => [address, port]),
        ),
      );
    },
  },
  {
    name: '169.254.169.254, private and carrier networks, the internet',
    control: noNetwork,
    from: positions,
    carryOut: async (ground, from) => {
      const targets: [string, number][] = [
        '169.254.169.254',
        '10.0.0.1',
        '172.31.0.1',
        '192.168.0.1',
        '100.64.0.1',
        '1.1.1.1',
      ].map((address) => [address, 80]);
      return expectNone(ground, await dial(ground, from, targets));
    },
  },
  {
    name: 'another learner’s sandbox over the network',
    control: noNetwork,
    from: positions,
    carryOut: async (ground, from) => {
      const { out } = await ground.exec(ground.neighbour, ['hostname', '-I']);
      // The neighbour's addresses are those of every Docker host; at them answers the attacker's own sandbox, if anything.
      const addresses = out
        .trim()
        .split(/\s+/)
        .filter((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address));
      expect(addresses).not.toEqual([]);
      const own = await ground.exec(ground.neighbour, ['socat', '-T', '2', '-u', 'TCP:127.0.0.1:7000', '-']);
      expect(own.out).toContain(ground.marker);
      return expectNone(
        ground,
        await dial(
          ground,
          from,
          ['127.0.0.1', ...addresses].map((address) => [address, 7000]),
        ),
      );
    },
  },
  {
    name: 'listening on the wire for what is not meant for it',
    control: noNetwork,
    from: ['learner'],
    carryOut: async (ground, from) => {
      const { out } = await ground.shell(from, 'ls /sys/class/net; cat /proc/net/route');
      const names = out.split('\n').filter((line) => /^[a-z]/.test(line));
      expect(
        names.filter((name) => !/^(lo|docker0|docker_gwbridge|br-\w+|veth\w+|Iface\s.*|\w+\t.*)$/.test(name)),
      ).toEqual([]);
      // No way out: a default route has destination 00000000.
      expect(out).not.toMatch(/^\w+\t00000000\t/m);
      return 'no interface but its own';
    },
  },
];

import { expect } from 'vitest';
import { type Attack, positions } from './attack.ts';
import { says } from './expectations.ts';

/** Bytes of memory that the program may have at most: its buffers for all connections there can be, and itself. */
const mirrorMemory = 12 * 2 ** 20;

export const mirrorAttacks: readonly Attack[] = [
  {
    name: 'the host and the internet, through the proxy of the learner’s daemon',
    control: 'it is in the network namespace of the sandbox: what cannot be reached from there is answered with words',
    from: positions,
    carryOut: async (ground, from) => {
      const visits = ground.hostVisits;
      const port = await ground.hostPort();
      const targets = [
        ...ground.hostAddresses().map((address) => `${address}:${port}`),
        `127.0.0.1:${await ground.loopbackPort()}`,
        '169.254.169.254:80',
        '1.1.1.1:80',
        'example.org:80',
      ];
      const outcome = await ground.perl(
        from,
        `use IO::Socket::INET;
         for my $target (qw(${targets.join(' ')})) {
           for my $request ("CONNECT $target HTTP/1.1", "GET http://$target/ HTTP/1.1") {
             my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:65002", Timeout => 5) or print("$!\\n"), next;
             syswrite($s, "$request\\r\\nHost: $target\\r\\n\\r\\n");
             my $said = ""; 1 while sysread($s, $said, 4096, length $said);
             $said =~ s/\\s+/ /g; print "$request: $said\\n";
           }
         }`,
      );
      expect(outcome.code, outcome.said).toBe(0);
      expect(outcome.out).not.toContain(ground.marker);
      expect(outcome.out).not.toContain('HTTP/1.1 200');
      expect(ground.hostVisits).toBe(visits);
      if (from !== 'learner') return says(outcome, /Connection refused/);
      expect(outcome.out.match(/HTTP\/1\.1 (503|307) /g)).toHaveLength(2 * targets.length);
      return says(outcome, /HTTP\/1\.1 503 .{0,40}/);
    },
  },
  {
    name: 'tying up the program that the daemon gets its images through',
    control: 'connections, lines and waits are bounded in it; of too many the quietest gives way',
    from: ['learner'],
    carryOut: async (ground, from) => {
      const outcome = await ground.perl(
        from,
        `use IO::Socket::INET;
         $SIG{PIPE} = "IGNORE";
         my @held;
         sub dial { my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$_[0]", Timeout => 5) or die "$_[0]: $!"; push @held, $s; return $s; }
         for my $port (65001, 65002) {
           # No end of a line, of a head, of a name; and heads that never come on.
           for my $begin ("", "GET /v2/" . "a" x 100, "CONNECT " . "a" x 1000000, "GET http://x/ HTTP/1.1\\r\\n" . "X: y\\r\\n" x 200000) {
             my $s = dial($port); $s->blocking(0); syswrite($s, $begin);
           }
           for (1 .. 1500) { syswrite(dial($port), "GET /v2/library/nosuch$_/manifests/latest HTTP/1.1\\r\\nX"); }
         }
         print "PULLED\\n" if system("docker pull -q busybox > /dev/null 2>&1") == 0;
         print "SAID $1\\n" if \`docker pull -q reallynot 2>&1\` =~ /"https:.*?": (.*)/;
         chomp(my $pid = \`pgrep -x drydock-mirror\`);
         open(my $status, "<", "/proc/$pid/status") or die "$pid: $!";
         while (<$status>) { print "MEMORY $1\\n" if /^VmRSS:\\s+(\\d+)/; }
         print "FILES ", scalar(() = glob("/proc/$pid/fd/*")), "\\n";
         close $_ for @held;
         for (1 .. 100) { last if (() = glob("/proc/$pid/fd/*")) < 12; select(undef, undef, undef, 0.1); }
         print "LEFT ", scalar(() = glob("/proc/$pid/fd/*")), "\\n";`,
      );
      expect(outcome.out, outcome.said).toContain('PULLED');
      expect(outcome.out, outcome.said).toMatch(/SAID .*reallynot/);
      const [, kilobytes, files, left] =
        /MEMORY (\d+)\nFILES (\d+)\nLEFT (\d+)/.exec(outcome.out)?.map((text) => Number(text)) ?? [];
      expect(kilobytes, outcome.said).toBeLessThan(mirrorMemory / 1024);
      expect(files).toBeLessThan(500);
      expect(left).toBeLessThan(12);
      return `${kilobytes} KiB, ${files} open files, and it goes on`;
    },
  },
];

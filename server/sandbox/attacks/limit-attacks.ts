import { expect } from 'vitest';
import { testLimits } from '../../test-limits.ts';
import { type Attack, positions } from './attack.ts';
import { denied, refused } from './expectations.ts';

const noCapability =
  'no capability of the host: the kernel asks for CAP_SYS_RESOURCE or CAP_SYS_NICE outside of the user namespace';

export const limitAttacks: readonly Attack[] = [
  {
    name: 'raising its own limit of open files',
    control: noCapability,
    from: positions,
    carryOut: async (ground, from) => {
      const more = testLimits.openFiles * 2;
      const outcome = await ground.shell(
        from,
        `ulimit -Hn ${more} && echo RAISED; prlimit --pid $$ --nofile=${more}:${more} && echo RAISED; exit 9`,
      );
      expect(outcome.out).not.toContain('RAISED');
      return refused(outcome, /Operation not permitted|Permission denied/);
    },
  },
  {
    name: 'hiding from the kernel’s out-of-memory killer',
    control: noCapability,
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.perl(
        from,
        `open(my $f, ">", "/proc/self/oom_score_adj") or die "$!\\n";
         my $n = syswrite($f, "-1000"); defined $n or die "$!\\n"; print "HIDDEN";`,
      );
      expect(outcome.out).not.toContain('HIDDEN');
      return refused(outcome, denied);
    },
  },
  {
    name: 'going before all others at the processor and the disk',
    control: noCapability,
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        'renice -n -10 $$ && echo FIRST; chrt -f -p 50 $$ && echo FIRST; ionice -c 1 -p $$ && echo FIRST; exit 9',
      );
      expect(outcome.out).not.toContain('FIRST');
      return refused(outcome, denied);
    },
  },
];

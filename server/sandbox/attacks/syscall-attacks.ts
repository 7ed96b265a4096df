import { expect } from 'vitest';
import { type Attack, positions } from './attack.ts';
import { emptyElf32 } from './elf32.ts';
import { denied, refused, says } from './expectations.ts';
import { ENOSYS, EPERM, errnoName, type Probe, probeFrom, probeUnfiltered } from './syscall-probe.ts';

const far = 2 ** 32;

/** Each in two spellings where an argument has an upper half that the kernel does not look at. */
const probes: readonly Probe[] = [
  { name: 'bpf', numbers: [321, 280], args: [0, 0, 0] },
  { name: 'perf_event_open', numbers: [298, 241], args: [0, 0, -1, -1, 0] },
  { name: 'userfaultfd', numbers: [323, 282], args: [0] },
  { name: 'io_uring_setup', numbers: [425, 425], args: [1, 0] },
  { name: 'io_uring_enter', numbers: [426, 426], args: [-1, 0, 0, 0, 0, 0] },
  { name: 'add_key', numbers: [248, 217], args: ['user', 'x', 'y', 1, -3] },
  { name: 'keyctl', numbers: [250, 219], args: [0, -3, 0] },
  { name: 'request_key', numbers: [249, 218], args: ['user', 'x', 0, -3] },
  { name: 'open_by_handle_at', numbers: [304, 265], args: [-100, 0, 0] },
  { name: 'kexec_load', numbers: [246, 104], args: [0, 0, 0, 0] },
  { name: 'kexec_file_load', numbers: [320, 294], args: [-1, -1, 0, 0, 0] },
  { name: 'init_module', numbers: [175, 105], args: [0, 0, ''] },
  { name: 'finit_module', numbers: [313, 273], args: [-1, '', 0] },
  { name: 'delete_module', numbers: [176, 106], args: ['none', 0] },
  { name: 'reboot', numbers: [169, 142], args: [0, 0, 0, 0] },
  { name: 'swapon', numbers: [167, 224], args: ['', 0] },
  { name: 'swapoff', numbers: [168, 225], args: [''] },
  { name: 'acct', numbers: [163, 89], args: ['/nonexistent'] },
  { name: 'settimeofday', numbers: [164, 170], args: [0, 0] },
  { name: 'clock_settime', numbers: [227, 112], args: [0, 0] },
  { name: 'syslog', numbers: [103, 116], args: [9999, 0, 0] },
  { name: 'iopl', numbers: [172, null], args: [0] },
  { name: 'ioperm', numbers: [173, null], args: [0, 1, 0] },
  { name: 'quotactl', numbers: [179, 60], args: [0, 0, 0, 0] },
  { name: 'fanotify_init', numbers: [300, 262], args: [0, 0] },
  { name: 'kcmp', numbers: [312, 272], args: [1, 1, 0, 0, 0] },
  { name: 'vhangup', numbers: [153, 58], args: [] },
  { name: 'modify_ldt', numbers: [154, null], args: [0, 0, 0] },
  { name: 'pidfd_getfd', numbers: [438, 438], args: [-1, 0, 0] },
  { name: 'memfd_secret', numbers: [447, 447], args: [0] },
  // ADDR_NO_RANDOMIZE
  { name: 'personality', numbers: [135, 92], args: [0x40000] },
  { name: 'socket(AF_VSOCK)', numbers: [41, 198], args: [40, 1, 0] },
  { name: 'socket(AF_VSOCK+2^32)', numbers: [41, 198], args: [40 + far, 1, 0] },
  { name: 'socket(AF_ALG)', numbers: [41, 198], args: [38, 5, 0] },
  { name: 'socket(AF_ALG+2^32)', numbers: [41, 198], args: [38 + far, 5, 0] },
  { name: 'socket(AF_RDS)', numbers: [41, 198], args: [21, 5, 0] },
  { name: 'socket(AF_TIPC)', numbers: [41, 198], args: [30, 5, 0] },
  { name: 'socket(AF_XDP)', numbers: [41, 198], args: [44, 3, 0] },
  { name: 'socket(NETLINK_XFRM)', numbers: [41, 198], args: [16, 3, 6] },
  { name: 'socket(NETLINK_ISCSI)', numbers: [41, 198], args: [16, 3, 8] },
  { name: 'socket(NETLINK_CRYPTO+2^32)', numbers: [41, 198], args: [16, 3, 21 + far] },
];

function callAttack(name: string, control: string, calls: readonly string[], errno: number): Attack {
  return {
    name,
    control,
    from: positions,
    carryOut: async (ground, from) => {
      const [here, free] = await Promise.all([probeFrom(ground, from, probes), probeUnfiltered(ground, probes)]);
      const shown = calls.flatMap((call) => {
        const answer = here.get(call);
        // -1: not a call of this machine.
        if (answer === -1) return [];
        expect(answer, call).toBe(errno);
        const otherwise = free.get(call);
        return otherwise === undefined || otherwise === errno ? [] : [`${call}: ${errnoName(otherwise)}`];
      });
      return `${errnoName(errno)}${shown.length === 0 ? '' : ` (without the filter ${shown.slice(0, 2).join(', ')})`}`;
    },
  };
}

const filter = 'seccomp: no group of the table has the call';

export const syscallAttacks: readonly Attack[] = [
  {
    name: 'getting rid of the system-call filter',
    control: 'seccomp is inherited and cannot be taken off; `seccomp=unconfined` inside adds none and removes none',
    from: positions,
    carryOut: async (ground, from) => {
      const { out } = await ground.shell(from, 'cat /proc/self/status');
      expect(out).toMatch(/^Seccomp:\s+2$/m);
      // The calls of the attacks below reach the kernel where there is no filter: what refuses them here is the filter.
      const free = await probeUnfiltered(ground, probes);
      const reached = [...free].filter(([, errno]) => errno !== EPERM && errno !== ENOSYS).map(([name]) => name);
      expect(reached).toEqual(expect.arrayContaining(['io_uring_enter', 'open_by_handle_at', 'kcmp']));
      return 'Seccomp: 2';
    },
  },
  callAttack('bpf', filter, ['bpf'], EPERM),
  callAttack('perf_event_open', filter, ['perf_event_open'], EPERM),
  callAttack('userfaultfd', filter, ['userfaultfd'], EPERM),
  callAttack('io_uring', filter, ['io_uring_setup', 'io_uring_enter'], EPERM),
  callAttack(
    'kernel keys of the user all sandboxes share',
    'seccomp: keyctl looks absent',
    ['add_key', 'keyctl', 'request_key'],
    ENOSYS,
  ),
  callAttack('open_by_handle_at', filter, ['open_by_handle_at'], EPERM),
  callAttack('another kernel by kexec', filter, ['kexec_load', 'kexec_file_load'], EPERM),
  callAttack('loading or removing a module', filter, ['init_module', 'finit_module', 'delete_module'], EPERM),
  callAttack('reboot, swap, accounting', filter, ['reboot', 'swapon', 'swapoff', 'acct', 'quotactl'], EPERM),
  callAttack('setting the clock', filter, ['settimeofday', 'clock_settime'], EPERM),
  callAttack('hardware ports, kernel log, other calls of old', filter, ['iopl', 'ioperm', 'syslog', 'vhangup'], EPERM),
  callAttack('fanotify, kcmp, modify_ldt', filter, ['fanotify_init', 'kcmp', 'modify_ldt'], EPERM),
  callAttack('files and memory of other processes', 'seccomp: looks absent', ['pidfd_getfd', 'memfd_secret'], ENOSYS),
  callAttack('switching protections off by personality', 'seccomp: a list of arguments', ['personality'], EPERM),
  callAttack(
    'sockets to the hypervisor, the kernel’s ciphers and rare protocols',
    'seccomp: a list of address families and netlink protocols, by exact value',
    probes.map((probe) => probe.name).filter((name) => name.startsWith('socket')),
    EPERM,
  ),
  {
    name: 'going round the filter by the 32-bit entry',
    control: 'seccomp: 32-bit programs are killed',
    from: positions,
    carryOut: async (ground, from) => {
      // Its one call is socketcall(SYS_SOCKET, NULL), which a filter on `socket` cannot judge; exit code: the errno.
      const elf = emptyElf32();
      const outcome = await ground.attack(
        from,
        ['sh', '-c', 'cat > /tmp/elf32 && chmod 755 /tmp/elf32 && /tmp/elf32'],
        elf.toString('latin1'),
      );
      // 159: killed by SIGSYS; 126: not for this machine.
      expect([159, 126], outcome.said).toContain(outcome.code);
      return outcome.code === 159 ? 'SIGSYS' : 'no such entry on this machine';
    },
  },
  {
    name: 'going round the filter by the x32 entry',
    control: 'seccomp: x32 calls are killed',
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.perl(
        from,
        `use POSIX (); if ((POSIX::uname())[4] ne "x86_64") { print "no x32"; exit 1 }
         my $answer = syscall(0x40000000 + 39); print "answered $answer";`,
      );
      expect(outcome.code).not.toBe(0);
      expect(outcome.out).not.toContain('answered');
      return outcome.code === 159 ? 'SIGSYS' : 'no such entry on this machine';
    },
  },
  {
    name: 'tracing the outer processes',
    control: 'user namespace: no capability over a process outside of it',
    from: ['learner', 'container'],
    carryOut: async (ground, from) => {
      // PTRACE_SEIZE of the outer container's first program, which a container of its own only sees with --pid=host.
      const script =
        'my $r = syscall($^O && (POSIX::uname())[4] eq "aarch64" ? 117 : 101, 0x4206, 1, 0, 0); die "$!\\n" if $r == -1; print "traced";';
      const outcome =
        from === 'learner'
          ? await ground.perl(from, `use POSIX ();\n${script}`)
          : await ground.exec(
              ground.attacker,
              [...everyPower('--pid=host'), 'perl', '-'],
              `use POSIX ();\n${script}\n__END__\n`,
            );
      return refused(outcome, /Operation not permitted/);
    },
  },
  {
    name: 'joining the outer namespaces',
    control: 'user namespace: no capability over the outer ones',
    from: ['learner', 'container'],
    carryOut: async (ground, from) => {
      const script = 'for n in user mnt net pid; do nsenter --$n=/proc/1/ns/$n true && echo JOINED $n; done; exit 9';
      const outcome =
        from === 'learner'
          ? await ground.shell(from, script)
          : await ground.exec(ground.attacker, [...everyPower('--pid=host'), 'sh', '-s'], script);
      expect(outcome.out).not.toContain('JOINED');
      return says(outcome, denied);
    },
  },
];

/** `docker run` with every right that the learner's Docker can give. */
function everyPower(...more: string[]): [string, ...string[]] {
  const options = ['--cap-add', 'ALL', '--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'];
  return ['docker', 'run', '--rm', '-i', ...options, ...more, 'debian'];
}

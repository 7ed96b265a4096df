import type { Position } from './attack.ts';
import type { AttackGround, Outcome } from './attack-ground.ts';

/** A system call with arguments that do no harm even where it is allowed; text becomes a pointer to it. */
export interface Probe {
  name: string;
  /** Its number on x86-64 and on arm64; null: there is none. */
  numbers: readonly [number, number | null];
  args: readonly (number | string)[];
}

/** errno of Linux. */
export const EPERM = 1;
export const ENOSYS = 38;

/** Names for the table. */
const errnoNames: Readonly<Record<number, string>> = {
  0: 'success',
  1: 'EPERM',
  2: 'ENOENT',
  9: 'EBADF',
  13: 'EACCES',
  14: 'EFAULT',
  19: 'ENODEV',
  22: 'EINVAL',
  38: 'ENOSYS',
  97: 'EAFNOSUPPORT',
};

export function errnoName(errno: number): string {
  return errnoNames[errno] ?? `errno ${errno}`;
}

/** Makes the calls, each in a process of its own, and prints `name errno`; 0 is success, -1 a call the machine lacks. */
function probeScript(probes: readonly Probe[]): string {
  const calls = probes.map(({ name, numbers, args }) => {
    const list = args.map((arg) => (typeof arg === 'string' ? `"${arg}\\0"` : String(arg))).join(', ');
    return `probe("${name}", ${numbers[0]}, ${numbers[1] ?? -1}, ${list});`;
  });
  return `
    use POSIX ();
    $| = 1;
    my $arm = (POSIX::uname())[4] eq "aarch64";
    sub probe {
      my ($name, $amd, $arm64, @args) = @_;
      my $number = $arm ? $arm64 : $amd;
      if ($number < 0) { print "$name -1\\n"; return; }
      my $pid = fork();
      if ($pid == 0) {
        $! = 0;
        my $answer = syscall($number, @args);
        my $errno = $answer == -1 ? $! + 0 : 0;
        print "$name $errno\\n";
        POSIX::_exit(0);
      }
      waitpid($pid, 0);
      print "$name killed\\n" if $?;
    }
    ${calls.join('\n    ')}`;
}

export type ProbeAnswers = ReadonlyMap<string, number>;

/** All probes from a position, made once. */
export async function probeFrom(ground: AttackGround, from: Position, probes: readonly Probe[]): Promise<ProbeAnswers> {
  return ground.once(`probes ${from}`, async () => readAnswers(await ground.perl(from, probeScript(probes))));
}

/** The same calls in a container of the host without the filter and with a capability: what the kernel says. */
export async function probeUnfiltered(ground: AttackGround, probes: readonly Probe[]): Promise<ProbeAnswers> {
  return ground.once('probes unfiltered', async () => {
    const options = ['--rm', '-i', '--network', 'none', '--user', '0', '--read-only', '--entrypoint', 'perl'];
    const free = ['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'];
    return readAnswers(await ground.engine(['run', ...options, ...free, ground.image, '-'], probeScript(probes)));
  });
}

function readAnswers(outcome: Outcome): ProbeAnswers {
  if (outcome.code !== 0) throw new Error(`the system calls could not be tried: ${outcome.said}`);
  return new Map(
    outcome.out
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', errno = ''] = line.split(' ');
        return [name, errno === 'killed' ? Number.NaN : Number(errno)];
      }),
  );
}

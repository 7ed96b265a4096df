import { type ArgumentCondition, syscallGroups } from './seccomp-table.ts';

const EPERM = 1;
const ENOSYS = 38;

interface SeccompRule {
  names: string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  errnoRet?: number;
  args?: ArgumentCondition[];
  comment: string;
}

/** Docker's seccomp profile format, as `--security-opt seccomp=…` and `HostConfig.SecurityOpt` take it. */
export interface SeccompProfile {
  defaultAction: 'SCMP_ACT_ERRNO';
  defaultErrnoRet: number;
  archMap: { architecture: string; subArchitectures: string[] }[];
  syscalls: SeccompRule[];
}

/**
 * The sandbox's seccomp profile. Calls in no group answer EPERM; runc answers ENOSYS by itself for calls newer
 * than any it names, so that programs fall back.
 *
 * Programs of the machine's own kind only: a call by the 32-bit or x32 entry ends the program (SIGSYS). A 32-bit
 * `socketcall` hides its arguments behind a pointer, so no filter on `socket` could hold (libseccomp lets it
 * through as soon as `socket` is allowed), and the kernel's translation of 32-bit calls has been a way out of user
 * namespaces of its own.
 */
export function buildSeccompProfile(): SeccompProfile {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    archMap: [
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: [] },
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: [] },
    ],
    syscalls: syscallGroups.flatMap((group): SeccompRule[] => {
      const names = [...group.names];
      const rule: SeccompRule =
        group.action === 'allow'
          ? { names, action: 'SCMP_ACT_ALLOW', comment: group.reason }
          : { names, action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, comment: group.reason };
      // Conditions within one rule must all hold; a rule each makes alternatives.
      return group.when === undefined ? [rule] : group.when.map((conditions) => ({ ...rule, args: [...conditions] }));
    }),
  };
}

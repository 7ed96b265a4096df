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
 */
export function buildSeccompProfile(): SeccompProfile {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    archMap: [
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
    ],
    syscalls: syscallGroups.flatMap((group): SeccompRule[] => {
      const rule: SeccompRule =
        group.action === 'allow'
          ? { names: [...group.names], action: 'SCMP_ACT_ALLOW', comment: group.reason }
          : { names: [...group.names], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, comment: group.reason };
      // Conditions within one rule must all hold; one rule each makes them alternatives.
      return group.when === undefined ? [rule] : group.when.map((condition) => ({ ...rule, args: [condition] }));
    }),
  };
}

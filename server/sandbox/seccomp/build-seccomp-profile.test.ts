import { describe, expect, it } from 'vitest';
import { buildSeccompProfile } from './build-seccomp-profile.ts';
import { neverAllowed, syscallGroups } from './seccomp-table.ts';

const allowed = new Set(
  buildSeccompProfile()
    .syscalls.filter((rule) => rule.action === 'SCMP_ACT_ALLOW')
    .flatMap((rule) => rule.names),
);

describe('the syscall table', () => {
  it('names every call once, in a spelling the kernel could know', () => {
    const names = syscallGroups.flatMap((group) => group.names);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^_?[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
  });

  it('gives a reason for every group', () => {
    for (const group of syscallGroups) expect(group.reason.length, group.names.join(' ')).toBeGreaterThan(5);
  });
});

describe('the seccomp profile', () => {
  it('refuses what it does not name', () => {
    expect(buildSeccompProfile()).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1 });
  });

  it('never allows a call that reaches past the sandbox', () => {
    expect(neverAllowed.filter((name) => allowed.has(name))).toEqual([]);
  });

  it('allows what a nested daemon needs without asking for a capability of the host', () => {
    for (const name of [
      'clone',
      'clone3',
      'unshare',
      'setns',
      'mount',
      'umount2',
      'pivot_root',
      'sethostname',
      'seccomp',
    ])
      expect(allowed, name).toContain(name);
    expect(buildSeccompProfile().syscalls.filter((rule) => 'includes' in rule)).toEqual([]);
  });

  it('lets kernel keys look absent, which runc takes for an old kernel', () => {
    const keys = buildSeccompProfile().syscalls.find((rule) => rule.names.includes('keyctl'));
    expect(keys).toMatchObject({ action: 'SCMP_ACT_ERRNO', errnoRet: 38 });
  });

  it('opens sockets of the families in use and of no other, whatever the upper half of the argument says', () => {
    const rules = buildSeccompProfile().syscalls.filter((rule) => rule.names.includes('socket'));
    // Exact values, and no comparison that a larger number could fulfil.
    const exactly = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });
    expect(rules.map((rule) => rule.args)).toEqual([
      ...[1, 2, 10, 17].map((family) => [exactly(0, family)]),
      ...[0, 4, 9, 12, 16].map((protocol) => [exactly(0, 16), exactly(2, protocol)]),
    ]);
    expect(rules.every((rule) => rule.action === 'SCMP_ACT_ALLOW')).toBe(true);
  });

  it('knows programs of the machine’s own kind alone: no 32-bit ones and no x32', () => {
    const architectures = buildSeccompProfile().archMap.flatMap((each) => [
      each.architecture,
      ...each.subArchitectures,
    ]);
    expect(architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64']);
  });

  it('survives the trip through JSON', () => {
    expect(JSON.parse(JSON.stringify(buildSeccompProfile()))).toEqual(buildSeccompProfile());
  });
});

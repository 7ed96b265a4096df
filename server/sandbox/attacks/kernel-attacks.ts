import { statSync } from 'node:fs';
import { expect } from 'vitest';
import { type Attack, positions } from './attack.ts';
import { engineInspect, hostText } from './attack-ground.ts';
import { denied, refused, says } from './expectations.ts';

const files = 'ordinary permissions: the file is root’s, and the sandbox’s root is uid 1000 of the host';

/** Writes to a file what it says already, so that it would do no harm if it worked. */
function rewriting(file: string): string {
  return `value=$(cat ${file} 2>/dev/null); printf '%s\\n' "$value" > ${file} && echo WROTE; exit 9`;
}

/** Settings that belong to a namespace of the sandbox, in a sandbox's own /proc. */
const ownSettings =
  /^\/proc\/sys\/(user|net|fs\/mqueue)\/|^\/proc\/sys\/kernel\/(ns_last_pid|shm\w*|msg\w*|sem\w*|hostname|domainname)$/;

/** Kernel file systems that show or change the whole machine. */
const machineFileSystems =
  'debugfs tracefs securityfs configfs pstore efivarfs devtmpfs fusectl hugetlbfs resctrl nfsd selinuxfs';

export const kernelAttacks: readonly Attack[] = [
  {
    name: 'writing /proc/sys/kernel/core_pattern',
    control: files,
    from: positions,
    carryOut: async (ground, from) => {
      const before = hostText('/proc/sys/kernel/core_pattern');
      const outcome = await ground.shell(from, rewriting('/proc/sys/kernel/core_pattern'));
      expect(outcome.out).not.toContain('WROTE');
      expect(hostText('/proc/sys/kernel/core_pattern')).toBe(before);
      return refused(outcome, denied);
    },
  },
  {
    name: 'changing any other setting of the kernel',
    control: `${files}; what can be written belongs to the sandbox’s namespaces`,
    from: positions,
    carryOut: async (ground, from) => {
      const before = hostText('/proc/sys/user/max_user_namespaces');
      const { out } = await ground.shell(
        from,
        'find /proc/sys -type f -writable 2>/dev/null; echo 77 > /proc/sys/user/max_user_namespaces; true',
      );
      const writable = out.split('\n').filter((line) => line !== '');
      expect(writable.filter((file) => !ownSettings.test(file))).toEqual([]);
      expect(hostText('/proc/sys/user/max_user_namespaces')).toBe(before);
      return `${writable.length} of its own can be written, the host’s are as they were`;
    },
  },
  {
    name: 'the magic key: /proc/sysrq-trigger',
    control: files,
    from: positions,
    carryOut: async (ground, from) => {
      // Opened only, and nothing written: a success would show here and do nothing.
      const outcome = await ground.shell(from, '{ echo OPENED >&2; } 2>&1 > /proc/sysrq-trigger; exit 9');
      expect(outcome.said).not.toContain('OPENED');
      return refused(outcome, denied);
    },
  },
  {
    name: 'reading the kernel’s memory: /proc/kcore, /dev/mem, /dev/kmem, /dev/port',
    control: `${files}; devices are not there`,
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        'for f in /proc/kcore /dev/mem /dev/kmem /dev/port; do head -c 16 $f | od -An -tx1; done; grep -v "^0000000000000000" /proc/kallsyms | head -1',
      );
      expect(outcome.out.trim()).toBe('');
      return says(outcome, denied);
    },
  },
  {
    name: 'reading the kernel’s log',
    control: 'seccomp (syslog) and ordinary permissions (/proc/kmsg, /dev/kmsg)',
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(from, 'dmesg; head -c 16 /proc/kmsg; head -c 16 /dev/kmsg');
      expect(outcome.out.trim()).toBe('');
      return refused(outcome, denied);
    },
  },
  {
    name: 'reading what the firmware and the scheduler tell',
    control: files,
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        `cat /sys/firmware/acpi/tables/* /sys/firmware/dmi/tables/* /sys/firmware/efi/efivars/* /sys/class/dmi/id/*serial* \\
           /proc/timer_list /proc/sched_debug /sys/kernel/debug/sched/debug /proc/vmallocinfo /proc/slabinfo | head -c 64 | od -An -tx1`,
      );
      expect(outcome.out.trim()).toBe('');
      return says(outcome, denied);
    },
  },
  {
    name: 'mknod of the host’s disk',
    control: 'user namespace: no device can be made in it',
    from: positions,
    carryOut: async (ground, from) => {
      const { major, minor } = diskOf('/');
      const outcome = await ground.shell(
        from,
        `mknod /tmp/disk b ${major} ${minor} && head -c 512 /tmp/disk | od -An -tx1; mknod /tmp/mem c 1 1 && echo MADE; exit 9`,
      );
      expect(outcome.out.trim()).toBe('');
      expect(
        (await ground.shell(from, 'find / -xdev \\( -type b -o -type c \\) -not -path "/dev/*" 2>/dev/null')).out,
      ).toBe('');
      return refused(outcome, /Operation not permitted/);
    },
  },
  {
    name: 'mounting the host’s disk',
    control: 'user namespace: no file system of a block device can be mounted in it; no loop device in /dev',
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        `mkdir -p /tmp/disk.d; for d in $(awk 'NR > 2 { print $4 }' /proc/partitions); do
           for t in ext4 xfs btrfs; do mount -t $t /dev/$d /tmp/disk.d && echo MOUNTED; done; done
         dd if=/dev/zero of=/tmp/image bs=1M count=1 2>/dev/null
         mount -t ext4 -o loop /tmp/image /tmp/disk.d && echo MOUNTED; losetup -f /tmp/image && echo MOUNTED; exit 9`,
      );
      expect(outcome.out).not.toContain('MOUNTED');
      return says(
        outcome,
        /special device \S+ does not exist|permission denied|failed to setup loop device|must be superuser|cannot find an unused loop device/i,
      );
    },
  },
  {
    name: 'mounting file systems that show the whole machine',
    control: 'user namespace: the kernel mounts them for the host’s root alone',
    from: positions,
    carryOut: async (ground, from) => {
      const outcome = await ground.shell(
        from,
        `mkdir -p /tmp/fs; for t in ${machineFileSystems}; do
           mount -t $t none /tmp/fs && echo MOUNTED $t; done; mount -o remount,bind,rw /sys && echo MOUNTED sys; exit 9`,
      );
      expect(outcome.out).not.toContain('MOUNTED');
      return refused(outcome, /permission denied|must be superuser|Operation not permitted/i);
    },
  },
  {
    name: 'release_agent and limits in a control group mounted anew',
    control: 'ordinary permissions: the control group is root’s; release_agent is not in a sandbox’s part of the tree',
    from: positions,
    carryOut: async (ground, from) => {
      const name = ground.containerName(ground.attacker);
      const before = await engineInspect(name, '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}');
      const limit = await ground.shell(from, limitsSeen);
      const outcome = await ground.shell(from, mountingControlGroups);
      expect(outcome.out).not.toMatch(/WROTE|MADE/);
      expect((await ground.shell(from, limitsSeen)).out).toBe(limit.out);
      expect(await engineInspect(name, '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}')).toBe(before);
      return says(outcome, denied);
    },
  },
  {
    name: 'a program for the kernel to start: binfmt_misc, modprobe, uevent_helper',
    control: `${files}; binfmt_misc of a user namespace holds for that namespace alone`,
    from: positions,
    carryOut: async (ground, from) => {
      const settings = ['/proc/sys/kernel/modprobe', '/sys/kernel/uevent_helper', '/proc/sys/fs/binfmt_misc/register'];
      const outcome = await ground.shell(
        from,
        `for f in ${settings.join(' ')}; do (: > $f) && echo OPENED $f; done
         mkdir -p /tmp/bf; mount -t binfmt_misc none /tmp/bf && echo ":${ground.marker}:E::${ground.marker}::/bin/true:" > /tmp/bf/register; exit 9`,
      );
      expect(outcome.out).not.toContain('OPENED');
      expect(hostText(`/proc/sys/fs/binfmt_misc/${ground.marker}`)).toBe('');
      return says(outcome, denied);
    },
  },
];

const limitsSeen =
  'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max 2>/dev/null; true';

/** With version 1 by controller, with version 2 whole; both in namespaces of the attacker's own. */
const mountingControlGroups = `
mkdir -p /tmp/cg
unshare -UrCm sh -c '
  for kind in "cgroup -o memory" "cgroup -o pids" "cgroup -o devices" "cgroup2"; do
    mount -t $kind none /tmp/cg 2>/dev/null || { echo "mount $kind: Permission denied"; continue; }
    for file in release_agent notify_on_release memory.limit_in_bytes memory.max pids.max devices.allow cgroup.procs cgroup.subtree_control; do
      [ -e /tmp/cg/$file ] && (echo 1 > /tmp/cg/$file) && echo WROTE $file
    done
    mkdir /tmp/cg/mine && echo MADE
    umount /tmp/cg
  done
' 2>&1
for f in /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/memory.max; do
  [ -e $f ] && (echo 99999999999 > $f) 2>&1 && echo WROTE $f
done
mount -o remount,bind,rw /sys/fs/cgroup 2>&1
mount -o remount,rw /sys/fs/cgroup/memory 2>&1
exit 9`;

/** Device numbers of the disk a folder of the host lies on. */
function diskOf(folder: string): { major: number; minor: number } {
  const device = statSync(folder).dev;
  return { major: (device >> 8) & 0xfff, minor: (device & 0xff) | ((device >> 12) & 0xfff00) };
}

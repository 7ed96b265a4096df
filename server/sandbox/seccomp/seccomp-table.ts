/**
 * The system calls a sandbox may make, in groups, each with its reason. What no group names is refused.
 *
 * The ground is what Docker's own default profile lets every container do (moby, profiles/seccomp), less what
 * nothing in a sandbox was seen to need. On top come the calls a nested dockerd needs inside its user namespace;
 * there the kernel itself asks for a capability *of that namespace*, which an outer capability condition (as in
 * Docker's profile) would never grant. Names that a kernel or architecture lacks are skipped by the engine; those
 * that only 32-bit programs use are left out with these programs.
 */

/** A condition on one argument, in the words of Docker's profile format. */
export interface ArgumentCondition {
  index: number;
  value: number;
  op: 'SCMP_CMP_EQ';
}

export interface SyscallGroup {
  reason: string;
  /** `absent` answers ENOSYS: programs take the call for one this kernel does not have. */
  action: 'allow' | 'absent';
  names: readonly string[];
  /** Allowed when all conditions of any one of these hold; without them always. */
  when?: readonly (readonly ArgumentCondition[])[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

const equals = (index: number, value: number): ArgumentCondition => ({ index, value, op: 'SCMP_CMP_EQ' });

/** The address families of <linux/socket.h> that a Docker host has a use for: UNIX, INET, INET6, PACKET; and NETLINK. */
const families = [1, 2, 10, 17] as const;
const AF_NETLINK = 16;
/** Its protocols of <linux/netlink.h>: ROUTE, SOCK_DIAG, AUDIT (without which `useradd` gives up), NETFILTER, GENERIC. */
const netlinkProtocols = [0, 4, 9, 12, 16] as const;

export const syscallGroups: readonly SyscallGroup[] = [
  {
    reason: 'Open, read, write and close files, and wait for them',
    action: 'allow',
    names: words(`
      close close_range copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait
      epoll_pwait2 epoll_wait eventfd eventfd2 fadvise64 fallocate fcntl fdatasync flock fsync ftruncate ioctl lseek
      open openat openat2 pipe pipe2 poll ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read
      readahead readv select sendfile splice sync sync_file_range syncfs tee truncate vmsplice write writev cachestat
    `),
  },
  {
    reason: 'Look at, name, link and remove files, and change what is written about them',
    action: 'allow',
    names: words(`
      access chdir chmod chown faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchownat fgetxattr
      flistxattr fremovexattr fsetxattr fstat fstatfs futimesat getcwd getdents getdents64 getxattr lchown lgetxattr
      link linkat listxattr llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat name_to_handle_at
      newfstatat readlink readlinkat removexattr rename renameat renameat2 rmdir setxattr stat statfs statx symlink
      symlinkat umask unlink unlinkat utime utimensat utimes getxattrat setxattrat listxattrat removexattrat
    `),
  },
  {
    reason: 'Be told of changes to files: editors, language servers and `inotifywait` use it',
    action: 'allow',
    names: words('inotify_add_watch inotify_init inotify_init1 inotify_rm_watch'),
  },
  {
    reason: 'Asynchronous I/O of the old kind, which databases use; io_uring is left out',
    action: 'allow',
    names: words('io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit'),
  },
  {
    reason: 'Memory: map, protect, lock, advise',
    action: 'allow',
    names: words(`
      brk madvise map_shadow_stack membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap mseal
      msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease
    `),
  },
  {
    reason: 'Start, end and wait for processes and threads',
    action: 'allow',
    names: words(`
      execve execveat exit exit_group fork futex futex_requeue futex_wait futex_waitv futex_wake get_robust_list
      get_thread_area gettid pidfd_open pidfd_send_signal restart_syscall rseq set_robust_list set_thread_area
      set_tid_address vfork wait4 waitid arch_prctl prctl
    `),
  },
  {
    reason: 'New processes in new namespaces: every container is one. Docker ties these to CAP_SYS_ADMIN of the host',
    action: 'allow',
    names: words('clone clone3 setns unshare'),
  },
  {
    reason:
      'Mount image layers, volumes and /proc, and make them a container’s root; the kernel allows it only in the sandbox’s own user namespace',
    action: 'allow',
    names: words(`
      chroot fsconfig fsmount fsopen fspick listmount mount mount_setattr move_mount open_tree pivot_root statmount
      umount2
    `),
  },
  {
    reason: 'A container’s own host name',
    action: 'allow',
    names: words('setdomainname sethostname'),
  },
  {
    reason: 'Signals',
    action: 'allow',
    names: words(`
      kill pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
      rt_tgsigqueueinfo sigaltstack signalfd signalfd4 tgkill tkill
    `),
  },
  {
    reason: 'Who a process is: ids, groups, sessions, capabilities. newuidmap and runc set them',
    action: 'allow',
    names: words(`
      capget capset getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getresgid getresuid getsid getuid
      setfsgid setfsuid setgid setgroups setpgid setregid setresgid setresuid setreuid setsid setuid
    `),
  },
  {
    reason: 'Limits, priorities and scheduling',
    action: 'allow',
    names: words(`
      getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max
      sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
      sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield setpriority setrlimit
    `),
  },
  {
    reason: 'Read the clock, sleep, set timers; setting the clock is left out',
    action: 'allow',
    names: words(`
      adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep
      setitimer time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create
      timerfd_gettime timerfd_settime times
    `),
  },
  {
    reason: 'Sockets once they are open',
    action: 'allow',
    names: words(`
      accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg
      sendmsg sendto setsockopt shutdown socketpair
    `),
  },
  {
    reason:
      'Open sockets of the families and netlink protocols in use, by value: the filter compares 64 bits of which the kernel looks at 32, so a list of forbidden families is passed by setting a higher bit. AF_VSOCK would speak to the hypervisor; a family nobody uses would be loaded into the host as a module',
    action: 'allow',
    names: ['socket'],
    when: [
      ...families.map((family) => [equals(0, family)]),
      ...netlinkProtocols.map((protocol) => [equals(0, AF_NETLINK), equals(2, protocol)]),
    ],
  },
  {
    reason: 'System V and POSIX message queues, semaphores and shared memory: databases use them',
    action: 'allow',
    names: words(`
      mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl
      semget semop semtimedop shmat shmctl shmdt shmget
    `),
  },
  {
    reason: 'Facts about the machine, random numbers',
    action: 'allow',
    names: words('getrandom sysinfo uname'),
  },
  {
    reason: 'Programs that narrow themselves: runc gives each inner container Docker’s own seccomp profile',
    action: 'allow',
    names: words('landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp'),
  },
  {
    reason: 'Debuggers, on the learner’s own processes only',
    action: 'allow',
    names: words('process_vm_readv process_vm_writev ptrace'),
  },
  {
    reason: 'The execution domain of every Linux program, and asking which one it is; others switch protections off',
    action: 'allow',
    names: ['personality'],
    when: [0x0, 0x20000, 0xffffffff].map((value) => [equals(0, value)]),
  },
  {
    reason:
      'Kernel keys are counted per host user, and all sandboxes share one: runc does without when the call is absent',
    action: 'absent',
    names: words('add_key keyctl request_key'),
  },
  {
    reason:
      'Newer than what most kernels have, and of no use here: programs that ask have a way to do without, which they take at ENOSYS but not at EPERM',
    action: 'absent',
    names: words(`
      file_getattr file_setattr listns lsm_get_self_attr lsm_list_modules lsm_set_self_attr memfd_secret
      open_tree_attr pidfd_getfd process_madvise quotactl_fd set_mempolicy_home_node
    `),
  },
];

/**
 * Calls that must never be allowed, whoever edits the table: each has been a way out of a container, reaches past
 * the sandbox, changes the whole host, or (the last line) is old and of no use but to an attacker. The test holds
 * the table to it.
 */
export const neverAllowed: readonly string[] = words(`
  acct bpf clock_settime clock_settime64 delete_module fanotify_init finit_module init_module io_uring_enter
  io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load lookup_dcookie nfsservctl
  open_by_handle_at perf_event_open quotactl quotactl_fd reboot settimeofday socketcall stime swapoff swapon syslog
  uselib userfaultfd vm86 vm86old add_key keyctl request_key pidfd_getfd quotactl_fd vhangup
  modify_ldt remap_file_pages memfd_secret fanotify_mark epoll_ctl_old epoll_wait_old sysfs ustat _sysctl
`);

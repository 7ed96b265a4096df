/**
 * The system calls a sandbox may make, in groups, each with its reason. What no group names is refused.
 *
 * The ground is what Docker's own default profile lets every container do (moby, profiles/seccomp). On top come
 * the calls a nested dockerd needs inside its user namespace; there the kernel itself asks for a capability *of
 * that namespace*, which an outer capability condition (as in Docker's profile) would never grant. Names that a
 * kernel or architecture lacks are skipped by the engine.
 */

/** A condition on one argument, in the words of Docker's profile format. */
export interface ArgumentCondition {
  index: number;
  value: number;
  op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_LT' | 'SCMP_CMP_GT';
}

export interface SyscallGroup {
  reason: string;
  /** `absent` answers ENOSYS: programs take the call for one this kernel does not have. */
  action: 'allow' | 'absent';
  names: readonly string[];
  /** Allowed when any one of these holds; without them always. */
  when?: readonly ArgumentCondition[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** AF_ALG and AF_VSOCK of <linux/socket.h>. */
const AF_ALG = 38;
const AF_VSOCK = 40;

export const syscallGroups: readonly SyscallGroup[] = [
  {
    reason: 'Open, read, write and close files, and wait for them',
    action: 'allow',
    names: words(`
      close close_range copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
      epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 fadvise64 fadvise64_64 fallocate fcntl
      fcntl64 fdatasync flock fsync ftruncate ftruncate64 ioctl _llseek lseek _newselect open openat openat2 pipe
      pipe2 poll ppoll ppoll_time64 pread64 preadv preadv2 pselect6 pselect6_time64 pwrite64 pwritev pwritev2 read
      readahead readv select sendfile sendfile64 splice sync sync_file_range syncfs tee truncate truncate64 vmsplice
      write writev cachestat
    `),
  },
  {
    reason: 'Look at, name, link and remove files, and change what is written about them',
    action: 'allow',
    names: words(`
      access chdir chmod chown chown32 faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat
      fgetxattr flistxattr fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 futimesat getcwd getdents
      getdents64 getxattr lchown lchown32 lgetxattr link linkat listxattr llistxattr lremovexattr lsetxattr lstat
      lstat64 mkdir mkdirat mknod mknodat name_to_handle_at newfstatat readlink readlinkat removexattr rename renameat
      renameat2 rmdir setxattr stat stat64 statfs statfs64 statx symlink symlinkat umask unlink unlinkat utime
      utimensat utimensat_time64 utimes getxattrat setxattrat listxattrat removexattrat
    `),
  },
  {
    reason: 'Be told of changes to files: editors, language servers and `inotifywait` use it',
    action: 'allow',
    names: words('fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch'),
  },
  {
    reason: 'Asynchronous I/O of the old kind, which databases use; io_uring is left out',
    action: 'allow',
    names: words('io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit'),
  },
  {
    reason: 'Memory: map, protect, lock, advise',
    action: 'allow',
    names: words(`
      brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2
      mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease
      remap_file_pages
    `),
  },
  {
    reason: 'Start, end and wait for processes and threads',
    action: 'allow',
    names: words(`
      execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake
      get_robust_list get_thread_area gettid pidfd_open pidfd_send_signal restart_syscall rseq set_robust_list
      set_thread_area set_tid_address vfork wait4 waitid waitpid arch_prctl modify_ldt prctl
      arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2
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
      umount umount2
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
      rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd signalfd4 sigprocmask sigreturn tgkill tkill
    `),
  },
  {
    reason: 'Who a process is: ids, groups, sessions, capabilities. newuidmap and runc set them',
    action: 'allow',
    names: words(`
      capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid
      getppid getresgid getresgid32 getresuid getresuid32 getsid getuid getuid32 setfsgid setfsgid32 setfsuid
      setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setregid setregid32 setresgid setresgid32 setresuid
      setresuid32 setreuid setreuid32 setsid setuid setuid32
    `),
  },
  {
    reason: 'Limits, priorities and scheduling',
    action: 'allow',
    names: words(`
      getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max
      sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
      sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
      setpriority setrlimit ugetrlimit
    `),
  },
  {
    reason: 'Read the clock, sleep, set timers; setting the clock is left out',
    action: 'allow',
    names: words(`
      adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
      clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
      timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
      timerfd_gettime64 timerfd_settime timerfd_settime64 times
    `),
  },
  {
    reason: 'Sockets once they are open; `socketcall` is left out, for it would go round the filter on `socket`',
    action: 'allow',
    names: words(`
      accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64
      recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketpair
    `),
  },
  {
    reason:
      'Open sockets, but for two families no lesson needs: AF_VSOCK speaks to the hypervisor, AF_ALG widens the kernel’s attack surface',
    action: 'allow',
    names: ['socket'],
    when: [
      { index: 0, value: AF_ALG, op: 'SCMP_CMP_LT' },
      { index: 0, value: AF_ALG + 1, op: 'SCMP_CMP_EQ' },
      { index: 0, value: AF_VSOCK, op: 'SCMP_CMP_GT' },
    ],
  },
  {
    reason: 'System V and POSIX message queues, semaphores and shared memory: databases use them',
    action: 'allow',
    names: words(`
      ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
      mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget
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
    reason: 'Execution domains Docker allows: Linux, 32-bit Linux, and asking which one it is',
    action: 'allow',
    names: ['personality'],
    when: [0x0, 0x8, 0x20000, 0x20008, 0xffffffff].map((value) => ({ index: 0, value, op: 'SCMP_CMP_EQ' as const })),
  },
  {
    reason:
      'Kernel keys are counted per host user, and all sandboxes share one: runc does without when the call is absent',
    action: 'absent',
    names: words('add_key keyctl request_key'),
  },
];

/**
 * Calls that must never be allowed, whoever edits the table: each has been a way out of a container, reaches past
 * the sandbox, or changes the whole host. The test holds the table to it.
 */
export const neverAllowed: readonly string[] = words(`
  acct bpf clock_settime clock_settime64 delete_module fanotify_init finit_module init_module io_uring_enter
  io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load lookup_dcookie nfsservctl
  open_by_handle_at perf_event_open quotactl quotactl_fd reboot settimeofday socketcall stime swapoff swapon syslog
  uselib userfaultfd vm86 vm86old add_key keyctl request_key
`);

/*
 * drydock-init: the sandbox's first program (under the engine's own init).
 *
 *   drydock-init            outside: uid 1000 of the outer container. Looks whether this machine can carry a
 *                           sandbox, makes a user and mount namespace with the ids of /etc/subuid, and runs there
 *   drydock-init inside     root of the new user and mount namespace: makes the network namespace, starts
 *                           containerd, then dockerd, and keeps both alive until SIGTERM.
 *
 * Words the host side reads:
 *   stdout  "drydock: ready"            dockerd answered GET /_ping (again, after each restart of a daemon)
 *           "drydock: daemon died"      containerd or dockerd ended by itself; it is being restarted
 *   stderr  "drydock: failed: REASON: what to do"   the sandbox cannot work; exit status 1
 */
#define _GNU_SOURCE
#include "disk-reserve.h"
#include "name-relay.h"
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <grp.h>
#include <sys/mount.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#define RUNTIME_DIR "/run/user/1000"
#define PID_FILE RUNTIME_DIR "/drydock.pid"
#define DATA_ROOT "/var/lib/docker"
#define CONTAINERD_SOCKET "/run/containerd/containerd.sock"
#define DOCKER_SOCKET "/run/docker.sock"
/* drydock-mirror's. Not 5000: that one belongs to learners who run a registry of their own. */
#define MIRROR_PORT "65001"
#define PROXY_PORT "65002"
/* What dockerd dials itself: the sandbox, its containers, and a learner's networks. */
#define NO_PROXY "localhost,127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
/* docker0, as dockerd would choose it by itself if its name server were not there. */
#define NAME_SERVER "172.17.0.1"
/* The link to the internet, when drydock-gate makes one: known by the address of its hardware. */
#define LINK_MAC "\x02\x64\x64\x00\x00\x02"
#define LINK_ADDRESS "198.18.0.2"
#define LINK_MASK "255.255.255.252"
#define LINK_GATE "198.18.0.1"
/* How long terminals get to put away what they show, counted from the order to stop. */
#define TERMINALS_MS 1500
#define OVERLAYFS_MAGIC 0x794c7630

static void fail(const char *reason, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "drydock: failed: %s: ", reason);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

static void say(const char *line) {
  if (write(STDOUT_FILENO, line, strlen(line)) < 0) {
    /* nobody listens; the sandbox works all the same */
  }
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int status_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Starts a program with default signals. It gets SIGKILL when we die, so that no daemon outlives its keeper. */
static pid_t spawn(char *const argv[]) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid != 0) return pid;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  execvp(argv[0], argv);
  fprintf(stderr, "drydock: cannot run %s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

/* ------------------------------------------------------------------------------------------- outside ------- */

static bool can_write(const char *dir) { return access(dir, W_OK) == 0; }

static void check_user_namespaces(void) {
  pid_t pid = fork();
  if (pid == 0) _exit(unshare(CLONE_NEWUSER) == 0 ? 0 : errno);
  int status = 0;
  waitpid(pid, &status, 0);
  int code = status_code(status);
  if (code == 0) return;
  if (code == ENOSPC || code == EUSERS)
    fail("user-namespaces-full", "raise the host's sysctl user.max_user_namespaces");
  fail("user-namespaces-forbidden",
       "this host does not let an ordinary user make a user namespace (%s); look at the sysctls "
       "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
       "kernel.apparmor_restrict_unprivileged_userns, and at the seccomp profile",
       strerror(code));
}

static void check_machine(void) {
  if (getuid() != 1000) fail("wrong-user", "start the sandbox as uid 1000, not %d", (int)getuid());
  if (!can_write(RUNTIME_DIR)) fail("runtime-dir", "%s must be a tmpfs that belongs to uid 1000", RUNTIME_DIR);
  if (!can_write("/tmp")) fail("tmp-dir", "/tmp must be a writable tmpfs");
  if (!can_write(DATA_ROOT)) fail("data-root", "%s must be a volume that belongs to uid 1000", DATA_ROOT);
  if (!can_write("/root")) fail("home", "/root must be a volume that belongs to uid 1000");
  struct statfs facts;
  if (statfs(DATA_ROOT, &facts) == 0 && facts.f_type == OVERLAYFS_MAGIC)
    fail("data-root-overlay", "%s must be a volume: overlay on overlay does not work", DATA_ROOT);
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
    fail("no-new-privileges", "start the sandbox without no-new-privileges: newuidmap needs its capability");
  if (prctl(PR_CAPBSET_READ, 6 /* CAP_SETGID */) != 1 || prctl(PR_CAPBSET_READ, 7 /* CAP_SETUID */) != 1)
    fail("capabilities", "the sandbox needs the capabilities SETUID and SETGID in its bounding set");
  check_user_namespaces();
}

static volatile sig_atomic_t outer_child;

static void forward(int signal_number) {
  if (outer_child > 0) kill(outer_child, signal_number);
}

/* A writable folder in place of a read-only one: an empty tmpfs with a link to each thing that was there. */
static void copy_up(const char *path) {
  char old[] = "/tmp/drydock-XXXXXX", kept[64], from[600], to[600], target[600];
  snprintf(kept, sizeof kept, "%s/.ro", path);
  if (mkdtemp(old) == NULL || mount(path, old, NULL, MS_BIND | MS_REC, NULL) < 0) fail("namespace", "%s: %s", path, strerror(errno));
  if (mount("none", path, "tmpfs", 0, "mode=0755,size=64m,nr_inodes=16384") < 0 || mkdir(kept, 0755) < 0 || mount(old, kept, NULL, MS_MOVE, NULL) < 0)
    fail("namespace", "%s: %s", path, strerror(errno));
  rmdir(old);
  DIR *folder = opendir(kept);
  struct dirent *entry;
  while (folder != NULL && (entry = readdir(folder)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(from, sizeof from, "%s/%s", kept, entry->d_name);
    snprintf(to, sizeof to, "%s/%s", path, entry->d_name);
    ssize_t length = readlink(from, target, sizeof target - 1);
    if (length > 0) target[length] = 0;
    else snprintf(target, sizeof target, ".ro/%s", entry->d_name);
    if (symlink(target, to) < 0) fail("namespace", "%s: %s", to, strerror(errno));
  }
  if (folder != NULL) closedir(folder);
}

static bool map_ids(const char *program, pid_t pid) {
  char text[16];
  snprintf(text, sizeof text, "%d", pid);
  char *const argv[] = {(char *)program, text, "0", "1000", "1", "1", "100000", "65536", NULL};
  pid_t mapper = spawn(argv);
  int status = 0;
  return mapper > 0 && waitpid(mapper, &status, 0) == mapper && status == 0;
}

/* What `rootlesskit --net=host --copy-up=/etc --copy-up=/run` does, for a tenth of its memory. */
static pid_t start_inside(void) {
  int made[2], mapped[2];
  char byte = 0;
  if (pipe2(made, O_CLOEXEC) < 0 || pipe2(mapped, O_CLOEXEC) < 0) fail("namespace", "pipe: %s", strerror(errno));
  pid_t pid = fork();
  if (pid < 0) fail("namespace", "fork: %s", strerror(errno));
  if (pid == 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) fail("namespace", "unshare: %s", strerror(errno));
    close(mapped[1]);
    if (write(made[1], "1", 1) != 1 || read(mapped[0], &byte, 1) != 1) _exit(1);
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 || setgroups(0, NULL) < 0) fail("namespace", "becoming root: %s", strerror(errno));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("namespace", "mounts: %s", strerror(errno));
    copy_up("/etc");
    copy_up("/run");
    char *const argv[] = {"drydock-init", "inside", NULL};
    execv("/usr/local/bin/drydock-init", argv);
    fail("namespace", "drydock-init: %s", strerror(errno));
  }
  close(made[1]);
  if (read(made[0], &byte, 1) != 1 || !map_ids("newuidmap", pid) || !map_ids("newgidmap", pid) || write(mapped[1], "1", 1) != 1)
    fail("namespace", "the ids of the sandbox's namespace could not be mapped");
  close(made[0]), close(mapped[0]), close(mapped[1]);
  return pid;
}

static int outside(void) {
  check_machine();
  setenv("XDG_RUNTIME_DIR", RUNTIME_DIR, 1);
  setenv("HOME", "/root", 1);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  unlink(PID_FILE);

  struct sigaction action = {.sa_handler = forward};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  outer_child = start_inside();
  int status = 0;
  while (waitpid(outer_child, &status, 0) < 0 && errno == EINTR) {
  }
  if (access(PID_FILE, F_OK) != 0)
    fail("namespace", "the sandbox's namespace could not be set up (status %d); more words are above", status_code(status));
  return status_code(status);
}

/* -------------------------------------------------------------------------------------------- inside ------- */

static void make_dir(const char *path, mode_t mode) {
  if (mkdir(path, mode) < 0 && errno != EEXIST) fail("namespace", "mkdir %s: %s", path, strerror(errno));
}

static void make_network(void) {
  if (unshare(CLONE_NEWNET) < 0) fail("network-namespace", "unshare: %s", strerror(errno));
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (control < 0 || ioctl(control, SIOCSIFFLAGS, &request) < 0)
    fail("network-namespace", "bringing up lo: %s", strerror(errno));
  close(control);
  /* Inside a namespace of our own a learner who is root may bind port 80 and ping without ceremony. */
  int file = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    if (write(file, "0 65535", 7) < 0) { /* comfort only */
    }
    close(file);
  }
}

/* /etc is a writable copy made of links; a file we change is first made a file of its own. */
static void replace_file(const char *path, const char *text) {
  char draft[64];
  snprintf(draft, sizeof draft, "%s.drydock", path);
  int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  bool whole = write(file, text, strlen(text)) == (ssize_t)strlen(text);
  close(file);
  if (!whole || rename(draft, path) < 0) unlink(draft);
}

static void copy_if_missing(const char *from, const char *to) {
  if (access(to, F_OK) == 0) return;
  int source = open(from, O_RDONLY | O_CLOEXEC);
  if (source < 0) return;
  int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (target >= 0) {
    char bytes[4096];
    ssize_t count;
    while ((count = read(source, bytes, sizeof bytes)) > 0) {
      if (write(target, bytes, count) < 0) break;
    }
    close(target);
  }
  close(source);
}

static void make_home(void) {
  copy_if_missing("/etc/drydock/skel/.gitconfig", "/root/.gitconfig");
  copy_if_missing("/etc/drydock/skel/.nanorc", "/root/.nanorc");
  copy_if_missing("/etc/drydock/skel/.vimrc", "/root/.vimrc");
}

/* A pid on disk for drydock-enter. Written last, whole, by rename. */
static void write_pid(void) {
  FILE *file = fopen(PID_FILE ".new", "we");
  if (file == NULL || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file) != 0 ||
      rename(PID_FILE ".new", PID_FILE) < 0)
    fail("runtime-dir", "writing %s: %s", PID_FILE, strerror(errno));
}

/*
 * Debian's iptables speaks nf_tables; some kernels have only the older interface. One call tells, and a folder
 * of links put first in PATH makes dockerd use the legacy programs.
 */
static void choose_iptables(void) {
  char *const probe[] = {"iptables", "--wait", "-t", "nat", "-S", "OUTPUT", NULL};
  pid_t pid = fork();
  if (pid == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 1);
    dup2(null, 2);
    execvp(probe[0], probe);
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (status_code(status) == 0) return;
  make_dir("/run/drydock/legacy", 0755);
  const char *names[] = {"iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char link[64];
    snprintf(link, sizeof link, "/run/drydock/legacy/%s", names[i]);
    if (symlink("/usr/sbin/xtables-legacy-multi", link) < 0 && errno != EEXIST) return;
  }
  setenv("PATH", "/run/drydock/legacy:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
}

static int dial(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static bool containerd_listens(void) {
  int fd = dial(CONTAINERD_SOCKET);
  if (fd < 0) return false;
  close(fd);
  return true;
}

/* One GET /_ping; false when there is no "OK" within half a second. */
static bool dockerd_answers(void) {
  int fd = dial(DOCKER_SOCKET);
  if (fd < 0) return false;
  static const char request[] = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n";
  bool good = false;
  if (write(fd, request, sizeof request - 1) == sizeof request - 1) {
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char reply[64] = "";
    if (poll(&wait, 1, 500) == 1 && read(fd, reply, sizeof reply - 1) > 12) good = strncmp(reply + 9, "200", 3) == 0;
  }
  close(fd);
  return good;
}

/* ------------------------------------------------------------------------------- the way to the internet ---- */

static Relay names;
static int uplink; /* index of the link's interface, 0: there is none */

static struct sockaddr_in internet_address(const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

/* Gives the link its address and makes it the default route. False: it is gone again. */
static bool set_up_link(int control, const char *name) {
  struct ifreq request = {.ifr_flags = 0};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  struct sockaddr_in address = internet_address(LINK_ADDRESS), mask = internet_address(LINK_MASK);
  memcpy(&request.ifr_addr, &address, sizeof address);
  if (ioctl(control, SIOCSIFADDR, &request) < 0) return false;
  memcpy(&request.ifr_netmask, &mask, sizeof mask);
  if (ioctl(control, SIOCSIFNETMASK, &request) < 0) return false;
  if (ioctl(control, SIOCGIFFLAGS, &request) < 0) return false;
  request.ifr_flags |= IFF_UP;
  if (ioctl(control, SIOCSIFFLAGS, &request) < 0) return false;
  struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
  struct sockaddr_in gate = internet_address(LINK_GATE), anywhere = internet_address("0.0.0.0");
  memcpy(&route.rt_gateway, &gate, sizeof gate);
  memcpy(&route.rt_dst, &anywhere, sizeof anywhere);
  memcpy(&route.rt_genmask, &anywhere, sizeof anywhere);
  /* A default route of the learner's own stays. */
  return ioctl(control, SIOCADDRT, &route) == 0 || errno == EEXIST;
}

/* Interfaces came or went: is the link among them? Set up once; after that it is the learner's to change. */
static void look_for_link(int control) {
  int found = 0;
  char name[IFNAMSIZ];
  for (int number = 0; number < 4 && found == 0; number++) {
    struct ifreq request = {.ifr_flags = 0};
    snprintf(name, sizeof name, "eth%d", number);
    memcpy(request.ifr_name, name, sizeof name);
    if (ioctl(control, SIOCGIFHWADDR, &request) < 0 || memcmp(request.ifr_hwaddr.sa_data, LINK_MAC, 6) != 0) continue;
    if (ioctl(control, SIOCGIFINDEX, &request) == 0) found = request.ifr_ifindex;
  }
  if (found == uplink) return;
  if (found != 0 && !set_up_link(control, name)) {
    fprintf(stderr, "drydock: the link to the internet could not be set up: %s\n", strerror(errno));
    return;
  }
  uplink = found;
  struct sockaddr_in gate = internet_address(LINK_GATE);
  gate.sin_port = htons(53);
  relay_set_upstream(&names, found != 0 ? &gate : NULL);
}

/* Tells when interfaces come and go. */
static int watch_links(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("network-namespace", "netlink: %s", strerror(errno));
  return fd;
}

/* ------------------------------------------------------------------------------------------- daemons ------- */

typedef struct {
  const char *name;
  char *const *argv;
  /* Asks for what is on the internet through drydock-mirror. Whoever else did would hand that on to learners. */
  bool proxied;
  pid_t pid;
  /* monotonic ms */
  int64_t started;
  int64_t retry_at;
  int64_t backoff;
} Daemon;

/* In the environment, not as options of dockerd: a learner's daemon.json may say otherwise. */
static void set_proxy(bool on) {
  static const char *const names[][2] = {{"HTTP_PROXY", "http://127.0.0.1:" PROXY_PORT}, {"http_proxy", "http://127.0.0.1:" PROXY_PORT},
                                         {"HTTPS_PROXY", "http://127.0.0.1:" PROXY_PORT}, {"https_proxy", "http://127.0.0.1:" PROXY_PORT},
                                         {"NO_PROXY", NO_PROXY}, {"no_proxy", NO_PROXY}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (on) setenv(names[i][0], names[i][1], 1);
    else unsetenv(names[i][0]);
  }
}

static void start_daemon(Daemon *daemon) {
  if (daemon->proxied) set_proxy(true);
  daemon->pid = spawn(daemon->argv);
  if (daemon->proxied) set_proxy(false);
  daemon->started = now_ms();
}

/* Restarts are spaced 100 ms, doubled up to 5 s; a daemon that lived for 30 s starts over at 100 ms. */
static void note_death(Daemon *daemon) {
  int64_t now = now_ms();
  if (now - daemon->started > 30000 || daemon->backoff == 0) daemon->backoff = 100;
  else daemon->backoff = daemon->backoff * 2 > 5000 ? 5000 : daemon->backoff * 2;
  daemon->retry_at = now + daemon->backoff;
  daemon->pid = 0;
}

/*
 * Kills the main processes of learners' containers: the children of containerd's shims. dockerd then ends in
 * order instead of waiting out each container's own stop timeout (10 s for a `sleep` that ignores SIGTERM).
 */
static void kill_containers(void) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL) {
    pid_t pid = atoi(entry->d_name);
    if (pid <= 1) continue;
    char path[64], text[512], comm[32] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) continue;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    char *after = strrchr(text, ')');
    int parent = 0;
    if (after == NULL || sscanf(after + 1, " %*c %d", &parent) != 1) continue;
    snprintf(path, sizeof path, "/proc/%d/comm", parent);
    file = fopen(path, "re");
    if (file == NULL) continue;
    if (fgets(comm, sizeof comm, file) == NULL) comm[0] = 0;
    fclose(file);
    if (strncmp(comm, "containerd-shim", 15) == 0) kill(pid, SIGKILL);
  }
  closedir(proc);
}

/*
 * Bounds a container's log: the daemon keeps two files, so each may have half of DRYDOCK_LOG_MAX_SIZE (bytes).
 * Full, the older one goes.
 */
static bool log_limit(char *argument, size_t size) {
  const char *text = getenv("DRYDOCK_LOG_MAX_SIZE");
  long long bytes = text != NULL ? atoll(text) : 0;
  if (bytes <= 0) return false;
  snprintf(argument, size, "--log-opt=max-size=%lld", bytes / 2 > 4096 ? bytes / 2 : 4096);
  return true;
}

/* Signals every drydock-terminal that holds a shell; returns how many there are. */
static int signal_terminals(int signal_number) {
  int found = 0;
  DIR *proc = opendir("/proc");
  if (proc == NULL) return 0;
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL) {
    pid_t pid = atoi(entry->d_name);
    if (pid <= 1 || pid == getpid()) continue;
    static const char holder[] = "drydock-terminal\0hold";
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    ssize_t length = read(file, text, sizeof text);
    close(file);
    if (length > 0 && memmem(text, (size_t)length, holder, sizeof holder) != NULL && kill(pid, signal_number) == 0) found++;
  }
  closedir(proc);
  return found;
}

static int inside(void) {
  umask(022);
  make_network();
  make_dir("/run/drydock", 0755);
  make_dir("/run/drydock/terminals", 0700);
  make_dir("/run/containerd", 0711);
  reserve_give_back();
  make_dir(DATA_ROOT "/containerd", 0711);
  make_dir(DATA_ROOT "/drydock", 0711);
  make_dir(DATA_ROOT "/drydock/terminals", 0700);
  replace_file("/etc/hosts",
               "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tdrydock\n");
  /* The engine's copy names the host's own name server, which nothing here can reach. Ours says "no such name"
   * at once where there is no way to the internet. */
  replace_file("/etc/resolv.conf", "nameserver " NAME_SERVER "\n");

  const char *registry = getenv("DRYDOCK_REGISTRY_SOCKET");
  bool has_registry = registry != NULL && *registry != 0;
  const char *seconds = getenv("DRYDOCK_STOP_SECONDS");
  int64_t grace_ms = (seconds != NULL && atoi(seconds) > 0 ? atoi(seconds) : 4) * 1000L;

  /* dockerd 26 panics on GET /version under --net=host unless this names a folder that does not exist. */
  setenv("ROOTLESSKIT_STATE_DIR", "/run/drydock/no-rootlesskit", 1);
  setenv("HOME", "/root", 1);
  /* For the daemons and shims: collecting twice as often, a sandbox that has run and built something holds 49 MB
   * instead of 57. What a learner starts has an environment of its own. */
  setenv("GOGC", "50", 1);

  char *const containerd_argv[] = {"containerd", "--config", "/etc/drydock/containerd.toml", "--log-level", "warn", NULL};
  char *dockerd_argv[] = {"dockerd",
                          "--rootless",
                          "--host=unix://" DOCKER_SOCKET,
                          "--containerd=" CONTAINERD_SOCKET,
                          "--data-root=" DATA_ROOT,
                          "--exec-root=/run/docker",
                          "--pidfile=/run/docker.pid",
                          "--storage-driver=overlay2",
                          "--userland-proxy-path=/usr/sbin/docker-proxy",
                          "--log-level=warn",
                          "--shutdown-timeout=3",
                          "--bip=" NAME_SERVER "/16",
                          "--dns=" NAME_SERVER,
                          NULL,
                          NULL,
                          NULL,
                          NULL};
  size_t arguments = 13;
  if (has_registry) dockerd_argv[arguments++] = "--registry-mirror=http://127.0.0.1:" MIRROR_PORT;
  char log_size[64];
  if (log_limit(log_size, sizeof log_size)) {
    dockerd_argv[arguments++] = log_size;
    dockerd_argv[arguments++] = "--log-opt=max-file=2";
  }
  char *const mirror_argv[] = {"drydock-mirror", NULL};

  Daemon containerd = {.name = "containerd", .argv = containerd_argv};
  Daemon dockerd = {.name = "dockerd", .argv = dockerd_argv, .proxied = true};
  Daemon mirror = {.name = "drydock-mirror", .argv = mirror_argv};

  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGINT);
  sigprocmask(SIG_BLOCK, &watched, NULL);
  int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);

  /* containerd needs most of the time; what follows happens while it starts. */
  start_daemon(&containerd);
  write_pid();
  make_home();
  choose_iptables();
  start_daemon(&mirror);

  /* Containers ask docker0's address for names that are not containers. Bound before docker0 exists. */
  if (!relay_open(&names, NAME_SERVER)) fprintf(stderr, "drydock: no name server: %s\n", strerror(errno));
  int links = watch_links(), control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool ready = false, ever_ready = false, stopping = false, hurried = false, killed = false;
  int64_t stop_at = 0;
  int64_t began = now_ms();

  for (;;) {
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGCHLD || stopping) continue;
      stopping = true;
      stop_at = now_ms();
      /* They keep what was on their screens. */
      signal_terminals(SIGTERM);
      if (dockerd.pid > 0) kill(dockerd.pid, SIGTERM);
    }
    int status;
    pid_t dead;
    while ((dead = waitpid(-1, &status, WNOHANG)) > 0) {
      Daemon *daemon = dead == containerd.pid ? &containerd : dead == dockerd.pid ? &dockerd : dead == mirror.pid ? &mirror : NULL;
      if (daemon == NULL) continue;
      note_death(daemon);
      if (stopping) continue;
      fprintf(stderr, "drydock: %s ended with status %d\n", daemon->name, status_code(status));
      if (daemon == &mirror) continue;
      if (ready) say("drydock: daemon died\n");
      /* dockerd would stop what it left running as if by hand (10 s each, and no restart policy after that). */
      if (daemon == &dockerd) kill_containers();
      ready = false;
      if (!ever_ready && daemon->backoff >= 1600 && disk_is_full())
        fail("disk-full", "the disk of this sandbox is full, and its Docker needs some room to start; a reset gives it an empty disk and keeps your files");
      if (!ever_ready && daemon->backoff >= 1600)
        fail("daemon", "%s does not start; its own words are above", daemon->name);
    }

    int64_t now = now_ms();
    if (stopping) {
      if (dockerd.pid == 0) break;
      if (!hurried && now - stop_at > grace_ms) {
        hurried = true;
        kill_containers();
      }
      if (!killed && now - stop_at > grace_ms + 1500) {
        killed = true;
        kill(dockerd.pid, SIGKILL);
      }
    } else {
      if (containerd.pid == 0 && now >= containerd.retry_at) {
        unlink(CONTAINERD_SOCKET);
        start_daemon(&containerd);
      }
      /* Never before containerd listens: dockerd would lose a whole second in a gRPC back-off. */
      if (dockerd.pid == 0 && now >= dockerd.retry_at && containerd.pid > 0 && containerd_listens()) start_daemon(&dockerd);
      if (mirror.pid == 0 && now >= mirror.retry_at) start_daemon(&mirror);
      if (!ready && dockerd.pid > 0 && containerd.pid > 0 && containerd_listens() && dockerd_answers()) {
        ready = ever_ready = true;
        say("drydock: ready\n");
        reserve_set_aside();
      }
      if (!ever_ready && now - began > 120000) fail("daemon", "dockerd did not answer within 120 s");
    }

    int timeout = ready && !stopping && mirror.pid > 0 ? -1 : now - began < 5000 ? 3 : 20;
    struct pollfd wait[RELAY_FDS + 2];
    int waiting = relay_wait_for(&names, wait);
    wait[waiting++] = (struct pollfd){.fd = signals, .events = POLLIN};
    wait[waiting++] = (struct pollfd){.fd = links, .events = POLLIN};
    poll(wait, (nfds_t)waiting, timeout);
    if (wait[waiting - 1].revents) {
      static char news[16 * 1024];
      /* Too many at once are an error (ENOBUFS), and news like any other. */
      while (recv(links, news, sizeof news, 0) > 0 || errno == ENOBUFS) {
      }
      look_for_link(control);
    }
    relay_step(&names);
  }

  /* The holders of terminals write to the disk that goes with us. */
  while (now_ms() - stop_at < TERMINALS_MS && signal_terminals(0) > 0) usleep(10000);

  /* dockerd is gone and with it every container; containerd needs a moment to put its database away. */
  if (containerd.pid > 0) {
    kill(containerd.pid, SIGTERM);
    for (int tries = 0; tries < 100 && waitpid(containerd.pid, NULL, WNOHANG) == 0; tries++) usleep(10000);
  }
  return 0;
}

int main(int argc, char **argv) {
  return argc > 1 && strcmp(argv[1], "inside") == 0 ? inside() : outside();
}

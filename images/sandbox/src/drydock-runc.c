/*
 * drydock-runc: stands in for runc, of which it comes first in PATH, and says in plain words when this sandbox is why
 * something failed.
 *
 * Everything is handed to the real runc as it is. For `create`, `pause`, `update` and `ps` it waits, passing on
 * signals and the exit status; when runc failed for a reason of the sandbox's making, an explanation is added where
 * containerd looks for the error: behind runc's own in its log (`--log`, JSON), and on stderr. All else (`run` of a
 * build, `exec`, `kill` …) becomes the real runc at once.
 *
 * `ps` is more: without cgroups runc cannot list a container's processes, so `docker top` would fail. They are those
 * of its PID namespace.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNC "/usr/sbin/runc"

static const char *log_file, *root_folder = "/run/runc", *bundle, *format, *command, *container;
static bool json_log;
static volatile sig_atomic_t child;

/* The value of an option given as `--name value` or `--name=value`; moves on over it. */
static bool option(char **argv, int *at, const char *name, const char **value) {
  const char *word = argv[*at] + strspn(argv[*at], "-");
  size_t length = strlen(name);
  if (strncmp(word, name, length) != 0) return false;
  if (word[length] == '=') {
    *value = word + length + 1;
    return true;
  }
  if (word[length] != 0 || argv[*at + 1] == NULL) return false;
  *value = argv[++*at];
  return true;
}

/* What of the command line matters here. */
static void read_arguments(char **argv) {
  const char *ignored, *log_format = "";
  int at = 1;
  for (; argv[at] != NULL && argv[at][0] == '-'; at++) {
    if (option(argv, &at, "log-format", &log_format) || option(argv, &at, "log", &log_file)) continue;
    if (option(argv, &at, "root", &root_folder) || option(argv, &at, "criu", &ignored)) continue;
    option(argv, &at, "rootless", &ignored);
  }
  json_log = strcmp(log_format, "json") == 0;
  command = argv[at];
  if (command == NULL) return;
  for (at++; argv[at] != NULL; at++) {
    if (argv[at][0] != '-') {
      if (container == NULL) container = argv[at];
    } else if (!option(argv, &at, "bundle", &bundle) && !option(argv, &at, "b", &bundle) && !option(argv, &at, "format", &format) &&
               !option(argv, &at, "f", &format) && !option(argv, &at, "pid-file", &ignored) &&
               !option(argv, &at, "console-socket", &ignored)) {
      option(argv, &at, "preserve-fds", &ignored);
    }
  }
}

/* The end of a file, at most so much of it, as text. NULL: it cannot be read. */
static char *read_end(const char *path, size_t most) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  char *text = NULL;
  if (file >= 0 && fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && (text = malloc(most + 1)) != NULL) {
    off_t from = facts.st_size > (off_t)most ? facts.st_size - (off_t)most : 0;
    size_t length = 0;
    ssize_t count;
    while (length < most && (count = pread(file, text + length, most - length, from + length)) > 0) length += count;
    text[length] = 0;
  }
  if (file >= 0) close(file);
  return text;
}

/* runc's last error as it stands in its JSON log, escapes and all. */
static bool last_error(char *to, size_t size) {
  char *log = log_file == NULL || !json_log ? NULL : read_end(log_file, 64 * 1024);
  const char *found = NULL;
  for (char *at = log; at != NULL && (at = strstr(at, "\"level\":\"error\"")) != NULL; at++) found = at;
  const char *message = found == NULL ? NULL : strstr(found, "\"msg\":\"");
  size_t length = 0;
  if (message != NULL) {
    message += 7;
    while (message[length] != 0 && message[length] != '"') length += message[length] == '\\' && message[length + 1] != 0 ? 2 : 1;
    if (length >= size) length = 0;
    memcpy(to, message, length);
  }
  to[length] = 0;
  free(log);
  return length > 0;
}

/* --privileged is what makes Docker ask for a /sys that can be written to. */
static bool wants_writable_sys(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/config.json", bundle == NULL ? "." : bundle);
  char *config = read_end(path, 4 * 1024 * 1024);
  char *mount = config == NULL ? NULL : strstr(config, "\"type\":\"sysfs\"");
  char *end = mount == NULL ? NULL : strchr(mount, '}');
  bool writable = false;
  if (end != NULL) {
    *end = 0;
    writable = strstr(mount, "\"ro\"") == NULL;
  }
  free(config);
  return writable;
}

/* Ids of the sandbox's user namespace: from 0 up to this. */
static unsigned long highest_id(void) {
  FILE *file = fopen("/proc/self/uid_map", "re");
  unsigned long inside, outside, count, highest = 0;
  while (file != NULL && fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3)
    if (inside + count - 1 > highest) highest = inside + count - 1;
  if (file != NULL) fclose(file);
  return highest;
}

/* Why runc failed, when the sandbox is the reason; empty when it is not. */
static void explain(const char *error, char *to, size_t size) {
  struct rlimit limit;
  *to = 0;
  if (strstr(error, "mounting \\\"sysfs\\\"") != NULL && wants_writable_sys())
    snprintf(to, size,
             "--privileged does not work in this sandbox. It would give the container every right over the machine, and "
             "this Docker host is itself a container without such rights, so that it is safe to share. Run it without "
             "--privileged; a single right can be given with --cap-add, for example --cap-add NET_ADMIN");
  else if (strstr(error, "error setting rlimit type 7:") != NULL && getrlimit(RLIMIT_NOFILE, &limit) == 0)
    snprintf(to, size,
             "--ulimit nofile asks for more open files than this sandbox may have itself. Ask for at most %llu",
             (unsigned long long)limit.rlim_max);
  else if (strstr(error, "error setting rlimit") != NULL)
    snprintf(to, size, "--ulimit asks for more than this sandbox may have itself. Ask for less (`ulimit -aH` shows what there is)");
  else if (strstr(error, "unable to setup user:") != NULL && strstr(error, "invalid argument") != NULL)
    snprintf(to, size,
             "the container asks for a user or group id that this sandbox does not have. There are the ids 0 to %lu here: "
             "the sandbox has a range of its own, apart from the machine's",
             highest_id());
  else if (strstr(error, "cgroups not configured") != NULL)
    snprintf(to, size,
             "docker %s does not work in this sandbox, because containers have no control groups of their own here. "
             "docker stop and docker start do work",
             command);
  else if (strstr(error, "could not join or create cgroup") != NULL)
    snprintf(to, size,
             "limits of memory, processor and processes for single containers do not work in this sandbox, because "
             "containers have no control groups of their own here. The sandbox as a whole has its limits");
  else if (strstr(error, "unable to get all container pids") != NULL)
    snprintf(to, size,
             "docker top cannot tell this container's processes from the others, because it shares the sandbox's list of "
             "processes (--pid=host). In the sandbox's own terminal ps shows all of them");
  else if (strstr(error, "open /proc/sys/") != NULL && strstr(error, "permission denied") != NULL)
    snprintf(to, size,
             "--sysctl asks for a setting of the whole machine, which this sandbox shares with others and cannot change. "
             "Settings that belong to a container, such as net.ipv4.ip_forward, can be changed");
}

static void tell(const char *error, const char *words, bool on_stderr) {
  char line[8192], date[40];
  time_t now = time(NULL);
  struct tm parts;
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
  int length = snprintf(line, sizeof line, "{\"level\":\"error\",\"msg\":\"%s. (runc: %s)\",\"time\":\"%s\"}\n", words, error, date);
  if (length <= 0 || length >= (int)sizeof line) return;
  int log = open(log_file, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (log >= 0) {
    if (write(log, line, length) < 0) { /* runc's own words have to do */
    }
    close(log);
  }
  if (on_stderr) fprintf(stderr, "%s.\n", words);
}

/* `runc ps --format json` for a container without a cgroup. False: that cannot be told either. */
static bool list_processes(void) {
  if (container == NULL || strchr(container, '/') != NULL || format == NULL || strcmp(format, "json") != 0) return false;
  char path[4096], wanted[64], found[64];
  snprintf(path, sizeof path, "%s/%s/state.json", root_folder, container);
  char *state = read_end(path, 1024 * 1024);
  const char *key = "\"init_process_pid\":";
  char *at = state == NULL ? NULL : strstr(state, key);
  int init = at == NULL ? 0 : atoi(at + strlen(key));
  free(state);
  snprintf(path, sizeof path, "/proc/%d/ns/pid", init);
  ssize_t wanted_length = init <= 1 ? -1 : readlink(path, wanted, sizeof wanted);
  ssize_t own_length = readlink("/proc/self/ns/pid", found, sizeof found);
  /* --pid=host: who is in there cannot be told. */
  if (wanted_length <= 0 || (own_length == wanted_length && memcmp(wanted, found, own_length) == 0)) return false;
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  const char *before = "[";
  while (proc != NULL && (entry = readdir(proc)) != NULL) {
    int pid = atoi(entry->d_name);
    if (pid <= 1) continue;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", pid);
    if (readlink(path, found, sizeof found) != wanted_length || memcmp(wanted, found, wanted_length) != 0) continue;
    printf("%s%d", before, pid);
    before = ",";
  }
  if (proc == NULL || *before == '[') return false;
  closedir(proc);
  puts("]");
  return fflush(stdout) == 0;
}

static void forward(int signal_number) {
  if (child > 0) kill(child, signal_number);
}

/* As a parent that is not there: its signals are the child's, and the child's end is ours. */
static int run_and_wait(char **argv, bool quiet) {
  static const int passed_on[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t parent = getpid();
  child = fork();
  if (child < 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    execv(RUNC, argv);
    _exit(127);
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    if (quiet) dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    sigprocmask(SIG_SETMASK, &before, NULL);
    execv(RUNC, argv);
    _exit(127);
  }
  struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) sigaction(passed_on[i], &action, NULL);
  sigprocmask(SIG_SETMASK, &before, NULL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  child = 0;
  return status;
}

static int end_as(int status) {
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

static bool is_one_of(const char *word, const char *const *list) {
  for (; *list != NULL; list++)
    if (strcmp(word, *list) == 0) return true;
  return false;
}

int main(int argc, char **argv) {
  static const char *const explained[] = {"create", "pause", "update", "ps", NULL};
  (void)argc;
  read_arguments(argv);
  if (command == NULL || !is_one_of(command, explained)) {
    execv(RUNC, argv);
    fprintf(stderr, "drydock-runc: %s: %s\n", RUNC, strerror(errno));
    return 127;
  }
  /* containerd reads the list from stdout and stderr together, so a first attempt that fails must say nothing. */
  bool listing = strcmp(command, "ps") == 0;
  int status = run_and_wait(argv, listing);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  if (listing && list_processes()) return 0;
  if (listing) status = run_and_wait(argv, false);
  char error[4096], words[1024];
  if (WIFEXITED(status) && last_error(error, sizeof error)) {
    explain(error, words, sizeof words);
    if (*words != 0) tell(error, words, listing || strcmp(command, "update") == 0);
  }
  return end_as(status);
}

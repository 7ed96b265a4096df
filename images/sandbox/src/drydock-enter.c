/*
 * drydock-enter: runs a program as the learner, root of the sandbox's namespace. `docker exec` calls it as
 * uid 1000 of the outer container.
 *
 *   drydock-enter [--id TOKEN] [--cwd DIR] [--timeout SECONDS] -- PROGRAM [ARGUMENT…]
 *   drydock-enter --kill TOKEN
 *
 * Exit status: the program's own; 124 after a timeout; 125 when the sandbox cannot be entered; 126 when the
 * folder or the program cannot be used; 127 when the program is not found.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PID_FILE "/run/user/1000/drydock.pid"
#define PATH_VALUE "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* Marks a program's processes, so that --kill finds them without a file that somebody has to clean up. */
#define TOKEN_VARIABLE "DRYDOCK_EXEC"

extern char **environ;

static void refuse(int code, const char *what, const char *detail) {
  fprintf(stderr, "drydock-enter: %s: %s\n", what, detail);
  exit(code);
}

static pid_t keeper_pid(void) {
  FILE *file = fopen(PID_FILE, "re");
  int pid = 0;
  if (file == NULL || fscanf(file, "%d", &pid) != 1 || pid <= 1) refuse(125, "not ready", "the sandbox has no namespace yet");
  fclose(file);
  return pid;
}

/* What `nsenter -U --preserve-credentials -n -m -t PID` does. Mount last: it changes what /proc paths mean. */
static void enter(void) {
  static const struct { const char *name; int type; } spaces[] = {
      {"user", CLONE_NEWUSER}, {"net", CLONE_NEWNET}, {"mnt", CLONE_NEWNS}};
  int fds[3];
  pid_t pid = keeper_pid();
  for (int i = 0; i < 3; i++) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, spaces[i].name);
    fds[i] = open(path, O_RDONLY | O_CLOEXEC);
    if (fds[i] < 0) refuse(125, "not ready", strerror(errno));
  }
  for (int i = 0; i < 3; i++) {
    if (setns(fds[i], spaces[i].type) < 0) refuse(125, spaces[i].name, strerror(errno));
    close(fds[i]);
  }
}

/* Variables of the outer container that would mislead the learner's programs. */
static bool is_ours(const char *name) {
  static const char *const prefixes[] = {"LD_", "ROOTLESSKIT_", "DRYDOCK_", "XDG_", "DOCKER_HOST=", "HOSTNAME=", "HOME=",
                                         "USER=", "LOGNAME=", "PATH=", "SHELL=", "PWD=", "OLDPWD=", "TMPDIR=", "_="};
  if (!isalpha((unsigned char)*name) && *name != '_') return true;
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
    if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) return true;
  return false;
}


static void clean_environment(const char *token) {
  size_t kept = 0;
  for (char **entry = environ; *entry != NULL; entry++)
    if (!is_ours(*entry)) environ[kept++] = *entry;
  environ[kept] = NULL;
  setenv("HOME", "/root", 1);
  setenv("USER", "root", 1);
  setenv("LOGNAME", "root", 1);
  setenv("SHELL", "/bin/bash", 1);
  setenv("PATH", PATH_VALUE, 1);
  setenv("LANG", "C.UTF-8", 0);
  setenv("TERM", "xterm-256color", 0);
  if (token != NULL) setenv(TOKEN_VARIABLE, token, 1);
}

static bool carries_token(pid_t pid, const char *token) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/environ", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  static char bytes[256 * 1024];
  size_t length = 0;
  ssize_t count;
  while (length < sizeof bytes - 1 && (count = read(file, bytes + length, sizeof bytes - 1 - length)) > 0) length += count;
  close(file);
  bytes[length] = 0;
  char wanted[160];
  size_t wanted_length = snprintf(wanted, sizeof wanted, TOKEN_VARIABLE "=%s", token) + 1;
  for (size_t at = 0; at < length; at += strlen(bytes + at) + 1)
    if (length - at >= wanted_length - 1 && memcmp(bytes + at, wanted, wanted_length) == 0) return true;
  return false;
}

/* Signals every process of a session but us; returns how many there were. */
static int signal_session(pid_t session, int signal_number) {
  int found = 0;
  DIR *proc = opendir("/proc");
  if (proc == NULL) return 0;
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL) {
    pid_t pid = atoi(entry->d_name);
    if (pid <= 1 || pid == getpid() || getsid(pid) != session) continue;
    found++;
    kill(pid, signal_number);
  }
  closedir(proc);
  return found;
}

static int kill_token(const char *token) {
  enter();
  pid_t session = 0;
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  while (proc != NULL && session == 0 && (entry = readdir(proc)) != NULL) {
    pid_t pid = atoi(entry->d_name);
    if (pid > 1 && pid != getpid() && carries_token(pid, token)) session = getsid(pid);
  }
  if (proc != NULL) closedir(proc);
  if (session <= 1 || session == getsid(0)) return 0;
  if (signal_session(session, SIGTERM) == 0) return 0;
  for (int tries = 0; tries < 25; tries++) {
    usleep(20000);
    if (signal_session(session, 0) == 0) return 0;
  }
  signal_session(session, SIGKILL);
  return 0;
}

static void run(char **argv) {
  execvp(argv[0], argv);
  int reason = errno;
  refuse(reason == ENOENT ? 127 : 126, argv[0], strerror(reason));
}

/* Stays as the parent only when there is a time to keep. */
static int run_with_timeout(char **argv, double seconds) {
  sigset_t watched, before;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_BLOCK, &watched, &before);
  pid_t child = fork();
  if (child < 0) refuse(125, "fork", strerror(errno));
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    run(argv);
  }
  /* A parent that held the pipes would keep readers waiting for the end of the output. */
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  struct timespec deadline;
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  double end = deadline.tv_sec + deadline.tv_nsec / 1e9 + seconds;
  bool expired = false;
  for (;;) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child) {
      if (expired) {
        /* Nothing of it may go on holding the streams. */
        signal_session(getsid(0), SIGKILL);
        return 124;
      }
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    double left = end - (deadline.tv_sec + deadline.tv_nsec / 1e9);
    if (left <= 0) {
      signal_session(getsid(0), expired ? SIGKILL : SIGTERM);
      expired = true;
      end += 0.5;
      continue;
    }
    struct timespec wait = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (time_t)left) * 1e9)};
    siginfo_t info;
    if (sigtimedwait(&watched, &info, &wait) == SIGTERM) kill(child, SIGTERM);
  }
}

int main(int argc, char **argv) {
  const char *token = NULL, *cwd = "/root";
  double timeout = 0;
  int at = 1;
  for (; at < argc && strcmp(argv[at], "--") != 0; at += 2) {
    if (at + 1 >= argc) refuse(125, "usage", argv[at]);
    if (strcmp(argv[at], "--kill") == 0) return kill_token(argv[at + 1]);
    if (strcmp(argv[at], "--id") == 0) token = argv[at + 1];
    else if (strcmp(argv[at], "--cwd") == 0) cwd = argv[at + 1];
    else if (strcmp(argv[at], "--timeout") == 0) timeout = atof(argv[at + 1]);
    else refuse(125, "usage", argv[at]);
  }
  if (at + 1 >= argc) refuse(125, "usage", "no program given");
  if (token != NULL && (strlen(token) > 128 || *token == 0)) refuse(125, "usage", "--id is too long");

  enter();
  /* Our own session: --kill and --timeout end it whole. Fails only where the engine made one already. */
  setsid();
  clean_environment(token);
  if (chdir(cwd) < 0) refuse(126, cwd, strerror(errno));
  setenv("PWD", cwd, 1);
  if (timeout > 0) return run_with_timeout(argv + at + 1, timeout);
  run(argv + at + 1);
}

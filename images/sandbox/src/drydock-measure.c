/*
 * drydock-measure SECONDS: what this sandbox uses, one JSON object a line, now and every SECONDS (0.2 to 3600).
 *
 *   {"memory":bytes,"cpuNs":n,"pids":n,"disk":{"bytes":n,"inodes":n},"home":{"bytes":n,"inodes":n},
 *    "openFiles":n,"logBytes":n}
 *
 * null: not known. `docker exec` runs it as uid 1000 of the outer container, where it owns the learner's namespace and
 * may look into its processes. It ends when stdout closes, or stdin where that is a pipe or socket.
 *
 *   memory     what counts against the limit, without the page cache that is given back first, as `docker stats`
 *   cpuNs      processor time since the sandbox was made: the difference of two lines is what was used between
 *   disk, home used of /var/lib/docker and /root where each is a file system of its own
 *   openFiles  the most that one process has open; of many processes some are looked at each time
 *   logBytes   the most that one container's log files hold
 *
 * It must go on while a fork bomb or a memory hog is at work, so it never allocates, forks, or starts a thread.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"
#define CONTAINERS "/var/lib/docker/containers"
/* Looked at in one round; the next goes on where this one ended. */
#define MOST_PROCESSES 48
#define MOST_CONTAINERS 256
#define MOST_LOGS 10
/* Where /proc begins to list processes: its other sixty entries are passed over. */
#define FIRST_PROCESS 256

static char text[16 * 1024];
static int memory = -1, memory_stat = -1, cpu = -1, pids = -1, proc = -1;
static bool unified;

/* -1: not there. The files stay open and are read from the start each time. */
static int64_t read_number(int file, const char *key) {
  if (file < 0) return -1;
  ssize_t length = pread(file, text, sizeof text - 1, 0);
  if (length <= 0) return -1;
  text[length] = 0;
  char *at = text;
  if (key != NULL) {
    size_t key_length = strlen(key);
    while (strncmp(at, key, key_length) != 0 || at[key_length] != ' ') {
      at = strchr(at, '\n');
      if (at == NULL) return -1;
      at++;
    }
    at += key_length + 1;
  }
  char *end;
  errno = 0;
  long long value = strtoll(at, &end, 10);
  return end == at || errno != 0 || value < 0 ? -1 : value;
}

/* Our own group, whether the mount shows it as its root (as engines do) or the whole machine's tree. */
static int open_in(const char *controller, const char *path, const char *name) {
  char full[4096];
  snprintf(full, sizeof full, CGROUPS "%s%s/%s", controller, path, name);
  int file = open(full, O_RDONLY | O_CLOEXEC);
  if (file >= 0) return file;
  snprintf(full, sizeof full, CGROUPS "%s/%s", controller, name);
  return open(full, O_RDONLY | O_CLOEXEC);
}

static void open_groups(void) {
  FILE *file = fopen("/proc/self/cgroup", "re");
  static char line[2048];
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    char *names = strchr(line, ':'), *path = names == NULL ? NULL : strchr(names + 1, ':');
    if (path == NULL) continue;
    *path++ = 0;
    names++;
    if (strcmp(path, "/") == 0) path = "";
    char controller[128];
    snprintf(controller, sizeof controller, "/%s", names);
    if (*names == 0 && memory < 0 && cpu < 0) {
      memory = open_in("", path, "memory.current");
      if (memory < 0) continue;
      unified = true;
      memory_stat = open_in("", path, "memory.stat");
      cpu = open_in("", path, "cpu.stat");
      pids = open_in("", path, "pids.current");
    } else if (strcmp(names, "memory") == 0) {
      memory = open_in(controller, path, "memory.usage_in_bytes");
      memory_stat = open_in(controller, path, "memory.stat");
    } else if (strstr(names, "cpuacct") != NULL) {
      cpu = open_in(controller, path, "cpuacct.usage");
    } else if (strcmp(names, "pids") == 0) {
      pids = open_in(controller, path, "pids.current");
    }
  }
  if (file != NULL) fclose(file);
}

/* A file system that is there for this folder alone is mounted from its root. */
static bool has_own_disk(const char *folder) {
  FILE *file = fopen("/proc/self/mountinfo", "re");
  static char line[4096], root[1024], point[1024];
  bool own = false;
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "%*d %*d %*s %1023s %1023s", root, point) == 2 && strcmp(point, folder) == 0)
      own = strcmp(root, "/") == 0;
  if (file != NULL) fclose(file);
  return own;
}

/* The entries of an open folder, without opendir's buffer. NULL at the end. */
static struct dirent64 *next_entry(int folder, char *bytes, size_t size, ssize_t *length, ssize_t *at) {
  if (*at >= *length) {
    *length = getdents64(folder, bytes, size);
    *at = 0;
    if (*length <= 0) return NULL;
  }
  struct dirent64 *entry = (struct dirent64 *)(bytes + *at);
  *at += entry->d_reclen;
  return entry;
}

/* Since Linux 6.2 the folder's size; before, its entries have to be counted. */
static int64_t count_open_files(const char *pid) {
  char path[64];
  struct stat facts;
  snprintf(path, sizeof path, "%.16s/fd", pid);
  if (fstatat(proc, path, &facts, 0) < 0) return -1;
  if (facts.st_size > 0) return facts.st_size;
  int folder = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  static char bytes[8192] __attribute__((aligned(8)));
  ssize_t length = 0, at = 0;
  int64_t count = -2; /* . and .. */
  while (next_entry(folder, bytes, sizeof bytes, &length, &at) != NULL && count < 100000) count++;
  close(folder);
  return count;
}

static int64_t most_open_files(void) {
  static char bytes[2048] __attribute__((aligned(8)));
  static off_t position = FIRST_PROCESS;
  static int64_t finished = -1, current = -1;
  ssize_t length = 0, at = 0;
  int looked_at = 0;
  if (proc < 0 || lseek(proc, position, SEEK_SET) < 0) return -1;
  for (;;) {
    struct dirent64 *entry = next_entry(proc, bytes, sizeof bytes, &length, &at);
    if (entry == NULL) {
      finished = current;
      current = -1;
      position = FIRST_PROCESS;
      return finished;
    }
    if (*entry->d_name < '1' || *entry->d_name > '9') continue;
    int64_t count = count_open_files(entry->d_name);
    if (count > current) current = count;
    position = entry->d_off;
    if (++looked_at == MOST_PROCESSES) return current > finished ? current : finished;
  }
}

static int64_t largest_log(void) {
  static int folder = -1;
  static char bytes[8192] __attribute__((aligned(8)));
  if (folder < 0) folder = open(CONTAINERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || lseek(folder, 0, SEEK_SET) < 0) return -1;
  ssize_t length = 0, at = 0;
  int64_t largest = 0;
  struct dirent64 *entry;
  for (int looked_at = 0; looked_at < MOST_CONTAINERS && (entry = next_entry(folder, bytes, sizeof bytes, &length, &at)) != NULL;) {
    if (strlen(entry->d_name) != 64) continue;
    looked_at++;
    int64_t sum = 0;
    for (int number = 0; number < MOST_LOGS; number++) {
      char path[160], suffix[8] = "";
      struct stat facts;
      if (number > 0) snprintf(suffix, sizeof suffix, ".%d", number);
      snprintf(path, sizeof path, "%.64s/%.64s-json.log%s", entry->d_name, entry->d_name, suffix);
      if (fstatat(folder, path, &facts, AT_SYMLINK_NOFOLLOW) < 0) break;
      if (S_ISREG(facts.st_mode)) sum += facts.st_size;
    }
    if (sum > largest) largest = sum;
  }
  return largest;
}

static char line[1024];
static size_t line_length;

static void put(const char *name, int64_t value) {
  char *at = line + line_length;
  size_t room = sizeof line - line_length;
  line_length += value < 0 ? snprintf(at, room, "\"%s\":null,", name) : snprintf(at, room, "\"%s\":%lld,", name, (long long)value);
}

static void put_disk(const char *name, const char *folder, bool own) {
  struct statfs facts;
  if (!own || statfs(folder, &facts) < 0) {
    put(name, -1);
    return;
  }
  line_length += snprintf(line + line_length, sizeof line - line_length, "\"%s\":{\"bytes\":%llu,\"inodes\":%llu},", name,
                          (unsigned long long)(facts.f_blocks - facts.f_bfree) * facts.f_frsize,
                          (unsigned long long)(facts.f_files - facts.f_ffree));
}

static bool tell(bool own_disk, bool own_home) {
  line_length = 0;
  line[line_length++] = '{';
  int64_t used = read_number(memory, NULL), cache = read_number(memory_stat, unified ? "inactive_file" : "total_inactive_file");
  put("memory", used < 0 || cache < 0 ? used : cache > used ? 0 : used - cache);
  int64_t time_used = read_number(cpu, unified ? "usage_usec" : NULL);
  put("cpuNs", time_used < 0 ? -1 : unified ? time_used * 1000 : time_used);
  put("pids", read_number(pids, NULL));
  put_disk("disk", "/var/lib/docker", own_disk);
  put_disk("home", "/root", own_home);
  put("openFiles", most_open_files());
  put("logBytes", largest_log());
  line[line_length - 1] = '}';
  line[line_length++] = '\n';
  for (size_t done = 0; done < line_length;) {
    ssize_t count = write(STDOUT_FILENO, line + done, line_length - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += count;
  }
  return true;
}

/* Until `until` (monotonic ms). False: whoever read us is gone. */
static bool wait_until(int64_t until, bool watch_stdin) {
  for (;;) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = until - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    if (left <= 0) return true;
    struct pollfd ends[2] = {{.fd = STDOUT_FILENO}, {.fd = watch_stdin ? STDIN_FILENO : -1, .events = POLLIN}};
    if (poll(ends, 2, left) < 0 && errno != EINTR) return false;
    if (ends[0].revents & (POLLERR | POLLHUP | POLLNVAL)) return false;
    if (ends[1].revents) {
      ssize_t count = read(STDIN_FILENO, text, sizeof text);
      if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return false;
    }
  }
}

int main(int argc, char **argv) {
  double seconds = argc == 2 ? atof(argv[1]) : 0;
  if (!(seconds >= 0.2 && seconds <= 3600)) {
    fprintf(stderr, "usage: drydock-measure SECONDS\n");
    return 125;
  }
  open_groups();
  proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool own_disk = has_own_disk("/var/lib/docker"), own_home = has_own_disk("/root");
  struct stat facts;
  bool watch_stdin = fstat(STDIN_FILENO, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode));
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t next = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  for (;;) {
    if (!tell(own_disk, own_home)) return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    next += (int64_t)(seconds * 1000);
    /* After a pause nothing is made up for. */
    if (next < at) next = at + (int64_t)(seconds * 1000);
    if (!wait_until(next, watch_stdin)) return 0;
  }
}

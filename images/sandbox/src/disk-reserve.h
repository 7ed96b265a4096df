/*
 * Room on the learner's disk for the next start. dockerd cannot start on a disk without a free byte or inode, and a
 * learner who has filled theirs would have no Docker left to tidy up with. So some of both is set aside while there
 * is plenty, and given back at a start that finds none. Only for drydock-init, and only where the disk is a file
 * system of the sandbox's own: elsewhere the room is the host's.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define RESERVE_DISK "/var/lib/docker"
#define RESERVE_PARENT RESERVE_DISK "/drydock"
#define RESERVE RESERVE_PARENT "/reserve"
#define RESERVE_BYTES (8 * 1024 * 1024ll)
#define RESERVE_INODES 64
/* Set aside only from a disk with this much left. */
#define PLENTY_BYTES (64 * 1024 * 1024ll)
#define PLENTY_INODES 1000

static bool reserve_has(long long bytes, long long inodes) {
  struct statfs facts;
  if (statfs(RESERVE_DISK, &facts) < 0) return true;
  /* Some file systems make inodes as they need them, and say that there are none at all. */
  return (long long)facts.f_bavail * facts.f_bsize >= bytes && (facts.f_files == 0 || (long long)facts.f_ffree >= inodes);
}

static bool disk_is_full(void) { return !reserve_has(256 * 1024, 8); }

/* Before the daemons start. */
static void reserve_give_back(void) {
  if (reserve_has(RESERVE_BYTES / 2, RESERVE_INODES / 2)) return;
  DIR *folder = opendir(RESERVE);
  struct dirent *entry;
  while (folder != NULL && (entry = readdir(folder)) != NULL) unlinkat(dirfd(folder), entry->d_name, 0);
  if (folder != NULL) closedir(folder);
  rmdir(RESERVE);
}

/* A file system that is there for this folder alone is mounted from its root. */
static bool reserve_disk_is_own(void) {
  FILE *file = fopen("/proc/self/mountinfo", "re");
  char line[1024], root[512], point[512];
  bool own = false;
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "%*d %*d %*s %511s %511s", root, point) == 2 && strcmp(point, RESERVE_DISK) == 0)
      own = strcmp(root, "/") == 0;
  if (file != NULL) fclose(file);
  return own;
}

/* Once the daemons answer. */
static void reserve_set_aside(void) {
  if (access(RESERVE, F_OK) == 0 || !reserve_has(PLENTY_BYTES, PLENTY_INODES) || !reserve_disk_is_own()) return;
  mkdir(RESERVE_PARENT, 0700);
  if (mkdir(RESERVE, 0700) < 0) return;
  for (int number = 0; number < RESERVE_INODES; number++) {
    char path[64];
    snprintf(path, sizeof path, RESERVE "/%d", number);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return;
    /* Blocks that are never written take no room in the host's file. */
    if (number == 0 && posix_fallocate(file, 0, RESERVE_BYTES) != 0) { /* the inodes are worth having, too */
    }
    close(file);
  }
}

/*
 * What a terminal said, kept on the sandbox's disk, so that it is still there when the sandbox was stopped, killed,
 * or lost its power. Only for drydock-terminal.
 *
 * A file is a row of pieces: a head with a sum over head and bytes, then the bytes. Pieces are only ever appended; a
 * file that has grown is written anew beside itself and renamed. So a write that was cut short costs the newest piece
 * at most, and what does not add up ends the reading there. The file is the learner's own, who may have written
 * anything into it: it is read within bounds and believed in nothing but its text.
 *
 * A thread of its own writes, from a copy: a disk that is slow, full or gone never holds up the terminal.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define HISTORY_PARENT "/var/lib/docker/drydock"
#define HISTORY_FOLDER HISTORY_PARENT "/terminals"
/* What is kept of a terminal, and the size at which its file is written anew. */
#define HISTORY_KEPT (1024 * 1024ull)
#define HISTORY_FILE (2 * HISTORY_KEPT)
#define HISTORY_PIECE (64 * 1024u)
/* Terminals of lessons long done: beyond so many files the oldest go. */
#define HISTORY_FILES 48
/* No terminal ever said so much: a number beyond is nonsense. */
#define HISTORY_LAST (1ull << 50)

typedef struct {
  char magic[4];
  uint32_t length;
  /* number of the first byte */
  uint64_t start;
  /* which run of the sandbox wrote it */
  uint64_t run;
  uint64_t sum;
} PieceHead;

static struct {
  char path[160], draft[168];
  uint64_t run;
  pthread_mutex_t mutex;
  pthread_cond_t work, done;
  bool threaded, busy;
  /* The file's good length, and what of the terminal it holds the end of. Only the thread changes them. */
  uint64_t file_length, saved;
  /* The job: bytes `job_start` to `job_end`, appended or as a whole new file. */
  uint8_t *job;
  uint64_t job_start, job_end;
  bool job_whole;
} history = {.mutex = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER};

/* FNV-1a: tells a torn write, not an attacker, who owns the file anyway. */
static uint64_t history_sum(uint64_t sum, const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  for (size_t i = 0; i < length; i++) sum = (sum ^ at[i]) * 0x100000001b3ull;
  return sum;
}

static uint64_t piece_sum(const PieceHead *head, const void *bytes) {
  uint64_t sum = history_sum(0xcbf29ce484222325ull, head, offsetof(PieceHead, sum));
  return history_sum(sum, bytes, head->length);
}

static uint64_t hash_file_start(uint64_t sum, const char *path, size_t skip_words) {
  char text[512];
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  text[length > 0 ? length : 0] = 0;
  char *at = text;
  for (; skip_words > 0 && at != NULL; skip_words--) at = strchr(at + 1, ' ');
  size_t word = at == NULL ? 0 : strcspn(at + 1, " \n") + 1;
  return history_sum(sum, at == NULL ? "" : at, word);
}

/* The same for all programs from one start of the sandbox to its end: the boot, and when process 1 began. */
static uint64_t this_run(void) {
  uint64_t boot = hash_file_start(0xcbf29ce484222325ull, "/proc/sys/kernel/random/boot_id", 0);
  return hash_file_start(boot, "/proc/1/stat", 21);
}

static bool write_pieces(int file, uint64_t *offset, const uint8_t *bytes, uint64_t start, uint64_t end) {
  while (start < end) {
    PieceHead head = {.magic = {'D', 'd', 'T', '1'}, .start = start, .run = history.run};
    head.length = end - start < HISTORY_PIECE ? end - start : HISTORY_PIECE;
    head.sum = piece_sum(&head, bytes);
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)bytes, head.length}};
    ssize_t wanted = sizeof head + head.length;
    if (pwritev(file, parts, 2, *offset) != wanted) return false;
    *offset += wanted;
    bytes += head.length;
    start += head.length;
  }
  /* On its way to the disk now instead of in half a minute; nothing waits for its arrival. */
  sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
  return true;
}

static bool append_job(void) {
  int file = open(history.path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat facts;
  if (file < 0) return false;
  uint64_t length = history.file_length;
  bool good = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && (uint64_t)facts.st_size >= length &&
              ftruncate(file, length) == 0 && write_pieces(file, &length, history.job, history.job_start, history.job_end);
  if (good) history.file_length = length;
  else if (ftruncate(file, history.file_length) < 0) { /* what is torn is not believed when it is read */
  }
  close(file);
  return good;
}

/* Of too many files the one that was used longest ago goes. */
static void forget_oldest(void) {
  int folder_fd = open(HISTORY_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = folder_fd < 0 ? NULL : fdopendir(folder_fd);
  if (folder == NULL) return;
  struct dirent *entry;
  struct stat facts;
  char oldest[256] = "";
  time_t oldest_at = 0;
  int found = 0;
  while ((entry = readdir(folder)) != NULL) {
    if (fstatat(folder_fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(facts.st_mode)) continue;
    found++;
    if (*oldest != 0 && facts.st_mtime >= oldest_at) continue;
    oldest_at = facts.st_mtime;
    snprintf(oldest, sizeof oldest, "%s", entry->d_name);
  }
  if (found >= HISTORY_FILES && *oldest != 0) unlinkat(folder_fd, oldest, 0);
  closedir(folder);
}

static bool replace_job(void) {
  mkdir(HISTORY_PARENT, 0700);
  mkdir(HISTORY_FOLDER, 0700);
  if (history.file_length == 0) forget_oldest();
  unlink(history.draft);
  int file = open(history.draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return false;
  uint64_t length = 0;
  bool good = write_pieces(file, &length, history.job, history.job_start, history.job_end);
  close(file);
  if (good && rename(history.draft, history.path) == 0) {
    history.file_length = length;
    return true;
  }
  unlink(history.draft);
  return false;
}

static void *history_thread(void *unused) {
  (void)unused;
  pthread_mutex_lock(&history.mutex);
  for (;;) {
    while (!history.busy) pthread_cond_wait(&history.work, &history.mutex);
    pthread_mutex_unlock(&history.mutex);
    bool good = history.job_whole ? replace_job() : append_job();
    /* A file that cannot be appended to any more, or is gone, is begun anew. */
    uint64_t length = good || history.job_whole || errno == ENOSPC || errno == EDQUOT ? history.file_length : 0;
    madvise(history.job, HISTORY_KEPT, MADV_DONTNEED);
    pthread_mutex_lock(&history.mutex);
    history.file_length = length;
    if (good) history.saved = history.job_end;
    history.busy = false;
    pthread_cond_broadcast(&history.done);
  }
  return NULL;
}

static bool history_start_thread(void) {
  if (history.threaded) return true;
  if (history.job == NULL) {
    void *job = mmap(NULL, HISTORY_KEPT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (job == MAP_FAILED) return false;
    history.job = job;
    pthread_condattr_t by_clock;
    pthread_condattr_init(&by_clock);
    pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&history.done, &by_clock);
  }
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  history.threaded = pthread_create(&thread, &attributes, history_thread, NULL) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return history.threaded;
}

/*
 * Hands what was not saved yet to the thread: of `ring`, which holds the bytes before `end`, the oldest of them
 * `begin`. False: not now (it still writes, or there is no room for a thread).
 */
static bool history_save(const uint8_t *ring, uint64_t ring_size, uint64_t begin, uint64_t end) {
  if (!history_start_thread()) return false;
  pthread_mutex_lock(&history.mutex);
  bool idle = !history.busy;
  if (idle && history.saved < end) {
    bool gap = history.saved < begin;
    history.job_whole = history.file_length == 0 || gap || history.file_length + (end - history.saved) > HISTORY_FILE;
    history.job_start = history.job_whole ? begin : history.saved;
    history.job_end = end;
    uint64_t length = end - history.job_start, at = history.job_start % ring_size;
    uint64_t first = length < ring_size - at ? length : ring_size - at;
    memcpy(history.job, ring + at, first);
    memcpy(history.job + first, ring, length - first);
    history.busy = true;
    pthread_cond_signal(&history.work);
  }
  pthread_mutex_unlock(&history.mutex);
  return idle;
}

/* How far the file reaches. */
static uint64_t history_saved(void) {
  pthread_mutex_lock(&history.mutex);
  uint64_t saved = history.saved;
  pthread_mutex_unlock(&history.mutex);
  return saved;
}

/* Waits until the thread has nothing to do, or so many ms. */
static void history_wait(long milliseconds) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += milliseconds / 1000;
  until.tv_nsec += milliseconds % 1000 * 1000000;
  if (until.tv_nsec >= 1000000000) until.tv_nsec -= 1000000000, until.tv_sec++;
  pthread_mutex_lock(&history.mutex);
  while (history.busy && pthread_cond_timedwait(&history.done, &history.mutex, &until) == 0) {
  }
  pthread_mutex_unlock(&history.mutex);
}

static void history_remove(void) {
  history_wait(1000);
  unlink(history.path);
  unlink(history.draft);
}

/*
 * Reads what was kept under this name into `ring` (HISTORY_KEPT bytes) and says which bytes it has now. `same_run`:
 * it was written since the sandbox started. False: there is nothing.
 */
static bool history_load(const char *name, uint8_t *ring, uint64_t *begin, uint64_t *end, bool *same_run) {
  snprintf(history.path, sizeof history.path, HISTORY_FOLDER "/%s", name);
  /* No terminal has a name with a dot. */
  snprintf(history.draft, sizeof history.draft, HISTORY_FOLDER "/%s.new", name);
  history.run = this_run();
  *begin = *end = 0;
  int file = open(history.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat facts;
  if (file < 0) return false;
  uint64_t size = fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0;
  if (size > HISTORY_FILE + HISTORY_KEPT) size = HISTORY_FILE + HISTORY_KEPT;
  uint8_t *bytes = size == 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (bytes == MAP_FAILED) {
    close(file);
    return false;
  }
  uint64_t length = 0;
  ssize_t count;
  while (length < size && (count = read(file, bytes + length, size - length)) > 0) length += count;
  close(file);
  uint64_t at = 0;
  PieceHead head;
  while (length - at > sizeof head) {
    memcpy(&head, bytes + at, sizeof head);
    const uint8_t *piece = bytes + at + sizeof head;
    if (memcmp(head.magic, "DdT1", 4) != 0 || head.length == 0 || head.length > HISTORY_PIECE) break;
    if (head.length > length - at - sizeof head || head.start > HISTORY_LAST || head.start < *end) break;
    if (head.sum != piece_sum(&head, piece)) break;
    if (head.start > *end || at == 0) *begin = head.start;
    for (uint32_t i = 0; i < head.length;) {
      uint64_t to = (head.start + i) % HISTORY_KEPT;
      uint64_t part = head.length - i < HISTORY_KEPT - to ? head.length - i : HISTORY_KEPT - to;
      memcpy(ring + to, piece + i, part);
      i += part;
    }
    *end = head.start + head.length;
    *same_run = head.run == history.run;
    at += sizeof head + head.length;
  }
  munmap(bytes, size);
  if (*end > HISTORY_KEPT && *begin < *end - HISTORY_KEPT) *begin = *end - HISTORY_KEPT;
  history.file_length = at;
  history.saved = *end;
  return *end > *begin;
}

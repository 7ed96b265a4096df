/*
 * drydock-terminal: a shell on a PTY that outlives whoever looks at it.
 *
 *   drydock-terminal attach --name NAME --after SEQ --cols N --rows N --cwd DIR --nonce NONCE
 *
 * `attach` speaks frames on stdin and stdout. It connects to NAME's holder, a small daemon in a session of its
 * own that owns the PTY, the shell, and the last 1 MiB of output; where there is none it starts one. Between
 * the two the bytes pass unchanged, so the frames below are the holder's.
 *
 *   frame        1 byte type, u32 length (at most 1 MiB), payload; every number is big-endian
 *   to holder    i  bytes typed
 *                r  u16 columns, u16 rows
 *                w  u64: output up to this number may be sent (only ever grows)
 *                k  end the shell: SIGHUP to its session, SIGKILL one second later
 *                a  (attach alone, always first) u64 replay from, u16 columns, u16 rows
 *   from holder  h  (always first) u64 replay from, u64 end, u8 fresh, u8 n, n bytes of nonce, u32 shell's pid
 *                o  u64 number of the first byte, bytes
 *                x  i32 exit status; then the holder ends
 *
 * Output is numbered from 0 since the terminal began. Nothing that was not sent is ever overwritten: the PTY is not
 * read when the ring is full of unsent output, nor beyond the number allowed. Until the first `w` that is end +
 * 256 KiB; after a client left, 512 KiB beyond what it had allowed. A client that keeps its allowance within
 * 512 KiB of what it has received therefore loses nothing by a reconnection.
 *
 * The ring is also kept on the disk (terminal-history.h). When neither `k` nor the shell itself ended it, the next holder
 * of that name goes on behind it: the old output, one line that says what happened, then a new shell.
 * `fresh` then comes with an `end` that is not 0, and the new shell's output begins there. After a sudden end the
 * numbers may go on from a little less than what was sent before.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "terminal-history.h"

#define TERMINALS "/run/drydock/terminals"
#define RING HISTORY_KEPT
#define CHUNK (64 * 1024)
#define FIRST_ALLOWANCE (256 * 1024ull)
#define UNWATCHED_ALLOWANCE (512 * 1024ull)
#define MAX_FRAME (1024 * 1024u)
#define INPUT_LIMIT (1024 * 1024u)
/* While output pours, wait this long for more before a frame goes out; a lone keystroke's echo never waits. */
#define GATHER_MS 2
#define BULK 2048
/* Output is saved so long after it began to come; a flood that would keep the disk busy, and a disk that is full, wait. */
#define SAVE_MS 1000
#define SAVE_LATER_MS 10000
#define SAVE_FLOOD (256 * 1024u)

typedef struct {
  const char *name, *cwd, *nonce;
  uint64_t after;
  uint16_t cols, rows;
} Options;

static void refuse(const char *what, const char *detail) {
  fprintf(stderr, "drydock-terminal: %s: %s\n", what, detail);
  exit(125);
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put16(uint8_t *to, uint16_t value) { value = htobe16(value), memcpy(to, &value, 2); }
static void put32(uint8_t *to, uint32_t value) { value = htobe32(value), memcpy(to, &value, 4); }
static void put64(uint8_t *to, uint64_t value) { value = htobe64(value), memcpy(to, &value, 8); }
static uint16_t get16(const uint8_t *from) { uint16_t value; memcpy(&value, from, 2); return be16toh(value); }
static uint32_t get32(const uint8_t *from) { uint32_t value; memcpy(&value, from, 4); return be32toh(value); }
static uint64_t get64(const uint8_t *from) { uint64_t value; memcpy(&value, from, 8); return be64toh(value); }
static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }

static void make_folders(const char *path) {
  char part[4096];
  snprintf(part, sizeof part, "%s", path);
  for (char *slash = part + 1; *slash; slash++) {
    if (*slash != '/') continue;
    *slash = 0;
    mkdir(part, 0755);
    *slash = '/';
  }
  mkdir(part, 0755);
}

/* Signals every process of the shell's session; returns how many there are. */
static int signal_session(pid_t session, int signal_number) {
  int found = 0;
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  while (proc != NULL && (entry = readdir(proc)) != NULL) {
    pid_t pid = atoi(entry->d_name);
    if (pid <= 1 || getsid(pid) != session) continue;
    found++;
    kill(pid, signal_number);
  }
  if (proc != NULL) closedir(proc);
  return found;
}

/* -------------------------------------------------------------------------------------------- holder ------- */

static struct {
  int listener, client, pty, signals;
  const char *nonce;
  char socket_path[128];
  pid_t shell;
  /* `parting`: the sandbox stops; `closed`: the client ended the shell; `shell_killed`: by a signal. */
  bool shell_ended, shell_killed, pty_ended, fresh, parting, closed;
  int status;
  /* monotonic ms, 0: not set */
  int64_t kill_at, end_at, flush_at, save_at, saved_at;

  uint8_t *ring;
  /*
   * `begin`: oldest byte there is while the ring is not full; `end`: output so far; `sent`: first byte not wholly
   * handed to the client; `limit`: read no further; `tried`: where the last attempt to save began.
   */
  uint64_t begin, end, sent, limit, tried;

  /* Frame under way to the client: header (or a whole control frame) and a stretch of the ring. */
  uint8_t head[512];
  size_t head_length, head_done;
  uint64_t body_at, body_end;

  /* Frame under way from the client. `greeted` after its `a`. */
  bool greeted, said_exit;
  uint8_t in_head[5];
  size_t in_head_length;
  uint32_t in_left, in_got;
  uint8_t in_small[32];

  /* Typed bytes that the PTY does not take yet. */
  uint8_t *input;
  size_t input_at, input_length;
} holder;

static void resize(uint16_t cols, uint16_t rows) {
  if (cols == 0 || rows == 0) return;
  struct winsize size = {.ws_col = cols, .ws_row = rows};
  ioctl(holder.pty, TIOCSWINSZ, &size);
}

static void drop_client(void) {
  if (holder.client < 0) return;
  close(holder.client);
  holder.client = -1;
  holder.limit = most(holder.limit, holder.sent) + UNWATCHED_ALLOWANCE;
  holder.head_length = holder.head_done = 0;
  holder.body_at = holder.body_end = 0;
  holder.flush_at = 0;
}

static void take_client(int client) {
  drop_client();
  holder.client = client;
  holder.greeted = holder.said_exit = false;
  holder.in_head_length = 0;
  holder.in_left = 0;
}

static uint64_t oldest_byte(void) { return most(holder.begin, holder.end > RING ? holder.end - RING : 0); }

static void greet(void) {
  uint64_t oldest = oldest_byte();
  uint64_t after = get64(holder.in_small);
  /* A number from the future belongs to an earlier shell of this name: show all there is. */
  if (after > holder.end || after < oldest) after = oldest;
  holder.sent = after;
  holder.limit = holder.end + FIRST_ALLOWANCE;
  holder.greeted = true;
  resize(get16(holder.in_small + 8), get16(holder.in_small + 10));
  size_t nonce_length = strlen(holder.nonce);
  uint8_t *head = holder.head;
  head[0] = 'h';
  put32(head + 1, 22 + nonce_length);
  put64(head + 5, after);
  put64(head + 13, holder.end);
  head[21] = holder.fresh;
  head[22] = nonce_length;
  memcpy(head + 23, holder.nonce, nonce_length);
  put32(head + 23 + nonce_length, holder.shell);
  holder.head_length = 27 + nonce_length;
  holder.head_done = 0;
  holder.body_at = holder.body_end = after;
  holder.fresh = false;
}

/* Hands the client what it takes without waiting. False: it is gone. */
static bool send_output(void) {
  while (holder.client >= 0 && holder.greeted) {
    if (holder.head_done == holder.head_length && holder.body_at == holder.body_end) {
      holder.sent = most(holder.sent, holder.body_end);
      uint64_t until = least(holder.end, holder.sent + CHUNK);
      if (until == holder.sent) {
        if (!holder.shell_ended || !holder.pty_ended || holder.said_exit || holder.parting) return true;
        holder.said_exit = true;
        holder.head[0] = 'x';
        put32(holder.head + 1, 4);
        put32(holder.head + 5, (uint32_t)holder.status);
        holder.head_length = 9;
      } else {
        bool full = until - holder.sent == CHUNK;
        if (!full && holder.flush_at != 0 && now_ms() < holder.flush_at) return true;
        holder.flush_at = 0;
        holder.head[0] = 'o';
        put32(holder.head + 1, 8 + (until - holder.sent));
        put64(holder.head + 5, holder.sent);
        holder.head_length = 13;
        holder.body_at = holder.sent;
        holder.body_end = until;
      }
      holder.head_done = 0;
    }
    struct iovec parts[3];
    int count = 0;
    if (holder.head_done < holder.head_length)
      parts[count++] = (struct iovec){holder.head + holder.head_done, holder.head_length - holder.head_done};
    if (holder.body_at < holder.body_end) {
      uint64_t at = holder.body_at % RING, length = holder.body_end - holder.body_at;
      uint64_t first = least(length, RING - at);
      parts[count++] = (struct iovec){holder.ring + at, first};
      if (length > first) parts[count++] = (struct iovec){holder.ring, length - first};
    }
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
    ssize_t done = sendmsg(holder.client, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done < 0) return errno == EAGAIN || errno == EINTR;
    size_t of_head = least(done, holder.head_length - holder.head_done);
    holder.head_done += of_head;
    holder.body_at += done - of_head;
  }
  return true;
}

static bool wants_to_send(void) {
  if (holder.client < 0 || !holder.greeted) return false;
  return holder.head_done < holder.head_length || holder.body_at < holder.body_end;
}

/*
 * The client's own limit, and never over output that was not sent yet. Without a client `sent` stands still, so
 * the second bound holds then, too.
 */
static bool may_read_pty(void) {
  return !holder.pty_ended && holder.end < holder.limit && holder.end < holder.sent + RING;
}

static void read_pty(void) {
  size_t gathered = 0;
  while (may_read_pty() && gathered < CHUNK) {
    uint64_t room = least(least(holder.limit - holder.end, holder.sent + RING - holder.end), CHUNK - gathered);
    uint64_t at = holder.end % RING;
    ssize_t count = read(holder.pty, holder.ring + at, least(room, RING - at));
    if (count <= 0) {
      /* EIO: nobody has the terminal open any more. */
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) holder.pty_ended = true;
      else if (holder.shell_ended) holder.pty_ended = true;
      break;
    }
    holder.end += count;
    gathered += count;
    if (holder.save_at == 0) holder.save_at = now_ms() + SAVE_MS;
  }
  if (holder.client >= 0 && gathered >= BULK && gathered < CHUNK && holder.flush_at == 0) holder.flush_at = now_ms() + GATHER_MS;
}

/* Some of the output is not on the disk yet, and it is time. */
static void save(void) {
  int64_t now = now_ms();
  uint64_t saved = history_saved(), pending = holder.end - saved;
  holder.save_at = 0;
  if (pending == 0) return;
  bool failed = holder.saved_at != 0 && saved == holder.tried;
  if ((failed || pending > SAVE_FLOOD) && now < holder.saved_at + SAVE_LATER_MS) {
    holder.save_at = holder.saved_at + SAVE_LATER_MS;
    return;
  }
  if (history_save(holder.ring, RING, oldest_byte(), holder.end)) holder.saved_at = now, holder.tried = saved;
  /* Once more, to see that it is done. */
  holder.save_at = now + SAVE_MS;
}

/* What the last shell of this name said, and a line of our own under it. */
static void bring_back(const char *name) {
  bool same_run = false;
  if (!history_load(name, holder.ring, &holder.begin, &holder.end, &same_run)) return;
  time_t now = time(NULL);
  struct tm parts;
  char date[40], words[512];
  strftime(date, sizeof date, "%-d %b %Y, %H:%M UTC", gmtime_r(&now, &parts));
  const char *what = same_run ? "This terminal ended unexpectedly." : "The sandbox was stopped and started again.";
  /*
   * Whatever was cut short is cancelled, and what a program had left behind is put back: the other screen, colours,
   * a hidden cursor, scroll region, reports of mouse and focus.
   */
  int length = snprintf(words, sizeof words,
                        "\x18\033\\\0337\033[?1049l\0337\033[r\0338\033[!p\033[0m\033[?25h\033[?7h\033[?1l\033>"
                        "\033[?1000l\033[?1002l\033[?1003l\033[?1004l\033[?1006l\033[?2004l%s"
                        "\033[2m\xe2\x80\x94 %s: %s This is a new shell. \xe2\x80\x94\033[0m\r\n",
                        holder.ring[(holder.end - 1) % RING] == '\n' ? "" : "\r\n", date, what);
  for (int i = 0; i < length; i++) holder.ring[holder.end++ % RING] = words[i];
  holder.sent = oldest_byte();
}

static void write_pty(void) {
  while (holder.input_at < holder.input_length) {
    ssize_t count = write(holder.pty, holder.input + holder.input_at, holder.input_length - holder.input_at);
    if (count <= 0) {
      if (count < 0 && errno != EAGAIN && errno != EINTR) holder.input_at = holder.input_length;
      break;
    }
    holder.input_at += count;
  }
  if (holder.input_at == holder.input_length) holder.input_at = holder.input_length = 0;
}

/*
 * Ctrl-C behind a paste that nobody reads would wait for ever in the PTY's queue. As the terminal itself does on
 * an interrupt, drop what was typed before and signal the foreground program.
 */
static bool interrupt_past_queue(uint8_t byte) {
  struct termios modes;
  if (tcgetattr(holder.pty, &modes) < 0 || !(modes.c_lflag & ISIG)) return false;
  int signal_number = byte == modes.c_cc[VINTR] ? SIGINT : byte == modes.c_cc[VQUIT] ? SIGQUIT : byte == modes.c_cc[VSUSP] ? SIGTSTP : 0;
  if (signal_number == 0) return false;
  holder.input_at = holder.input_length = 0;
  return ioctl(holder.pty, TIOCSIG, signal_number) == 0;
}

static void type(const uint8_t *bytes, size_t length, bool whole_frame) {
  write_pty();
  if (holder.input_length > 0 && whole_frame && length == 1 && interrupt_past_queue(*bytes)) return;
  if (holder.input_at > 0) {
    memmove(holder.input, holder.input + holder.input_at, holder.input_length - holder.input_at);
    holder.input_length -= holder.input_at;
    holder.input_at = 0;
  }
  /* Beyond 1 MiB that no program reads, typing is lost, as it is on any terminal. */
  length = least(length, INPUT_LIMIT - holder.input_length);
  memcpy(holder.input + holder.input_length, bytes, length);
  holder.input_length += length;
  write_pty();
}

static void end_shell(void) {
  signal_session(holder.shell, SIGHUP);
  signal_session(holder.shell, SIGCONT);
  if (holder.kill_at == 0) holder.kill_at = now_ms() + 1000;
}

/* A whole small frame. False: the client does not keep to the protocol. */
static bool obey(uint8_t type_byte, uint32_t length) {
  const uint8_t *payload = holder.in_small;
  if (!holder.greeted) {
    if (type_byte != 'a' || length != 12) return false;
    greet();
    return true;
  }
  switch (type_byte) {
    case 'r':
      if (length != 4) return false;
      resize(get16(payload), get16(payload + 2));
      return true;
    case 'w':
      if (length != 8) return false;
      holder.limit = most(holder.limit, get64(payload));
      return true;
    case 'k':
      holder.closed = true;
      end_shell();
      return true;
    default:
      return true; /* from a newer client: ignored */
  }
}

/* False: the client is gone, or broke the protocol. */
static bool read_client(void) {
  static uint8_t bytes[CHUNK];
  ssize_t count = recv(holder.client, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  const uint8_t *at = bytes, *end = bytes + count;
  while (at < end) {
    if (holder.in_head_length < 5) {
      holder.in_head[holder.in_head_length++] = *at++;
      if (holder.in_head_length < 5) continue;
      holder.in_left = get32(holder.in_head + 1);
      holder.in_got = 0;
      if (holder.in_left > MAX_FRAME) return false;
      if (!holder.greeted && holder.in_left > sizeof holder.in_small) return false;
    }
    uint8_t type_byte = holder.in_head[0];
    size_t length = least(end - at, holder.in_left);
    if (type_byte == 'i' && holder.greeted) {
      if (length > 0) type(at, length, holder.in_got == 0 && length == holder.in_left);
    } else if (holder.in_got + length <= sizeof holder.in_small) {
      memcpy(holder.in_small + holder.in_got, at, length);
    }
    at += length;
    holder.in_got += length;
    holder.in_left -= length;
    if (holder.in_left > 0) continue;
    holder.in_head_length = 0;
    if (type_byte == 'i' && holder.greeted) continue;
    if (holder.in_got > sizeof holder.in_small) continue;
    if (!obey(type_byte, holder.in_got)) return false;
  }
  return true;
}

static void start_shell(const Options *options) {
  struct winsize size = {.ws_col = options->cols, .ws_row = options->rows};
  int pty, tty;
  if (openpty(&pty, &tty, NULL, NULL, &size) < 0) refuse("no terminal", strerror(errno));
  struct termios modes;
  if (tcgetattr(tty, &modes) == 0) {
    modes.c_iflag |= IUTF8;
    tcsetattr(tty, TCSANOW, &modes);
  }
  pid_t pid = fork();
  if (pid < 0) refuse("fork", strerror(errno));
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    setsid();
    ioctl(tty, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++) dup2(tty, fd);
    close_range(3, ~0u, 0);
    make_folders(options->cwd);
    const char *cwd = chdir(options->cwd) == 0 ? options->cwd : "/root";
    if (cwd != options->cwd && chdir(cwd) < 0) _exit(126);
    setenv("PWD", cwd, 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("COLORTERM", "truecolor", 1);
    setenv("DRYDOCK_NONCE", options->nonce, 1);
    execl("/bin/bash", "bash", "--rcfile", "/etc/drydock/bashrc", "-i", NULL);
    _exit(127);
  }
  close(tty);
  fcntl(pty, F_SETFL, O_NONBLOCK);
  fcntl(pty, F_SETFD, FD_CLOEXEC);
  holder.pty = pty;
  holder.shell = pid;
}

static void reap(void) {
  struct signalfd_siginfo info;
  while (read(holder.signals, &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD) {
      /* The sandbox stops. What is there now is saved first; there may be no time for more. */
      holder.parting = true;
      history_save(holder.ring, RING, oldest_byte(), holder.end);
      end_shell();
    }
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid != holder.shell) continue;
    holder.shell_ended = true;
    holder.shell_killed = WIFSIGNALED(status);
    holder.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    /* The client has 10 s to take the rest; when the sandbox stops there is no time for that. */
    holder.end_at = now_ms() + (holder.parting ? 500 : 10000);
  }
}

/* Earliest of the times that matter, in ms from now; -1: none. */
static int next_timeout(void) {
  int64_t earliest = 0, now = now_ms();
  int64_t times[] = {holder.kill_at, holder.end_at, holder.client < 0 || wants_to_send() ? 0 : holder.flush_at, holder.save_at};
  for (int i = 0; i < 4; i++)
    if (times[i] != 0 && (earliest == 0 || times[i] < earliest)) earliest = times[i];
  if (earliest == 0) return -1;
  return earliest <= now ? 0 : (int)(earliest - now);
}

static int hold(const Options *options, int listener) {
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_BLOCK, &watched, NULL);
  for (int number = 1; number < NSIG; number++)
    if (number != SIGCHLD && number != SIGTERM && number != SIGKILL && number != SIGSTOP) signal(number, number == SIGHUP || number == SIGPIPE ? SIG_IGN : SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  holder.signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
  holder.listener = listener;
  holder.client = -1;
  holder.fresh = true;
  holder.nonce = options->nonce;
  snprintf(holder.socket_path, sizeof holder.socket_path, TERMINALS "/%s.sock", options->name);
  /* Anonymous memory: pages that no output ever touched cost nothing. */
  holder.ring = mmap(NULL, RING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  holder.input = mmap(NULL, INPUT_LIMIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (holder.ring == MAP_FAILED || holder.input == MAP_FAILED) refuse("memory", strerror(errno));
  bring_back(options->name);
  /* Nothing is read before the first client was greeted: it learns by `end` where this shell begins. */
  holder.limit = holder.end;
  start_shell(options);

  for (;;) {
    if (!send_output()) drop_client();
    if (holder.save_at != 0 && now_ms() >= holder.save_at) save();
    if (holder.shell_ended) {
      bool told = holder.client < 0 || ((holder.said_exit || holder.parting) && !wants_to_send());
      bool drained = holder.pty_ended || holder.client < 0;
      if ((told && drained) || now_ms() >= holder.end_at) break;
    }
    if (holder.kill_at != 0 && now_ms() >= holder.kill_at) {
      signal_session(holder.shell, SIGKILL);
      holder.kill_at = 0;
    }
    /* After the shell's end only what is already in the PTY counts, not what its leftovers still print. */
    bool drain = holder.shell_ended && !holder.pty_ended;
    if (drain) holder.limit = most(holder.limit, holder.end + CHUNK);
    struct pollfd fds[4] = {
        {.fd = holder.signals, .events = POLLIN},
        {.fd = holder.listener, .events = POLLIN},
        {.fd = holder.client, .events = POLLIN | (wants_to_send() ? POLLOUT : 0)},
        {.fd = -1, .events = 0},
    };
    short pty_events = (may_read_pty() ? POLLIN : 0) | (holder.input_length > 0 ? POLLOUT : 0);
    /* A PTY nobody may read is left out altogether: its POLLHUP would spin the loop. */
    if (pty_events != 0 && !holder.pty_ended) fds[3] = (struct pollfd){.fd = holder.pty, .events = pty_events};
    if (poll(fds, 4, drain && may_read_pty() ? 0 : next_timeout()) < 0 && errno != EINTR) break;
    if (fds[0].revents) reap();
    if (fds[2].revents && !read_client()) drop_client();
    if (fds[1].revents) {
      int client = accept4(holder.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client >= 0) take_client(client);
    }
    if (fds[3].revents & POLLOUT) write_pty();
    if ((fds[3].revents & (POLLIN | POLLHUP | POLLERR)) || drain) read_pty();
  }
  unlink(holder.socket_path);
  if (!holder.parting && (holder.closed || !holder.shell_killed)) {
    history_remove();
    return 0;
  }
  history_wait(1000);
  history_save(holder.ring, RING, oldest_byte(), holder.end);
  history_wait(1000);
  return 0;
}

/* -------------------------------------------------------------------------------------------- attach ------- */

static int dial(const char *path) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/* Starts a holder that listens already when this returns, detached from the exec that asked for it. */
static void start_holder(const char *path, char **argv) {
  unlink(path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0)
    refuse("socket", strerror(errno));
  pid_t pid = fork();
  if (pid < 0) refuse("fork", strerror(errno));
  if (pid > 0) {
    waitpid(pid, NULL, 0);
    close(listener);
    return;
  }
  setsid();
  if (fork() != 0) _exit(0);
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  dup2(listener, 3);
  close_range(4, ~0u, 0);
  /* A fresh program image: small, and without the exec's token in its environment, which --kill looks for. */
  unsetenv("DRYDOCK_EXEC");
  argv[1] = "hold";
  execv("/usr/local/bin/drydock-terminal", argv);
  _exit(127);
}

typedef struct {
  uint8_t bytes[CHUNK];
  size_t at, length;
  int from, to;
  bool ended;
} Pipe;

/* One step of a relay. False: it is over. */
static bool relay(Pipe *pipe, bool readable, bool writable) {
  if (readable && pipe->length == 0) {
    ssize_t count = read(pipe->from, pipe->bytes, sizeof pipe->bytes);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (count > 0) pipe->length = count, pipe->at = 0, writable = true;
  }
  if (writable && pipe->length > 0) {
    ssize_t count = write(pipe->to, pipe->bytes + pipe->at, pipe->length - pipe->at);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    pipe->at += count;
    if (pipe->at == pipe->length) pipe->length = 0;
  }
  return true;
}

static int attach(const Options *options, char **argv) {
  char path[128], lock_path[128];
  snprintf(path, sizeof path, TERMINALS "/%s.sock", options->name);
  snprintf(lock_path, sizeof lock_path, TERMINALS "/%s.lock", options->name);
  make_folders(TERMINALS);
  int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) < 0) refuse("lock", strerror(errno));
  int holder_socket = dial(path);
  if (holder_socket < 0) {
    start_holder(path, argv);
    holder_socket = dial(path);
    if (holder_socket < 0) refuse("no holder", strerror(errno));
  }
  close(lock);

  uint8_t hello[17] = {'a'};
  put32(hello + 1, 12);
  put64(hello + 5, options->after);
  put16(hello + 13, options->cols);
  put16(hello + 15, options->rows);
  signal(SIGPIPE, SIG_IGN);
  if (write(holder_socket, hello, sizeof hello) != sizeof hello) refuse("holder", strerror(errno));

  int flags[2] = {fcntl(0, F_GETFL), fcntl(1, F_GETFL)};
  fcntl(0, F_SETFL, flags[0] | O_NONBLOCK);
  fcntl(1, F_SETFL, flags[1] | O_NONBLOCK);
  fcntl(holder_socket, F_SETFL, O_NONBLOCK);
  static Pipe up, down;
  up.from = 0, up.to = holder_socket;
  down.from = holder_socket, down.to = 1;
  for (;;) {
    struct pollfd fds[3] = {
        {.fd = up.length == 0 && !up.ended ? 0 : -1, .events = POLLIN},
        {.fd = holder_socket, .events = (down.length == 0 ? POLLIN : 0) | (up.length > 0 ? POLLOUT : 0)},
        {.fd = 1, .events = down.length > 0 ? POLLOUT : 0},
    };
    if (poll(fds, 3, -1) < 0 && errno != EINTR) break;
    /* POLLERR on stdout: nobody reads any more. */
    if (fds[2].revents & (POLLERR | POLLHUP)) break;
    if (!up.ended && !relay(&up, fds[0].revents != 0, fds[1].revents & (POLLOUT | POLLHUP | POLLERR))) {
      if (up.length == 0) break; /* our client went away */
      /* The holder went away: what it said last, the exit status among it, still has to be passed on. */
      up.ended = true, up.length = 0;
    }
    if (!relay(&down, fds[1].revents & (POLLIN | POLLHUP | POLLERR), fds[2].revents & POLLOUT)) break;
  }
  return 0;
}

static bool good_name(const char *name) {
  size_t length = strlen(name);
  return length >= 1 && length <= 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

int main(int argc, char **argv) {
  Options options = {.cwd = "/root", .nonce = "", .cols = 80, .rows = 24};
  if (argc < 2) refuse("usage", "drydock-terminal attach --name NAME …");
  for (int at = 2; at + 1 < argc; at += 2) {
    const char *key = argv[at], *value = argv[at + 1];
    if (strcmp(key, "--name") == 0) options.name = value;
    else if (strcmp(key, "--cwd") == 0) options.cwd = value;
    else if (strcmp(key, "--nonce") == 0) options.nonce = value;
    else if (strcmp(key, "--after") == 0) options.after = strtoull(value, NULL, 10);
    else if (strcmp(key, "--cols") == 0) options.cols = (uint16_t)atoi(value);
    else if (strcmp(key, "--rows") == 0) options.rows = (uint16_t)atoi(value);
    else refuse("usage", key);
  }
  if (options.name == NULL || !good_name(options.name)) refuse("usage", "--name");
  if (strlen(options.nonce) > 255) refuse("usage", "--nonce");
  if (*options.cwd != '/') refuse("usage", "--cwd");
  if (strcmp(argv[1], "hold") == 0) return hold(&options, 3);
  if (strcmp(argv[1], "attach") == 0) return attach(&options, argv);
  refuse("usage", argv[1]);
}

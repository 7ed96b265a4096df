/*
 * Passes questions for names on to another name server, over UDP and TCP, without reading more of them than it
 * must. drydock-gate uses it towards the host's name server, drydock-init towards the gate. While there is no
 * server to ask, "no such name" comes at once: a look-up that nobody answers would hang for ten seconds.
 *
 * Everything is bounded: 256 questions wait for an answer (the oldest gives way), 32 connections are open (so
 * does the one that was quiet for longest). Whatever is asked or answered comes from a hostile machine.
 */
#ifndef NAME_RELAY_H
#define NAME_RELAY_H
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RELAY_QUESTIONS 256
#define RELAY_STREAMS 32
#define RELAY_FDS (3 + 2 * RELAY_STREAMS)
/* The largest answer over UDP that resolvers ask for. */
#define RELAY_MESSAGE 4096
#define RELAY_SECONDS 10

typedef struct {
  struct sockaddr_in from;
  time_t asked;
  uint16_t id, their_id;
} RelayQuestion;

typedef struct {
  uint8_t bytes[2048];
  size_t at, length;
  bool ended;
} RelayPipe;

typedef struct {
  int client, server;
  time_t used;
  RelayPipe up, down;
} RelayStream;

typedef struct {
  /* -1: none */
  int questions, listener, answers;
  bool has_upstream;
  struct sockaddr_in upstream;
  unsigned next;
  RelayQuestion pending[RELAY_QUESTIONS];
  RelayStream streams[RELAY_STREAMS];
} Relay;

static time_t relay_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1; /* never 0, which means "free" */
}

static int relay_bind(const char *address, int type) {
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, address, &local.sin_addr);
  if (fd < 0) return -1;
  /* The address may belong to an interface that is still to come. */
  setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &yes, sizeof yes);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&local, sizeof local) == 0 && (type == SOCK_DGRAM || listen(fd, 16) == 0)) return fd;
  close(fd);
  return -1;
}

/* Listens on port 53 of an address. False: it cannot, and `errno` says why; what could be opened works. */
static bool relay_open(Relay *relay, const char *address) {
  memset(relay, 0, sizeof *relay);
  relay->answers = -1;
  for (int i = 0; i < RELAY_STREAMS; i++) relay->streams[i].client = relay->streams[i].server = -1;
  relay->questions = relay_bind(address, SOCK_DGRAM);
  relay->listener = relay_bind(address, SOCK_STREAM);
  return relay->questions >= 0 && relay->listener >= 0;
}

static void relay_end_stream(RelayStream *stream) {
  if (stream->client >= 0) close(stream->client);
  if (stream->server >= 0) close(stream->server);
  stream->client = stream->server = -1;
  stream->up = stream->down = (RelayPipe){.length = 0};
}

/* Whom to ask from now on; NULL: nobody. What still waits for an answer is forgotten. */
static void relay_set_upstream(Relay *relay, const struct sockaddr_in *upstream) {
  memset(relay->pending, 0, sizeof relay->pending);
  for (int i = 0; i < RELAY_STREAMS; i++) relay_end_stream(&relay->streams[i]);
  if (relay->answers >= 0) close(relay->answers);
  relay->answers = -1;
  relay->has_upstream = upstream != NULL;
  if (upstream == NULL) return;
  relay->upstream = *upstream;
  /* Connected, so that the kernel lets nobody else answer. */
  relay->answers = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (relay->answers < 0) return;
  if (connect(relay->answers, (const struct sockaddr *)upstream, sizeof *upstream) == 0) return;
  close(relay->answers);
  relay->answers = -1;
}

/* Turns a question into its answer "no such name". @returns its length, 0: not a question */
static size_t relay_deny(uint8_t *message, size_t length) {
  size_t at = 12;
  while (at < length && message[at] != 0) at += message[at] + 1u;
  at += 5;
  if (at > length) return 0;
  message[2] = 0x80 | (message[2] & 0x79); /* an answer; opcode and "recursion desired" as asked */
  message[3] = 0x83;                       /* recursion available; NXDOMAIN */
  memset(message + 6, 0, 6);
  return at;
}

static void relay_ask(Relay *relay, uint8_t *message, size_t length, const struct sockaddr_in *from) {
  uint8_t chance = 0;
  unsigned slot = relay->next++ % RELAY_QUESTIONS;
  RelayQuestion *question = &relay->pending[slot];
  if (getrandom(&chance, 1, GRND_NONBLOCK) < 0) chance = (uint8_t)relay->next;
  *question = (RelayQuestion){.from = *from, .asked = relay_now(), .id = (uint16_t)(chance << 8 | slot)};
  question->their_id = (uint16_t)(message[0] << 8 | message[1]);
  message[0] = (uint8_t)(question->id >> 8);
  message[1] = (uint8_t)question->id;
  /* An error of the question before ("port unreachable") is reported here once and costs nothing else. */
  if (send(relay->answers, message, length, 0) < 0 && errno == ECONNREFUSED) send(relay->answers, message, length, 0);
}

static void relay_questions(Relay *relay) {
  uint8_t message[RELAY_MESSAGE];
  for (int turns = 0; turns < RELAY_QUESTIONS; turns++) {
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    ssize_t length = recvfrom(relay->questions, message, sizeof message, 0, (struct sockaddr *)&from, &from_length);
    if (length < 0) return;
    /* Only questions, and one at a time. */
    if (length < 12 || (message[2] & 0x80) != 0 || message[4] != 0 || message[5] != 1) continue;
    if (relay->answers >= 0) {
      relay_ask(relay, message, (size_t)length, &from);
      continue;
    }
    size_t answer = relay_deny(message, (size_t)length);
    if (answer > 0) sendto(relay->questions, message, answer, 0, (struct sockaddr *)&from, from_length);
  }
}

static void relay_answers(Relay *relay) {
  uint8_t message[RELAY_MESSAGE];
  for (int turns = 0; turns < RELAY_QUESTIONS && relay->answers >= 0; turns++) {
    ssize_t length = recv(relay->answers, message, sizeof message, 0);
    if (length < 0 && errno == ECONNREFUSED) continue;
    if (length < 0) return;
    if (length < 12 || (message[2] & 0x80) == 0) continue;
    RelayQuestion *question = &relay->pending[message[1]];
    if (question->asked == 0 || question->id != (uint16_t)(message[0] << 8 | message[1])) continue;
    bool late = relay_now() - question->asked > RELAY_SECONDS;
    message[0] = (uint8_t)(question->their_id >> 8);
    message[1] = (uint8_t)question->their_id;
    if (!late) sendto(relay->questions, message, (size_t)length, 0, (struct sockaddr *)&question->from, sizeof question->from);
    question->asked = 0;
  }
}

static void relay_accept(Relay *relay) {
  for (int turns = 0; turns < RELAY_STREAMS; turns++) {
    int client = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    if (!relay->has_upstream) {
      close(client);
      continue;
    }
    RelayStream *stream = &relay->streams[0];
    for (int i = 0; i < RELAY_STREAMS && stream->client >= 0; i++) {
      RelayStream *other = &relay->streams[i];
      if (other->client < 0 || other->used < stream->used) stream = other;
    }
    relay_end_stream(stream);
    stream->client = client;
    stream->used = relay_now();
    stream->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (stream->server < 0 ||
        (connect(stream->server, (struct sockaddr *)&relay->upstream, sizeof relay->upstream) < 0 && errno != EINPROGRESS))
      relay_end_stream(stream);
  }
}

/* One step of one direction. False: the connection is broken. */
static bool relay_pipe(RelayPipe *pipe, int from, int to, time_t *used) {
  if (pipe->length == 0 && !pipe->ended) {
    ssize_t count = recv(from, pipe->bytes, sizeof pipe->bytes, 0);
    if (count < 0 && errno != EAGAIN && errno != ENOTCONN) return false;
    if (count == 0) {
      pipe->ended = true;
      shutdown(to, SHUT_WR);
    }
    if (count > 0) {
      pipe->length = (size_t)count;
      pipe->at = 0;
      *used = relay_now();
    }
  }
  if (pipe->length == 0) return true;
  ssize_t count = send(to, pipe->bytes + pipe->at, pipe->length - pipe->at, MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN || errno == ENOTCONN;
  pipe->at += (size_t)count;
  if (pipe->at == pipe->length) pipe->length = 0;
  return true;
}

/* What to wait for. `fds` has room for RELAY_FDS. @returns how many were written */
static int relay_wait_for(const Relay *relay, struct pollfd *fds) {
  int count = 0;
  fds[count++] = (struct pollfd){.fd = relay->questions, .events = POLLIN};
  fds[count++] = (struct pollfd){.fd = relay->listener, .events = POLLIN};
  fds[count++] = (struct pollfd){.fd = relay->answers, .events = POLLIN};
  for (int i = 0; i < RELAY_STREAMS; i++) {
    const RelayStream *stream = &relay->streams[i];
    if (stream->client < 0) continue;
    short to_client = stream->down.length > 0 ? POLLOUT : 0, to_server = stream->up.length > 0 ? POLLOUT : 0;
    short from_client = stream->up.length == 0 && !stream->up.ended ? POLLIN : 0;
    short from_server = stream->down.length == 0 && !stream->down.ended ? POLLIN : 0;
    short client = from_client | to_client, server = from_server | to_server;
    /* One from which nothing is wanted is left out: its POLLHUP would spin the loop. */
    fds[count++] = (struct pollfd){.fd = client != 0 ? stream->client : -1, .events = client};
    fds[count++] = (struct pollfd){.fd = server != 0 ? stream->server : -1, .events = server};
  }
  return count;
}

/* Does what can be done without waiting. */
static void relay_step(Relay *relay) {
  if (relay->questions >= 0) relay_questions(relay);
  if (relay->questions >= 0) relay_answers(relay);
  if (relay->listener >= 0) relay_accept(relay);
  for (int i = 0; i < RELAY_STREAMS; i++) {
    RelayStream *stream = &relay->streams[i];
    if (stream->client < 0) continue;
    bool whole = relay_pipe(&stream->up, stream->client, stream->server, &stream->used) &&
                 relay_pipe(&stream->down, stream->server, stream->client, &stream->used);
    /* The server's end is the end of it all; a client may end its side and still wait for the answer. */
    if (!whole || (stream->down.ended && stream->down.length == 0)) relay_end_stream(stream);
  }
}
#endif

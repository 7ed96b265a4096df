/*
 * Two connections and the bytes on their way between them, for drydock-mirror. Nothing waits, nothing grows: each
 * direction has one buffer, and reads no more before that is written.
 */
#ifndef STREAM_PAIR_H
#define STREAM_PAIR_H
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIPE_BYTES 16384

typedef struct {
  uint32_t at, length;
  /* How many more bytes may be read; -1: any number. */
  int64_t left;
  bool ended, told_end;
  /* PIPE_BYTES of them. */
  uint8_t *bytes;
} Pipe;

static void pipe_reset(Pipe *pipe) {
  pipe->at = pipe->length = 0;
  pipe->left = -1;
  pipe->ended = pipe->told_end = false;
}

static bool pipe_wants_read(const Pipe *pipe) { return pipe->length == 0 && !pipe->ended && pipe->left != 0; }

static bool pipe_wants_write(const Pipe *pipe) { return pipe->length > 0; }

/* Nothing more will come out of it. */
static bool pipe_is_done(const Pipe *pipe) { return pipe->ended && pipe->length == 0; }

static bool is_patience(int reason) { return reason == EAGAIN || reason == EINTR || reason == ENOTCONN; }

/* Reads once into an empty pipe. @returns how many bytes came, -1: the connection is broken */
static ssize_t pipe_read(Pipe *pipe, int from) {
  size_t room = pipe->left >= 0 && pipe->left < PIPE_BYTES ? (size_t)pipe->left : PIPE_BYTES;
  ssize_t count = recv(from, pipe->bytes, room, 0);
  if (count < 0) return is_patience(errno) ? 0 : -1;
  if (count == 0) pipe->ended = true;
  pipe->at = 0;
  pipe->length = (uint32_t)count;
  if (pipe->left > 0) pipe->left -= count;
  return count;
}

/* Writes what can be written, and passes on the end of a side. False: the connection is broken. */
static bool pipe_write(Pipe *pipe, int to) {
  if (pipe->length > 0) {
    ssize_t count = send(to, pipe->bytes + pipe->at, pipe->length, MSG_NOSIGNAL);
    if (count < 0) return is_patience(errno);
    pipe->at += (uint32_t)count;
    pipe->length -= (uint32_t)count;
  }
  if (pipe_is_done(pipe) && !pipe->told_end) {
    pipe->told_end = true;
    shutdown(to, SHUT_WR);
  }
  return true;
}
#endif

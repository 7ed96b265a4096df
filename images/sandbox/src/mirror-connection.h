/*
 * One connection of drydock-mirror, what it holds, and the two ways in which it is answered without anybody behind it.
 */
#ifndef MIRROR_CONNECTION_H
#define MIRROR_CONNECTION_H
#include "http-head.h"
#include "mirror-words.h"
#include "name-lookup.h"
#include "stream-pair.h"
#include <stddef.h>
#include <sys/mman.h>
#include <sys/un.h>

#define MIRROR_CONNECTIONS 128
#define PROXY_CONNECTIONS 96
#define CONNECTIONS (MIRROR_CONNECTIONS + PROXY_CONNECTIONS)
/* Of each kind, the buffers of the first few stay in memory. */
#define WARM_CONNECTIONS 4
/* How long the last words may take. */
#define CLOSING_MS 3000
/* The longest request line worth reading on the way to the registry. */
#define LINE_BYTES 512

typedef enum {
  FREE,
  HEADING,    /* a request's head comes in */
  LOOKING_UP, /* `server` waits for the name server's answer */
  DIALLING,   /* `server` is being connected */
  ASKING,     /* `server` is the registry, which is asked what it has */
  TUNNEL,     /* bytes pass */
  CLOSING,    /* the last words go out */
} State;

typedef struct {
  State state;
  int client, server;
  /* Monotonic ms; `deadline` 0: none. */
  int64_t used, deadline;
  /* To the registry: the request line that is going by. */
  char line[LINE_BYTES];
  size_t line_length;
  /* Through the proxy. */
  HttpHead head;
  uint16_t lookup_id;
  uint8_t lookups, addresses, address;
  struct in_addr found[LOOKUP_ADDRESSES];
  /* Monotonic ms: until then one of the addresses has to answer. */
  int64_t dial_until;
  /* Why there is no way to the host. */
  char why[96];
  /* The images in question when the request came. The registry is asked about them: `question` are answered, `missing` with no. */
  uint8_t places[WANTED_AT_ONCE], questions, question, missing[WANTED_AT_ONCE], missing_count;
  uint32_t serials[WANTED_AT_ONCE];
  /* Up: from the client to the server. */
  Pipe up, down;
} Connection;

static Connection connections[CONNECTIONS];
/* Whole pages, which can be given back. */
static uint8_t buffers[CONNECTIONS][2][PIPE_BYTES] __attribute__((aligned(4096)));
static struct sockaddr_un registry = {.sun_family = AF_UNIX};

static bool has_registry(void) { return *registry.sun_path != 0; }

static bool is_mirror(const Connection *connection) { return connection < connections + MIRROR_CONNECTIONS; }

static void close_server(Connection *connection) {
  if (connection->server >= 0) close(connection->server);
  connection->server = -1;
}

static void enter(Connection *connection, State state, int64_t patience_ms) {
  connection->state = state;
  connection->used = now_ms();
  connection->deadline = patience_ms > 0 ? connection->used + patience_ms : 0;
}

static void end(Connection *connection) {
  close_server(connection);
  close(connection->client);
  connection->state = FREE;
  connection->deadline = 0;
  ptrdiff_t place = connection - connections;
  if (place % MIRROR_CONNECTIONS < WARM_CONNECTIONS) return;
  madvise(buffers[place], sizeof buffers[place], MADV_DONTNEED);
}

static int dial_registry(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&registry, sizeof registry) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/* ------------------------------------------------------------------------------------------- answers ------- */

static void answer(Connection *connection, size_t length) {
  pipe_reset(&connection->down);
  connection->down.length = (uint32_t)length;
  connection->down.ended = true;
  close_server(connection);
  enter(connection, CLOSING, CLOSING_MS);
}

/* Status 503 with words for its text, which say again as a body what is the matter. */
static void answer_words(Connection *connection, const char *said) {
  char *out = (char *)connection->down.bytes;
  int length = snprintf(out, PIPE_BYTES,
                        "HTTP/1.1 503 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
                        said, strlen(said) + 1, said);
  answer(connection, (size_t)length);
}

/*
 * To a plain request of a host out of reach. Go programs do not print a status of 503 with its text, so it is sent on to
 * the same place over TLS, whose CONNECT gets the words.
 */
static void answer_elsewhere(Connection *connection, const char *said) {
  const HttpHead *head = &connection->head;
  const char *request = (const char *)connection->up.bytes;
  char *out = (char *)connection->down.bytes, port[8] = "";
  bool is_get = (head->method_end == 3 && memcmp(request, "GET", 3) == 0) || (head->method_end == 4 && memcmp(request, "HEAD", 4) == 0);
  if (!is_get || *head->host == 0) {
    answer_words(connection, said);
    return;
  }
  if (head->port != 80) snprintf(port, sizeof port, ":%u", head->port);
  int length = snprintf(out, PIPE_BYTES,
                        "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://%s%s%.*s\r\nCache-Control: no-store\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s%s",
                        head->host, port, (int)(head->path_end - head->path), request + head->path, strlen(said) + 1,
                        head->method_end == 4 ? "" : said, head->method_end == 4 ? "" : "\n");
  answer(connection, (size_t)length);
}
#endif

/*
 * drydock-mirror: where the sandbox's dockerd gets its images from, and words where there are none.
 *
 *   127.0.0.1:65001   dockerd's registry mirror. Every connection is passed on to the lab's registry, a unix socket
 *                     (DRYDOCK_REGISTRY_SOCKET; without it nobody listens here). The images asked for are remembered.
 *   127.0.0.1:65002   dockerd's HTTP proxy. What the sandbox can reach is passed on; what it cannot reach is answered
 *                     with words (mirror-words.h): Go programs print the text after the 503 of a CONNECT as their error.
 *
 * Only loopback listens, so other machines and containers do not get here; whoever is in the sandbox's network
 * namespace does, and gets nothing that they could not reach themselves. Everything is bounded: 128 connections to
 * the registry and 96 through the proxy; of more, the one that was quiet for longest gives way.
 */
#define _GNU_SOURCE
#include "mirror-refusal.h"
#include <poll.h>

#define MIRROR_PORT 65001
#define PROXY_PORT 65002
#define HEAD_MS 10000
#define LOOKUP_MS 2500
#define LOOKUPS 2
/* For all addresses of a host together: dockerd waits 15 s for its answer. */
#define DIAL_MS 8000
/* After one side has ended. */
#define LINGER_MS 60000

/* ----------------------------------------------------------------------------- what can be reached --------- */

static void open_tunnel(Connection *connection) {
  static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
  static char request[PIPE_BYTES];
  const HttpHead *head = &connection->head;
  Pipe *up = &connection->up, *down = &connection->down;
  size_t rest = up->length - head->length;
  pipe_reset(down);
  if (head->kind == HEAD_CONNECT) {
    memcpy(down->bytes, established, sizeof established - 1);
    down->length = sizeof established - 1;
    /* What a hasty client has sent already. */
    up->at = (uint32_t)head->length;
    up->length = (uint32_t)rest;
  } else {
    int64_t body = head_body((char *)up->bytes, head->length);
    size_t length = head_for_server(head, (char *)up->bytes, request, sizeof request);
    if (body >= 0 && (int64_t)rest > body) rest = (size_t)body;
    if (length == 0 || length + rest > sizeof request) {
      end(connection);
      return;
    }
    memcpy(request + length, up->bytes + head->length, rest);
    memcpy(up->bytes, request, length + rest);
    up->at = 0;
    up->length = (uint32_t)(length + rest);
    up->left = body < 0 ? -1 : body - (int64_t)rest;
  }
  enter(connection, TUNNEL, 0);
}

/* Tries the next of the addresses, which has its share of the time that is left. */
static void dial(Connection *connection, const char *why) {
  if (connection->address == 0) connection->dial_until = now_ms() + DIAL_MS;
  while (connection->address < connection->addresses) {
    int64_t left = connection->dial_until - now_ms(), share = left / (connection->addresses - connection->address);
    if (left <= 0) break;
    close_server(connection);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(connection->head.port)};
    to.sin_addr = connection->found[connection->address++];
    connection->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection->server >= 0 && (connect(connection->server, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS)) {
      enter(connection, DIALLING, share > 0 ? share : 1);
      return;
    }
    why = strerror(errno);
  }
  refuse(connection, why);
}

static void step_dialling(Connection *connection) {
  int reason = 0;
  socklen_t size = sizeof reason;
  if (getsockopt(connection->server, SOL_SOCKET, SO_ERROR, &reason, &size) < 0) reason = errno;
  if (reason == 0) open_tunnel(connection);
  else dial(connection, strerror(reason));
}

static void look_up(Connection *connection) {
  close_server(connection);
  connection->lookups++;
  connection->server = lookup_ask(connection->head.host, &connection->lookup_id);
  if (connection->server < 0) refuse(connection, "no such host");
  else enter(connection, LOOKING_UP, LOOKUP_MS);
}

static void step_looking_up(Connection *connection) {
  uint8_t message[4096];
  for (int turns = 0; turns < 8; turns++) {
    ssize_t length = recv(connection->server, message, sizeof message, 0);
    if (length < 0 && is_patience(errno)) return;
    int found = length < 0 ? 0 : lookup_answer(connection->head.host, connection->lookup_id, message, (size_t)length, connection->found);
    if (found < 0) continue;
    connection->addresses = (uint8_t)found;
    dial(connection, "no such host");
    return;
  }
}

/* ------------------------------------------------------------------------------------------ requests ------- */

static void step_heading(Connection *connection) {
  Pipe *up = &connection->up;
  ssize_t count = recv(connection->client, up->bytes + up->length, HEAD_BYTES - up->length, 0);
  if (count < 0 && is_patience(errno)) return;
  if (count <= 0) {
    end(connection);
    return;
  }
  up->length += (uint32_t)count;
  HttpHead *head = &connection->head;
  if (head_read(head, (char *)up->bytes, up->length) == HEAD_INCOMPLETE) {
    if (up->length == HEAD_BYTES) answer_words(connection, "This request is too long for the sandbox's proxy.");
    return;
  }
  if (is_mirror(connection)) {
    /* The registry is away. "No such image" sends every program on to Docker Hub, and so to the words about that. */
    static const char none[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    note_request((char *)up->bytes, up->length);
    memcpy(connection->down.bytes, none, sizeof none - 1);
    answer(connection, sizeof none - 1);
    return;
  }
  if (head->kind == HEAD_OTHER) {
    answer_words(connection, "Here the Docker daemon of this sandbox asks for what is not in it. There is nothing else.");
    return;
  }
  struct in_addr literal;
  connection->address = connection->addresses = connection->lookups = 0;
  note_wanted(connection);
  if (*head->host == 0) {
    refuse(connection, "there is no IPv6 here");
  } else if (inet_pton(AF_INET, head->host, &literal) == 1) {
    connection->found[0] = literal;
    connection->addresses = 1;
    dial(connection, "");
  } else {
    connection->addresses = (uint8_t)lookup_in_hosts(head->host, connection->found);
    if (connection->addresses > 0) dial(connection, "");
    else look_up(connection);
  }
}

/* Picks the request lines out of what goes to the registry. */
static void note_lines(Connection *connection, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == '\n') {
      if (connection->line_length < LINE_BYTES) note_request(connection->line, connection->line_length);
      connection->line_length = 0;
    } else if (connection->line_length < LINE_BYTES) {
      connection->line[connection->line_length++] = (char)bytes[i];
    }
  }
}

static void step_tunnel(Connection *connection) {
  Pipe *up = &connection->up, *down = &connection->down;
  ssize_t sent = pipe_wants_read(up) ? pipe_read(up, connection->client) : 0;
  ssize_t got = pipe_wants_read(down) ? pipe_read(down, connection->server) : 0;
  if (sent > 0 && is_mirror(connection)) note_lines(connection, up->bytes, (size_t)sent);
  bool whole = sent >= 0 && got >= 0 && pipe_write(up, connection->server) && pipe_write(down, connection->client);
  bool last_word = is_mirror(connection) || connection->head.kind == HEAD_PLAIN;
  if (!whole || (pipe_is_done(down) && (last_word || pipe_is_done(up)))) {
    end(connection);
    return;
  }
  connection->used = now_ms();
  connection->deadline = up->ended || down->ended ? connection->used + LINGER_MS : 0;
}

static void step_closing(Connection *connection) {
  static uint8_t rest[4096];
  if (!pipe_write(&connection->down, connection->client)) {
    end(connection);
    return;
  }
  /* What is left unread would take the answer with it. */
  ssize_t count = recv(connection->client, rest, sizeof rest, 0);
  if (count == 0 || (count < 0 && !is_patience(errno))) end(connection);
}

/* --------------------------------------------------------------------------------------- connections ------- */

/* Takes the place of who has not even said what they want, else of the quietest. NULL: nobody is there. */
static Connection *end_quietest(int first, int count) {
  Connection *quietest = NULL;
  for (int i = first; i < first + count; i++) {
    Connection *other = &connections[i];
    if (other->state == FREE) continue;
    bool is_idler = quietest == NULL || ((other->state == HEADING) != (quietest->state == HEADING) ? other->state == HEADING
                                                                                                   : other->used < quietest->used);
    if (is_idler) quietest = other;
  }
  if (quietest != NULL) end(quietest);
  return quietest;
}

static Connection *find_room(int first, int count) {
  for (int i = first; i < first + count; i++)
    if (connections[i].state == FREE) return &connections[i];
  return end_quietest(first, count);
}

static void accept_all(int listener, int first, int count) {
  for (int turns = 0; turns < 64; turns++) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) {
      /* No more of something: somebody has to give theirs, or this would come up at once again. */
      bool is_full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (is_full && end_quietest(first, count) == NULL) usleep(100000);
      return;
    }
    Connection *connection = find_room(first, count);
    connection->client = client;
    connection->server = -1;
    connection->up.bytes = buffers[connection - connections][0];
    connection->down.bytes = buffers[connection - connections][1];
    connection->line_length = 0;
    connection->head.kind = HEAD_INCOMPLETE;
    pipe_reset(&connection->up);
    pipe_reset(&connection->down);
    if (is_mirror(connection)) connection->server = dial_registry();
    enter(connection, connection->server >= 0 ? TUNNEL : HEADING, connection->server >= 0 ? 0 : HEAD_MS);
  }
}

/* The time is up for what this connection waits for. */
static void give_up(Connection *connection) {
  if (connection->state == LOOKING_UP && connection->lookups < LOOKUPS) look_up(connection);
  else if (connection->state == LOOKING_UP) refuse(connection, "the name server does not answer");
  else if (connection->state == DIALLING) dial(connection, "it does not answer");
  else if (connection->state == ASKING) tell_missing(connection);
  else end(connection);
}

static void step(Connection *connection) {
  if (connection->state == HEADING) step_heading(connection);
  else if (connection->state == LOOKING_UP) step_looking_up(connection);
  else if (connection->state == DIALLING) step_dialling(connection);
  else if (connection->state == ASKING) step_asking(connection);
  else if (connection->state == TUNNEL) step_tunnel(connection);
  else if (connection->state == CLOSING) step_closing(connection);
}

/* What to wait for at both ends. One from which nothing is wanted is left out: its POLLHUP would spin the loop. */
static void wait_for(const Connection *connection, struct pollfd ends[2]) {
  const Pipe *up = &connection->up, *down = &connection->down;
  short client = 0, server = 0;
  if (connection->state == TUNNEL) {
    client = (pipe_wants_read(up) ? POLLIN : 0) | (pipe_wants_write(down) ? POLLOUT : 0);
    server = (pipe_wants_read(down) ? POLLIN : 0) | (pipe_wants_write(up) ? POLLOUT : 0);
  }
  if (connection->state == HEADING) client = POLLIN;
  if (connection->state == CLOSING) client = POLLIN | (pipe_wants_write(down) || !down->told_end ? POLLOUT : 0);
  if (connection->state == LOOKING_UP || connection->state == ASKING) server = POLLIN;
  if (connection->state == DIALLING) server = POLLOUT;
  ends[0] = (struct pollfd){.fd = client != 0 ? connection->client : -1, .events = client};
  ends[1] = (struct pollfd){.fd = server != 0 ? connection->server : -1, .events = server};
}

static int listen_on(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&local, sizeof local) == 0 && listen(fd, 128) == 0) return fd;
  fprintf(stderr, "drydock-mirror: port %u: %s\n", port, strerror(errno));
  exit(1);
}

int main(void) {
  const char *path = getenv("DRYDOCK_REGISTRY_SOCKET");
  if (path != NULL && strlen(path) < sizeof registry.sun_path) {
    strcpy(registry.sun_path, path);
    const char *slash = strrchr(path, '/');
    if (slash != NULL) snprintf(words_path, sizeof words_path, "%.*s/words", (int)(slash - path), path);
  }
  int mirror = has_registry() ? listen_on(MIRROR_PORT) : -1, proxy = listen_on(PROXY_PORT);

  for (;;) {
    static struct pollfd ends[2 + 2 * CONNECTIONS];
    static Connection *whose[CONNECTIONS];
    int count = 0;
    int64_t now = now_ms(), next = 0;
    ends[0] = (struct pollfd){.fd = mirror, .events = POLLIN};
    ends[1] = (struct pollfd){.fd = proxy, .events = POLLIN};
    for (int i = 0; i < CONNECTIONS; i++) {
      if (connections[i].state == FREE) continue;
      wait_for(&connections[i], &ends[2 + 2 * count]);
      whose[count++] = &connections[i];
      if (connections[i].deadline != 0 && (next == 0 || connections[i].deadline < next)) next = connections[i].deadline;
    }
    int timeout = next == 0 ? -1 : next <= now ? 0 : (int)(next - now);
    if (poll(ends, (nfds_t)(2 + 2 * count), timeout) < 0 && errno != EINTR) return 1;
    now = now_ms();
    for (int i = 0; i < count; i++) {
      if (whose[i]->deadline != 0 && whose[i]->deadline <= now) give_up(whose[i]);
      else if (ends[2 + 2 * i].revents || ends[3 + 2 * i].revents) step(whose[i]);
    }
    /* Last, so that nobody is taken for who had the place before. */
    if (ends[0].revents) accept_all(mirror, 0, MIRROR_CONNECTIONS);
    if (ends[1].revents) accept_all(proxy, MIRROR_CONNECTIONS, PROXY_CONNECTIONS);
  }
}

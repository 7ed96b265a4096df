#include "web.h"

#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static atomic_long visits;

static int dial_redis(char *reason, size_t room) {
  struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  int code = getaddrinfo(settings.redis_host, settings.redis_port, &wanted, &found);
  if (code != 0) {
    snprintf(reason, room, "there is no host called %s (%s)", settings.redis_host, gai_strerror(code));
    return -1;
  }
  int connection = -1;
  for (struct addrinfo *each = found; each != NULL; each = each->ai_next) {
    connection = socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, 0);
    if (connection < 0) continue;
    /* Bounds connecting as well. */
    struct timeval patience = {.tv_sec = 1};
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(connection, each->ai_addr, each->ai_addrlen) == 0) break;
    snprintf(reason, room, "Redis at %s does not answer (%s)", settings.redis_host,
             errno == EINPROGRESS ? "no word for a second" : strerror(errno));
    close(connection);
    connection = -1;
  }
  freeaddrinfo(found);
  return connection;
}

long count_visit(char *reason, size_t room) {
  if (settings.redis_host == NULL) return atomic_fetch_add(&visits, 1) + 1;
  int connection = dial_redis(reason, room);
  if (connection < 0) return -1;
  static const char command[] = "INCR visits\r\n";
  char reply[256];
  size_t length = 0;
  long count = -1;
  snprintf(reason, room, "Redis at %s does not answer", settings.redis_host);
  if (send(connection, command, sizeof command - 1, MSG_NOSIGNAL) == (ssize_t)sizeof command - 1) {
    while (length < sizeof reply - 1) {
      ssize_t got = recv(connection, reply + length, sizeof reply - 1 - length, 0);
      if (got <= 0) break;
      length += (size_t)got;
      reply[length] = '\0';
      char *end = strstr(reply, "\r\n");
      if (end == NULL) continue;
      *end = '\0';
      if (reply[0] == ':') count = strtol(reply + 1, NULL, 10);
      else snprintf(reason, room, "Redis at %s says: %s", settings.redis_host, reply);
      break;
    }
  }
  close(connection);
  return count;
}

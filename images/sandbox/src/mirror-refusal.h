/*
 * What drydock-mirror says of a host that it cannot reach. For Docker Hub it is about an image, and the registry is asked
 * first which of those in question it really does not have.
 */
#ifndef MIRROR_REFUSAL_H
#define MIRROR_REFUSAL_H
#include "mirror-connection.h"

#define REGISTRY_MS 3000

/* Does any route lead out of here? Nothing is sent. */
static bool has_way_out(void) {
  struct sockaddr_in somewhere = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, "192.0.2.1", &somewhere.sin_addr);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool out = fd >= 0 && connect(fd, (struct sockaddr *)&somewhere, sizeof somewhere) == 0;
  if (fd >= 0) close(fd);
  return out;
}

static bool is_docker_hub(const char *host) {
  static const char domain[] = "docker.io";
  size_t length = strlen(host), start = length < sizeof domain - 1 ? 0 : length - (sizeof domain - 1);
  return strcmp(host + start, domain) == 0 && (start == 0 || host[start - 1] == '.');
}

/* Where pulls go. Searches go to index.docker.io. */
static bool is_for_images(const char *host) { return is_docker_hub(host) && strncmp(host, "index.", 6) != 0; }

static void ask_next(Connection *connection);

/* No other image has taken its place since. */
static bool is_same_wanted(const Connection *connection, int question) {
  return wanted[connection->places[question]].serial == connection->serials[question];
}

/* Before anything takes time: which images a request of Docker Hub can be about. */
static void note_wanted(Connection *connection) {
  bool asks = is_for_images(connection->head.host) && has_registry();
  connection->questions = asks ? (uint8_t)wanted_now(connection->places) : 0;
  connection->question = connection->missing_count = 0;
  for (int i = 0; i < connection->questions; i++) connection->serials[i] = wanted[connection->places[i]].serial;
}

/* Where there is a way out, it is this host that cannot be reached; else nothing can. */
static void say_unreachable(char said[SAID_BYTES], const Connection *connection) {
  const char *host = connection->head.host;
  bool is_ipv6 = *host == 0;
  if (has_way_out())
    snprintf(said, SAID_BYTES, "%s cannot be reached from this sandbox: %s.",
             is_ipv6 ? "An IPv6 address" : is_docker_hub(host) ? "Docker Hub" : host, connection->why);
  else words_about_host(said, is_ipv6 ? "an IPv6 address" : is_docker_hub(host) ? "Docker Hub" : host);
}

static void refuse(Connection *connection, const char *why) {
  char said[SAID_BYTES];
  const HttpHead *head = &connection->head;
  close_server(connection);
  snprintf(connection->why, sizeof connection->why, "%s", why);
  if (is_for_images(head->host) && has_registry()) {
    connection->server = dial_registry();
    if (connection->server < 0) {
      for (int i = 0; i < connection->questions; i++)
        if (is_same_wanted(connection, i)) forget_wanted(&wanted[connection->places[i]]);
      words_about_registry(said);
      answer_words(connection, said);
      return;
    }
    if (connection->questions > 0) {
      enter(connection, ASKING, REGISTRY_MS);
      ask_next(connection);
      return;
    }
  }
  say_unreachable(said, connection);
  if (head->kind == HEAD_PLAIN) answer_elsewhere(connection, said);
  else answer_words(connection, said);
}

/* The registry has answered all questions, or will not: says what is missing. */
static void tell_missing(Connection *connection) {
  char said[SAID_BYTES];
  uint8_t places[WANTED_AT_ONCE];
  int count = 0;
  /* Some may have had their answer while the registry was asked. */
  for (int i = 0; i < connection->missing_count; i++)
    if (is_unanswered(&wanted[connection->missing[i]], now_ms())) places[count++] = connection->missing[i];
  if (count > 0) words_about_images(said, places, count);
  else if (connection->missing_count > 0) words_about_images(said, connection->missing, connection->missing_count);
  else if (connection->question < connection->questions) words_about_registry(said);
  else say_unreachable(said, connection);
  answer_words(connection, said);
}

static void ask_next(Connection *connection) {
  char request[1024];
  while (connection->question < connection->questions) {
    const WantedImage *image = &wanted[connection->places[connection->question]];
    if (!is_same_wanted(connection, connection->question)) {
      connection->question++;
      continue;
    }
    int length = snprintf(request, sizeof request,
                          "HEAD /v2/%s/manifests/%s HTTP/1.1\r\nHost: registry\r\n"
                          "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json\r\n"
                          "Accept: application/vnd.docker.distribution.manifest.list.v2+json\r\n"
                          "Accept: application/vnd.docker.distribution.manifest.v2+json\r\n\r\n",
                          image->repository, image->reference);
    pipe_reset(&connection->down);
    if (send(connection->server, request, (size_t)length, MSG_NOSIGNAL) == length) return;
    break;
  }
  tell_missing(connection);
}

static void step_asking(Connection *connection) {
  static const char status[] = "HTTP/1.1 ";
  Pipe *reply = &connection->down;
  ssize_t count = recv(connection->server, reply->bytes + reply->length, PIPE_BYTES - reply->length, 0);
  if (count < 0 && is_patience(errno)) return;
  if (count > 0) reply->length += (uint32_t)count;
  bool whole = memmem(reply->bytes, reply->length, "\r\n\r\n", 4) != NULL;
  if (!whole && count > 0 && reply->length < PIPE_BYTES) return;
  bool understood = whole && reply->length > 12 && memcmp(reply->bytes, status, sizeof status - 1) == 0;
  const char *code = (const char *)reply->bytes + sizeof status - 1;
  bool gone = understood && memcmp(code, "404", 3) == 0, there = understood && memcmp(code, "200", 3) == 0;
  if (!gone && !there) {
    tell_missing(connection);
    return;
  }
  uint8_t place = connection->places[connection->question];
  WantedImage *image = &wanted[place];
  if (is_same_wanted(connection, connection->question)) {
    if (gone) connection->missing[connection->missing_count++] = place;
    /* It was had from the registry; what is asked of Docker Hub is something else. */
    else forget_wanted(image);
  }
  connection->question++;
  ask_next(connection);
}
#endif

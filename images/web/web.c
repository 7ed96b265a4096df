/*
 * web            a web server on PORT that ends by itself on SIGTERM, when its open requests are answered
 * web --health   asks the one that runs here; exit code 0 when it is well
 */
#include "web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
  /* Requests at a time; more wait in the kernel. */
  most_open = 64,
  /* Seconds a client has for its request, and for taking the answer. */
  client_patience = 5,
  /* Seconds open requests have after SIGTERM: `docker stop` kills after ten. */
  grace = 8,
  stack_size = 256 * 1024,
};

struct visit {
  int connection;
  char from[INET6_ADDRSTRLEN];
};

static atomic_int open_requests;

static const char *words_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool send_all(int connection, const char *data, size_t length) {
  while (length > 0) {
    ssize_t sent = send(connection, data, length, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    length -= (size_t)sent;
  }
  return true;
}

/* Reads up to the empty line. False: no request came. */
static bool read_request(int connection, struct request *request) {
  char text[4096];
  size_t length = 0;
  long give_up_at = now_ms() + client_patience * 1000;
  do {
    ssize_t got = recv(connection, text + length, sizeof text - 1 - length, 0);
    if (got <= 0 || now_ms() > give_up_at) return false;
    length += (size_t)got;
    text[length] = '\0';
  } while (strstr(text, "\r\n\r\n") == NULL && strstr(text, "\n\n") == NULL && length < sizeof text - 1);
  memset(request, 0, sizeof *request);
  if (sscanf(text, "%7s %511[^ ?\r\n]?%511[^ \r\n]", request->method, request->path, request->query) < 2) return false;
  /* It goes into the log. */
  for (char *c = request->path; *c != '\0'; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
  }
  return true;
}

static void *serve(void *given) {
  struct visit visit = *(struct visit *)given;
  free(given);
  struct request request;
  struct answer *answer = malloc(sizeof *answer);
  if (answer != NULL && read_request(visit.connection, &request)) {
    long began = now_ms();
    bool head = strcmp(request.method, "HEAD") == 0;
    if (head || strcmp(request.method, "GET") == 0 || strcmp(request.method, "POST") == 0) {
      answer_request(&request, answer);
    } else {
      answer->status = 405;
      answer->type = "text/plain";
      answer->length = (size_t)snprintf(answer->body, sizeof answer->body, "Only GET, HEAD and POST are understood.\n");
    }
    char header[256];
    int length = snprintf(header, sizeof header,
                          "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
                          answer->status, words_of(answer->status), answer->type, answer->length);
    if (send_all(visit.connection, header, (size_t)length) && !head) send_all(visit.connection, answer->body, answer->length);
    /* The image's own HEALTHCHECK asks every few seconds, which would bury everything else. */
    bool routine = answer->status == 200 && strcmp(request.path, "/health") == 0 && strcmp(visit.from, "127.0.0.1") == 0;
    if (!routine) {
      printf("%s %s %s%s%s %d %ldms\n", visit.from, request.method, request.path, request.query[0] == '\0' ? "" : "?",
             request.query, answer->status, now_ms() - began);
    }
  }
  free(answer);
  shutdown(visit.connection, SHUT_WR);
  close(visit.connection);
  atomic_fetch_sub(&open_requests, 1);
  if (crash_with >= 0) _exit(crash_with);
  return NULL;
}

/* On IPv4 and IPv6 where the kernel has both. -1: the port cannot be had. */
static int listen_on(int port) {
  int on = 1, off = 0;
  int server = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (server >= 0) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_any};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(server, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(server, (struct sockaddr *)&any, sizeof any) == 0 && listen(server, 128) == 0) return server;
    close(server);
  }
  server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (struct sockaddr *)&any, sizeof any) == 0 && listen(server, 128) == 0) return server;
  return -1;
}

static void accept_one(int server) {
  struct sockaddr_in6 address;
  socklen_t length = sizeof address;
  int connection = accept4(server, (struct sockaddr *)&address, &length, SOCK_CLOEXEC);
  if (connection < 0) return;
  struct timeval patience = {.tv_sec = client_patience};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  struct visit *visit = calloc(1, sizeof *visit);
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, stack_size);
  atomic_fetch_add(&open_requests, 1);
  if (visit != NULL) {
    visit->connection = connection;
    if (address.sin6_family == AF_INET)
      inet_ntop(AF_INET, &((struct sockaddr_in *)&address)->sin_addr, visit->from, sizeof visit->from);
    else if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr))
      inet_ntop(AF_INET, &address.sin6_addr.s6_addr[12], visit->from, sizeof visit->from);
    else
      inet_ntop(AF_INET6, &address.sin6_addr, visit->from, sizeof visit->from);
    if (pthread_create(&thread, &attributes, serve, visit) == 0) return;
  }
  free(visit);
  close(connection);
  atomic_fetch_sub(&open_requests, 1);
}

static int run_server(void) {
  int server = listen_on(settings.port);
  if (server < 0) {
    fprintf(stderr, "web: cannot listen on port %d: %s\n", settings.port, strerror(errno));
    return 1;
  }
  /* As the first process of a container it gets no signal that it does not ask for. */
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, NULL);
  int signals = signalfd(-1, &ending, SFD_CLOEXEC);
  printf("web %s on %s listens on port %d\n", VERSION, settings.host_name, settings.port);
  for (;;) {
    bool room = atomic_load(&open_requests) < most_open;
    struct pollfd waiting[] = {{.fd = signals, .events = POLLIN}, {.fd = room ? server : -1, .events = POLLIN}};
    if (poll(waiting, 2, room ? -1 : 20) < 0 && errno != EINTR) return 1;
    if (waiting[0].revents != 0) break;
    if (waiting[1].revents != 0) accept_one(server);
  }
  struct signalfd_siginfo signal;
  bool interrupt = read(signals, &signal, sizeof signal) == sizeof signal && signal.ssi_signo == SIGINT;
  close(server);
  int open = atomic_load(&open_requests);
  printf("%s received, %d open request%s to finish\n", interrupt ? "SIGINT" : "SIGTERM", open, open == 1 ? "" : "s");
  long give_up_at = now_ms() + grace * 1000;
  while (atomic_load(&open_requests) > 0 && now_ms() < give_up_at) poll(NULL, 0, 10);
  printf("web ends\n");
  return 0;
}

static int ask_health(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings.port)};
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection, (struct sockaddr *)&here, sizeof here) != 0) {
    printf("port %d does not answer\n", settings.port);
    return 1;
  }
  static const char question[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  char text[512];
  size_t length = 0;
  send_all(connection, question, sizeof question - 1);
  for (ssize_t got; length < sizeof text - 1 && (got = recv(connection, text + length, sizeof text - 1 - length, 0)) > 0;)
    length += (size_t)got;
  text[length] = '\0';
  const char *body = strstr(text, "\r\n\r\n");
  printf("%s", body == NULL ? "no answer\n" : body + 4);
  return strncmp(text, "HTTP/1.1 200", 12) == 0 ? 0 : 1;
}

int main(int count, char **words) {
  /* Each line is seen at once, also by `docker logs`. */
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!read_settings()) return 2;
  if (count > 1 && strcmp(words[1], "--health") == 0) return ask_health();
  if (count > 1) {
    fprintf(stderr, "usage: web [--health]\n");
    return 2;
  }
  return run_server();
}

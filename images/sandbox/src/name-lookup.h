/*
 * Asks for the IPv4 addresses of a name without waiting: first /etc/hosts, then the sandbox's name server. A sandbox
 * reaches nothing by IPv6. The answer is read as what it is: bytes of a stranger.
 */
#ifndef NAME_LOOKUP_H
#define NAME_LOOKUP_H
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOKUP_ADDRESSES 4
#define LOOKUP_BYTES 512
/* Of /etc/hosts and /etc/resolv.conf; what comes later is not read. */
#define LOOKUP_FILE_BYTES 16384
#define DEFAULT_NAME_SERVER "172.17.0.1"

/* Reads the beginning of a file that a learner may have written. @returns a static, terminated text */
static char *lookup_file(const char *path) {
  static char text[LOOKUP_FILE_BYTES];
  size_t length = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t count;
  while (file >= 0 && length < sizeof text - 1 && (count = read(file, text + length, sizeof text - 1 - length)) > 0) length += (size_t)count;
  if (file >= 0) close(file);
  text[length] = 0;
  return text;
}

/* The addresses /etc/hosts has for a name. */
static int lookup_in_hosts(const char *name, struct in_addr addresses[LOOKUP_ADDRESSES]) {
  int found = 0;
  char *rest = NULL;
  for (char *line = strtok_r(lookup_file("/etc/hosts"), "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char *words = NULL;
    line[strcspn(line, "#")] = 0;
    char *word = strtok_r(line, " \t\r", &words);
    struct in_addr address;
    if (word == NULL || inet_pton(AF_INET, word, &address) != 1) continue;
    while ((word = strtok_r(NULL, " \t\r", &words)) != NULL)
      if (strcasecmp(word, name) == 0 && found < LOOKUP_ADDRESSES) addresses[found++] = address;
  }
  return found;
}

static struct in_addr lookup_server(void) {
  struct in_addr server;
  char *rest = NULL;
  for (char *line = strtok_r(lookup_file("/etc/resolv.conf"), "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char address[INET_ADDRSTRLEN];
    if (sscanf(line, "nameserver %15[0-9.]", address) == 1 && inet_pton(AF_INET, address, &server) == 1) return server;
  }
  inet_pton(AF_INET, DEFAULT_NAME_SERVER, &server);
  return server;
}

/* Writes the question for a name. @returns its length, 0: this is no name */
static size_t lookup_question(const char *name, uint16_t id, uint8_t message[LOOKUP_BYTES]) {
  static const uint8_t head[] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, tail[] = {0, 0, 1, 0, 1};
  size_t length = 12;
  message[0] = (uint8_t)(id >> 8);
  message[1] = (uint8_t)id;
  memcpy(message + 2, head, sizeof head);
  for (const char *label = name; *label != 0;) {
    size_t size = strcspn(label, ".");
    if (size == 0 || size > 63 || length + size + 1 > 12 + 254) return 0;
    message[length++] = (uint8_t)size;
    memcpy(message + length, label, size);
    length += size;
    label += size;
    /* One dot at the end is part of a full name. */
    if (*label == '.') label++;
  }
  if (length == 12) return 0;
  memcpy(message + length, tail, sizeof tail);
  return length + sizeof tail;
}

/* Sends the question. @returns a socket that the answer comes to, -1: it could not be asked */
static int lookup_ask(const char *name, uint16_t *id) {
  uint8_t message[LOOKUP_BYTES];
  if (getrandom(id, sizeof *id, GRND_NONBLOCK) < 0) *id = (uint16_t)(uintptr_t)message;
  size_t length = lookup_question(name, *id, message);
  if (length == 0) return -1;
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = lookup_server()};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* Connected, so that the kernel lets nobody else answer. */
  if (fd >= 0 && connect(fd, (struct sockaddr *)&server, sizeof server) == 0 && send(fd, message, length, 0) == (ssize_t)length) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

/* Steps over a name, which may end in a reference to an earlier one. @returns what comes after it, 0: broken */
static size_t lookup_skip_name(const uint8_t *message, size_t length, size_t at) {
  while (at < length) {
    if (message[at] == 0) return at + 1;
    if ((message[at] & 0xc0) == 0xc0) return at + 2 <= length ? at + 2 : 0;
    if ((message[at] & 0xc0) != 0) return 0;
    at += message[at] + 1u;
  }
  return 0;
}

/* Reads an answer. @returns how many addresses it holds; -1: it is not the answer to this question, wait on */
static int lookup_answer(const char *name, uint16_t id, const uint8_t *message, size_t length, struct in_addr addresses[LOOKUP_ADDRESSES]) {
  uint8_t question[LOOKUP_BYTES];
  size_t asked = lookup_question(name, id, question);
  if (length < asked || asked == 0 || message[0] != question[0] || message[1] != question[1] || (message[2] & 0x80) == 0) return -1;
  /* The question comes back as it was asked; letters may be in the other case. */
  for (size_t i = 12; i < asked; i++)
    if (tolower(message[i]) != tolower(question[i])) return -1;
  if ((message[3] & 0x0f) != 0) return 0;
  size_t at = asked, records = (size_t)message[6] << 8 | message[7];
  int found = 0;
  for (; records > 0 && found < LOOKUP_ADDRESSES; records--) {
    at = lookup_skip_name(message, length, at);
    if (at == 0 || at + 10 > length) break;
    size_t size = (size_t)message[at + 8] << 8 | message[at + 9];
    bool is_address = message[at] == 0 && message[at + 1] == 1 && message[at + 2] == 0 && message[at + 3] == 1 && size == 4;
    at += 10;
    if (at + size > length) break;
    if (is_address) memcpy(&addresses[found++], message + at, 4);
    at += size;
  }
  return found;
}
#endif

/*
 * The head of a request to a proxy, as far as it has to be understood: `CONNECT host:port` or `GET http://host/path`.
 * Whatever else it holds is passed on unread, or not at all.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longer heads are refused. */
#define HEAD_BYTES 8192
/* The longest name there is. */
#define HOST_BYTES 254

typedef enum {
  HEAD_INCOMPLETE,
  HEAD_CONNECT,
  HEAD_PLAIN, /* "GET http://…", and other methods */
  HEAD_OTHER, /* not a proxy's business */
} HeadKind;

typedef struct {
  HeadKind kind;
  /* Lower case; empty for an address that no sandbox reaches (IPv6). */
  char host[HOST_BYTES];
  uint16_t port;
  /* Where the head ends, with its empty line; where method and path end and begin in it. */
  size_t length, method_end, path, path_end;
} HttpHead;

/* "host", "host:80". False: that is not a place. */
static bool head_read_host(HttpHead *head, const char *text, size_t length, uint16_t usual_port) {
  const char *colon = memchr(text, ':', length);
  size_t host_length = colon != NULL ? (size_t)(colon - text) : length;
  head->port = usual_port;
  head->host[0] = 0;
  if (length > 0 && text[0] == '[') return true;
  if (host_length == 0 || host_length >= sizeof head->host) return false;
  for (size_t i = 0; i < host_length; i++) {
    if (!isalnum((unsigned char)text[i]) && strchr(".-_", text[i]) == NULL) return false;
    if (text[i] == 0) return false;
    head->host[i] = (char)tolower(text[i]);
  }
  head->host[host_length] = 0;
  if (colon == NULL) return usual_port != 0;
  long port = 0;
  for (size_t i = host_length + 1; i < length; i++) {
    if (!isdigit((unsigned char)text[i]) || port > 65535) return false;
    port = port * 10 + (text[i] - '0');
  }
  head->port = (uint16_t)port;
  return port > 0 && port <= 65535;
}

static HeadKind head_read(HttpHead *head, const char *bytes, size_t length) {
  static const char scheme[] = "http://";
  memset(head, 0, sizeof *head);
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (end == NULL) return head->kind = HEAD_INCOMPLETE;
  head->length = (size_t)(end - bytes) + 4;
  head->kind = HEAD_OTHER;
  const char *line_end = memmem(bytes, head->length, "\r\n", 2);
  const char *space = memchr(bytes, ' ', (size_t)(line_end - bytes));
  if (space == NULL) return HEAD_OTHER;
  const char *target = space + 1, *target_end = memchr(target, ' ', (size_t)(line_end - target));
  if (target_end == NULL) return HEAD_OTHER;
  head->method_end = (size_t)(space - bytes);
  size_t target_length = (size_t)(target_end - target);
  if (head->method_end == 7 && memcmp(bytes, "CONNECT", 7) == 0) {
    if (head_read_host(head, target, target_length, 0)) head->kind = HEAD_CONNECT;
    return head->kind;
  }
  if (target_length < sizeof scheme || strncasecmp(target, scheme, sizeof scheme - 1) != 0) return HEAD_OTHER;
  const char *host = target + sizeof scheme - 1;
  size_t host_length = 0;
  while (host + host_length < target_end && strchr("/?#", host[host_length]) == NULL) host_length++;
  head->path = (size_t)(host + host_length - bytes);
  head->path_end = (size_t)(target_end - bytes);
  if (head_read_host(head, host, host_length, 80)) head->kind = HEAD_PLAIN;
  return head->kind;
}

/* Finds a header's value. @returns its length, 0: it is not there */
static size_t head_find(const char *bytes, size_t length, const char *name, const char **value) {
  size_t name_length = strlen(name);
  for (const char *line = memmem(bytes, length, "\r\n", 2); line != NULL;) {
    line += 2;
    size_t left = (size_t)(bytes + length - line);
    const char *next = memmem(line, left, "\r\n", 2);
    if (next == NULL || next == line) return 0;
    if ((size_t)(next - line) > name_length && line[name_length] == ':' && strncasecmp(line, name, name_length) == 0) {
      *value = line + name_length + 1;
      while (*value < next && (**value == ' ' || **value == '\t')) (*value)++;
      return (size_t)(next - *value);
    }
    line = next;
  }
  return 0;
}

/* How many bytes of body belong to a request; -1: it says so itself as it goes. */
static int64_t head_body(const char *bytes, size_t length) {
  const char *value = NULL;
  if (head_find(bytes, length, "transfer-encoding", &value) > 0) return -1;
  int64_t size = 0;
  size_t digits = head_find(bytes, length, "content-length", &value);
  for (size_t i = 0; i < digits && i < 15 && isdigit((unsigned char)value[i]); i++) size = size * 10 + (value[i] - '0');
  return size;
}

/*
 * The head as the server itself gets it: without the host in its first line, and for this one request only, since the
 * next one on this connection may be for another server. @returns its length, 0: it does not fit
 */
static size_t head_for_server(const HttpHead *head, const char *bytes, char *out, size_t size) {
  static const char *const ours[] = {"connection:", "proxy-connection:", "proxy-authorization:", "keep-alive:"};
  const char *rest = memmem(bytes + head->path_end, head->length - head->path_end, "\r\n", 2);
  bool has_slash = bytes[head->path] == '/';
  int length = snprintf(out, size, "%.*s %s%.*s", (int)head->method_end, bytes, has_slash ? "" : "/",
                        (int)(head->path_end - head->path), bytes + head->path);
  size_t at = head->path_end;
  while (rest != NULL && length > 0 && (size_t)length < size) {
    size_t line_length = (size_t)(rest - bytes) + 2 - at;
    bool kept = true;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
      if (strncasecmp(bytes + at, ours[i], strlen(ours[i])) == 0) kept = false;
    if (kept && (size_t)length + line_length >= size) return 0;
    if (kept) {
      memcpy(out + length, bytes + at, line_length);
      length += (int)line_length;
    }
    at += line_length;
    if (at + 2 >= head->length) break;
    rest = memmem(bytes + at, head->length - at, "\r\n", 2);
  }
  int more = length > 0 && (size_t)length < size ? snprintf(out + length, size - (size_t)length, "Connection: close\r\n\r\n") : -1;
  return more > 0 && (size_t)(length + more) < size ? (size_t)(length + more) : 0;
}
#endif

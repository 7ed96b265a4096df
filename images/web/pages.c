#include "web.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char notes_file[] = "/data/notes.txt";

static atomic_bool broken;
volatile int crash_with = -1;

__attribute__((format(printf, 2, 3))) static void add(struct answer *answer, const char *format, ...) {
  va_list values;
  va_start(values, format);
  size_t room = sizeof answer->body - answer->length;
  int wanted = vsnprintf(answer->body + answer->length, room, format, values);
  va_end(values);
  if (wanted > 0) answer->length += (size_t)wanted < room ? (size_t)wanted : room - 1;
}

static void add_html(struct answer *answer, const char *text) {
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '<': add(answer, "&lt;"); break;
      case '>': add(answer, "&gt;"); break;
      case '&': add(answer, "&amp;"); break;
      case '"': add(answer, "&quot;"); break;
      default: add(answer, "%c", *text);
    }
  }
}

static void add_json(struct answer *answer, const char *text) {
  add(answer, "\"");
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') add(answer, "\\%c", c);
    else if (c < 0x20) add(answer, "\\u%04x", c);
    else add(answer, "%c", c);
  }
  add(answer, "\"");
}

/* The value of one name in the query, decoded; empty when it is not there. */
static void read_query(const char *query, const char *name, char *value, size_t room) {
  size_t length = strlen(name), done = 0;
  value[0] = '\0';
  for (const char *part = query; part != NULL && *part != '\0'; part = strchr(part, '&')) {
    if (*part == '&') part++;
    if (strncmp(part, name, length) != 0 || part[length] != '=') continue;
    for (const char *c = part + length + 1; *c != '\0' && *c != '&' && done + 1 < room; c++) {
      unsigned code;
      if (*c == '%' && sscanf(c + 1, "%2x", &code) == 1) {
        value[done++] = code < 0x20 ? ' ' : (char)code;
        c += 2;
        if (*(c - 1) == '\0') break;
      } else {
        value[done++] = *c == '+' ? ' ' : *c;
      }
    }
    value[done] = '\0';
    return;
  }
}

static void show_page(struct answer *answer) {
  char reason[256];
  long visits = count_visit(reason, sizeof reason);
  bool first = VERSION[0] == '1';
  answer->type = "text/html; charset=utf-8";
  add(answer, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>web %s</title>\n", VERSION);
  add(answer, "<style>body{margin:0;font:18px/1.6 system-ui,sans-serif;color:white;background:%s}", settings.color);
  add(answer, "main{max-width:36rem;margin:12vh auto;padding:2rem;background:#0006;border-radius:%s}", first ? "0" : "1.5rem");
  add(answer, "h1{margin:0}dt{opacity:.8}dd{margin:0 0 .6rem;font-weight:600}</style>\n</head>\n<body>\n<main>\n<h1>");
  add_html(answer, settings.greeting);
  add(answer, "</h1>\n<dl>\n<dt>Version</dt><dd>%s</dd>\n<dt>Host name</dt><dd>", VERSION);
  add_html(answer, settings.host_name);
  add(answer, "</dd>\n<dt>Visits%s</dt><dd>", settings.redis_host == NULL ? " to this container" : ", counted in Redis");
  if (visits >= 0) {
    add(answer, "%ld", visits);
  } else {
    add(answer, "not known: ");
    add_html(answer, reason);
    fprintf(stderr, "web: visits cannot be counted: %s\n", reason);
  }
  add(answer, "</dd>\n</dl>\n");
  if (!first) add(answer, "<p>New in version 2: rounder corners, and a friendlier colour.</p>\n");
  add(answer, "</main>\n</body>\n</html>\n");
}

static void show_api(struct answer *answer) {
  char reason[256];
  long visits = count_visit(reason, sizeof reason);
  answer->type = "application/json";
  add(answer, "{\"version\":\"%s\",\"hostname\":", VERSION);
  add_json(answer, settings.host_name);
  add(answer, ",\"greeting\":");
  add_json(answer, settings.greeting);
  add(answer, ",\"color\":");
  add_json(answer, settings.color);
  if (visits >= 0) {
    add(answer, ",\"visits\":%ld", visits);
  } else {
    add(answer, ",\"visits\":null,\"problem\":");
    add_json(answer, reason);
    fprintf(stderr, "web: visits cannot be counted: %s\n", reason);
  }
  add(answer, "}\n");
}

/* Only names it knows: whatever else was passed to the container is nobody's business. */
static void show_environment(struct answer *answer) {
  for (const char *const *name = public_names; *name != NULL; name++) {
    const char *value = getenv(*name);
    if (value != NULL) add(answer, "%s=%s\n", *name, value);
  }
}

static void wait_first(const struct request *request, struct answer *answer) {
  char text[16];
  read_query(request->query, "ms", text, sizeof text);
  long milliseconds = text[0] == '\0' ? 2000 : strtol(text, NULL, 10);
  if (milliseconds < 0) milliseconds = 0;
  if (milliseconds > 30000) milliseconds = 30000;
  struct timespec left = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  add(answer, "answered after %ld ms\n", milliseconds);
}

static void write_note(const struct request *request, struct answer *answer) {
  char text[256], line[640], at[32];
  read_query(request->query, "text", text, sizeof text);
  time_t now = time(NULL);
  struct tm parts;
  strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
  int length = snprintf(line, sizeof line, "%s %.200s %s\n", at, settings.host_name, text[0] == '\0' ? "a note" : text);
  int file = open(notes_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  /* One write, so that notes of several containers on one volume do not get mixed. */
  if (file < 0 || write(file, line, (size_t)length) != length) {
    int code = errno;
    if (file >= 0) close(file);
    answer->status = 500;
    add(answer, "%s cannot be written: %s\n", notes_file, strerror(code));
    fprintf(stderr, "web: %s cannot be written: %s\n", notes_file, strerror(code));
    return;
  }
  close(file);
  add(answer, "written to %s: %s", notes_file, line);
}

static void show_notes(struct answer *answer) {
  int file = open(notes_file, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    add(answer, "There are no notes yet. /write?text=hello adds one.\n");
    return;
  }
  /* The end of them, when there are many. */
  off_t size = lseek(file, 0, SEEK_END), room = (off_t)sizeof answer->body - 1;
  lseek(file, size > room ? size - room : 0, SEEK_SET);
  for (ssize_t got; (got = read(file, answer->body + answer->length, sizeof answer->body - 1 - answer->length)) > 0;) {
    answer->length += (size_t)got;
  }
  close(file);
}

void answer_request(const struct request *request, struct answer *answer) {
  const char *path = request->path;
  answer->status = 200;
  answer->type = "text/plain; charset=utf-8";
  answer->length = 0;
  if (strcmp(path, "/") == 0) {
    show_page(answer);
  } else if (strcmp(path, "/api") == 0) {
    show_api(answer);
  } else if (strcmp(path, "/health") == 0) {
    bool sick = atomic_load(&broken);
    answer->status = sick ? 503 : 200;
    add(answer, sick ? "broken\n" : "ok\n");
  } else if (strcmp(path, "/break") == 0) {
    atomic_store(&broken, true);
    add(answer, "From now on /health fails. /repair makes it well again.\n");
  } else if (strcmp(path, "/repair") == 0) {
    atomic_store(&broken, false);
    add(answer, "/health is well again.\n");
  } else if (strcmp(path, "/slow") == 0) {
    wait_first(request, answer);
  } else if (strcmp(path, "/env") == 0) {
    show_environment(answer);
  } else if (strcmp(path, "/write") == 0) {
    write_note(request, answer);
  } else if (strcmp(path, "/notes") == 0) {
    show_notes(answer);
  } else if (strcmp(path, "/crash") == 0) {
    char code[8];
    read_query(request->query, "code", code, sizeof code);
    crash_with = code[0] == '\0' ? 1 : (int)(strtol(code, NULL, 10) & 255);
    add(answer, "The program ends with exit code %d.\n", crash_with);
  } else {
    answer->status = 404;
    add(answer, "There is nothing at %s. Try /, /api, /health, /break, /repair, /slow?ms=500, /env, /write?text=hello, /notes, /crash.\n", path);
  }
}

/* A small web application for lessons: what its parts share. */
#ifndef WEB_H
#define WEB_H

#include <stddef.h>
#include <stdbool.h>

#ifndef VERSION
#error "build with -DVERSION='\"1.0\"'"
#endif

struct request {
  char method[8];
  /* Without the query; the query without its question mark. */
  char path[512];
  char query[512];
};

/* An answer as it grows. What does not fit is left out. */
struct answer {
  int status;
  const char *type;
  size_t length;
  char body[16384];
};

/* settings.c: from the environment, read once. */
struct settings {
  int port;
  const char *greeting;
  /* A colour's name or #rrggbb, checked. */
  const char *color;
  /* NULL: each container counts for itself. */
  const char *redis_host;
  const char *redis_port;
  char host_name[256];
};
extern struct settings settings;
/* False, and says why on stderr, when a setting cannot be used. */
bool read_settings(void);
/* The settings a visitor may see; the last is NULL. */
extern const char *const public_names[];

/* counter.c: one more visit. Returns the new count, or -1 and a reason. */
long count_visit(char *reason, size_t room);

/* pages.c */
void answer_request(const struct request *request, struct answer *answer);

/* Asked for by /crash: the exit code; -1 before. */
extern volatile int crash_with;

#endif

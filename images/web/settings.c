#include "web.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings settings;

const char *const public_names[] = {"PORT", "GREETING", "COLOR", "REDIS_HOST", "REDIS_PORT", "HOSTNAME", NULL};

static const char *value_of(const char *name, const char *usual) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : usual;
}

static bool is_color(const char *text) {
  size_t length = strlen(text);
  if (length == 0 || length > 20) return false;
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && !(i == 0 && text[i] == '#')) return false;
  }
  return true;
}

bool read_settings(void) {
  const char *port = value_of("PORT", "8080");
  char *end;
  long number = strtol(port, &end, 10);
  if (*end != '\0' || number < 1 || number > 65535) {
    fprintf(stderr, "web: PORT has to be a number from 1 to 65535, and is \"%s\"\n", port);
    return false;
  }
  settings.port = (int)number;
  settings.greeting = value_of("GREETING", VERSION[0] == '1' ? "Hello from a container" : "Hello from the new version");
  settings.color = value_of("COLOR", VERSION[0] == '1' ? "steelblue" : "seagreen");
  if (!is_color(settings.color)) {
    fprintf(stderr, "web: COLOR has to be a name such as tomato, or #rrggbb, and is \"%s\"\n", settings.color);
    return false;
  }
  settings.redis_host = value_of("REDIS_HOST", NULL);
  settings.redis_port = value_of("REDIS_PORT", "6379");
  if (gethostname(settings.host_name, sizeof settings.host_name - 1) != 0) strcpy(settings.host_name, "unknown");
  return true;
}

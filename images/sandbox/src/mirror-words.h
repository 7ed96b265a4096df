/*
 * What drydock-mirror says when an image or a host cannot be had, and which image that is about.
 *
 * The lab puts its words into the file `words` beside the registry's socket, lines of KEY, a tab and TEXT:
 *   library/alpine   about that image, when the lab does not have it (in the tag that is asked for)
 *   *                about any other image; "{image}" becomes its name
 *   **               about several that cannot be told apart; "{images}" becomes their names
 *   @                about any other host; "{host}" becomes its name
 *   !                when the registry does not answer
 * The file is read anew each time. What it does not say is said below.
 */
#ifndef MIRROR_WORDS_H
#define MIRROR_WORDS_H
#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WORDS_FILE_BYTES (256 * 1024)
/* A text may be this long, and this long with names filled in. */
#define WORDS_BYTES 400
#define SAID_BYTES 1200
#define WANTED_IMAGES 32
/* How many images one answer is about at most. */
#define WANTED_AT_ONCE 8
/* How long the daemon may take from asking the mirror to asking Docker Hub: a few milliseconds on a machine at rest. */
#define WANTED_MS 6000
/* How long after an answer about several images the questions about the others may come. */
#define WANTED_TOGETHER_MS 3000

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1; /* never 0, which means "not yet" */
}

/* ------------------------------------------------------------------------------------ images asked for ----- */

/*
 * dockerd and BuildKit ask the mirror for an image and then, once, Docker Hub, without saying for which one. So every
 * image asked for here is expected to be asked for there, until as many answers were given.
 */
typedef struct {
  /* Tells an image from another one that takes its place here. */
  uint32_t serial;
  /* Monotonic ms of the last request. */
  int64_t asked;
  /* Nobody was told yet that it is missing. */
  bool awaited;
  /* One of several that an answer was about. */
  bool grouped;
  char repository[256], reference[140];
} WantedImage;

static WantedImage wanted[WANTED_IMAGES];
/* How many more questions are to come about those that are grouped, and monotonic ms of the last answer about them. */
static int owed;
static int64_t group_told;

static bool all_of(const char *text, size_t length, const char *others) {
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)text[i]) && (text[i] == 0 || strchr(others, text[i]) == NULL)) return false;
  return length > 0;
}

/*
 * Looks at one line that goes to the registry and remembers the image of
 *   GET /v2/REPOSITORY/manifests/REFERENCE HTTP/1.1      (or HEAD)
 */
static void note_request(const char *line, size_t length) {
  static const char before[] = "/v2/", between[] = "/manifests/";
  const char *end = line + length, *path = line;
  if (length > 4 && memcmp(line, "GET ", 4) == 0) path += 4;
  else if (length > 5 && memcmp(line, "HEAD ", 5) == 0) path += 5;
  else return;
  if ((size_t)(end - path) < sizeof before || memcmp(path, before, sizeof before - 1) != 0) return;
  const char *repository = path + sizeof before - 1;
  const char *middle = memmem(repository, (size_t)(end - repository), between, sizeof between - 1);
  if (middle == NULL) return;
  const char *reference = middle + sizeof between - 1;
  const char *space = memchr(reference, ' ', (size_t)(end - reference));
  if (space == NULL) return;
  /* dockerd and BuildKit tell the mirror whose place it takes: "latest?ns=docker.io". */
  const char *query = memchr(reference, '?', (size_t)(space - reference));
  size_t repository_length = (size_t)(middle - repository), reference_length = (size_t)((query != NULL ? query : space) - reference);
  if (repository_length >= sizeof wanted->repository || !all_of(repository, repository_length, "._-/")) return;
  if (reference_length >= sizeof wanted->reference || !all_of(reference, reference_length, "._-:")) return;

  static uint32_t serial;
  WantedImage *place = &wanted[0];
  for (int i = 0; i < WANTED_IMAGES; i++) {
    WantedImage *image = &wanted[i];
    if (strlen(image->repository) == repository_length && memcmp(image->repository, repository, repository_length) == 0 &&
        strlen(image->reference) == reference_length && memcmp(image->reference, reference, reference_length) == 0) {
      place = image;
      break;
    }
    if (image->asked < place->asked) place = image;
  }
  if (strlen(place->repository) != repository_length || memcmp(place->repository, repository, repository_length) != 0 ||
      strlen(place->reference) != reference_length || memcmp(place->reference, reference, reference_length) != 0) {
    memset(place, 0, sizeof *place);
    place->serial = ++serial;
    memcpy(place->repository, repository, repository_length);
    memcpy(place->reference, reference, reference_length);
  }
  place->asked = now_ms();
  place->awaited = true;
  place->grouped = false;
}

/* Nobody was told yet, or an answer about it and others is owed. */
static bool is_unanswered(const WantedImage *image, int64_t now) {
  return image->awaited || (image->grouped && owed > 0 && now - group_told < WANTED_TOGETHER_MS);
}

static bool is_expected(const WantedImage *image, int64_t now) {
  return is_unanswered(image, now) && (!image->awaited || now - image->asked < WANTED_MS);
}

/* Which images a question to Docker Hub can be about: the latest of them, in the order in which they were asked for. */
static int wanted_now(uint8_t places[WANTED_AT_ONCE]) {
  int64_t now = now_ms();
  int count = 0;
  for (int i = 0; i < WANTED_IMAGES; i++) {
    if (!is_expected(&wanted[i], now)) continue;
    int at = 0;
    while (at < count && wanted[places[at]].asked <= wanted[i].asked) at++;
    if (count < WANTED_AT_ONCE) memmove(places + at + 1, places + at, (size_t)(count++ - at));
    else if (at == 0) continue;
    else memmove(places, places + 1, (size_t)--at);
    places[at] = (uint8_t)i;
  }
  return count;
}

/* Nobody will ask Docker Hub for it because of what was asked so far. */
static void forget_wanted(WantedImage *image) { image->awaited = image->grouped = false; }

/* An answer about these has been given: one question less is to come. */
static void settle_wanted(const uint8_t *places, int count) {
  int64_t now = now_ms();
  if (now - group_told >= WANTED_TOGETHER_MS) owed = 0;
  int left = -1;
  bool has_group = false;
  for (int i = 0; i < count; i++) {
    WantedImage *image = &wanted[places[i]];
    if (image->awaited) left++;
    has_group = has_group || (image->grouped && !image->awaited);
    image->awaited = false;
  }
  if (has_group) left += owed;
  else for (int i = 0; i < WANTED_IMAGES; i++) wanted[i].grouped = false;
  for (int i = 0; i < count; i++) wanted[places[i]].grouped = left > 0;
  owed = left > 0 ? left : 0;
  group_told = now;
}

/* "library/nginx" and "1.26" are "nginx:1.26" to whoever types it. @returns the length */
static size_t image_name(const WantedImage *image, char *name, size_t size) {
  const char *repository = strncmp(image->repository, "library/", 8) == 0 ? image->repository + 8 : image->repository;
  const char *between = strchr(image->reference, ':') != NULL ? "@" : ":";
  int length = snprintf(name, size, "%s%s%s", repository, between, image->reference);
  return length < 0 ? 0 : (size_t)length >= size ? size - 1 : (size_t)length;
}

/* --------------------------------------------------------------------------------------------- words ------- */

static char words_path[256]; /* empty: there is no file */

/* The text of a key in the lab's file. @returns its length, 0: the file or the key is not there */
static size_t find_words(const char *key, char text[WORDS_BYTES + 1]) {
  static char bytes[8192];
  text[0] = 0;
  if (*words_path == 0) return 0;
  int file = open(words_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat facts;
  if (file < 0) return 0;
  if (fstat(file, &facts) < 0 || !S_ISREG(facts.st_mode)) {
    close(file);
    return 0;
  }
  size_t found = 0, column = 0, key_length = strlen(key), seen = 0;
  bool matches = true, in_text = false, done = false;
  ssize_t count;
  while (!done && seen < WORDS_FILE_BYTES && (count = read(file, bytes, sizeof bytes)) > 0) {
    seen += (size_t)count;
    for (ssize_t i = 0; i < count && !done; i++) {
      char byte = bytes[i];
      if (byte == '\n') {
        done = in_text && found > 0;
        matches = true;
        in_text = false;
        column = 0;
      } else if (in_text) {
        if (found < WORDS_BYTES) text[found++] = (unsigned char)byte < ' ' || byte == 127 ? ' ' : byte;
      } else if (matches && byte == '\t') {
        in_text = column == key_length;
        matches = in_text;
      } else {
        matches = matches && column < key_length && key[column] == byte;
        column++;
      }
    }
  }
  close(file);
  /* Not in the middle of a letter. */
  if (found == WORDS_BYTES)
    while (found > 0 && ((unsigned char)text[found - 1] & 0xc0) == 0x80) found--;
  if (found > 0 && found < WORDS_BYTES && (unsigned char)text[found - 1] >= 0xc0) found--;
  text[found] = 0;
  return found;
}

/* Puts `name` wherever the text says `place`. */
static void fill_in(char said[SAID_BYTES], const char *text, const char *place, const char *name) {
  size_t length = 0, place_length = strlen(place), name_length = strlen(name);
  while (*text != 0 && length < SAID_BYTES - 1) {
    bool here = strncmp(text, place, place_length) == 0;
    size_t more = here ? name_length : 1;
    if (length + more > SAID_BYTES - 1) break;
    memcpy(said + length, here ? name : text, more);
    length += more;
    text += here ? place_length : 1;
  }
  said[length] = 0;
}

static void say_about(char said[SAID_BYTES], const char *key, const char *built_in, const char *place, const char *name) {
  char text[WORDS_BYTES + 1];
  fill_in(said, find_words(key, text) > 0 ? text : built_in, place, name);
}

static void words_about_host(char said[SAID_BYTES], const char *host) {
  say_about(said, "@", "This sandbox has no internet, so {host} cannot be reached.", "{host}", host);
}

static void words_about_registry(char said[SAID_BYTES]) {
  say_about(said, "!", "The registry of this lab, where its images come from, does not answer. Try again in a minute.", "{host}", "");
}

/* About images that the registry does not have. */
static void words_about_images(char said[SAID_BYTES], const uint8_t *places, int count) {
  static const char other[] = "This lab does not have the image {image}, and cannot get it from Docker Hub.";
  static const char several[] =
      "This lab does not have these images, and cannot get them from Docker Hub: {images}. Pull one at a time to read more about it.";
  char names[SAID_BYTES / 2], text[WORDS_BYTES + 1];
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    const WantedImage *image = &wanted[places[i]];
    if (length + 4 >= sizeof names) break;
    if (length > 0) length += (size_t)snprintf(names + length, sizeof names - length, ", ");
    length += image_name(image, names + length, sizeof names - length);
  }
  names[length] = 0;
  settle_wanted(places, count);
  if (count > 1) say_about(said, "**", several, "{images}", names);
  else if (find_words(wanted[places[0]].repository, text) > 0) fill_in(said, text, "{image}", names);
  else say_about(said, "*", other, "{image}", names);
}
#endif

/* What the tests of the libraries that stand in for the vendors' have in common. */
#ifndef GUARD_H
#define GUARD_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CHECK(what) \
  do { \
    if (!(what)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
      exit(1); \
    } \
  } while (0)
#define EQUAL(what, wanted) \
  do { \
    int got_ = (what); \
    if (got_ != (wanted)) { \
      fprintf(stderr, "%s:%d: %s is 0x%x, not 0x%x\n", __FILE__, __LINE__, #what, got_, (int)(wanted)); \
      exit(1); \
    } \
  } while (0)

/* A buffer of exactly this many bytes: behind it a canary that is looked at, then a page that nobody may touch. */
struct guarded {
  unsigned char *bytes;
  size_t len;
};
#define CANARY 16

static inline struct guarded guard(size_t len) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (len + CANARY + page - 1) / page * page;
  unsigned char *all = (unsigned char *)mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(all != MAP_FAILED && mprotect(all + room, page, PROT_NONE) == 0);
  struct guarded made = {all + room - CANARY - len, len};
  memset(made.bytes, 0xEE, len + CANARY);
  return made;
}
static inline void whole(struct guarded buffer) {
  for (size_t at = 0; at < CANARY; at++) CHECK(buffer.bytes[buffer.len + at] == 0xEE);
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As programs load such a library: at run time, by the vendor's names. */
static inline void *function(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "no function %s\n", name);
    exit(1);
  }
  return found;
}
static inline void *load(const char *name) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  return library;
}
#endif

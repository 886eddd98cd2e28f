/* What the programs in this directory have in common: a library loaded as tills load it, by its name and by undecorated names, and
 * calls after which the stack is where it was. */
#ifndef CALLS_H
#define CALLS_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define CHECK(what) \
  do { \
    if (!(what)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
      exit(1); \
    } \
  } while (0)

/* A callee that cleans up more or less than its caller believes moves the stack; that is how a wrong convention shows. */
#if defined(__i386__)
#define STACK() ({ void *at_; __asm__ volatile("movl %%esp, %0" : "=r"(at_)); at_; })
#else
#define STACK() ((void *)0)
#endif
#define EQUAL(what, wanted) \
  do { \
    void *before_ = STACK(); \
    int got_ = (what); \
    void *after_ = STACK(); \
    if (got_ != (wanted)) { \
      fprintf(stderr, "%s:%d: %s is 0x%x, not 0x%x\n", __FILE__, __LINE__, #what, got_, (int)(wanted)); \
      exit(1); \
    } \
    if (before_ != after_) { \
      fprintf(stderr, "%s:%d: %s moved the stack by %d bytes\n", __FILE__, __LINE__, #what, (int)((char *)after_ - (char *)before_)); \
      exit(1); \
    } \
  } while (0)

/* A buffer of exactly this many bytes, and behind it a page that nobody may touch; canaries in between. */
struct guarded {
  unsigned char *bytes;
  size_t len;
};
#define CANARY 16
static inline struct guarded guard(size_t len) {
  DWORD old;
  unsigned char *all = VirtualAlloc(NULL, 8192, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  CHECK(all && VirtualProtect(all + 4096, 4096, PAGE_NOACCESS, &old));
  struct guarded made = {all + 4096 - CANARY - len, len};
  memset(made.bytes, 0xEE, len + CANARY);
  return made;
}
static inline void whole(struct guarded buffer) {
  for (size_t at = 0; at < CANARY; at++) CHECK(buffer.bytes[buffer.len + at] == 0xEE);
}

static inline void *load(const char *name) {
  HMODULE library = LoadLibraryA(name);
  if (!library) {
    fprintf(stderr, "%s isn't loaded: error %lu\n", name, GetLastError());
    exit(1);
  }
  return (void *)library;
}
static inline void *function(void *library, const char *name) {
  void *found = (void *)GetProcAddress((HMODULE)library, name);
  if (!found) {
    fprintf(stderr, "no function %s\n", name);
    exit(1);
  }
  return found;
}
#endif

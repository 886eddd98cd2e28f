/* A failing disk for tests: stands before the C library (LD_PRELOAD) and fails what the files in $REALNAME_FAULTS ask
   for, on paths that hold "store.sqlite3" only.

   sync      fsync and fdatasync answer EIO
   hang      fsync and fdatasync don't come back while this file is there
   full      every write answers ENOSPC
   small     a write that ends beyond 256 KiB answers ENOSPC
   readonly  opening to write answers EACCES
   count     each fsync or fdatasync adds a byte to this file */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int asked(const char *fault, char *path, size_t size) {
    const char *directory = getenv("REALNAME_FAULTS");
    if (!directory) return 0;
    snprintf(path, size, "%s/%s", directory, fault);
    return access(path, F_OK) == 0;
}

static int is_store(const char *path) { return strstr(path, "store.sqlite3") != NULL; }

static int on_store(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_store(path);
}

static int sync_fails(int fd) {
    char path[4096];
    if (!on_store(fd)) return 0;
    if (asked("count", path, sizeof path)) {
        int log = REAL(open)(path, O_WRONLY | O_APPEND);
        if (log >= 0) {
            if (REAL(write)(log, ".", 1) != 1) abort();
            close(log);
        }
    }
    while (asked("hang", path, sizeof path)) usleep(10000);
    return asked("sync", path, sizeof path);
}

static int write_fails(int fd, off_t end) {
    char path[4096];
    return (asked("full", path, sizeof path) || (end > 256 * 1024 && asked("small", path, sizeof path))) && on_store(fd);
}

static int open_fails(const char *file, int flags) {
    char path[4096];
    return (flags & O_ACCMODE) != O_RDONLY && is_store(file) && asked("readonly", path, sizeof path);
}

#define FAIL(code) do { errno = code; return -1; } while (0)

int fsync(int fd) {
    if (sync_fails(fd)) FAIL(EIO);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (sync_fails(fd)) FAIL(EIO);
    return REAL(fdatasync)(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (write_fails(fd, lseek(fd, 0, SEEK_CUR) + (off_t)length)) FAIL(ENOSPC);
    return REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    if (write_fails(fd, at + (off_t)length)) FAIL(ENOSPC);
    return REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (write_fails(fd, (off_t)at + (off_t)length)) FAIL(ENOSPC);
    return REAL(pwrite64)(fd, bytes, length, at);
}

#define OPEN(name)                                         \
    int name(const char *file, int flags, ...) {           \
        va_list more;                                      \
        va_start(more, flags);                             \
        mode_t mode = va_arg(more, mode_t);                \
        va_end(more);                                      \
        if (open_fails(file, flags)) FAIL(EACCES);         \
        return REAL(name)(file, flags, mode);              \
    }
OPEN(open)
OPEN(open64)

/* Preloaded into the processes of the tests: makes one call on the files under a folder fail, or the process die at it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define DESCRIPTORS 65536

static char folder[4096];
static char of_folder[DESCRIPTORS];
static char calls[1 << 20];
static size_t written;
static long seen, chosen;
static int error_number; /* 0: the process is killed instead */

/* Count calls on what is under a folder from now on; the chosen one (from 1; 0: none) fails. */
void failing_begin(const char *under, long number, int error)
{
    strncpy(folder, under, sizeof folder - 1);
    seen = 0, written = 0, calls[0] = 0;
    chosen = number, error_number = error;
}

/* The names of all calls so far, with a space after each. */
const char *failing_calls(void)
{
    folder[0] = 0;
    return calls;
}

static int is_inside(int at, const char *path)
{
    if (!folder[0])
        return 0;
    if (path[0] == '/')
        return strncmp(path, folder, strlen(folder)) == 0;
    return at >= 0 && at < DESCRIPTORS && of_folder[at];
}

static int is_ours(int descriptor)
{
    return folder[0] && descriptor >= 0 && descriptor < DESCRIPTORS && of_folder[descriptor];
}

static int fails(const char *call)
{
    size_t length = strlen(call);
    if (written + length + 2 < sizeof calls) {
        memcpy(calls + written, call, length);
        memcpy(calls + written + length, " ", 2);
        written += length + 1;
    }
    if (++seen != chosen)
        return 0;
    if (!error_number)
        kill(getpid(), SIGKILL);
    errno = error_number;
    return 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        int inside = is_inside(AT_FDCWD, path); \
        if (inside && fails("open")) \
            return -1; \
        int descriptor = real(path, flags, mode); \
        if (descriptor >= 0 && descriptor < DESCRIPTORS) \
            of_folder[descriptor] = inside; \
        return descriptor; \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        int inside = is_inside(at, path); \
        if (inside && fails("open")) \
            return -1; \
        int descriptor = real(at, path, flags, mode); \
        if (descriptor >= 0 && descriptor < DESCRIPTORS) \
            of_folder[descriptor] = inside; \
        return descriptor; \
    }
OPENAT(openat)
OPENAT(openat64)

/* A call with other arguments, that concerns a path or a descriptor. */
#define CALL(result, name, parameters, arguments, concerns) \
    result name parameters \
    { \
        REAL(name); \
        if (concerns && fails(#name)) \
            return -1; \
        return real arguments; \
    }

CALL(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size), is_ours(fd))
CALL(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), is_ours(fd))
CALL(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), is_ours(fd))
CALL(int, fsync, (int fd), (fd), is_ours(fd))
CALL(int, fdatasync, (int fd), (fd), is_ours(fd))
CALL(int, ftruncate, (int fd, off_t size), (fd, size), is_ours(fd))
CALL(int, ftruncate64, (int fd, off64_t size), (fd, size), is_ours(fd))
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), is_ours(fd))
CALL(int, chmod, (const char *path, mode_t mode), (path, mode), is_inside(AT_FDCWD, path))
CALL(int, fchmodat, (int at, const char *path, mode_t mode, int flags), (at, path, mode, flags), is_inside(at, path))
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), is_inside(AT_FDCWD, path))
CALL(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), is_inside(at, path))
CALL(int, rmdir, (const char *path), (path), is_inside(AT_FDCWD, path))
CALL(int, unlink, (const char *path), (path), is_inside(AT_FDCWD, path))
CALL(int, unlinkat, (int at, const char *path, int flags), (at, path, flags), is_inside(at, path))
CALL(int, link, (const char *path, const char *new), (path, new), is_inside(AT_FDCWD, path))
CALL(int, linkat, (int at, const char *path, int to, const char *new, int flags), (at, path, to, new, flags), is_inside(at, path))
CALL(int, rename, (const char *path, const char *new), (path, new), is_inside(AT_FDCWD, path))
CALL(int, renameat, (int at, const char *path, int to, const char *new), (at, path, to, new), is_inside(at, path))
CALL(int, renameat2, (int at, const char *path, int to, const char *new, unsigned flags), (at, path, to, new, flags), is_inside(at, path))

/* Linux closes a descriptor whatever it answers. */
int close(int descriptor)
{
    REAL(close);
    int ours = is_ours(descriptor);
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        of_folder[descriptor] = 0;
    if (ours && fails("close")) {
        int error = errno;
        real(descriptor);
        errno = error;
        return -1;
    }
    return real(descriptor);
}

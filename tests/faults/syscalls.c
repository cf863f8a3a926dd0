/* Writes down what a process does to the files of a folder, in order: the tests load it before the C library.

   FOLDER has the folder, LOG a folder for the log and for copies of what was synced. A line of the log is a step and its
   path; after "sync PATH N" the file N has what the disk has of the path from then on. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int number;

static int ours(const char *path) {
    const char *folder = getenv("FOLDER");
    return folder && getenv("LOG") && !strncmp(path, folder, strlen(folder));
}

static void note(const char *step, const char *path, const char *more) {
    char name[4096], line[9000];
    snprintf(name, sizeof name, "%s/log", getenv("LOG"));
    int log = open(name, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int length = snprintf(line, sizeof line, "%s\t%s\t%s\n", step, path, more);
    if (log < 0 || write(log, line, length) != length) abort();
    close(log);
}

static void note_sync(int descriptor) {
    char link[64], path[4096], copy[4096], count[16], block[65536];
    struct stat found;
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if ((length = readlink(link, path, sizeof path - 1)) < 0) return;
    path[length] = 0;
    if (!ours(path) || fstat(descriptor, &found)) return;
    if (S_ISDIR(found.st_mode)) {
        note("folder", path, "");
        return;
    }
    snprintf(count, sizeof count, "%d", ++number);
    snprintf(copy, sizeof copy, "%s/%d", getenv("LOG"), number);
    int from = open(link, O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (from < 0 || to < 0) abort();
    while ((length = read(from, block, sizeof block)) > 0)
        if (write(to, block, length) != length) abort();
    close(from);
    close(to);
    note("sync", path, count);
}

int fsync(int descriptor) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    int done = real(descriptor);
    if (!done) note_sync(descriptor);
    return done;
}

int fdatasync(int descriptor) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    int done = real(descriptor);
    if (!done) note_sync(descriptor);
    return done;
}

int unlink(const char *path) {
    static int (*real)(const char *);
    if (!real) real = dlsym(RTLD_NEXT, "unlink");
    int done = real(path);
    if (!done && ours(path)) note("unlink", path, "");
    return done;
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "rename");
    int done = real(from, to);
    if (!done && ours(to)) note("rename", from, to);
    return done;
}

int link(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "link");
    int done = real(from, to);
    if (!done && ours(to)) note("link", from, to);
    return done;
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    static int (*real)(int, const char *, int, const char *, unsigned);
    if (!real) real = dlsym(RTLD_NEXT, "renameat2");
    int done = real(from_folder, from, to_folder, to, flags);
    if (!done && ours(to)) note("rename", from, to);
    return done;
}

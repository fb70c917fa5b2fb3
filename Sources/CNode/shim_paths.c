// Paths below a directory that a container, a volume or a symbolic link may try to lead out of.
#define _GNU_SOURCE
#include "cnode.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_beneath(int root, const char *path, uint64_t flags, mode_t mode) {
    return cnode_openat2(root, path, flags, mode, CNODE_RESOLVE_IN_ROOT | CNODE_RESOLVE_NO_MAGICLINKS);
}

// Makes the last component of `path` (everything before it exists). The parent is opened inside the root first, so
// that no link is followed out of it.
static int make_last(int root, const char *path, bool directory, mode_t mode) {
    char parent[4096];
    const char *name = strrchr(path, '/');
    size_t length = name ? (size_t)(name - path) : 0;
    if (length + 2 > sizeof parent) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(parent, path, length);
    memcpy(parent + length, length ? "" : ".", length ? 1 : 2);
    name = name ? name + 1 : path;
    int holder = open_beneath(root, parent, O_PATH | O_DIRECTORY, 0);
    if (holder < 0) return -1;
    int made = directory ? mkdirat(holder, name, mode) : openat(holder, name, O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int error = errno;
    if (!directory && made >= 0) close(made);
    close(holder);
    errno = error;
    return made < 0 && errno != EEXIST ? -1 : 0;
}

int open_in_root(int root, const char *path, bool directory, mode_t mode) {
    char here[4096];
    while (*path == '/') path++;
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '/') length--;
    if (length == 0) return open_beneath(root, ".", O_PATH, 0);
    if (length >= sizeof here) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (size_t end = 1; end <= length; end++) {
        if (end < length && path[end] != '/') continue;
        if (path[end - 1] == '/') continue;
        memcpy(here, path, end);
        here[end] = 0;
        bool last = end == length;
        int file = open_beneath(root, here, O_PATH, 0);
        if (file < 0 && errno == ENOENT) {
            if (make_last(root, here, !last || directory, last && !directory ? 0644 : mode) != 0) return -1;
            file = open_beneath(root, here, O_PATH, 0);
        }
        if (file < 0 || last) return file;
        close(file);
    }
    return -1;
}

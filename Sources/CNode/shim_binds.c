// Volumes: each source is opened and cloned as a detached mount in the host's view, then moved to its place below the
// new root. Descriptors all the way: nothing is checked by name first and used by name later (CVE-2021-25741).
#define _GNU_SOURCE
#include "cnode.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// A subPath may not leave its volume and may not go through a symbolic link; a missing one is made as a directory.
static int open_subpath(int volume, const char *subpath, bool create) {
    const uint64_t resolve = CNODE_RESOLVE_BENEATH | CNODE_RESOLVE_NO_SYMLINKS | CNODE_RESOLVE_NO_MAGICLINKS;
    int file = cnode_openat2(volume, subpath, O_PATH, 0, resolve);
    if (file >= 0 || errno != ENOENT || !create) return file;
    char here[4096];
    size_t length = strlen(subpath);
    if (length >= sizeof here) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int holder = cnode_openat2(volume, ".", O_PATH | O_DIRECTORY, 0, resolve);
    for (size_t start = 0; holder >= 0 && start < length;) {
        size_t size = strcspn(subpath + start, "/");
        memcpy(here, subpath + start, size);
        here[size] = 0;
        start += size + 1;
        if (size == 0) continue;
        if (mkdirat(holder, here, 0750) != 0 && errno != EEXIST) {
            close(holder);
            return -1;
        }
        int next = cnode_openat2(holder, here, O_PATH | O_DIRECTORY, 0, resolve);
        close(holder);
        holder = next;
    }
    return holder;
}

static int clone_mount(int source, bool readonly) {
    int tree = open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
    if (tree < 0 || !readonly) return tree;
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) == 0) return tree;
    close(tree);
    return -1;
}

// /etc/resolv.conf is often a link into /run, which is empty in a container: the link makes place for the pod's file.
static void remove_link(int root, const char *target) {
    struct stat status;
    const char *path = target + strspn(target, "/");
    if (fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode)) unlinkat(root, path, 0);
}

static void bind_one(const struct bind *bind, int root, int report) {
    int source = open(bind->source, O_PATH | O_CLOEXEC);
    if (source < 0) fail(report, "open the volume %s", bind->source);
    if (bind->subpath) {
        int volume = source;
        source = open_subpath(volume, bind->subpath, bind->create_subpath);
        if (source < 0) fail(report, "open subPath %s of the volume %s", bind->subpath, bind->source);
        close(volume);
    }
    struct stat status;
    if (fstat(source, &status) != 0) fail(report, "look at %s", bind->source);
    int tree = clone_mount(source, bind->readonly);
    if (tree < 0) fail(report, "clone the mount of %s", bind->source);
    if (bind->replace) remove_link(root, bind->target);
    int target = open_in_root(root, bind->target, S_ISDIR(status.st_mode), 0755);
    if (target < 0) fail(report, "make the mount point %s", bind->target);
    if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        fail(report, "mount %s at %s", bind->source, bind->target);
    close(tree);
    close(target);
    close(source);
}

void binds_mount(const struct config *config, int root, int report) {
    for (size_t i = 0; i < config->bind_count; i++) bind_one(&config->binds[i], root, report);
}

// A container's root file system: an overlay over the host's (or an image directory), so that mount points need not
// exist on the host, and nothing that a container writes reaches it. It lives in the container's mount namespace only.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static void make_directory(const char *path, mode_t mode, int report) {
    if (mkdir(path, mode) != 0 && errno != EEXIST) fail(report, "make %s", path);
    if (chmod(path, mode) != 0) fail(report, "change the mode of %s", path);
}

// An opaque directory in the upper layer: the container sees an empty one instead of the host's.
static void hide(const struct config *config, const char *upper, int report) {
    for (size_t i = 0; i < config->hidden_count; i++) {
        int root = open(upper, O_PATH | O_DIRECTORY | O_CLOEXEC);
        const char *path = config->hidden[i];
        mode_t mode = strstr(path, "tmp") ? 01777 : 0755;
        int place = root < 0 ? -1 : open_in_root(root, path, true, 0755);
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", place);
        if (place < 0 || setxattr(name, "trusted.overlay.opaque", "y", 1, 0) != 0 || chmod(name, mode) != 0)
            fail(report, "hide %s", path);
        close(place);
        close(root);
    }
}

static int try_overlay(const struct config *config, const char *base, const char *root, int report) {
    char upper[4096], work[4096], options[9000];
    snprintf(upper, sizeof upper, "%s/upper", base);
    snprintf(work, sizeof work, "%s/work", base);
    make_directory(upper, 0755, report);
    make_directory(work, 0700, report);
    hide(config, upper, report);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", config->root, upper, work);
    return mount("overlay", root, "overlay", 0, options);
}

// Where the state directory cannot hold an upper layer (it is itself on an overlay, as in a container of CI), memory
// can.
static void mount_overlay(const struct config *config, const char *root, int report) {
    char memory[4096];
    if (try_overlay(config, config->directory, root, report) == 0) return;
    snprintf(memory, sizeof memory, "%s/memory", config->directory);
    make_directory(memory, 0700, report);
    if (mount("tmpfs", memory, "tmpfs", 0, "mode=0700,size=50%") != 0) fail(report, "mount a tmpfs at %s", memory);
    if (try_overlay(config, memory, root, report) != 0) fail(report, "mount an overlay over %s", config->root);
}

static void enter(const char *root, int report) {
    if (chdir(root) != 0) fail(report, "enter %s", root);
    if (syscall(SYS_pivot_root, ".", ".") != 0) fail(report, "make %s the root directory", root);
    if (umount2(".", MNT_DETACH) != 0) fail(report, "leave the host's file systems");
    if (chdir("/") != 0) fail(report, "enter the new root directory");
}

void rootfs_enter(const struct config *config, int report) {
    char root[4096];
    snprintf(root, sizeof root, "%s/root", config->directory);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(report, "make the mounts private");
    make_directory(root, 0755, report);
    mount_overlay(config, root, report);
    int place = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0) fail(report, "open %s", root);
    devices_mount(config, place, report);
    binds_mount(config, place, report);
    enter(root, report);
    system_mounts(config, report);
    close(place);
    struct mount_attr readonly = {.attr_set = MOUNT_ATTR_RDONLY};
    if (config->readonly_root && mount_setattr(AT_FDCWD, "/", 0, &readonly, sizeof readonly) != 0)
        fail(report, "make the root file system read-only");
}

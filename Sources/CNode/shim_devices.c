// The file systems that every container has: a small /dev, an empty /run, its own /proc, a read-only /sys.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void mount_at(int root, const char *type, const char *path, unsigned long flags, const char *options,
                     int report) {
    char name[64];
    int place = open_in_root(root, path, true, 0755);
    if (place < 0) fail(report, "make the mount point %s", path);
    snprintf(name, sizeof name, "/proc/self/fd/%d", place);
    if (mount(type, name, type, flags, options) != 0) fail(report, "mount %s at %s", type, path);
    close(place);
}

// Where mknod is forbidden (berth-node itself in a container) the host's device is bound instead.
static void make_device(int devices, const char *name, unsigned minor_number, unsigned major_number, int report) {
    char source[64], target[64];
    if (mknodat(devices, name, S_IFCHR | 0666, makedev(major_number, minor_number)) == 0) {
        if (fchmodat(devices, name, 0666, 0) != 0) fail(report, "change the mode of /dev/%s", name);
        return;
    }
    int place = openat(devices, name, O_CREAT | O_CLOEXEC, 0666);
    snprintf(source, sizeof source, "/dev/%s", name);
    snprintf(target, sizeof target, "/proc/self/fd/%d", place);
    if (place < 0 || mount(source, target, NULL, MS_BIND, NULL) != 0) fail(report, "make the device /dev/%s", name);
    close(place);
}

void devices_mount(const struct config *config, int root, int report) {
    (void)config;
    mount_at(root, "tmpfs", "/dev", MS_NOSUID | MS_STRICTATIME, "mode=0755,size=64k", report);
    mount_at(root, "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755,size=10%", report);
    int devices = open_in_root(root, "/dev", true, 0755);
    if (devices < 0) fail(report, "open /dev");
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", devices);
    int directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) fail(report, "open /dev");
    make_device(directory, "null", 3, 1, report);
    make_device(directory, "zero", 5, 1, report);
    make_device(directory, "full", 7, 1, report);
    make_device(directory, "random", 8, 1, report);
    make_device(directory, "urandom", 9, 1, report);
    make_device(directory, "tty", 0, 5, report);
    const char *links[][2] = {{"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"},
                              {"/proc/self/fd/2", "stderr"}, {"pts/ptmx", "ptmx"}};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlinkat(links[i][0], directory, links[i][1]) != 0) fail(report, "make the link /dev/%s", links[i][1]);
    close(directory);
    close(devices);
    mount_at(root, "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5", report);
    mount_at(root, "tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m", report);
}

// What a root user in a container could harm the whole machine with, or read its secrets from.
static void mask_proc(int report) {
    const char *empty[] = {"/proc/kcore", "/proc/keys", "/proc/sysrq-trigger", "/proc/timer_list", "/proc/kmsg"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        if (mount("/dev/null", empty[i], NULL, MS_BIND, NULL) != 0 && errno != ENOENT)
            fail(report, "hide %s", empty[i]);
    const char *fixed[] = {"/proc/sys", "/proc/irq", "/proc/bus"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (mount(fixed[i], fixed[i], NULL, MS_BIND | MS_REC, NULL) != 0) {
            if (errno == ENOENT) continue;
            fail(report, "bind %s", fixed[i]);
        }
        if (mount(NULL, fixed[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
            fail(report, "make %s read-only", fixed[i]);
    }
}

// After the pivot: /proc must be mounted by a process of the new PID namespace, /sys by one of the network namespace.
void system_mounts(const struct config *config, int report) {
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (mount("proc", "/proc", "proc", flags, NULL) != 0) fail(report, "mount /proc");
    if (mount("sysfs", "/sys", "sysfs", flags | (config->privileged ? 0 : MS_RDONLY), NULL) != 0 && errno != ENOENT)
        fail(report, "mount /sys");
    if (!config->privileged) mask_proc(report);
}

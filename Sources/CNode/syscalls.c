// The thin wrappers of cnode.h.
#define _GNU_SOURCE
#include "cnode.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int cnode_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int cnode_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cnode_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

uint64_t cnode_start_time(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    // The second field is the program's name in parentheses and may hold anything, so count from the last one.
    char *here = strrchr(text, ')');
    for (int field = 2; here && field < 22; field++) here = strchr(here + 1, ' ');
    return here ? strtoull(here + 1, NULL, 10) : 0;
}

int cnode_waiter_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cnode_waiter_add(int waiter, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = descriptor};
    return epoll_ctl(waiter, EPOLL_CTL_ADD, descriptor, &event);
}

int cnode_waiter_next(int waiter) {
    struct epoll_event event;
    return epoll_wait(waiter, &event, 1, -1) == 1 ? event.data.fd : -1;
}

int cnode_is_namespace(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 && status.f_type == NSFS_MAGIC;
}

int cnode_rename_new(int from_directory, const char *from, int to_directory, const char *to) {
    return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

int cnode_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    return mount(source, target, type, flags, data);
}

int cnode_unmount(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

struct dial {
    const char *netns;
    uint16_t port;
    int result, error;
};

static int connect_here(uint16_t port) {
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0) {
        fcntl(connection, F_SETFL, O_NONBLOCK);
        return connection;
    }
    int error = errno;
    close(connection);
    errno = error;
    return -1;
}

static void *dial_thread(void *argument) {
    struct dial *dial = argument;
    int namespace = open(dial->netns, O_RDONLY | O_CLOEXEC);
    dial->result = -1;
    if (namespace >= 0 && setns(namespace, CLONE_NEWNET) == 0) dial->result = connect_here(dial->port);
    dial->error = errno;
    if (namespace >= 0) close(namespace);
    return NULL;
}

int cnode_connect_in_netns(const char *netns, uint16_t port) {
    struct dial dial = {.netns = netns, .port = port, .result = -1};
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, dial_thread, &dial);
    if (failed) {
        errno = failed;
        return -1;
    }
    pthread_join(thread, NULL);
    errno = dial.error;
    return dial.result;
}

int cnode_open_terminal(int *terminal) {
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -1;
    int unlock = 0;
    *terminal = -1;
    if (ioctl(master, TIOCSPTLCK, &unlock) == 0) *terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*terminal >= 0) return master;
    int error = errno;
    close(master);
    errno = error;
    return -1;
}

int cnode_resize_terminal(int master, uint16_t columns, uint16_t rows) {
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    return ioctl(master, TIOCSWINSZ, &size);
}

int cnode_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cnode_wait_readable(int descriptor, int milliseconds) {
    struct pollfd file = {.fd = descriptor, .events = POLLIN};
    return poll(&file, 1, milliseconds);
}

int cnode_memory_file(void) { return memfd_create("berth-shim", MFD_CLOEXEC); }

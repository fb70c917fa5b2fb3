// The namespaces that the containers of a pod share: network, UTS and IPC. They are pinned by bind mounts, so no
// process has to stay alive for them, and a restarted berth-node finds them by name.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static void pin(const char *namespace, const char *path) {
    if (!path) return;
    int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (file < 0) fail(REPORT_FILE, "create %s", path);
    close(file);
    if (mount(namespace, path, NULL, MS_BIND, NULL) != 0) fail(REPORT_FILE, "bind %s to %s", namespace, path);
}

static void loopback_up(void) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo"};
    if (control < 0 || ioctl(control, SIOCGIFFLAGS, &request) != 0) fail(REPORT_FILE, "find the interface lo");
    request.ifr_flags |= IFF_UP;
    if (ioctl(control, SIOCSIFFLAGS, &request) != 0) fail(REPORT_FILE, "bring up the interface lo");
    close(control);
}

// As containerd does: a user without capabilities may listen on port 80 of the pod's own address. Where this cannot
// be set (a read-only /proc) such a user gets the kernel's usual "permission denied", which says enough.
static void allow_low_ports(void) {
    int file = open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t ignored = write(file, "0", 1);
    (void)ignored;
    close(file);
}

void sandbox_main(const struct config *config) {
    int kinds = (config->net ? CLONE_NEWNET : 0) | (config->uts ? CLONE_NEWUTS : 0) | (config->ipc ? CLONE_NEWIPC : 0);
    if (unshare(kinds) != 0) fail(REPORT_FILE, "make network, UTS and IPC namespaces");
    if (config->uts && sethostname(config->hostname, strlen(config->hostname)) != 0)
        fail(REPORT_FILE, "set the host name %s", config->hostname);
    if (config->net) {
        loopback_up();
        allow_low_ports();
    }
    pin("/proc/self/ns/net", config->net);
    pin("/proc/self/ns/uts", config->uts);
    pin("/proc/self/ns/ipc", config->ipc);
}

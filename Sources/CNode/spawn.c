// Starting programs from a process with many threads: posix_spawn, never fork.
#define _GNU_SOURCE
#include "cnode.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

// Copies above the targets first: a plain dup2 one after the other could overwrite a source that is still needed.
static int lift(const int *files, int count, int *lifted) {
    for (int i = 0; i < count; i++) lifted[i] = -1;
    for (int i = 0; i < count; i++) {
        int source = files[i];
        int opened = -1;
        if (source < 0 && i < 3) source = opened = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (source < 0 && i >= 3) continue;
        lifted[i] = fcntl(source, F_DUPFD_CLOEXEC, 16);
        int error = errno;
        if (opened >= 0) close(opened);
        if (lifted[i] < 0) return error;
    }
    return 0;
}

static int spawn(const char *path, char *const arguments[], char *const environment[], const int *files, int count,
                 pid_t *pid) {
    int lifted[CNODE_SHIM_FILES];
    int failed = lift(files, count, lifted);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < count && !failed; i++)
        if (lifted[i] >= 0) failed = posix_spawn_file_actions_adddup2(&actions, lifted[i], i);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!failed) failed = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (int i = 0; i < count; i++)
        if (lifted[i] >= 0) close(lifted[i]);
    return failed;
}

int cnode_spawn_shim(const char *verb, const int files[CNODE_SHIM_FILES], pid_t *pid) {
    char *const arguments[] = {"berth-shim", (char *)verb, NULL};
    return spawn("/proc/self/exe", arguments, environ, files, CNODE_SHIM_FILES, pid);
}

int cnode_spawn(const char *path, char *const arguments[], char *const environment[], const int files[3], pid_t *pid) {
    return spawn(path, arguments, environment, files, 3, pid);
}

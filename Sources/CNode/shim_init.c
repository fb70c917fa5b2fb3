// Pid 1 of a container's PID namespace and the container's command as its child. The command is not pid 1 itself: the
// kernel drops signals for pid 1 that it has no handler for, so `sleep` or `sh` would only ever die by SIGKILL after
// the whole grace period, and nobody would reap what it leaves behind.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void namespace_join(const char *path, int kind, int report) {
    if (!path) return;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(report, "open the pod's namespace %s", path);
    if (setns(file, kind) != 0) fail(report, "join the pod's namespace %s", path);
    close(file);
}

static void drop_bounding_set(uint64_t keep, int report) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (!(keep >> capability & 1) && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            fail(report, "drop capability %d", capability);
    errno = 0;
}

static void set_capabilities(uint64_t keep, int report) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)keep, .permitted = (uint32_t)keep},
        {.effective = (uint32_t)(keep >> 32), .permitted = (uint32_t)(keep >> 32)},
    };
    if (syscall(SYS_capset, &header, data) != 0) fail(report, "set the capabilities");
}

static void become_user(const struct config *config, int report) {
    if (!config->privileged) drop_bounding_set(config->capabilities, report);
    if (setgroups(config->group_count, config->groups) != 0) fail(report, "set the groups");
    if (setresgid(config->group, config->group, config->group) != 0) fail(report, "become group %u", config->group);
    if (setresuid(config->user, config->user, config->user) != 0) fail(report, "become user %u", config->user);
    if (!config->privileged && config->user == 0) set_capabilities(config->capabilities, report);
    if (config->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail(report, "forbid new privileges");
}

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int signal_number = 1; signal_number < NSIG; signal_number++) signal(signal_number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void enter_directory(const char *path, int report) {
    if (!path || !*path) path = "/";
    if (chdir(path) == 0) return;
    if (errno == ENOENT && mkdir(path, 0755) == 0 && chdir(path) == 0) return;
    fail(report, "enter the working directory %s", path);
}

// A command of exec: also one that is stopped must not outlive the shim that waits for it.
static void die_with_shim(const struct config *config) {
    if (config->pid) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

_Noreturn void command_main(const struct config *config, const int standard[3], int report) {
    int lifted[3];
    die_with_shim(config);
    setsid();
    for (int i = 0; i < 3; i++) lifted[i] = fcntl(standard[i], F_DUPFD_CLOEXEC, 32);
    for (int i = 0; i < 3; i++)
        if (lifted[i] < 0 || dup2(lifted[i], i) < 0) fail(report, "set up standard input and output");
    if (config->terminal) ioctl(0, TIOCSCTTY, 0);
    report = fcntl(report, F_DUPFD_CLOEXEC, 64);
    umask(022);
    enter_directory(config->working_directory, report);
    become_user(config, report);
    // Again: the kernel forgets it when the user changes.
    die_with_shim(config);
    reset_signals();
    environ = config->environment;
    execvp(config->arguments[0], config->arguments);
    fail(report, "exec %s", config->arguments[0]);
}

// Reaps everything, passes signals to the command, ends as the command ended. When pid 1 ends, the kernel kills what
// is left in the namespace.
static _Noreturn void reap(pid_t command) {
    sigset_t all;
    sigfillset(&all);
    for (;;) {
        siginfo_t signal_info;
        int number = sigwaitinfo(&all, &signal_info);
        if (number < 0) continue;
        if (number != SIGCHLD) {
            kill(command, number);
            continue;
        }
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == command) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
}

_Noreturn void init_main(const struct config *config, const int standard[3], int report) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    signal(SIGCHLD, SIG_DFL);
    // Without its shim nobody would copy the log or record the exit, so a container ends with its shim.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "berth-init", 0, 0, 0);
    namespace_join(config->net, CLONE_NEWNET, report);
    namespace_join(config->uts, CLONE_NEWUTS, report);
    namespace_join(config->ipc, CLONE_NEWIPC, report);
    rootfs_enter(config, report);
    pid_t command = fork();
    if (command < 0) fail(report, "fork");
    if (command == 0) command_main(config, standard, report);
    close_range(0, ~0U, 0);
    reap(command);
}

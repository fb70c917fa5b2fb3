// A command in a running container: joins the namespaces of its init (checked by start time), ends as the command
// ended. It dies with berth-node, because nobody would be left to hear of it.
#define _GNU_SOURCE
#include "cnode.h"
#include "shim.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void join(const struct config *config) {
    int process = cnode_pidfd_open((pid_t)config->pid);
    if (process < 0 || cnode_start_time((pid_t)config->pid) != config->pid_start) {
        errno = 0;
        fail(REPORT_FILE, "the container is not running");
    }
    if (setns(process, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) != 0)
        fail(REPORT_FILE, "join the container's namespaces");
    close(process);
}

// Waits for the child, or kills it when the other end of the report pipe (berth-node) has gone.
static int wait_for(pid_t child, int signals, int report) {
    struct pollfd files[2] = {{.fd = signals, .events = POLLIN}, {.fd = report, .events = 0}};
    for (;;) {
        int status;
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (poll(files, 2, -1) < 0) continue;
        struct signalfd_siginfo signal_info;
        if (files[0].revents && read(signals, &signal_info, sizeof signal_info) > 0
            && signal_info.ssi_signo == SIGTERM)
            kill(child, SIGKILL);
        if (files[1].revents) {
            kill(child, SIGKILL);
            files[1].fd = -1;
        }
    }
}

int exec_main(const struct config *config) {
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGTERM);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC);
    int report[2];
    if (signals < 0 || pipe2(report, O_CLOEXEC) != 0) fail(REPORT_FILE, "make a pipe");
    join(config);
    pid_t child = fork();
    if (child < 0) fail(REPORT_FILE, "fork into the container");
    const int standard[3] = {0, 1, 2};
    if (child == 0) {
        close(REPORT_FILE);
        command_main(config, standard, report[1]);
    }
    close(report[1]);
    for (int i = 0; i < 3; i++) close(i);
    char message[1024];
    ssize_t length = 0, got;
    while ((got = read(report[0], message + length, sizeof message - 1 - (size_t)length)) > 0) length += got;
    message[length] = 0;
    errno = 0;
    if (length > 0) fail(REPORT_FILE, "%s", message);
    if (write(REPORT_FILE, "ok", 2) < 0) kill(child, SIGKILL);
    return wait_for(child, signals, REPORT_FILE);
}

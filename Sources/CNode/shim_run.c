// The supervisor of one container: starts it, copies its output into the log, records how it started and ended.
//
// Files in the attempt's directory, each written to a temporary name, synced and renamed:
//   started  "<shim pid> <its start time> <init pid> <its start time> <ns since 1970>\n"
//   exit     "<exit code> <ns since 1970> <reason>\n<message>"; reason is Completed, Error or StartError
#define _GNU_SOURCE
#include "cnode.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// False when nothing was written: on a disk without room for 60 bytes.
static bool record(const struct config *config, const char *name, const char *text) {
    char path[4096], temporary[4096];
    snprintf(path, sizeof path, "%s/%s", config->directory, name);
    snprintf(temporary, sizeof temporary, "%s/.%s", config->directory, name);
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && fsync(file) == 0;
    if (file >= 0) close(file);
    if (!good || rename(temporary, path) != 0) {
        int error = errno;
        unlink(temporary);
        errno = error;
        return false;
    }
    int directory = open(config->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return true;
    fsync(directory);
    close(directory);
    return true;
}

// Without room for it, berth-node sees a shim that is gone without a record, and says so.
static void record_exit(const struct config *config, int code, const char *reason, const char *message) {
    char text[2048];
    snprintf(text, sizeof text, "%d %llu %s\n%s", code, (unsigned long long)nanoseconds(), reason, message);
    record(config, "exit", text);
}

static bool record_start(const struct config *config, pid_t init) {
    char text[256];
    pid_t own = getpid();
    snprintf(text, sizeof text, "%d %llu %d %llu %llu\n", own, (unsigned long long)cnode_start_time(own), init,
             (unsigned long long)cnode_start_time(init), (unsigned long long)nanoseconds());
    return record(config, "started", text);
}

struct streams {
    int command[3];     // the container's side
    int output[2];      // our side of stdout and stderr; [0] is the terminal's master if there is one
    int terminal_input; // FIFO to copy to the terminal, or -1
};

static void open_streams(const struct config *config, struct streams *streams) {
    int pipes[2][2];
    int input = config->input ? open(config->input, O_RDWR | O_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0) fail(REPORT_FILE, "open the standard input %s", config->input ? config->input : "/dev/null");
    streams->terminal_input = -1;
    if (config->terminal) {
        int side;
        streams->output[0] = cnode_open_terminal(&side);
        if (streams->output[0] < 0) fail(REPORT_FILE, "open a terminal");
        streams->output[1] = -1;
        for (int i = 0; i < 3; i++) streams->command[i] = side;
        if (config->input) streams->terminal_input = input;
    } else {
        for (int i = 0; i < 2; i++) {
            if (pipe2(pipes[i], O_CLOEXEC) != 0) fail(REPORT_FILE, "make a pipe");
            streams->output[i] = pipes[i][0];
            streams->command[i + 1] = pipes[i][1];
        }
        streams->command[0] = input;
    }
    for (int i = 0; i < 2; i++)
        if (streams->output[i] >= 0) fcntl(streams->output[i], F_SETFL, O_NONBLOCK);
}

static void close_command_side(struct streams *streams) {
    for (int i = 2; i >= 0; i--)
        if (i == 2 || streams->command[i] != streams->command[i + 1])
            if (streams->command[i] != streams->terminal_input) close(streams->command[i]);
}

// Starts init and waits until the command has been executed: the end of the report pipe without a word is success.
static pid_t start(const struct config *config, struct streams *streams) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) fail(REPORT_FILE, "make a pipe");
    if (unshare(CLONE_NEWPID) != 0) fail(REPORT_FILE, "make a PID namespace");
    pid_t init = fork();
    if (init < 0) fail(REPORT_FILE, "fork");
    if (init == 0) {
        close(REPORT_FILE);
        close(LOCK_FILE);
        if (unshare(CLONE_NEWNS) != 0) fail(report[1], "make a mount namespace");
        init_main(config, streams->command, report[1]);
    }
    close(report[1]);
    close_command_side(streams);
    char message[1024];
    ssize_t length = 0, got;
    while ((got = read(report[0], message + length, sizeof message - 1 - (size_t)length)) > 0) length += got;
    close(report[0]);
    message[length] = 0;
    if (length == 0) return init;
    kill(init, SIGKILL);
    waitpid(init, NULL, 0);
    record_exit(config, 128, "StartError", message);
    errno = 0;
    fail(REPORT_FILE, "%s", message);
}

// A stream that never pauses must not keep the other one, and the signals, waiting.
enum { ROUNDS = 16, LAST_ROUNDS = 1024 };

// False when the stream has ended.
static bool copy_output(struct logfile *log, int stream, int file, int rounds) {
    char buffer[16384];
    for (int i = 0; i < rounds; i++) {
        ssize_t got = read(file, buffer, sizeof buffer);
        if (got > 0) log_write(log, stream, buffer, (size_t)got);
        else return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    return true;
}

static void copy_input(int from, int terminal) {
    char buffer[4096];
    ssize_t got = read(from, buffer, sizeof buffer);
    if (got > 0 && write(terminal, buffer, (size_t)got) < 0) return;
}

// Copies until init has ended and its output is drained. Returns init's wait status.
static int supervise(const struct config *config, struct streams *streams, pid_t init, int signals) {
    struct logfile log;
    log_open(&log, config);
    struct pollfd files[4] = {{.fd = signals, .events = POLLIN}, {.fd = streams->output[0], .events = POLLIN},
                              {.fd = streams->output[1], .events = POLLIN},
                              {.fd = streams->terminal_input, .events = POLLIN}};
    for (;;) {
        if (poll(files, 4, -1) < 0 && errno != EINTR) return -1;
        if (files[3].revents & POLLIN) copy_input(files[3].fd, streams->output[0]);
        for (int i = 0; i < 2; i++)
            if (files[i + 1].revents && !copy_output(&log, i, files[i + 1].fd, ROUNDS)) files[i + 1].fd = -1;
        if (!(files[0].revents & POLLIN)) continue;
        struct signalfd_siginfo signal_info;
        if (read(signals, &signal_info, sizeof signal_info) < 0) continue;
        if (signal_info.ssi_signo == SIGTERM) kill(init, SIGTERM);
        int status;
        if (waitpid(init, &status, WNOHANG) != init) continue;
        for (int i = 0; i < 2; i++)
            if (files[i + 1].fd >= 0) copy_output(&log, i, files[i + 1].fd, LAST_ROUNDS);
        return status;
    }
}

// Leaves berth-node: a child of its own session, whose parent is gone at once.
static void detach(void) {
    pid_t child = fork();
    if (child < 0) fail(REPORT_FILE, "fork");
    if (child > 0) _exit(0);
    setsid();
    if (chdir("/") != 0) fail(REPORT_FILE, "enter /");
    prctl(PR_SET_NAME, "berth-shim", 0, 0, 0);
}

// A container that nobody can find could never be stopped.
static _Noreturn void give_up(const struct config *config, pid_t init) {
    char message[1024];
    snprintf(message, sizeof message, "record the start in %s: %s", config->directory, strerror(errno));
    kill(init, SIGKILL);
    waitpid(init, NULL, 0);
    record_exit(config, 128, "StartError", message);
    errno = 0;
    fail(REPORT_FILE, "%s", message);
}

void run_main(const struct config *config) {
    detach();
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGTERM);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    struct streams streams;
    open_streams(config, &streams);
    pid_t init = start(config, &streams);
    if (!record_start(config, init)) give_up(config, init);
    if (write(REPORT_FILE, "ok", 2) < 0) errno = 0; // berth-node has gone: it will find `started`
    close(REPORT_FILE);
    int status = supervise(config, &streams, init, signals);
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    record_exit(config, code, code == 0 ? "Completed" : "Error", "");
    _exit(0);
}

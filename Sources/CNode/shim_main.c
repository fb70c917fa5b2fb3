// Where the program turns into a shim: a constructor, because a shim must not start Swift's runtime (threads, memory),
// and because tests, whose main is not ours, start shims too. runc's nsexec does the same for the same reason.
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void fail(int file, const char *format, ...) {
    int error = errno;
    char text[1024];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text - 1, format, list);
    va_end(list);
    if (length > (int)sizeof text - 2) length = (int)sizeof text - 2;
    if (error && length < (int)sizeof text - 8)
        length += snprintf(text + length, sizeof text - (size_t)length - 1, ": %s", strerror(error));
    if (write(file, text, strlen(text)) < 0) _exit(70);
    _exit(71);
}

__attribute__((constructor)) static void shim_main(int count, char **arguments, char **environment) {
    (void)environment;
    if (count != 2 || strcmp(arguments[0], "berth-shim") != 0) return;
    // Whatever else was open in berth-node is none of the container's business.
    close_range(LOCK_FILE + 1, ~0U, 0);
    signal(SIGPIPE, SIG_IGN);
    struct config config;
    if (config_read(&config, CONFIG_FILE) != 0) fail(REPORT_FILE, "cannot read the shim's configuration");
    close(CONFIG_FILE);
    if (strcmp(arguments[1], "sandbox") == 0) {
        sandbox_main(&config);
    } else if (strcmp(arguments[1], "run") == 0) {
        run_main(&config);
    } else if (strcmp(arguments[1], "exec") == 0) {
        _exit(exec_main(&config));
    } else {
        errno = EINVAL;
        fail(REPORT_FILE, "unknown verb %s", arguments[1]);
    }
    _exit(0);
}

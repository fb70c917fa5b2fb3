// A container's output in the CRI log format, one line a record: "<RFC 3339 with nanoseconds> stdout|stderr F|P <text>",
// P for a piece whose line goes on. When a file reaches its limit it becomes .1, the older ones move up. A log that
// cannot be written (full disk) loses lines; the container must not stop for it.
#define _GNU_SOURCE
#include "shim.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void open_file(struct logfile *log) {
    struct stat status;
    log->file = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    log->bytes = log->file >= 0 && fstat(log->file, &status) == 0 ? (uint64_t)status.st_size : 0;
}

void log_open(struct logfile *log, const struct config *config) {
    *log = (struct logfile){.path = config->log, .limit = config->log_bytes, .keep = config->log_files};
    open_file(log);
}

static void rotate(struct logfile *log) {
    char from[4096], to[4096];
    for (uint32_t i = log->keep; i > 1; i--) {
        snprintf(from, sizeof from, "%s.%u", log->path, i - 1);
        snprintf(to, sizeof to, "%s.%u", log->path, i);
        rename(from, to);
    }
    snprintf(to, sizeof to, "%s.1", log->path);
    if (log->keep > 0) rename(log->path, to);
    else unlink(log->path);
    if (log->file >= 0) close(log->file);
    open_file(log);
}

static void write_record(struct logfile *log, int stream, const char *text, size_t length, bool complete) {
    struct timespec now;
    struct tm utc;
    char head[64], date[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    int size = snprintf(head, sizeof head, "%s.%09ldZ %s %c ", date, now.tv_nsec, stream ? "stderr" : "stdout",
                        complete ? 'F' : 'P');
    // A rotation may have found no room, or no descriptor, for a new file; later there may be one.
    if (log->file < 0) open_file(log);
    struct iovec parts[3] = {{head, (size_t)size}, {(char *)text, length}, {"\n", 1}};
    ssize_t written = writev(log->file, parts, 3);
    if (written > 0) log->bytes += (uint64_t)written;
}

void log_write(struct logfile *log, int stream, const char *bytes, size_t length) {
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t size = end ? (size_t)(end - bytes) : length;
        // Only at the end of a record, so that no line is torn over two files without a P.
        if (log->limit && log->bytes >= log->limit) rotate(log);
        write_record(log, stream, bytes, size, end != NULL);
        bytes += size + (end != NULL);
        length -= size + (end != NULL);
    }
}

// Load for the Kubernetes API over its Unix socket, on one thread: keeps each connection busy with one request at a
// time and looks at no more of an answer than its status and where it ends, so that what is measured is the server.
//
// usage: load SOCKET create|get|patch|list CONNECTIONS COUNT NAMESPACE
//        load SOCKET watch WATCHERS COUNT NAMESPACE
// Prints one line: requests (or events) a second, p50 and p99 of a request in milliseconds, errors.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, MAXIMUM = 4096 };

typedef struct {
    int fd, is_watch, has_head;
    long length, got;  // of the body; length -1: chunked
    double started;
    char head[8192], tail[8];
    size_t head_size;
    int status;
} Connection;

static Connection connections[MAXIMUM];
static double *latencies;
static long count, next_request, finished, errors, events;
static const char *mode, *space;
static char payload[513];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int dial(const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof name) < 0) die(path);
    return fd;
}

static void send_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t sent = write(fd, text, size);
        if (sent < 0) die("write");
        text += sent;
        size -= sent;
    }
}

static size_t make(char *out, size_t room, long index) {
    char body[1024] = "";
    const char *type = "application/json", *method = "GET";
    char path[512];
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/configmaps/c%07ld", space, index);
    if (!strcmp(mode, "create") || !strcmp(mode, "watch")) {
        method = "POST";
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/configmaps", space);
        snprintf(body, sizeof body,
                 "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c%07ld\"},\"data\":{\"v\":\"%s\"}}",
                 index, payload);
    } else if (!strcmp(mode, "patch")) {
        method = "PATCH";
        type = "application/merge-patch+json";
        snprintf(body, sizeof body, "{\"data\":{\"n\":\"%ld\"}}", index);
    } else if (!strcmp(mode, "list")) {
        snprintf(path, sizeof path, "/api/v1/namespaces/%s/configmaps", space);
    }
    if (!*body) return snprintf(out, room, "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path);
    return snprintf(out, room, "%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", method,
                    path, type, strlen(body), body);
}

static int start_request(Connection *c) {
    if (next_request >= count) return 0;
    char request[2048];
    size_t size = make(request, sizeof request, next_request++);
    c->has_head = 0;
    c->head_size = 0;
    c->got = 0;
    c->started = now();
    send_all(c->fd, request, size);
    return 1;
}

static void take_tail(Connection *c, const char *bytes, size_t size) {
    if (size >= 7) {
        memcpy(c->tail, bytes + size - 7, 7);
    } else {
        memmove(c->tail, c->tail + size, 7 - size);
        memcpy(c->tail + 7 - size, bytes, size);
    }
}

// True: the answer is whole.
static int take_body(Connection *c, const char *bytes, size_t size) {
    c->got += size;
    if (c->length >= 0) return c->got >= c->length;
    take_tail(c, bytes, size);
    return !memcmp(c->tail, "\r\n0\r\n\r\n", 7);
}

static void count_lines(Connection *c, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        // Every other line end belongs to the chunks.
        if (bytes[i] == '\n' && (i ? bytes[i - 1] : c->tail[6]) != '\r') events++;
    }
    if (size) c->tail[6] = bytes[size - 1];
}

static int take(Connection *c, char *bytes, size_t size) {
    if (c->has_head) {
        if (!c->is_watch) return take_body(c, bytes, size);
        count_lines(c, bytes, size);
        return 0;
    }
    size_t room = sizeof c->head - 1 - c->head_size, part = size < room ? size : room;
    memcpy(c->head + c->head_size, bytes, part);
    c->head_size += part;
    c->head[c->head_size] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end) return 0;
    c->has_head = 1;
    c->status = atoi(c->head + 9);
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    c->length = length && length < end ? atol(length + 17) : -1;
    size_t before = c->head_size - part, used = end + 4 - c->head - before;
    memset(c->tail, 0, sizeof c->tail);
    return take(c, bytes + used, size - used) || (c->length == 0);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void add(int epoll, Connection *c) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

int main(int words, char **argv) {
    if (words != 6) die("usage: load SOCKET MODE CONNECTIONS COUNT NAMESPACE");
    mode = argv[2];
    long watchers = 0, wanted = atol(argv[3]);
    count = atol(argv[4]);
    space = argv[5];
    memset(payload, 'x', 512);
    latencies = calloc(count, sizeof *latencies);
    if (!strcmp(mode, "watch")) {
        watchers = wanted;
        wanted = 8;
    }
    if (watchers + wanted > MAXIMUM || !latencies) die("too many");
    int epoll = epoll_create1(0);
    for (long i = 0; i < watchers + wanted; i++) {
        Connection *c = &connections[i];
        c->fd = dial(argv[1]);
        c->is_watch = i < watchers;
        add(epoll, c);
        if (c->is_watch) {
            char request[512];
            snprintf(request, sizeof request,
                     "GET /api/v1/namespaces/%s/configmaps?watch=1&timeoutSeconds=300 HTTP/1.1\r\nHost: x\r\n\r\n", space);
            send_all(c->fd, request, strlen(request));
        }
    }
    struct epoll_event ready[256];
    static char buffer[BUFFER];
    double begin = 0;
    long heads = 0;
    if (!watchers) begin = now();
    for (long i = watchers; !watchers && i < wanted; i++) start_request(&connections[i]);
    while (finished < count || events < count * watchers) {
        int n = epoll_wait(epoll, ready, 256, 20000);
        if (n <= 0) die("the server is silent");
        for (int i = 0; i < n; i++) {
            Connection *c = ready[i].data.ptr;
            ssize_t got = read(c->fd, buffer, BUFFER);
            if (got <= 0) die("the server closed a connection");
            int had = c->has_head;
            if (take(c, buffer, got)) {
                latencies[finished++] = now() - c->started;
                if (c->status >= 300) errors++;
                start_request(c);
            }
            if (c->is_watch && !had && c->has_head && ++heads == watchers) {
                begin = now();
                for (long k = watchers; k < watchers + wanted; k++) start_request(&connections[k]);
            }
        }
    }
    double seconds = now() - begin;
    qsort(latencies, count, sizeof *latencies, by_value);
    printf("%.0f %.3f %.3f %ld\n", (watchers ? events : count) / seconds, latencies[count / 2] * 1e3,
           latencies[count * 99 / 100] * 1e3, errors);
    return 0;
}

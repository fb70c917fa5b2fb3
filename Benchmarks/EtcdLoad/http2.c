#include "http2.h"

#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8 };
enum { WINDOW = 1 << 30, BUFFER = 1 << 18 };

// id 0: nobody's place.
typedef struct { uint32_t id; bool has_data; uint32_t consumed; void *user; } Stream;

struct Connection {
    int socket, epoll;
    const char *path;
    Events events;
    uint32_t next_id, consumed;
    bool wants_write;
    // Each at the place that its number says, in a table that grows when the place is taken.
    Stream *streams;
    uint32_t capacity;
    uint8_t *in, *out;
    size_t in_count, out_count, out_capacity;
};

static void fail(const char *what) {
    fprintf(stderr, "etcdload: %s: %s\n", what, errno ? strerror(errno) : "protocol");
    exit(1);
}

static void append(Connection *c, const void *bytes, size_t count) {
    if (c->out_count + count > c->out_capacity) {
        while (c->out_count + count > c->out_capacity) c->out_capacity *= 2;
        c->out = realloc(c->out, c->out_capacity);
    }
    memcpy(c->out + c->out_count, bytes, count);
    c->out_count += count;
}

static void frame(Connection *c, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, uint32_t count) {
    uint8_t head[9] = {count >> 16, count >> 8, count, type, flags, stream >> 24, stream >> 16, stream >> 8, stream};
    append(c, head, 9);
    if (count) append(c, payload, count);
}

static void window(Connection *c, uint32_t stream, uint32_t increment) {
    uint32_t value = htonl(increment);
    frame(c, WINDOW_UPDATE, 0, stream, &value, 4);
}

static int dial(const char *address) {
    if (!strncmp(address, "unix:", 5)) {
        struct sockaddr_un path = {.sun_family = AF_UNIX};
        strncpy(path.sun_path, address + 5, sizeof path.sun_path - 1);
        int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (s < 0 || connect(s, (struct sockaddr *)&path, sizeof path)) fail(address);
        return s;
    }
    struct sockaddr_in inet = {.sin_family = AF_INET};
    char host[64];
    int port = 0;
    if (sscanf(address, "%63[0-9.]:%d", host, &port) != 2) fail(address);
    inet.sin_port = htons(port);
    inet_pton(AF_INET, host, &inet.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (s < 0 || connect(s, (struct sockaddr *)&inet, sizeof inet)) fail(address);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return s;
}

Connection *connection_open(int epoll, const char *address, const char *path, Events events) {
    Connection *c = calloc(1, sizeof *c);
    c->socket = dial(address);
    c->epoll = epoll;
    c->path = path;
    c->events = events;
    c->next_id = 1;
    c->streams = calloc(c->capacity = 16, sizeof *c->streams);
    c->in = malloc(BUFFER);
    c->out = malloc(c->out_capacity = 4096);
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    append(c, preface, sizeof preface - 1);
    uint8_t settings[6] = {0, 4, WINDOW >> 24, WINDOW >> 16 & 255, WINDOW >> 8 & 255, WINDOW & 255};
    frame(c, SETTINGS, 0, 0, settings, 6);
    window(c, 0, WINDOW);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &event)) fail("epoll_ctl");
    connection_flush(c);
    return c;
}

void connection_close(Connection *c) {
    close(c->socket);
    free(c->streams);
    free(c->in);
    free(c->out);
    free(c);
}

static size_t literal(uint8_t *to, const char *text) {
    to[0] = (uint8_t)strlen(text);
    memcpy(to + 1, text, to[0]);
    return 1 + to[0];
}

// The first request enters its headers into the dynamic table, as every client does; later ones name the entries.
static void headers(Connection *c, uint32_t id) {
    static const uint8_t known[] = {0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe};
    if (id > 1) return frame(c, HEADERS, END_HEADERS, id, known, sizeof known);
    uint8_t block[256], *at = block;
    *at++ = 0x83, *at++ = 0x86;
    *at++ = 0x44, at += literal(at, c->path);
    *at++ = 0x41, at += literal(at, "localhost");
    *at++ = 0x5f, at += literal(at, "application/grpc");
    *at++ = 0x40, at += literal(at, "te"), at += literal(at, "trailers");
    frame(c, HEADERS, END_HEADERS, id, block, (uint32_t)(at - block));
}

static void message(Connection *c, uint32_t id, const uint8_t *bytes, size_t count, bool ends) {
    uint8_t head[14] = {(count + 5) >> 16, (count + 5) >> 8, count + 5, DATA, ends ? END_STREAM : 0, id >> 24, id >> 16,
                        id >> 8, id, 0, count >> 24, count >> 16, count >> 8, count};
    append(c, head, sizeof head);
    append(c, bytes, count);
}

static Stream *place(Connection *c, uint32_t id) { return &c->streams[id / 2 & (c->capacity - 1)]; }

static void enter(Connection *c, Stream stream) {
    while (place(c, stream.id)->id) {
        Stream *old = c->streams;
        uint32_t count = c->capacity;
        c->streams = calloc(c->capacity *= 2, sizeof *c->streams);
        // Two that had places of their own have them in a larger table too.
        for (uint32_t i = 0; i < count; i++)
            if (old[i].id) *place(c, old[i].id) = old[i];
        free(old);
    }
    *place(c, stream.id) = stream;
}

void connection_request(Connection *c, void *user, const uint8_t *bytes, size_t count, bool ends) {
    enter(c, (Stream){.id = c->next_id, .user = user});
    headers(c, c->next_id);
    message(c, c->next_id, bytes, count, ends);
    c->next_id += 2;
}

void connection_send(Connection *c, const uint8_t *bytes, size_t count) { message(c, c->next_id - 2, bytes, count, false); }

void connection_flush(Connection *c) {
    size_t sent = 0;
    while (sent < c->out_count) {
        ssize_t n = send(c->socket, c->out + sent, c->out_count - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) fail("send");
        sent += (size_t)n;
    }
    memmove(c->out, c->out + sent, c->out_count - sent);
    c->out_count -= sent;
    if ((c->out_count > 0) == c->wants_write) return;
    c->wants_write = c->out_count > 0;
    struct epoll_event event = {.events = EPOLLIN | (c->wants_write ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(c->epoll, EPOLL_CTL_MOD, c->socket, &event);
}

static Stream *find(Connection *c, uint32_t id) {
    Stream *stream = place(c, id);
    return id && stream->id == id ? stream : NULL;
}

static void end(Connection *c, Stream *stream, bool ok) {
    void *user = stream->user;
    stream->id = 0;
    c->events.ended(c, user, ok);
}

static void receive(Connection *c, uint8_t type, uint8_t flags, uint32_t id, const uint8_t *bytes, uint32_t count) {
    Stream *stream = find(c, id);
    switch (type) {
    case DATA:
        c->consumed += count;
        if (c->consumed > WINDOW / 4) window(c, 0, c->consumed), c->consumed = 0;
        if (!stream) return;
        stream->has_data = true;
        stream->consumed += count;
        if (stream->consumed > WINDOW / 4) window(c, id, stream->consumed), stream->consumed = 0;
        if (flags & PADDED) fail("padding");
        c->events.data(c, stream->user, bytes, count);
        if (flags & END_STREAM) end(c, stream, false);
        break;
    case HEADERS:
        if (stream && flags & END_STREAM) end(c, stream, stream->has_data);
        break;
    case RST_STREAM:
        if (stream) end(c, stream, false);
        break;
    case SETTINGS:
        if (!(flags & ACK)) frame(c, SETTINGS, ACK, 0, NULL, 0);
        break;
    case PING:
        if (!(flags & ACK)) frame(c, PING, ACK, 0, bytes, count);
        break;
    case GOAWAY: errno = 0, fail("the server says goodbye");
    }
}

void connection_ready(Connection *c, uint32_t ready) {
    if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t n = recv(c->socket, c->in + c->in_count, BUFFER - c->in_count, MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR) fail("recv");
        if (n == 0) errno = 0, fail("the server has closed the connection");
        if (n > 0) c->in_count += (size_t)n;
        size_t at = 0;
        while (c->in_count - at >= 9) {
            const uint8_t *f = c->in + at;
            uint32_t count = (uint32_t)f[0] << 16 | (uint32_t)f[1] << 8 | f[2];
            if (count > BUFFER - 9) errno = 0, fail("a frame is too long");
            if (c->in_count - at < 9 + count) break;
            uint32_t id = ((uint32_t)f[5] << 24 | (uint32_t)f[6] << 16 | (uint32_t)f[7] << 8 | f[8]) & 0x7fffffff;
            receive(c, f[3], f[4], id, f + 9, count);
            at += 9 + count;
        }
        memmove(c->in, c->in + at, c->in_count - at);
        c->in_count -= at;
    }
    connection_flush(c);
}

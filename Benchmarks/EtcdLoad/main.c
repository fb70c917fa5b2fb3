// Loads an etcd API and prints what it saw, as `name=value` words. The same program drives Berth and etcd.
//
// usage: etcdload ADDRESS PID put CLIENTS CONNECTIONS SECONDS        256-byte values, keys of 100,000
//        etcdload ADDRESS PID range CLIENTS CONNECTIONS SECONDS      one key
//        etcdload ADDRESS PID fill KEYS                              /list/... with 256-byte values
//        etcdload ADDRESS PID list CLIENTS CONNECTIONS SECONDS       all keys below /list/
//        etcdload ADDRESS PID watch WATCHERS CONNECTIONS SECONDS RATE
//
// ADDRESS is unix:/path or 127.0.0.1:port; PID is the server's, whose CPU time is read. CLIENTS send their next
// request when the last one is answered; they share CONNECTIONS evenly. `watch` sends RATE puts a second on a clock of
// its own; an event's latency counts from the time its put was due, so a server that falls behind cannot hide it.
#include "http2.h"
#include "messages.h"
#include "stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { VALUE = 256, KEYS = 100000 };
static const int64_t SECOND = 1000000000;

typedef struct { Connection *connection; int64_t sent; } Client;

static int epoll, server, connections;
static const char *address;
static Connection *opened[4096];
static uint64_t done, failed, received;
static bool is_measuring, is_stopping;
static uint64_t dice = 1;
static size_t (*next_message)(uint8_t *);

static void stop(const char *why) {
    fprintf(stderr, "etcdload: %s\n", why);
    exit(1);
}

static uint64_t roll(void) {
    dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
    return dice;
}

static void open_connections(int count, const char *path, Events events) {
    if (count < 1 || count > 4096) stop("1 to 4096 connections");
    for (connections = 0; connections < count; connections++)
        opened[connections] = connection_open(epoll, address, path, events);
}

static void poll_for(int milliseconds) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, 256, milliseconds);
    for (int i = 0; i < count; i++) connection_ready(events[i].data.ptr, events[i].events);
}

// --- clients that wait for their answers

static void ask(Client *client) {
    uint8_t message[MESSAGE];
    client->sent = now();
    connection_request(client->connection, client, message, next_message(message), true);
}

static void on_data(Connection *c, void *user, const uint8_t *bytes, size_t count) {
    (void)c, (void)user, (void)bytes;
    received += count;
}

static void on_end(Connection *c, void *user, bool ok) {
    (void)c;
    Client *client = user;
    if (is_measuring) {
        latency_add(now() - client->sent);
        ok ? done++ : failed++;
    }
    if (!is_stopping) ask(client);
}

static size_t random_put(uint8_t *to) {
    static uint8_t value[VALUE];
    char key[32];
    memset(value, 'v', VALUE);
    snprintf(key, sizeof key, "/bench/%08" PRIu64, roll() % KEYS);
    return put_message(to, key, value, VALUE);
}

static size_t one_key(uint8_t *to) { return range_message(to, "/list/00000000", NULL); }
static size_t all_keys(uint8_t *to) { return range_message(to, "/list/", "/list0"); }

static void closed_loop(const char *path, size_t (*next)(uint8_t *), int clients, int count, int seconds) {
    next_message = next;
    Client *all = calloc((size_t)clients, sizeof *all);
    open_connections(count, path, (Events){on_data, on_end});
    for (int i = 0; i < clients; i++) {
        all[i].connection = opened[i % connections];
        ask(&all[i]);
    }
    for (int i = 0; i < connections; i++) connection_flush(opened[i]);
    // A second to warm up.
    int64_t start = now() + SECOND, end = start + seconds * SECOND;
    while (now() < start) poll_for(10);
    double own = cpu_seconds(0), theirs = cpu_seconds(server);
    is_measuring = true, received = 0;
    int64_t began = now();
    while (now() < end) poll_for(10);
    double elapsed = (double)(now() - began) / 1e9;
    is_measuring = false, is_stopping = true;
    printf("rate=%.1f p50=%.1f p99=%.1f failed=%" PRIu64 " server_us=%.2f client_us=%.2f bytes=%.0f\n",
           (double)done / elapsed, latency_quantile(0.5), latency_quantile(0.99), failed,
           (cpu_seconds(server) - theirs) / (double)done * 1e6, (cpu_seconds(0) - own) / (double)done * 1e6,
           (double)received / (double)(done ? done : 1));
}

// --- keys for the lists

static int filled, to_fill;

static size_t next_fill(uint8_t *to) {
    static uint8_t value[VALUE];
    char key[32];
    memset(value, 'l', VALUE);
    snprintf(key, sizeof key, "/list/%08d", filled++);
    return put_message(to, key, value, VALUE);
}

static void on_fill(Connection *c, void *user, bool ok) {
    if (!ok) stop("a put failed");
    done++;
    if (filled < to_fill) ask(user);
    (void)c;
}

static void fill(int keys) {
    static Client all[256];
    to_fill = keys;
    next_message = next_fill;
    open_connections(8, "/etcdserverpb.KV/Put", (Events){on_data, on_fill});
    for (int i = 0; i < 256 && filled < to_fill; i++) {
        all[i].connection = opened[i % connections];
        ask(&all[i]);
    }
    for (int i = 0; i < connections; i++) connection_flush(opened[i]);
    while (done < (uint64_t)keys) poll_for(100);
}

// --- watchers

typedef struct { uint8_t *bytes; size_t count, capacity; } Partial;

static int created;
static uint64_t events;

static void on_created(void) { created++; }

static void on_event(const uint8_t *value, size_t count) {
    int64_t due;
    if (count < sizeof due) return;
    memcpy(&due, value, sizeof due);
    events++;
    latency_add(now() - due);
}

static void on_watch_data(Connection *c, void *user, const uint8_t *bytes, size_t count) {
    (void)c;
    Partial *partial = user;
    if (partial->count + count > partial->capacity)
        partial->bytes = realloc(partial->bytes, partial->capacity = 2 * (partial->count + count));
    memcpy(partial->bytes + partial->count, bytes, count);
    partial->count += count;
    size_t at = 0;
    while (partial->count - at >= 5) {
        const uint8_t *m = partial->bytes + at;
        size_t length = (size_t)m[1] << 24 | (size_t)m[2] << 16 | (size_t)m[3] << 8 | m[4];
        if (partial->count - at < 5 + length) break;
        each_event(m + 5, length, on_created, on_event);
        at += 5 + length;
    }
    memmove(partial->bytes, partial->bytes + at, partial->count - at);
    partial->count -= at;
}

static void on_watch_end(Connection *c, void *user, bool ok) {
    (void)c, (void)user, (void)ok;
    stop("a watch has ended");
}

static void on_put_end(Connection *c, void *user, bool ok) {
    (void)c, (void)user;
    ok ? done++ : failed++;
}

static void watch(int watchers, int count, int seconds, int rate) {
    uint8_t message[MESSAGE], value[16] = {0};
    Partial *partials = calloc((size_t)count, sizeof *partials);
    open_connections(count, "/etcdserverpb.Watch/Watch", (Events){on_watch_data, on_watch_end});
    size_t length = watch_message(message, "/watch/", "/watch0");
    for (int i = 0; i < watchers; i++) {
        Connection *c = opened[i % count];
        i < count ? connection_request(c, &partials[i], message, length, false) : connection_send(c, message, length);
    }
    for (int i = 0; i < count; i++) connection_flush(opened[i]);
    while (created < watchers) poll_for(100);

    Connection *writer = connection_open(epoll, address, "/etcdserverpb.KV/Put", (Events){on_data, on_put_end});
    double own = cpu_seconds(0), theirs = cpu_seconds(server);
    int64_t start = now(), step = SECOND / rate, total = (int64_t)seconds * rate, sent = 0;
    uint64_t expected = (uint64_t)total * (uint64_t)watchers;
    int64_t deadline = start + seconds * SECOND + 120 * SECOND;
    while (events < expected && now() < deadline) {
        for (; sent < total && start + sent * step <= now(); sent++) {
            char key[32];
            int64_t due = start + sent * step;
            memcpy(value, &due, sizeof due);
            snprintf(key, sizeof key, "/watch/%04d", (int)(sent % 1000));
            connection_request(writer, NULL, message, put_message(message, key, value, sizeof value), true);
        }
        connection_flush(writer);
        poll_for(sent < total ? 1 : 100);
    }
    double elapsed = (double)(now() - start) / 1e9;
    printf("events=%" PRIu64 " expected=%" PRIu64 " puts=%" PRIu64 " failed=%" PRIu64
           " seconds=%.2f p50=%.1f p99=%.1f server_us=%.3f client_us=%.3f\n",
           events, expected, done, failed, elapsed, latency_quantile(0.5), latency_quantile(0.99),
           (cpu_seconds(server) - theirs) / (double)events * 1e6, (cpu_seconds(0) - own) / (double)events * 1e6);
}

static int number(char **words, int index, int count) {
    int value = index < count ? atoi(words[index]) : 0;
    if (value < 1) stop("see the head of main.c for its use");
    return value;
}

int main(int count, char **words) {
    struct rlimit files = {65536, 65536};
    if (setrlimit(RLIMIT_NOFILE, &files)) getrlimit(RLIMIT_NOFILE, &files);
    if (count < 5) stop("see the head of main.c for its use");
    address = words[1], server = number(words, 2, count), epoll = epoll_create1(EPOLL_CLOEXEC);
    const char *what = words[3];
    int first = number(words, 4, count);
    if (!strcmp(what, "fill")) return fill(first), 0;
    int second = number(words, 5, count), seconds = number(words, 6, count);
    if (!strcmp(what, "put")) closed_loop("/etcdserverpb.KV/Put", random_put, first, second, seconds);
    else if (!strcmp(what, "range")) closed_loop("/etcdserverpb.KV/Range", one_key, first, second, seconds);
    else if (!strcmp(what, "list")) closed_loop("/etcdserverpb.KV/Range", all_keys, first, second, seconds);
    else if (!strcmp(what, "watch")) watch(first, second, seconds, number(words, 7, count));
    else stop("put, range, fill, list or watch");
    return 0;
}

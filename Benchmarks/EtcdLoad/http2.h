// Just enough of an HTTP/2 client to load a gRPC server: requests are encoded by hand, answers are told apart by their
// stream, and of their headers only the end is looked at. One thread, epoll.
#ifndef BERTH_ETCDLOAD_HTTP2_H
#define BERTH_ETCDLOAD_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Connection Connection;

// What happens on a connection. `user` is the stream's; `bytes` are those of one DATA frame.
typedef struct {
    void (*data)(Connection *connection, void *user, const uint8_t *bytes, size_t count);
    // ok: at least one message came; a gRPC error has trailers only.
    void (*ended)(Connection *connection, void *user, bool ok);
} Events;

// `address` is unix:/path or 127.0.0.1:port. All requests of a connection have the same `path`.
Connection *connection_open(int epoll, const char *address, const char *path, Events events);
void connection_close(Connection *connection);
// Sends one message on a new stream. `ends`: nothing follows.
void connection_request(Connection *connection, void *user, const uint8_t *message, size_t count, bool ends);
// One more message on the newest stream.
void connection_send(Connection *connection, const uint8_t *message, size_t count);
// Writes what is queued.
void connection_flush(Connection *connection);
// Called when epoll says so; the connection is epoll's data.ptr.
void connection_ready(Connection *connection, uint32_t epoll_events);

#endif

// etcd's messages, written and read by hand (https://etcd.io/docs/v3.6/dev-guide/api_reference_v3/).
#ifndef BERTH_ETCDLOAD_MESSAGES_H
#define BERTH_ETCDLOAD_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

enum { MESSAGE = 8192 };

size_t put_message(uint8_t *to, const char *key, const uint8_t *value, size_t count);
// `end` may be NULL.
size_t range_message(uint8_t *to, const char *key, const char *end);
size_t watch_message(uint8_t *to, const char *key, const char *end);
// Calls `body` with the value of each event of a WatchResponse; `created` if it announces a watch.
void each_event(const uint8_t *message, size_t count, void (*created)(void), void (*body)(const uint8_t *, size_t));

#endif

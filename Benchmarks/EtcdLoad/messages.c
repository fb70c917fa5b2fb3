#include "messages.h"

#include <string.h>

static uint8_t *varint(uint8_t *to, uint64_t value) {
    for (; value >= 0x80; value >>= 7) *to++ = (uint8_t)value | 0x80;
    *to++ = (uint8_t)value;
    return to;
}

static uint8_t *bytes(uint8_t *to, int field, const void *content, size_t count) {
    to = varint(to, (uint64_t)field << 3 | 2);
    to = varint(to, count);
    memcpy(to, content, count);
    return to + count;
}

size_t put_message(uint8_t *to, const char *key, const uint8_t *value, size_t count) {
    uint8_t *at = bytes(to, 1, key, strlen(key));
    return (size_t)(bytes(at, 2, value, count) - to);
}

size_t range_message(uint8_t *to, const char *key, const char *end) {
    uint8_t *at = bytes(to, 1, key, strlen(key));
    if (end) at = bytes(at, 2, end, strlen(end));
    return (size_t)(at - to);
}

size_t watch_message(uint8_t *to, const char *key, const char *end) {
    uint8_t create[512];
    return (size_t)(bytes(to, 1, create, range_message(create, key, end)) - to);
}

// Reads one field; the content of a length-delimited one is in `content` and `length`. Returns behind it, or NULL.
static const uint8_t *field(const uint8_t *at, const uint8_t *end, uint64_t *tag, const uint8_t **content,
                            uint64_t *length) {
    uint64_t values[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        for (int shift = 0; at < end; shift += 7) {
            values[i] |= (uint64_t)(*at & 0x7f) << shift;
            if (*at++ < 0x80) break;
        }
    }
    *tag = values[0];
    *content = at;
    *length = values[1];
    if ((values[0] & 7) != 2) return at <= end ? at : NULL;
    return values[1] <= (uint64_t)(end - at) ? at + values[1] : NULL;
}

static void event(const uint8_t *at, const uint8_t *end, void (*body)(const uint8_t *, size_t)) {
    uint64_t tag, length;
    const uint8_t *content;
    while (at < end && (at = field(at, end, &tag, &content, &length))) {
        if (tag != (2 << 3 | 2)) continue;
        const uint8_t *key = content, *stop = content + length;
        while (key < stop && (key = field(key, stop, &tag, &content, &length)))
            if (tag == (5 << 3 | 2)) body(content, length);
        return;
    }
}

void each_event(const uint8_t *message, size_t count, void (*created)(void), void (*body)(const uint8_t *, size_t)) {
    const uint8_t *at = message, *end = message + count, *content;
    uint64_t tag, length;
    while (at < end && (at = field(at, end, &tag, &content, &length))) {
        if (tag == (3 << 3) && length) created();
        if (tag == (11 << 3 | 2)) event(content, content + length, body);
    }
}

#include "CStore.h"
#include <string.h>

// Written from the specification; little-endian machines only, as the store's files are.
static const uint64_t P1 = 0x9E3779B185EBCA87ULL, P2 = 0xC2B2AE3D27D4EB4FULL, P3 = 0x165667B19E3779F9ULL,
                      P4 = 0x85EBCA77C2B2AE63ULL, P5 = 0x27D4EB2F165667C5ULL;

static inline uint64_t rotl(uint64_t x, int r) { return (x << r) | (x >> (64 - r)); }
static inline uint64_t read64(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint32_t read32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint64_t accumulate(uint64_t acc, uint64_t lane) { return rotl(acc + lane * P2, 31) * P1; }
static inline uint64_t merge(uint64_t acc, uint64_t lane) { return (acc ^ accumulate(0, lane)) * P1 + P4; }

uint64_t berth_xxh64(const void *bytes, size_t count, uint64_t seed) {
    const uint8_t *p = bytes, *end = p + count;
    uint64_t h;
    if (count >= 32) {
        uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
        for (; end - p >= 32; p += 32) {
            a = accumulate(a, read64(p));
            b = accumulate(b, read64(p + 8));
            c = accumulate(c, read64(p + 16));
            d = accumulate(d, read64(p + 24));
        }
        h = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
        h = merge(merge(merge(merge(h, a), b), c), d);
    } else {
        h = seed + P5;
    }
    h += count;
    for (; end - p >= 8; p += 8) h = rotl(h ^ accumulate(0, read64(p)), 27) * P1 + P4;
    for (; end - p >= 4; p += 4) h = rotl(h ^ (read32(p) * P1), 23) * P2 + P3;
    for (; p < end; p++) h = rotl(h ^ (*p * P5), 11) * P1;
    h = (h ^ (h >> 33)) * P2;
    h = (h ^ (h >> 29)) * P3;
    return h ^ (h >> 32);
}

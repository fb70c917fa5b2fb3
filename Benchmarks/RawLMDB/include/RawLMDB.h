// What LMDB itself does with the same file: the peer of the store's point reads.
#pragma once
#include <stdint.h>

/// Opens the LMDB environment in `directory` and gets `count` keys of `table`, each in a read transaction renewed for
/// it: /registry/bench/default/object-<8 digits>, the digits from the generator that StoreBench uses. Returns
/// nanoseconds, or -1 and why in `errno`; `found` is how many were there.
int64_t raw_lmdb_reads(const char *directory, const char *table, int64_t keys, int64_t count, int64_t *found);

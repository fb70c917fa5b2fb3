// Checksums of the store's files, and what glibc hides from Swift. In C because CRC32C needs the processor's own instruction, and because debug builds
// of Swift are too slow to hash every value that a test reads.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720), with the SSE4.2 or ARMv8 instruction where the processor has it.
/// `crc` is 0 or the result for the bytes before these.
uint32_t berth_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The table-driven form of `berth_crc32c`, for the test that holds both to be equal.
uint32_t berth_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
uint64_t berth_xxh64(const void *bytes, size_t count, uint64_t seed);

/// Names the calling thread (at most 15 bytes); glibc declares this for GNU sources only.
void berth_name_thread(const char *name);

/// open(2) for reading past the page cache (O_DIRECT, which glibc declares for GNU sources only); -1 and `errno`.
int berth_open_direct(const char *path);

/// Makes writes through the descriptor go past the page cache (O_DIRECT); -1 and `errno` where that cannot be.
int berth_write_direct(int descriptor);

/// Magic number of the file system that holds `path` (statfs(2)); -1 and `errno`.
int64_t berth_file_system_type(const char *path);

/// fallocate(2) with FALLOC_FL_KEEP_SIZE: -1 and `errno`.
int berth_allocate(int descriptor, int64_t offset, int64_t count);

/// Gives free pages of malloc's arenas back to the kernel.
void berth_give_memory_back(void);

/// SHA-256 (FIPS 180-4) over bytes that come in pieces: init, add any number of times, finish.
typedef struct {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} berth_sha256;

void berth_sha256_init(berth_sha256 *hash);
void berth_sha256_add(berth_sha256 *hash, const void *bytes, size_t count);
void berth_sha256_finish(berth_sha256 *hash, uint8_t digest[32]);

/// From now on SIGBUS, SIGSEGV and SIGABRT write one byte to the descriptor's file before they end the process.
void berth_mark_on_crash(int descriptor);
void berth_forget_mark(int descriptor);

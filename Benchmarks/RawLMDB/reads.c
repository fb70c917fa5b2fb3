#include "RawLMDB.h"
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t run(MDB_txn *transaction, MDB_dbi table, int64_t keys, int64_t count, int64_t *found) {
    uint64_t generator = 42;
    volatile uint64_t touched = 0;
    int64_t start = now();
    *found = 0;
    for (int64_t index = 0; index < count; index++) {
        generator = generator * 6364136223846793005u + 1442695040888963407u;
        char name[64];
        int length = snprintf(name, sizeof name, "/registry/bench/default/object-%08lld", (long long)((generator >> 33) % keys));
        MDB_val key = {(size_t)length, name}, value;
        if (mdb_txn_renew(transaction) != 0) return -1;
        if (mdb_get(transaction, table, &key, &value) == 0) {
            *found += 1;
            touched += ((const unsigned char *)value.mv_data)[value.mv_size - 1];
        }
        mdb_txn_reset(transaction);
    }
    return now() - start;
}

/// The table's handle, which only a transaction that ends well leaves behind.
static int open_table(MDB_env *environment, const char *name, MDB_dbi *table) {
    MDB_txn *transaction;
    int code = mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction);
    if (code != 0) return code;
    if ((code = mdb_dbi_open(transaction, name, 0, table)) == 0) return mdb_txn_commit(transaction);
    mdb_txn_abort(transaction);
    return code;
}

int64_t raw_lmdb_reads(const char *directory, const char *table, int64_t keys, int64_t count, int64_t *found) {
    MDB_env *environment;
    MDB_txn *transaction;
    MDB_dbi index;
    int64_t result = -1;
    if ((errno = mdb_env_create(&environment)) != 0) return -1;
    mdb_env_set_maxdbs(environment, 8);
    if ((errno = mdb_env_open(environment, directory, MDB_RDONLY | MDB_NOTLS, 0600)) == 0 &&
        (errno = open_table(environment, table, &index)) == 0 &&
        (errno = mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction)) == 0) {
        mdb_txn_reset(transaction);
        result = run(transaction, index, keys, count, found);
        mdb_txn_abort(transaction);
    }
    mdb_env_close(environment);
    return result;
}

#define _GNU_SOURCE
#include "CStore.h"
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/vfs.h>

void berth_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int berth_open_direct(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_DIRECT); }

int berth_write_direct(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_DIRECT);
}

int64_t berth_file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)(uint32_t)status.f_type : -1;
}

int berth_allocate(int descriptor, int64_t offset, int64_t count) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
}

void berth_give_memory_back(void) { malloc_trim(0); }

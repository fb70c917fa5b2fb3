#include "stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// 64 buckets for each power of two.
enum { BUCKETS = 64 * 64 };
static uint64_t buckets[BUCKETS], total;

static int bucket(uint64_t value) {
    if (value < 64) return (int)value;
    int exponent = 63 - __builtin_clzll(value);
    return (exponent - 5) * 64 + (int)(value >> (exponent - 6) & 63);
}

static double middle(int index) {
    if (index < 128) return index;
    int exponent = index / 64 + 5;
    return (64.5 + index % 64) * (double)(1ULL << (exponent - 6));
}

void latency_add(int64_t nanoseconds) {
    buckets[bucket(nanoseconds < 0 ? 0 : (uint64_t)nanoseconds)]++;
    total++;
}

void latency_reset(void) { memset(buckets, 0, sizeof buckets), total = 0; }

double latency_quantile(double share) {
    uint64_t wanted = (uint64_t)(share * (double)total), seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += buckets[i]) > wanted) return middle(i) / 1000;
    return 0;
}

double cpu_seconds(int pid) {
    if (!pid) {
        struct timespec time;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
    }
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) return 0;
    fclose(file);
    unsigned long user = 0, kernel = 0;
    const char *rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2) return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

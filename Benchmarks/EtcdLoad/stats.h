// Time, latencies and CPU use.
#ifndef BERTH_ETCDLOAD_STATS_H
#define BERTH_ETCDLOAD_STATS_H

#include <stdint.h>

// Monotonic nanoseconds.
int64_t now(void);

void latency_add(int64_t nanoseconds);
void latency_reset(void);
// Microseconds, to within 2 %. `share` is 0.5 for the median.
double latency_quantile(double share);

// CPU seconds of a process so far; of this one: pid 0.
double cpu_seconds(int pid);

#endif

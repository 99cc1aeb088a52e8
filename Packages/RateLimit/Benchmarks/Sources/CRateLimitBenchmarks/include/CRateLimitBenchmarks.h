#ifndef C_RATE_LIMIT_BENCHMARKS_H
#define C_RATE_LIMIT_BENCHMARKS_H

#include <stddef.h>
#include <stdint.h>

/// The number of heap allocations of this process so far, all threads together; always 0 where the allocator cannot be watched.
uint64_t rate_limit_benchmarks_allocations(void);

/// Whether allocations are counted on this platform.
int rate_limit_benchmarks_counts_allocations(void);

/// Processor time of the calling thread in nanoseconds; on a shared machine it says more than the time on the wall.
uint64_t rate_limit_benchmarks_thread_nanoseconds(void);

/// Memory of so many bytes, in huge pages where the system grants them, in which each line of 64 bytes leads to another at random.
void *rate_limit_benchmarks_cycle(size_t bytes);

/// Reads so many lines of a cycle, each found only by the one before, and tells where the walk ended.
void *rate_limit_benchmarks_follow(void *place, size_t reads);

#endif

#ifndef C_SECRET_SCANNING_BENCHMARKS_H
#define C_SECRET_SCANNING_BENCHMARKS_H

#include <stdint.h>

/// The number of heap allocations of this process so far, all threads together; always 0 where the allocator cannot be watched.
uint64_t secret_scanning_benchmarks_allocations(void);

/// Whether allocations are counted on this platform.
int secret_scanning_benchmarks_counts_allocations(void);

/// Processor time of the calling thread in nanoseconds; on a shared machine it says more than the time on the wall.
uint64_t secret_scanning_benchmarks_thread_nanoseconds(void);

#endif

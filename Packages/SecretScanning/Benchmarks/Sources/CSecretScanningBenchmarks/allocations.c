#define _GNU_SOURCE
#include "CSecretScanningBenchmarks.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

uint64_t secret_scanning_benchmarks_thread_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#if defined(__linux__) && defined(__GLIBC__)

// The executable's definitions take the place of glibc's for every library of the process, the Swift runtime included.
static _Atomic uint64_t allocations;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    count();
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    void *pointer = __libc_memalign(alignment, size);
    if (pointer == NULL) return ENOMEM;
    *result = pointer;
    return 0;
}

uint64_t secret_scanning_benchmarks_allocations(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }
int secret_scanning_benchmarks_counts_allocations(void) { return 1; }

#else

uint64_t secret_scanning_benchmarks_allocations(void) { return 0; }
int secret_scanning_benchmarks_counts_allocations(void) { return 0; }

#endif

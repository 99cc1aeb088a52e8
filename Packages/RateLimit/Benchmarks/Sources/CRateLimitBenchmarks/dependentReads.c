#define _GNU_SOURCE
#include "CRateLimitBenchmarks.h"

#include <stdlib.h>
#include <sys/mman.h>

static const size_t line = 64;
static const size_t huge_page = 2u << 20;

// One cycle through all lines, in an order that no prefetcher foresees (Sattolo's shuffle).
void *rate_limit_benchmarks_cycle(size_t bytes) {
    size_t count = bytes / line;
    char *memory = NULL;
    uint32_t *next = malloc(count * sizeof(uint32_t));
    if (next == NULL || posix_memalign((void **)&memory, huge_page, bytes) != 0) abort();
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    for (size_t number = 0; number < count; number++) next[number] = (uint32_t)number;
    uint64_t random = 88172645463325252u;
    for (size_t number = count - 1; number > 0; number--) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        size_t other = random % number;
        uint32_t kept = next[number];
        next[number] = next[other];
        next[other] = kept;
    }
    for (size_t number = 0; number < count; number++) *(void **)(memory + number * line) = memory + (size_t)next[number] * line;
    free(next);
    return memory;
}

void *rate_limit_benchmarks_follow(void *place, size_t reads) {
    for (size_t read = 0; read < reads; read++) place = *(void *volatile *)place;
    return place;
}

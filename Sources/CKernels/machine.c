// What the core and the memory can do at most: what kernels are measured against.
#include "CKernels.h"
#include "clones.h"

// Chains of multiply-adds that depend on nothing but themselves, enough of them to hide the latency of each.
enum { CHAINS = 12 };

#define CHAIN_LOOP(TYPE, COUNT)                                             \
    TYPE sums[COUNT];                                                       \
    for (int c = 0; c < COUNT; c++) sums[c] = (TYPE){0} + (float)c;         \
    const TYPE a = (TYPE){0} + 0.999f, b = (TYPE){0} + 1e-3f;               \
    for (size_t r = 0; r < rounds; r++)                                     \
        for (int c = 0; c < COUNT; c++) sums[c] = sums[c] * a + b;          \
    TYPE all = sums[0];                                                     \
    for (int c = 1; c < COUNT; c++) all += sums[c];                         \
    *result = all[0];                                                       \
    return (double)rounds * COUNT * 2 * (sizeof(TYPE) / sizeof(float));

typedef float narrow __attribute__((vector_size(32)));
typedef float wide __attribute__((vector_size(64), aligned(64)));

CLONES static double narrow_chains(size_t rounds, float *result) { CHAIN_LOOP(narrow, CHAINS) }

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static double wide_chains(size_t rounds,
                                                                                           float *result) {
    CHAIN_LOOP(wide, CHAINS)
}
#endif

double lockstep_multiply_adds(size_t rounds, float *result) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) return wide_chains(rounds, result);
#endif
    return narrow_chains(rounds, result);
}

int lockstep_instruction_level(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("x86-64-v4") ? 4 : __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
#else
    return 0;
#endif
}

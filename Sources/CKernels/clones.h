// One binary for every x86-64: the loader picks the widest version that the machine runs.
#ifndef LOCKSTEP_CLONES_H
#define LOCKSTEP_CLONES_H

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Inlined into each clone, so that it is compiled for that clone's instruction set.
#define INLINE static inline __attribute__((always_inline))

// √x as one instruction. The C library's square root reports errors in errno, which keeps loops scalar.
INLINE float square_root(float x) { return __builtin_elementwise_sqrt(x); }

// A function of two arrays, element by element: `expression` in x and y.
#define BINARY(name, expression)                                               \
    CLONES void name(const float *a, const float *b, float *out, size_t n) {   \
        for (size_t i = 0; i < n; i++) {                                       \
            const float x = a[i], y = b[i];                                    \
            out[i] = (expression);                                             \
        }                                                                      \
    }

#endif

// Code that has to know how many registers there are: each_level.h includes a file of templates once for each level of
// instructions. There LEVEL_NAME(name) makes a name for that level, and TILE_VECTORS is how many vectors of 16 numbers a register
// tile is wide.
#ifndef LOCKSTEP_LEVELS_H
#define LOCKSTEP_LEVELS_H

#include "clones.h"

#include <stddef.h>

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }

typedef float vector __attribute__((vector_size(64), aligned(4), may_alias));

// Where the elements of a small product lie: a(m, k) of a segment at a[segment·a_segment + m·a_row + k·a_column], rows of b
// and of c b_row and c_row apart. The product is added to c, or replaces it.
struct steps {
    size_t a_row, a_column, a_segment, b_row, b_segment, c_row, inner, segments;
    int adds;
};

#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define HAS_LEVELS 1
// Without the width the compiler halves vectors of 512 bits.
#define BEGIN_V4                                                                                            \
    _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v4\"))), apply_to = function)")       \
    _Pragma("clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)")
#define END_V4 _Pragma("clang attribute pop") _Pragma("clang attribute pop")
#define BEGIN_V3 _Pragma("clang attribute push(__attribute__((target(\"arch=x86-64-v3\"))), apply_to = function)")
#define END_V3 _Pragma("clang attribute pop")

// The function of the widest level that the machine has.
#define OF_LEVEL(name)                                                              \
    (__builtin_cpu_supports("x86-64-v4")   ? name##_v4                              \
     : __builtin_cpu_supports("x86-64-v3") ? name##_v3                              \
                                           : name##_baseline)
#else
#define HAS_LEVELS 0
#define OF_LEVEL(name) name##_baseline
#endif

#endif

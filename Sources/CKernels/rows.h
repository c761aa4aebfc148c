// The largest element and the sum of a row, in lanes: the compiler may not reorder these by itself. The order of summation
// is a function of the number of columns alone.
#ifndef LOCKSTEP_ROWS_H
#define LOCKSTEP_ROWS_H

#include "clones.h"

#include <math.h>
#include <stddef.h>

enum { LANES = 16 };

// Lanes are combined by halves, which takes fewer dependent steps than one after the other.
INLINE float row_maximum(const float *row, size_t columns) {
    float lanes[LANES];
    for (int l = 0; l < LANES; l++) lanes[l] = -INFINITY;
    size_t c = 0;
    for (; c + LANES <= columns; c += LANES)
        for (int l = 0; l < LANES; l++) lanes[l] = row[c + l] > lanes[l] ? row[c + l] : lanes[l];
    for (; c < columns; c++) lanes[c % LANES] = row[c] > lanes[c % LANES] ? row[c] : lanes[c % LANES];
    for (int l = 0; l < 8; l++) lanes[l] = lanes[l + 8] > lanes[l] ? lanes[l + 8] : lanes[l];
    for (int l = 0; l < 4; l++) lanes[l] = lanes[l + 4] > lanes[l] ? lanes[l + 4] : lanes[l];
    for (int l = 0; l < 2; l++) lanes[l] = lanes[l + 2] > lanes[l] ? lanes[l + 2] : lanes[l];
    return lanes[1] > lanes[0] ? lanes[1] : lanes[0];
}

#define SUM_OF_LANES(term)                                            \
    float lanes[LANES] = {0};                                         \
    size_t c = 0;                                                     \
    for (; c + LANES <= columns; c += LANES)                          \
        for (size_t l = 0; l < LANES; l++) lanes[l] += term(c + l);   \
    for (; c < columns; c++) lanes[c % LANES] += term(c);             \
    for (int l = 0; l < 8; l++) lanes[l] += lanes[l + 8];             \
    for (int l = 0; l < 4; l++) lanes[l] += lanes[l + 4];             \
    for (int l = 0; l < 2; l++) lanes[l] += lanes[l + 2];             \
    return lanes[0] + lanes[1];

#define ELEMENT(i) row[i]
INLINE float row_sum(const float *row, size_t columns) { SUM_OF_LANES(ELEMENT) }
#undef ELEMENT

#define ELEMENT(i) (row[i] == 1.0f ? 0.0f : row[i])
INLINE float row_sum_without_ones(const float *row, size_t columns) { SUM_OF_LANES(ELEMENT) }
#undef ELEMENT

#define ELEMENT(i) (a[i] * b[i])
INLINE float row_dot(const float *a, const float *b, size_t columns) { SUM_OF_LANES(ELEMENT) }
#undef ELEMENT

#endif

#include "CKernels.h"
#include "clones.h"

#include <math.h>

// Sums run in LANES independent partial sums, so that they vectorise; the order is a function of n alone.
enum { LANES = 32 };

#define LANE_SUM(name, term)                                                       \
    CLONES double name(const float *a, size_t n) {                                 \
        double total = 0;                                                          \
        /* blocks of Float32 partial sums, blocks added in Float64 */              \
        for (size_t start = 0; start < n; start += 4096) {                         \
            const size_t end = start + 4096 < n ? start + 4096 : n;                \
            float lanes[LANES] = {0};                                              \
            size_t i = start;                                                      \
            for (; i + LANES <= end; i += LANES)                                   \
                for (int l = 0; l < LANES; l++) {                                  \
                    const float x = a[i + l];                                      \
                    lanes[l] += (term);                                            \
                }                                                                  \
            double block = 0;                                                      \
            for (int l = 0; l < LANES; l++) block += lanes[l];                     \
            for (; i < end; i++) {                                                 \
                const float x = a[i];                                              \
                block += (term);                                                   \
            }                                                                      \
            total += block;                                                        \
        }                                                                          \
        return total;                                                              \
    }

LANE_SUM(lockstep_sum, x)
LANE_SUM(lockstep_sum_of_squares, x *x)
LANE_SUM(lockstep_sum_of_magnitudes, fabsf(x))

CLONES float lockstep_maximum(const float *a, size_t n) {
    float largest = -INFINITY;
    for (size_t i = 0; i < n; i++) largest = a[i] > largest ? a[i] : largest;
    return largest;
}

CLONES void lockstep_sum_rows(const float *a, float *out, size_t rows, size_t columns) {
    // Strips of columns stay in registers while the rows pass.
    enum { STRIP = 64 };
    size_t c = 0;
    for (; c + STRIP <= columns; c += STRIP) {
        float strip[STRIP] = {0};
        for (size_t r = 0; r < rows; r++)
            for (int l = 0; l < STRIP; l++) strip[l] += a[r * columns + c + l];
        for (int l = 0; l < STRIP; l++) out[c + l] = strip[l];
    }
    for (; c < columns; c++) {
        float sum = 0;
        for (size_t r = 0; r < rows; r++) sum += a[r * columns + c];
        out[c] = sum;
    }
}

void lockstep_sum_columns(const float *a, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) out[r] = (float)lockstep_sum(a + r * columns, columns);
}

CLONES int lockstep_all_finite(const float *a, size_t n) {
    // x - x is 0 for finite x and NaN otherwise.
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= !(a[i] - a[i] == 0.0f);
    return !bad;
}

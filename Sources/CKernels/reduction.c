#include "CKernels.h"
#include "clones.h"

#include <float.h>
#include <math.h>

// Sums run in LANES independent partial sums, so that they vectorize; the order is a function of n alone.
enum { LANES = 32 };

#define LANE_SUM(linkage, name, term)                                              \
    CLONES linkage double name(const float *a, size_t n) {                                 \
        double total = 0;                                                          \
        /* blocks of Float32 partial sums, blocks added in Float64 */              \
        for (size_t start = 0; start < n; start += LOCKSTEP_SUM_BLOCK) {           \
            const size_t end = start + LOCKSTEP_SUM_BLOCK < n ? start + LOCKSTEP_SUM_BLOCK : n; \
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

LANE_SUM(, lockstep_sum, x)
LANE_SUM(, lockstep_block_sum_of_squares, x *x)
LANE_SUM(, lockstep_sum_of_magnitudes, fabsf(x))

// Squares overflow from 2⁶⁴ on and lose bits below 2⁻⁶³: such sums are made again in Float64. A square below 2⁻¹²⁶ errs by
// up to 2⁻¹⁵⁰, n of them by 2⁻⁵⁰ of a sum of 2⁻¹⁰⁰·n.
int lockstep_is_exact_sum_of_squares(double sum, size_t n) { return sum <= FLT_MAX && sum >= 0x1p-100 * (double)n; }

double lockstep_sum_of_squares(const float *a, size_t n) {
    const double total = lockstep_block_sum_of_squares(a, n);
    return lockstep_is_exact_sum_of_squares(total, n) ? total : lockstep_dot(a, a, n);
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

// What is not finite has all bits of the exponent set: one more in their last place makes the result negative.
INLINE int32_t overflowed(float x) {
    int32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return (int32_t)((uint32_t)(bits & 0x7FFFFFFF) + 0x00800000u);
}

typedef float Vector __attribute__((vector_size(32)));
typedef float UnalignedVector __attribute__((vector_size(32), aligned(4)));
typedef uint32_t Bits __attribute__((vector_size(32)));

CLONES int lockstep_add_finite(const float *a, const float *b, float *out, size_t n, int streams) {
    int32_t bits = 0;
    size_t i = 0;
    if (streams) {
        for (; i < n && ((uintptr_t)(out + i) & 63); i++) bits |= overflowed(out[i] = a[i] + b[i]);
        Bits last = {0};
        for (; i + 16 <= n; i += 16) {
            const Vector low = *(const UnalignedVector *)(a + i) + *(const UnalignedVector *)(b + i);
            const Vector high = *(const UnalignedVector *)(a + i + 8) + *(const UnalignedVector *)(b + i + 8);
            last |= ((Bits)low & 0x7FFFFFFFu) + 0x00800000u;
            last |= ((Bits)high & 0x7FFFFFFFu) + 0x00800000u;
            __builtin_nontemporal_store(low, (Vector *)(out + i));
            __builtin_nontemporal_store(high, (Vector *)(out + i + 8));
        }
        for (int l = 0; l < 8; l++) bits |= (int32_t)last[l];
    }
    for (; i < n; i++) bits |= overflowed(out[i] = a[i] + b[i]);
#if defined(__x86_64__)
    // what bypasses the caches is not ordered by a release
    if (streams) __builtin_ia32_sfence();
#endif
    return bits >= 0;
}

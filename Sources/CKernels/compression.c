#include "CKernels.h"
#include "mathematics.h"
#include "rows.h"

CLONES void lockstep_pack_signs(const float *restrict a, uint32_t *restrict words, size_t n) {
    for (size_t start = 0; start < n; start += 32) {
        const size_t length = n - start < 32 ? n - start : 32;
        uint32_t word = 0;
        for (size_t i = 0; i < length; i++) word |= (bits_of_float(a[start + i]) >> 31) << i;
        words[start / 32] = word;
    }
}

CLONES void lockstep_add_signs(const uint32_t *restrict words, float scale, float *restrict out, size_t n) {
    const uint32_t bits = bits_of_float(scale);
    for (size_t start = 0; start < n; start += 32) {
        const size_t length = n - start < 32 ? n - start : 32;
        const uint32_t word = words[start / 32];
        for (size_t i = 0; i < length; i++) out[start + i] += float_of_bits(bits ^ (word >> i << 31));
    }
}

INLINE uint32_t magnitude_bits(float x) { return bits_of_float(x) & 0x7FFFFFFFu; }

// The bits of the k-th largest magnitude, found digit by digit from the top; *above is how many are larger.
static uint32_t kth_largest(const float *a, size_t n, size_t k, size_t *above) {
    enum { DIGITS = 2048, STREAMS = 4 };
    static const struct { int shift, width; } passes[3] = {{20, 11}, {10, 10}, {0, 10}};
    uint32_t found = 0;  // the digits known so far
    size_t larger = 0;
    for (int pass = 0; pass < 3; pass++) {
        const int shift = passes[pass].shift, known = shift + passes[pass].width;
        const uint32_t mask = (1u << passes[pass].width) - 1;
        // neighbors often have the same digit: counted in turn by several counters, they don't wait for each other
        uint32_t counts[DIGITS][STREAMS] = {{0}};
        if (pass == 0)
            for (size_t i = 0; i < n; i++) counts[magnitude_bits(a[i]) >> shift][i % STREAMS]++;
        else
            for (size_t i = 0; i < n; i++) {
                const uint32_t bits = magnitude_bits(a[i]);
                if (bits >> known == found >> known) counts[bits >> shift & mask][i % STREAMS]++;
            }
        uint32_t digit = mask;
        for (;; digit--) {
            size_t count = 0;
            for (int s = 0; s < STREAMS; s++) count += counts[digit][s];
            if (larger + count >= k) break;
            larger += count;
        }
        found |= digit << shift;
    }
    *above = larger;
    return found;
}

void lockstep_take_largest(float *a, size_t n, size_t k, float weight, uint32_t *indices, float *values) {
    size_t above = 0;
    const uint32_t bound = kth_largest(a, n, k, &above);
    size_t equals = k - above, found = 0;
    for (size_t i = 0; i < n && found < k; i++) {
        const uint32_t bits = magnitude_bits(a[i]);
        if (bits < bound || (bits == bound && equals == 0)) continue;
        if (bits == bound) equals--;
        indices[found] = (uint32_t)i;
        values[found++] = weight * a[i];
        a[i] = 0;
    }
}

void lockstep_add_at(const uint32_t *indices, const float *values, float *out, size_t k) {
    for (size_t j = 0; j < k; j++) out[indices[j]] += values[j];
}

CLONES void lockstep_matrix_times_factors(const float *restrict matrix, const float *restrict right, float scale,
                                          float *restrict out, size_t rows, size_t columns, size_t rank) {
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < rank; k++)
            out[k * rows + i] = scale * row_dot(matrix + i * columns, right + k * columns, columns);
}

CLONES void lockstep_factors_times_matrix(const float *restrict matrix, const float *restrict left, float scale,
                                          float *restrict out, size_t rows, size_t columns, size_t rank) {
    for (size_t j = 0; j < rank * columns; j++) out[j] = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < rank; k++) {
            const float factor = scale * left[k * rows + i];
            for (size_t j = 0; j < columns; j++) out[k * columns + j] += factor * matrix[i * columns + j];
        }
}

CLONES void lockstep_add_low_rank(const float *restrict left, const float *restrict right, float scale,
                                  float *restrict matrix, size_t rows, size_t columns, size_t rank) {
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < rank; k++) {
            const float factor = scale * left[k * rows + i];
            for (size_t j = 0; j < columns; j++) matrix[i * columns + j] += factor * right[k * columns + j];
        }
}

#include "clones.h"
#include "mathematics.h"
#include "philox.h"

#include <math.h>

void lockstep_philox(uint64_t key, const uint32_t counter[4], uint32_t out[4]) {
    for (int i = 0; i < 4; i++) out[i] = counter[i];
    philox((uint32_t)key, (uint32_t)(key >> 32), out, out + 1, out + 2, out + 3);
}

enum { BLOCKS = 64 };

CLONES void lockstep_dropout_mask(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float keep,
                                  float scale, float *mask, size_t n) {
    const uint64_t threshold = kept_below(keep);
    uint32_t words[4][BLOCKS];
    for (size_t start = 0; start < n; start += 4 * BLOCKS) {
        random_words(key, (uint32_t)(start / 4), stream, step, sample, BLOCKS, words);
        const size_t left = n - start < 4 * BLOCKS ? n - start : 4 * BLOCKS;
        for (size_t i = 0; i < left; i++) mask[start + i] = words[i & 3][i >> 2] < threshold ? scale : 0.0f;
    }
}

// √2·erf⁻¹(u), the normal distribution's quantile at (1 + u)/2, for u in (-1, 1).
// Source: M. Giles, "Approximating the erfinv function", GPU Computing Gems, 2011: the single-precision polynomials.
INLINE float normal_quantile(float u) {
    const float w = -log_of((1.0f - u) * (1.0f + u));
    const float near = w - 2.5f;
    float p = 2.81022636e-08f;
    p = 3.43273939e-07f + p * near;
    p = -3.5233877e-06f + p * near;
    p = -4.39150654e-06f + p * near;
    p = 0.00021858087f + p * near;
    p = -0.00125372503f + p * near;
    p = -0.00417768164f + p * near;
    p = 0.246640727f + p * near;
    p = 1.50140941f + p * near;
    const float far = square_root(w < 5.0f ? 5.0f : w) - 3.0f;
    float q = -0.000200214257f;
    q = 0.000100950558f + q * far;
    q = 0.00134934322f + q * far;
    q = -0.00367342844f + q * far;
    q = 0.00573950773f + q * far;
    q = -0.0076224613f + q * far;
    q = 0.00943887047f + q * far;
    q = 1.00167406f + q * far;
    q = 2.83297682f + q * far;
    return 1.41421356f * u * (w < 5.0f ? p : q);
}

CLONES void lockstep_add_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float deviation,
                               float *x, size_t n) {
    uint32_t words[4][BLOCKS];
    for (size_t start = 0; start < n; start += 4 * BLOCKS) {
        random_words(key, (uint32_t)(start / 4), stream, step, sample, BLOCKS, words);
        const size_t left = n - start < 4 * BLOCKS ? n - start : 4 * BLOCKS;
        for (size_t i = 0; i < left; i++) {
            // odd multiples of 2⁻²⁴: symmetric, and neither -1 nor 1
            const int32_t odd = 2 * (int32_t)(words[i & 3][i >> 2] >> 8) + 1 - (1 << 24);
            x[start + i] += deviation * normal_quantile((float)odd * 0x1p-24f);
        }
    }
}

void lockstep_uniform_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float low, float width,
                            float *out, size_t n) {
    for (size_t start = 0; start < n; start += 4) {
        const uint32_t counter[4] = {(uint32_t)(start / 4), stream, step, sample};
        uint32_t words[4];
        lockstep_philox(key, counter, words);
        for (size_t i = 0; i < 4 && start + i < n; i++) {
            out[start + i] = low + width * ((float)(words[i] >> 8) * 0x1p-24f);
        }
    }
}

// Box and Muller, 1958: words w, w' of a pair give √(-2 ln u)·cos(2πv) and √(-2 ln u)·sin(2πv), u = (w + 1)/2³², v = w'/2³².
void lockstep_normal_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float mean, float deviation,
                           float *out, size_t n) {
    for (size_t start = 0; start < n; start += 4) {
        const uint32_t counter[4] = {(uint32_t)(start / 4), stream, step, sample};
        uint32_t words[4];
        lockstep_philox(key, counter, words);
        for (size_t i = 0; i < 4 && start + i < n; i += 2) {
            const double radius = sqrt(-2 * log((words[i] + 1.0) * 0x1p-32));
            const double angle = 6.283185307179586 * (words[i + 1] * 0x1p-32);
            out[start + i] = mean + deviation * (float)(radius * cos(angle));
            if (start + i + 1 < n) out[start + i + 1] = mean + deviation * (float)(radius * sin(angle));
        }
    }
}

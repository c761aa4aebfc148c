#include "CKernels.h"

#include <math.h>

// Compiled once, for the baseline: the same bits on every x86-64.

// The discrete Fourier transform in place, radix 2, of numbers in bit-reversed order. Source: Cooley and Tukey, 1965.
static void transform(const struct lockstep_mel_plan *plan, double *real, double *imaginary) {
    for (size_t half = 1; half < plan->size; half *= 2) {
        const size_t step = plan->size / (2 * half);
        for (size_t start = 0; start < plan->size; start += 2 * half)
            for (size_t k = 0; k < half; k++) {
                const double c = plan->cosines[k * step], s = -plan->sines[k * step];
                const size_t a = start + k, b = a + half;
                const double x = c * real[b] - s * imaginary[b], y = c * imaginary[b] + s * real[b];
                real[b] = real[a] - x;
                imaginary[b] = imaginary[a] - y;
                real[a] += x;
                imaginary[a] += y;
            }
    }
}

void lockstep_mel_frame(const struct lockstep_mel_plan *plan, const float *frame, double *work, float *out) {
    const size_t size = plan->size;
    double *real = work, *imaginary = work + size, *power = work + 2 * size;
    for (size_t i = 0, reversed = 0; i < size; i++) {
        real[reversed] = plan->window[i] * (double)frame[i];
        imaginary[i] = 0;
        size_t bit = size / 2;
        while (bit > 0 && (reversed & bit) != 0) {
            reversed ^= bit;
            bit /= 2;
        }
        reversed |= bit;
    }
    transform(plan, real, imaginary);
    for (size_t k = 0; k <= size / 2; k++) power[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
    const double *weight = plan->weights;
    for (size_t band = 0; band < plan->bands; band++) {
        double sum = 0;
        for (int64_t k = 0; k < plan->count[band]; k++) sum += *weight++ * power[plan->first[band] + k];
        out[band] = (float)(10 * log10(sum > 1e-10 ? sum : 1e-10));
    }
}

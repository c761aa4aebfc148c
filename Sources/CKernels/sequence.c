#include "CKernels.h"
#include "mathematics.h"

CLONES void lockstep_rotate(const float *x, const float *cosines, const float *sines, float direction, float *y,
                            size_t rows, size_t length, size_t heads, size_t width) {
    const size_t half = width / 2;
    for (size_t r = 0; r < rows; r++) {
        const float *cosine = cosines + r % length * half, *sine = sines + r % length * half;
        for (size_t h = 0; h < heads; h++) {
            const float *from = x + (r * heads + h) * width;
            float *to = y + (r * heads + h) * width;
            for (size_t i = 0; i < half; i++) {
                const float a = from[i], b = from[i + half], s = direction * sine[i];
                to[i] = a * cosine[i] - b * s;
                to[i + half] = b * cosine[i] + a * s;
            }
        }
    }
}

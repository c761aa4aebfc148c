#include "CKernels.h"
#include "clones.h"

#include <string.h>

// Channels are neighbors in memory. A strip of them is summed at a time, over blocks of rows whose Float32 sums are added
// in Float64; the order is a function of the sizes alone.
enum { STRIP = 16, ROWS = 256 };

// A block of rows stays in the first-level cache while its mean, and then the deviations from it, are summed; blocks are
// joined by Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
INLINE void moments_of_block(const float *x, size_t rows, size_t channels, size_t length, double before, double *mean,
                             double *squares) {
    float sum[4][STRIP] = {{0}};
    size_t r = 0;
    for (; r + 4 <= rows; r += 4)
        for (int u = 0; u < 4; u++)
            for (size_t k = 0; k < length; k++) sum[u][k] += x[(r + u) * channels + k];
    for (; r < rows; r++)
        for (size_t k = 0; k < length; k++) sum[0][k] += x[r * channels + k];
    float center[STRIP], deviation[4][STRIP] = {{0}};
    for (size_t k = 0; k < length; k++)
        center[k] = ((sum[0][k] + sum[1][k]) + (sum[2][k] + sum[3][k])) / (float)rows;
    for (r = 0; r + 4 <= rows; r += 4)
        for (int u = 0; u < 4; u++)
            for (size_t k = 0; k < length; k++) {
                const float d = x[(r + u) * channels + k] - center[k];
                deviation[u][k] += d * d;
            }
    for (; r < rows; r++)
        for (size_t k = 0; k < length; k++) {
            const float d = x[r * channels + k] - center[k];
            deviation[0][k] += d * d;
        }
    const double total = before + (double)rows;
    for (size_t k = 0; k < length; k++) {
        const double delta = center[k] - mean[k];
        mean[k] += delta * (double)rows / total;
        squares[k] += ((double)deviation[0][k] + deviation[1][k]) + ((double)deviation[2][k] + deviation[3][k]) +
                      delta * delta * before * (double)rows / total;
    }
}

CLONES void lockstep_channel_moments(const float *x, size_t rows, size_t channels, float *mean, float *variance) {
    // Wide rows in shorter blocks: a block is at most 256 KB.
    const size_t step = channels > 256 ? (65536 / channels < 4 ? 4 : 65536 / channels) : ROWS;
    double means[1024], squares[1024];
    for (size_t start = 0; start < channels; start += 1024) {
        const size_t width = channels - start < 1024 ? channels - start : 1024;
        memset(means, 0, width * sizeof *means);
        memset(squares, 0, width * sizeof *squares);
        for (size_t r = 0; r < rows; r += step) {
            const size_t count = rows - r < step ? rows - r : step;
            for (size_t k = 0; k < width; k += STRIP) {
                const float *block = x + r * channels + start + k;
                if (k + STRIP <= width)
                    moments_of_block(block, count, channels, STRIP, (double)r, means + k, squares + k);
                else
                    moments_of_block(block, count, channels, width - k, (double)r, means + k, squares + k);
            }
        }
        for (size_t k = 0; k < width; k++) {
            mean[start + k] = (float)means[k];
            variance[start + k] = (float)(squares[k] / (double)rows);
        }
    }
}

INLINE void affine_of_strip(const float *restrict x, const float *restrict scale, const float *restrict shift,
                            const float *restrict addend, int relu, float *restrict out, size_t length) {
    for (size_t k = 0; k < length; k++) {
        float y = x[k] * scale[k] + shift[k];
        if (addend) y += addend[k];
        out[k] = relu && y < 0 ? 0.0f : y;
    }
}

CLONES void lockstep_channel_affine(const float *x, const float *scale, const float *shift, const float *addend,
                                    int relu, float *out, size_t rows, size_t channels) {
#define AFFINE(more, relu)                                                                                       \
    for (size_t r = 0; r < rows; r++) {                                                                          \
        const size_t row = r * channels;                                                                         \
        size_t c = 0;                                                                                            \
        for (; c + STRIP <= channels; c += STRIP)                                                                \
            affine_of_strip(x + row + c, scale + c, shift + c, more, relu, out + row + c, STRIP);                \
        if (c < channels) affine_of_strip(x + row + c, scale + c, shift + c, more, relu, out + row + c, channels - c); \
    }
    if (addend && relu) AFFINE(addend + row + c, 1)
    else if (addend) AFFINE(addend + row + c, 0)
    else if (relu) AFFINE(0, 1)
    else AFFINE(0, 0)
}

// The cotangent before the ReLU, for the strip of channels at `at`.
INLINE float masked_cotangent(const lockstep_channel_gradient *of, size_t at, size_t channel) {
    const float g = of->cotangent[at];
    if (of->output) return of->output[at] > 0 ? g : 0.0f;
    if (of->scale) return of->x[at] * of->scale[channel] + of->shift[channel] > 0 ? g : 0.0f;
    return g;
}

INLINE void gradient_sums_of_block(const lockstep_channel_gradient *of, const float *mean, float *masked, double *sum,
                                   double *product, size_t first, size_t rows, size_t channel, size_t length) {
    float sums[2][STRIP] = {{0}}, products[2][STRIP] = {{0}};
    for (size_t r = 0; r < rows; r++) {
        const size_t at = (first + r) * of->channels + channel;
        float g[STRIP];
        for (size_t k = 0; k < length; k++) g[k] = masked_cotangent(of, at + k, channel + k);
        if (masked)
            for (size_t k = 0; k < length; k++) masked[at + k] = g[k];
        for (size_t k = 0; k < length; k++) {
            sums[r & 1][k] += g[k];
            products[r & 1][k] += g[k] * (of->x[at + k] - mean[channel + k]);
        }
    }
    for (size_t k = 0; k < length; k++) {
        sum[k] += (double)sums[0][k] + sums[1][k];
        product[k] += (double)products[0][k] + products[1][k];
    }
}

// The form of a gradient is constant in each copy of the loops, so that they vectorize.
#define FOR_EACH_FORM(of, CALL)                                                                                       \
    if ((of)->output) {                                                                                               \
        const lockstep_channel_gradient form = {(of)->cotangent, (of)->x, (of)->output, 0, 0, (of)->rows, (of)->channels}; \
        CALL;                                                                                                         \
    } else if ((of)->scale) {                                                                                         \
        const lockstep_channel_gradient form = {(of)->cotangent, (of)->x,    0, (of)->scale, (of)->shift,              \
                                                (of)->rows,      (of)->channels};                                     \
        CALL;                                                                                                         \
    } else {                                                                                                          \
        const lockstep_channel_gradient form = {(of)->cotangent, (of)->x, 0, 0, 0, (of)->rows, (of)->channels};       \
        CALL;                                                                                                         \
    }

INLINE void gradient_sums(const lockstep_channel_gradient *of, const float *mean, float *masked, float *sum,
                          float *sum_product) {
    double sums[1024], products[1024];
    for (size_t start = 0; start < of->channels; start += 1024) {
        const size_t width = of->channels - start < 1024 ? of->channels - start : 1024;
        memset(sums, 0, width * sizeof *sums);
        memset(products, 0, width * sizeof *products);
        for (size_t r = 0; r < of->rows; r += ROWS) {
            const size_t count = of->rows - r < ROWS ? of->rows - r : ROWS;
            for (size_t k = 0; k < width; k += STRIP) {
                if (k + STRIP <= width)
                    gradient_sums_of_block(of, mean, masked, sums + k, products + k, r, count, start + k, STRIP);
                else
                    gradient_sums_of_block(of, mean, masked, sums + k, products + k, r, count, start + k, width - k);
            }
        }
        for (size_t k = 0; k < width; k++) {
            sum[start + k] = (float)sums[k];
            sum_product[start + k] = (float)products[k];
        }
    }
}

CLONES void lockstep_channel_gradient_sums(const lockstep_channel_gradient *of, const float *mean, float *masked,
                                           float *sum, float *sum_product) {
    if (masked) {
        FOR_EACH_FORM(of, gradient_sums(&form, mean, masked, sum, sum_product))
    } else {
        FOR_EACH_FORM(of, gradient_sums(&form, mean, 0, sum, sum_product))
    }
}

INLINE void gradient_apply(const lockstep_channel_gradient *of, const float *a, const float *b, const float *c,
                           float *restrict out) {
    for (size_t r = 0; r < of->rows; r++) {
        const size_t row = r * of->channels;
        size_t first = 0;
        for (; first + STRIP <= of->channels; first += STRIP) {
            float y[STRIP];
            for (size_t k = first; k < first + STRIP; k++)
                y[k - first] = a[k] * masked_cotangent(of, row + k, k) + b[k] * of->x[row + k] + c[k];
            memcpy(out + row + first, y, sizeof y);
        }
        for (size_t k = first; k < of->channels; k++)
            out[row + k] = a[k] * masked_cotangent(of, row + k, k) + b[k] * of->x[row + k] + c[k];
    }
}

CLONES void lockstep_channel_gradient_apply(const lockstep_channel_gradient *of, const float *a, const float *b,
                                            const float *c, float *out) {
    FOR_EACH_FORM(of, gradient_apply(&form, a, b, c, out))
}

CLONES void lockstep_image_channel_scale(const float *x, const float *factor, float *out, size_t batch, size_t rows,
                                         size_t channels) {
    for (size_t n = 0; n < batch; n++)
        for (size_t r = 0; r < rows; r++) {
            const size_t row = (n * rows + r) * channels;
            for (size_t c = 0; c < channels; c++) out[row + c] = x[row + c] * factor[n * channels + c];
        }
}

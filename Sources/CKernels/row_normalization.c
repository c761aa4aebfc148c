#include "CKernels.h"
#include "clones.h"

#include <math.h>

// Sums run in LANES independent partial sums, so that they vectorize; the order is a function of the row's length alone.
enum { LANES = 32 };

#define ROW_SUM(result, n, term)                                  \
    do {                                                          \
        float lanes[LANES] = {0};                                 \
        size_t c = 0;                                             \
        for (; c + LANES <= (n); c += LANES)                      \
            for (int l = 0; l < LANES; l++) {                     \
                const size_t i = c + l;                           \
                lanes[l] += (term);                               \
            }                                                     \
        float sum = 0;                                            \
        for (int l = 0; l < LANES; l++) sum += lanes[l];          \
        for (; c < (n); c++) {                                    \
            const size_t i = c;                                   \
            sum += (term);                                        \
        }                                                         \
        (result) = sum;                                           \
    } while (0)

// Whether a mean is so far from 0, in deviations, that its rounding and that of the sum it comes from would show.
INLINE int outweighs(float mean, float variance) { return mean * mean > 4096.0f * variance; }

// Inlined with a rest of 0, which costs nothing then: the usual case.
INLINE void normalize(const float *row, const float *weight, const float *bias, float mean, float rest, float scale,
                      float *out, size_t columns) {
    if (bias)
        for (size_t c = 0; c < columns; c++) out[c] = (row[c] - mean - rest) * scale * weight[c] + bias[c];
    else
        for (size_t c = 0; c < columns; c++) out[c] = (row[c] - mean - rest) * scale * weight[c];
}

CLONES void lockstep_row_normalization(const float *x, const float *weight, const float *bias, float epsilon,
                                       int centers, float *y, float *means, float *scales, size_t rows,
                                       size_t columns) {
    const float inverse = 1.0f / (float)columns;
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        float *out = y + r * columns;
        // the rest is what Float32 leaves of the mean; 0 where that does not show
        float mean = 0, rest = 0, squares;
        if (centers) {
            ROW_SUM(mean, columns, row[i]);
            mean *= inverse;
        }
        ROW_SUM(squares, columns, (row[i] - mean) * (row[i] - mean));
        if (centers && outweighs(mean, squares * inverse + epsilon)) {
            double sum = 0;
            for (size_t c = 0; c < columns; c++) sum += row[c];
            const double exact = sum / (double)columns;
            mean = (float)exact;
            rest = (float)(exact - mean);
            ROW_SUM(squares, columns, (row[i] - mean - rest) * (row[i] - mean - rest));
        }
        if (centers) {
            means[2 * r] = mean;
            means[2 * r + 1] = rest;
        }
        const float scale = 1.0f / sqrtf(squares * inverse + epsilon);
        scales[r] = scale;
        if (rest == 0)
            normalize(row, weight, bias, mean, 0, scale, out, columns);
        else
            normalize(row, weight, bias, mean, rest, scale, out, columns);
    }
}

// With x̂ = (x - mean)·scale and g = ȳ·weight:  x̄ = scale·(g - mean(g) - x̂·mean(g·x̂)), weight̄ = Σ ȳ·x̂, bias̄ = Σ ȳ;
// without centering the term mean(g) is missing.
INLINE void row_gradient(const float *row, const float *weight, const float *g, float mean, float rest, float scale,
                         int centers, float *dx, float *dweight, size_t columns) {
    const float inverse = 1.0f / (float)columns;
    if (dweight)
        for (size_t c = 0; c < columns; c++) dweight[c] += g[c] * ((row[c] - mean - rest) * scale);
    if (!dx) return;
    float along, level = 0;
    ROW_SUM(along, columns, g[i] * weight[i] * ((row[i] - mean - rest) * scale));
    if (centers) ROW_SUM(level, columns, g[i] * weight[i]);
    along *= inverse;
    level *= inverse;
    for (size_t c = 0; c < columns; c++)
        dx[c] = scale * (g[c] * weight[c] - level - (row[c] - mean - rest) * scale * along);
}

CLONES void lockstep_row_normalization_gradient(const float *x, const float *weight, const float *cotangent,
                                                const float *means, const float *scales, int centers, float *dx,
                                                float *dweight, float *dbias, size_t rows, size_t columns) {
    if (dweight)
        for (size_t c = 0; c < columns; c++) dweight[c] = 0;
    if (dbias)
        for (size_t c = 0; c < columns; c++) dbias[c] = 0;
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns, *g = cotangent + r * columns;
        const float mean = centers ? means[2 * r] : 0, rest = centers ? means[2 * r + 1] : 0, scale = scales[r];
        if (dbias)
            for (size_t c = 0; c < columns; c++) dbias[c] += g[c];
        float *to = dx ? dx + r * columns : 0;
        if (rest == 0)
            row_gradient(row, weight, g, mean, 0, scale, centers, to, dweight, columns);
        else
            row_gradient(row, weight, g, mean, rest, scale, centers, to, dweight, columns);
    }
}

#include "CKernels.h"
#include "clones.h"

CLONES void lockstep_add_scaled(const float *a, float scale, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] += scale * a[i];
}

CLONES void lockstep_approach(const float *target, float share, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] += share * (target[i] - out[i]);
}

CLONES void lockstep_swap(float *a, float *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float x = a[i];
        a[i] = b[i];
        b[i] = x;
    }
}

// Independent partial sums, so that they vectorize; the order is a function of n alone.
enum { LANES = 32 };

#define LANE_DOT                                                              \
    double lanes[LANES] = {0};                                                      \
    size_t i = 0;                                                                   \
    for (; i + LANES <= n; i += LANES)                                              \
        for (int l = 0; l < LANES; l++) lanes[l] += (double)a[i + l] * (double)b[i + l]; \
    double sum = 0;                                                                 \
    for (int l = 0; l < LANES; l++) sum += lanes[l];                                \
    for (; i < n; i++) sum += (double)a[i] * (double)b[i];                          \
    return sum;

CLONES double lockstep_dot(const float *a, const float *b, size_t n) { LANE_DOT }

INLINE double dot_of_rows(const double *a, const double *b, size_t n) { LANE_DOT }

CLONES void lockstep_symmetric_product(const double *matrix, const double *a, double *out, size_t n) {
    for (size_t row = 0; row < n; row++) out[row] = dot_of_rows(matrix + row * n, a, n);
}

CLONES void lockstep_symmetric_update(double *matrix, const double *s, const double *z, double s_scale,
                                      double cross_scale, size_t n) {
    for (size_t row = 0; row < n; row++) {
        const double from_s = s_scale * s[row] - cross_scale * z[row];
        const double from_z = cross_scale * s[row];
        for (size_t c = 0; c < n; c++) matrix[row * n + c] += from_s * s[c] - from_z * z[c];
    }
}

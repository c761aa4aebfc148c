#include "CKernels.h"
#include "clones.h"

#include <string.h>

void lockstep_gather(const float *table, const int32_t *indices, float *out, size_t count, size_t width) {
    for (size_t r = 0; r < count; r++)
        memcpy(out + r * width, table + (size_t)indices[r] * width, width * sizeof(float));
}

CLONES void lockstep_scatter_add(const float *rows, const int32_t *indices, float *table, size_t count, size_t width) {
    for (size_t r = 0; r < count; r++) {
        const float *restrict from = rows + r * width;
        float *restrict to = table + (size_t)indices[r] * width;
        for (size_t k = 0; k < width; k++) to[k] += from[k];
    }
}

static void copy_row(const float *in, size_t in_stride, float *out, size_t out_stride, size_t n) {
    if (in_stride == 1 && out_stride == 1)
        memcpy(out, in, n * sizeof(float));
    else
        for (size_t k = 0; k < n; k++) out[k * out_stride] = in[k * in_stride];
}

static void add_row(const float *in, size_t in_stride, float *out, size_t out_stride, size_t n) {
    if (in_stride == 1 && out_stride == 1)
        lockstep_add(out, in, out, n);
    else
        for (size_t k = 0; k < n; k++) out[k * out_stride] += in[k * in_stride];
}

typedef void row_operation(const float *in, size_t in_stride, float *out, size_t out_stride, size_t n);

// Applies `row` along the innermost axis, for all indices of the axes from `axis` on.
static void each_row(const struct lockstep_strided_pair *pair, size_t axis, const float *in, float *out,
                     row_operation *row) {
    if (axis == pair->rank) return row(in, 1, out, 1, 1);
    const size_t n = pair->sizes[axis], in_stride = pair->in_strides[axis], out_stride = pair->out_strides[axis];
    if (axis + 1 == pair->rank) return row(in, in_stride, out, out_stride, n);
    for (size_t i = 0; i < n; i++) each_row(pair, axis + 1, in + i * in_stride, out + i * out_stride, row);
}

void lockstep_copy_strided(const struct lockstep_strided_pair *pair, const float *in, float *out) {
    each_row(pair, 0, in, out, copy_row);
}

void lockstep_add_strided(const struct lockstep_strided_pair *pair, const float *in, float *out) {
    each_row(pair, 0, in, out, add_row);
}

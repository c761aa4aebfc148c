// Indexing: rows by number, and copies between arrays with strides.
#ifndef LOCKSTEP_INDEXING_H
#define LOCKSTEP_INDEXING_H

#include <stddef.h>
#include <stdint.h>

// out[r] = table[indices[r]], in rows of `width` elements.
void lockstep_gather(const float *table, const int32_t *indices, float *out, size_t count, size_t width);
// table[indices[r]] += rows[r], for rising r.
void lockstep_scatter_add(const float *rows, const int32_t *indices, float *table, size_t count, size_t width);

// Two arrays of `rank` axes of these sizes, each with its strides in elements.
struct lockstep_strided_pair {
    size_t rank;
    const size_t *sizes, *in_strides, *out_strides;
};

// out = in
void lockstep_copy_strided(const struct lockstep_strided_pair *pair, const float *in, float *out);
// out += in
void lockstep_add_strided(const struct lockstep_strided_pair *pair, const float *in, float *out);

#endif

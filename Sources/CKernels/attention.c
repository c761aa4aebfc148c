// Attention in blocks of queries and keys, with memory linear in the sequence's length: T. Dao, D. Fu, S. Ermon, A. Rudra,
// C. Ré, "FlashAttention: fast and memory-efficient exact attention with IO-awareness", 2022. The backward pass computes
// the probabilities again. Blocks and order of summation depend on the shape alone.
#include "CKernels.h"
#include "levels.h"
#include "mathematics.h"
#include "philox.h"
#include "rows.h"
#include "transpose.h"

enum { QUERIES = 36, KEYS = 64 };

INLINE size_t rounded_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

// `rows` rows of `width` elements, with zeros up to `padded`, then rows of zeros up to `all_rows`.
INLINE void pack(const float *from, size_t row, size_t rows, size_t width, float *to, size_t all_rows, size_t padded) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t e = 0; e < width; e++) to[r * padded + e] = from[r * row + e];
        for (size_t e = width; e < padded; e++) to[r * padded + e] = 0;
    }
    for (size_t i = rows * padded; i < all_rows * padded; i++) to[i] = 0;
}

// Packed rows with each block of KEYS rows transposed: element e of row r at [r / KEYS][e][r % KEYS].
INLINE void transpose(const float *packed, size_t padded, size_t all_rows, size_t width, float *to) {
    for (size_t block = 0; block < all_rows; block += KEYS)
        transpose_block(packed + block * padded, padded, KEYS, width, to + block * width, KEYS);
}

// How many keys the query sees.
INLINE size_t visible(const struct lockstep_attention_shape *s, size_t query, size_t length) {
    const size_t end = query + 1 + s->keys;
    return !s->causal ? length : end <= s->queries ? 0 : smaller(length, end - s->queries);
}

// The factors of the probabilities of KEYS keys from `start` (a multiple of KEYS) on. Every four keys share a counter, so
// that the factors don't depend on the blocks.
INLINE void dropout_factors(const struct lockstep_attention_shape *s, const struct lockstep_attention_dropout *d,
                            size_t sample, size_t head, size_t query, size_t start, float *factors) {
    enum { BLOCKS = KEYS / 4 };
    const size_t own = sample / d->rows_per_sample, row = sample % d->rows_per_sample;
    const size_t first = ((row * s->heads + head) * s->queries + query) * ((s->keys + 3) / 4) + start / 4;
    const uint64_t threshold = kept_below(d->keep);
    const float scale = 1.0f / d->keep;
    uint32_t words[4][BLOCKS];
    random_words(d->key, (uint32_t)first, d->stream, d->step, d->samples[own], BLOCKS, words);
    for (size_t i = 0; i < KEYS; i++) factors[i] = words[i & 3][i >> 2] < threshold ? scale : 0.0f;
}

CLONES void lockstep_attention_mask(const struct lockstep_attention_shape *s,
                                    const struct lockstep_attention_dropout *d, float *mask) {
    float factors[KEYS];
    for (size_t sample = 0; sample < s->samples; sample++)
        for (size_t head = 0; head < s->heads; head++)
            for (size_t query = 0; query < s->queries; query++)
                for (size_t start = 0; start < s->keys; start += KEYS) {
                    dropout_factors(s, d, sample, head, query, start, factors);
                    float *row = mask + ((sample * s->heads + head) * s->queries + query) * s->keys + start;
                    for (size_t i = 0; i < smaller(KEYS, s->keys - start); i++) row[i] = factors[i];
                }
}

size_t lockstep_attention_scratch(const struct lockstep_attention_shape *s) {
    const size_t padded = rounded_up(s->width, LANES), keys = rounded_up(s->keys, KEYS);
    return 5 * keys * padded + 2 * QUERIES * KEYS + 3 * QUERIES * padded;
}

#define TEMPLATE "attention_kernels.h"
#include "each_level.h"

void lockstep_attention(const struct lockstep_attention_shape *s, const float *q, const float *k, const float *v,
                        const int32_t *lengths, const struct lockstep_attention_dropout *dropout, float *out,
                        float *logarithms, float *scratch) {
    OF_LEVEL(attention)(s, q, k, v, lengths, dropout, out, logarithms, scratch);
}

void lockstep_attention_gradient(const struct lockstep_attention_shape *s, const float *q, const float *k,
                                 const float *v, const int32_t *lengths,
                                 const struct lockstep_attention_dropout *dropout, const float *out,
                                 const float *logarithms, const float *cotangent, float *dq, float *dk, float *dv,
                                 float *scratch) {
    OF_LEVEL(attention_gradient)(s, q, k, v, lengths, dropout, out, logarithms, cotangent, dq, dk, dv, scratch);
}

// Transformers' loops: attention, normalization of rows, softmax, GELU, embeddings, rotary positions.
#ifndef LOCKSTEP_SEQUENCE_H
#define LOCKSTEP_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

// ---- attention.c ----
// Head h of a sample's row t begins at t·row + h·width, of the next sample's at queries·row (keys·row) elements later.
struct lockstep_attention_shape {
    size_t samples, heads, queries, keys, width;
    size_t query_row, key_row, value_row;  // elements from one row to the next
    float scale;                           // of the products of queries and keys
    int causal;                            // query i sees keys up to i + keys - queries
};

// Which probabilities are dropped: a function of the keys, and of head, query and key within the sample.
struct lockstep_attention_dropout {
    uint64_t key;
    uint32_t stream, step;
    const uint32_t *samples;   // the random numbers' sample for each run of rows_per_sample samples of the batch
    size_t rows_per_sample;
    float keep;                // of probabilities that are kept, which are divided by it
};

// The factors of all probabilities, 0 or 1/keep: mask[samples, heads, queries, keys].
void lockstep_attention_mask(const struct lockstep_attention_shape *shape,
                             const struct lockstep_attention_dropout *dropout, float *mask);
// How many floats of scratch both passes need.
size_t lockstep_attention_scratch(const struct lockstep_attention_shape *shape);
// out[samples, queries, heads, width]; logarithms[samples, heads, queries] = ln Σ e^score, +∞ where no key is seen.
// Of each sample only the first lengths[sample] keys are seen; NULL: all. Dropout may be NULL: none.
void lockstep_attention(const struct lockstep_attention_shape *shape, const float *q, const float *k, const float *v,
                        const int32_t *lengths, const struct lockstep_attention_dropout *dropout, float *out,
                        float *logarithms, float *scratch);
// The gradients have the rows of what they are gradients of.
void lockstep_attention_gradient(const struct lockstep_attention_shape *shape, const float *q, const float *k,
                                 const float *v, const int32_t *lengths,
                                 const struct lockstep_attention_dropout *dropout, const float *out,
                                 const float *logarithms, const float *cotangent, float *dq, float *dk, float *dv,
                                 float *scratch);

// ---- row_normalization.c: y = (x - mean)·scale·weight + bias along each row ----
// `centers` 0: without the mean (RMS); bias may be NULL. `means` has two numbers for each row, the mean and its rounding
// error in Float32; it is not written when `centers` is 0.
void lockstep_row_normalization(const float *x, const float *weight, const float *bias, float epsilon, int centers,
                                float *y, float *means, float *scales, size_t rows, size_t columns);
// Each of dx, dweight, dbias may be NULL.
void lockstep_row_normalization_gradient(const float *x, const float *weight, const float *cotangent,
                                         const float *means, const float *scales, int centers, float *dx,
                                         float *dweight, float *dbias, size_t rows, size_t columns);

// ---- sequence.c ----
void lockstep_softmax(const float *x, float *y, size_t rows, size_t columns);
// dx = y·(cotangent - Σ cotangent·y)
void lockstep_softmax_gradient(const float *y, const float *cotangent, float *dx, size_t rows, size_t columns);
// Rotates the pairs (i, i + width/2) of each head in row r by the angle of position (r mod length): cosines and sines are
// [length, width/2]; `direction` is 1 or -1.
void lockstep_rotate(const float *x, const float *cosines, const float *sines, float direction, float *y, size_t rows,
                     size_t length, size_t heads, size_t width);

// ---- gelu.c: y = x·Φ(x), and its derivative unless NULL ----
void lockstep_gelu(const float *x, float *y, float *slope, size_t n);
void lockstep_gelu_tanh(const float *x, float *y, float *slope, size_t n);

#endif

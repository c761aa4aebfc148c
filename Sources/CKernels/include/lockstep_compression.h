// Gradients in fewer bytes. `n` counts elements.
#ifndef LOCKSTEP_COMPRESSION_H
#define LOCKSTEP_COMPRESSION_H

#include <stddef.h>
#include <stdint.h>

// ---- halves.c: 16-bit floating point, rounded to nearest, ties to even ----
// bfloat16: the upper half of a Float32. What is not finite stays so; beyond the largest it becomes infinite.
void lockstep_to_bfloat16(const float *a, uint16_t *out, size_t n);
void lockstep_from_bfloat16(const uint16_t *a, float *out, size_t n);
void lockstep_round_to_bfloat16(float *a, size_t n);
// IEEE 754 binary16, with subnormal numbers; from 65520 up it is infinite.
void lockstep_to_float16(const float *a, uint16_t *out, size_t n);
void lockstep_from_float16(const uint16_t *a, float *out, size_t n);
// binary16 of a·2^(14 - e), where 2^e is the largest power of two in a block of 16 elements: nothing overflows, and what is
// below 2⁻²⁸ of the block's largest is rounded to a multiple of 2⁻³⁸ of it, about. One exponent for each block begun.
void lockstep_to_scaled_float16(const float *a, uint16_t *out, int8_t *exponents, size_t n);
void lockstep_from_scaled_float16(const uint16_t *a, const int8_t *exponents, float *out, size_t n);
void lockstep_round_to_scaled_float16(float *a, size_t n);

// ---- compression.c ----
// Bit i % 32 of word i / 32 is the sign of a[i], set where it is negative.
void lockstep_pack_signs(const float *a, uint32_t *words, size_t n);
void lockstep_add_signs(const uint32_t *words, float scale, float *out, size_t n);  // out[i] += ±scale
// The k elements of the largest magnitude, of equals the first, in rising order of their indices:
// values[j] = weight·a[indices[j]]. They become 0 in `a`. What is not a number counts as larger than all.
void lockstep_take_largest(float *a, size_t n, size_t k, float weight, uint32_t *indices, float *values);
void lockstep_add_at(const uint32_t *indices, const float *values, float *out, size_t k);  // out[indices[j]] += values[j]
// Products of a matrix [rows, columns] with `rank` contiguous vectors.
// out[k, i] = scale·Σ_j matrix[i, j]·right[k, j]
void lockstep_matrix_times_factors(const float *matrix, const float *right, float scale, float *out, size_t rows,
                                   size_t columns, size_t rank);
// out[k, j] = scale·Σ_i matrix[i, j]·left[k, i]
void lockstep_factors_times_matrix(const float *matrix, const float *left, float scale, float *out, size_t rows,
                                   size_t columns, size_t rank);
// matrix[i, j] += scale·Σ_k left[k, i]·right[k, j]
void lockstep_add_low_rank(const float *left, const float *right, float scale, float *matrix, size_t rows,
                           size_t columns, size_t rank);

#endif

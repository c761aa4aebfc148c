// Attention in blocks of queries and keys, with memory linear in the sequence's length: T. Dao, D. Fu, S. Ermon, A. Rudra,
// C. Ré, "FlashAttention: fast and memory-efficient exact attention with IO-awareness", 2022. The backward pass computes
// the probabilities again. Blocks and order of summation depend on the shape alone.
#include "CKernels.h"
#include "mathematics.h"

enum { QUERIES = 32, KEYS = 64, LANES = 16 };

// Without it the compiler halves vectors of 512 bits.
#if defined(__x86_64__) && defined(__clang__)
#define WIDE __attribute__((min_vector_width(512)))
#else
#define WIDE
#endif

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE size_t rounded_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }
INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// c[ROWS, 16·VECTORS] (+)= a·b, kept in registers; a(m, k) lies at a[m·a_row + k·a_column].
#define TILE(name, ROWS, VECTORS)                                                                                 \
    INLINE WIDE void name(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row, float *c,       \
                     size_t c_row, size_t inner, int adds) {                                                      \
        vector sum[ROWS][VECTORS];                                                                                \
        for (int m = 0; m < ROWS; m++)                                                                            \
            for (int n = 0; n < VECTORS; n++)                                                                     \
                sum[m][n] = adds ? ((const vector *)(c + m * c_row))[n] : (vector){0};                            \
        for (size_t k = 0; k < inner; k++)                                                                        \
            for (int m = 0; m < ROWS; m++)                                                                        \
                for (int n = 0; n < VECTORS; n++)                                                                 \
                    sum[m][n] += a[m * a_row + k * a_column] * ((const vector *)(b + k * b_row))[n];              \
        for (int m = 0; m < ROWS; m++)                                                                            \
            for (int n = 0; n < VECTORS; n++) ((vector *)(c + m * c_row))[n] = sum[m][n];                         \
    }

TILE(tile_4_2, 4, 2)
TILE(tile_4_1, 4, 1)
TILE(tile_1_1, 1, 1)

// c[rows, columns] (+)= a[rows, inner]·b[inner, columns]; columns is a multiple of 16.
INLINE void product(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row, float *c, size_t c_row,
                    size_t rows, size_t columns, size_t inner, int adds) {
    size_t m = 0;
    for (; m + 4 <= rows; m += 4) {
        size_t n = 0;
        for (; n + 2 * LANES <= columns; n += 2 * LANES)
            tile_4_2(a + m * a_row, a_row, a_column, b + n, b_row, c + m * c_row + n, c_row, inner, adds);
        if (n < columns) tile_4_1(a + m * a_row, a_row, a_column, b + n, b_row, c + m * c_row + n, c_row, inner, adds);
    }
    for (; m < rows; m++)
        for (size_t n = 0; n < columns; n += LANES)
            tile_1_1(a + m * a_row, a_row, a_column, b + n, b_row, c + m * c_row + n, c_row, inner, adds);
}

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
        for (size_t e = 0; e < width; e++)
            for (size_t r = 0; r < KEYS; r++) to[block * width + e * KEYS + r] = packed[(block + r) * padded + e];
}

// Lanes are combined by halves, which takes fewer dependent steps than one after the other.
INLINE float row_maximum(const float *row, size_t columns) {
    float lanes[LANES];
    for (int l = 0; l < LANES; l++) lanes[l] = row[l];
    for (size_t c = LANES; c < columns; c += LANES)
        for (int l = 0; l < LANES; l++) lanes[l] = row[c + l] > lanes[l] ? row[c + l] : lanes[l];
    for (int l = 0; l < 8; l++) lanes[l] = lanes[l + 8] > lanes[l] ? lanes[l + 8] : lanes[l];
    for (int l = 0; l < 4; l++) lanes[l] = lanes[l + 4] > lanes[l] ? lanes[l + 4] : lanes[l];
    for (int l = 0; l < 2; l++) lanes[l] = lanes[l + 2] > lanes[l] ? lanes[l + 2] : lanes[l];
    return lanes[1] > lanes[0] ? lanes[1] : lanes[0];
}

INLINE float row_sum(const float *row, size_t columns) {
    float lanes[LANES] = {0};
    for (size_t c = 0; c < columns; c += LANES)
        for (int l = 0; l < LANES; l++) lanes[l] += row[c + l];
    for (int l = 0; l < 8; l++) lanes[l] += lanes[l + 8];
    for (int l = 0; l < 4; l++) lanes[l] += lanes[l + 4];
    for (int l = 0; l < 2; l++) lanes[l] += lanes[l + 2];
    return lanes[0] + lanes[1];
}

// How many keys the query sees.
INLINE size_t visible(const struct lockstep_attention_shape *s, size_t query, size_t length) {
    const size_t end = query + 1 + s->keys;
    return !s->causal ? length : end <= s->queries ? 0 : smaller(length, end - s->queries);
}

size_t lockstep_attention_scratch(const struct lockstep_attention_shape *s) {
    const size_t padded = rounded_up(s->width, LANES), keys = rounded_up(s->keys, KEYS);
    return 5 * keys * padded + 2 * QUERIES * KEYS + 3 * QUERIES * padded;
}

CLONES void lockstep_attention(const struct lockstep_attention_shape *s, const float *q, const float *k, const float *v,
                                    const int32_t *lengths, float *out, float *logarithms, float *scratch) {
    const size_t width = s->width, padded = rounded_up(width, LANES), all_keys = rounded_up(s->keys, KEYS);
    float *keys = scratch, *values = keys + all_keys * padded, *scores = values + all_keys * padded;
    float *sums = scores + QUERIES * KEYS;
    for (size_t pair = 0; pair < s->samples * s->heads; pair++) {
        const size_t sample = pair / s->heads, head = pair % s->heads;
        const size_t length = lengths ? (size_t)lengths[sample] : s->keys;
        const float *q_head = q + sample * s->queries * s->query_row + head * width;
        pack(k + sample * s->keys * s->key_row + head * width, s->key_row, length, width, values, all_keys, padded);
        transpose(values, padded, all_keys, width, keys);
        pack(v + sample * s->keys * s->value_row + head * width, s->value_row, length, width, values, all_keys, padded);
        for (size_t start = 0; start < s->queries; start += QUERIES) {
            const size_t rows = smaller(QUERIES, s->queries - start);
            float largest[QUERIES], total[QUERIES];
            for (size_t r = 0; r < rows; r++) largest[r] = -INFINITY, total[r] = 0;
            for (size_t i = 0; i < rows * padded; i++) sums[i] = 0;
            const size_t end = visible(s, start + rows - 1, length);
            for (size_t block = 0; block < end; block += KEYS) {
                const size_t columns = rounded_up(smaller(KEYS, end - block), LANES);
                product(q_head + start * s->query_row, s->query_row, 1, keys + block * width, KEYS, scores, KEYS, rows,
                        columns, width, 0);
                for (size_t r = 0; r < rows; r++) {
                    float *row = scores + r * KEYS;
                    const size_t seen = visible(s, start + r, length);
                    const size_t count = seen > block ? smaller(seen - block, columns) : 0;
                    const float scale = s->scale;
                    for (size_t c = 0; c < columns; c++) row[c] = c < count ? row[c] * scale : -INFINITY;
                    const float found = row_maximum(row, columns);
                    const float top = found > largest[r] ? found : largest[r];
                    // nothing seen so far: subtract 0, and every probability is 0
                    const float shift = top == -INFINITY ? 0 : top;
                    const float correction = exp_of(largest[r] - shift);
                    for (size_t c = 0; c < columns; c++) row[c] = exp_of(row[c] - shift);
                    total[r] = total[r] * correction + row_sum(row, columns);
                    largest[r] = top;
                    if (block > 0)
                        for (size_t e = 0; e < padded; e++) sums[r * padded + e] *= correction;
                }
                product(scores, KEYS, 1, values + block * padded, padded, sums, padded, rows, padded, columns, 1);
            }
            for (size_t r = 0; r < rows; r++) {
                float *row = out + ((sample * s->queries + start + r) * s->heads + head) * width;
                const float inverse = total[r] == 0 ? 0 : 1.0f / total[r];
                for (size_t e = 0; e < width; e++) row[e] = sums[r * padded + e] * inverse;
                logarithms[pair * s->queries + start + r] = total[r] == 0 ? INFINITY : largest[r] + log_of(total[r]);
            }
        }
    }
}

// With P = e^(scale·q·kᵀ - logarithm) and D = Σ out·cotangent:  dv = Pᵀ·cotangent;  dS = scale·P∘(cotangent·vᵀ - D);
// dq = dS·k;  dk = dSᵀ·q
CLONES void lockstep_attention_gradient(const struct lockstep_attention_shape *s, const float *q, const float *k,
                                             const float *v, const int32_t *lengths, const float *out,
                                             const float *logarithms, const float *cotangent, float *dq, float *dk,
                                             float *dv, float *scratch) {
    const size_t width = s->width, padded = rounded_up(width, LANES), all_keys = rounded_up(s->keys, KEYS);
    const size_t size = all_keys * padded, out_row = s->heads * width;
    float *keys = scratch, *keys_transposed = keys + size, *values_transposed = keys_transposed + size;
    float *key_sums = values_transposed + size, *value_sums = key_sums + size;
    float *probabilities = value_sums + size, *slopes = probabilities + QUERIES * KEYS;
    float *queries = slopes + QUERIES * KEYS, *cotangents = queries + QUERIES * padded;
    float *query_sums = cotangents + QUERIES * padded;
    for (size_t pair = 0; pair < s->samples * s->heads; pair++) {
        const size_t sample = pair / s->heads, head = pair % s->heads;
        const size_t length = lengths ? (size_t)lengths[sample] : s->keys;
        const size_t q_start = sample * s->queries * s->query_row + head * width;
        const size_t k_start = sample * s->keys * s->key_row + head * width;
        const size_t v_start = sample * s->keys * s->value_row + head * width;
        pack(k + k_start, s->key_row, length, width, keys, all_keys, padded);
        transpose(keys, padded, all_keys, width, keys_transposed);
        // the sums' place serves for the rows before they are transposed
        pack(v + v_start, s->value_row, length, width, value_sums, all_keys, padded);
        transpose(value_sums, padded, all_keys, width, values_transposed);
        for (size_t i = 0; i < size; i++) key_sums[i] = 0, value_sums[i] = 0;
        for (size_t start = 0; start < s->queries; start += QUERIES) {
            const size_t rows = smaller(QUERIES, s->queries - start);
            const size_t out_start = (sample * s->queries + start) * out_row + head * width;
            pack(q + q_start + start * s->query_row, s->query_row, rows, width, queries, rows, padded);
            pack(cotangent + out_start, out_row, rows, width, cotangents, rows, padded);
            float dots[QUERIES];
            for (size_t r = 0; r < rows; r++) {
                float *row = query_sums + r * padded;
                for (size_t e = 0; e < padded; e++) row[e] = 0;
                for (size_t e = 0; e < width; e++)
                    row[e] = out[out_start + r * out_row + e] * cotangents[r * padded + e];
                dots[r] = row_sum(row, padded);
                for (size_t e = 0; e < padded; e++) row[e] = 0;
            }
            const size_t end = visible(s, start + rows - 1, length);
            for (size_t block = 0; block < end; block += KEYS) {
                const size_t columns = rounded_up(smaller(KEYS, end - block), LANES);
                product(queries, padded, 1, keys_transposed + block * width, KEYS, probabilities, KEYS, rows, columns,
                        width, 0);
                product(cotangents, padded, 1, values_transposed + block * width, KEYS, slopes, KEYS, rows, columns,
                        width, 0);
                for (size_t r = 0; r < rows; r++) {
                    float *p = probabilities + r * KEYS, *slope = slopes + r * KEYS;
                    const size_t seen = visible(s, start + r, length);
                    const size_t count = seen > block ? smaller(seen - block, columns) : 0;
                    const float logarithm = logarithms[pair * s->queries + start + r], dot = dots[r];
                    const float scale = s->scale;
                    for (size_t c = 0; c < columns; c++) {
                        const float x = c < count ? exp_of(p[c] * scale - logarithm) : 0;
                        slope[c] = x * (slope[c] - dot) * scale;
                        p[c] = x;
                    }
                }
                product(probabilities, 1, KEYS, cotangents, padded, value_sums + block * padded, padded, columns,
                        padded, rows, 1);
                product(slopes, 1, KEYS, queries, padded, key_sums + block * padded, padded, columns, padded, rows, 1);
                product(slopes, KEYS, 1, keys + block * padded, padded, query_sums, padded, rows, padded, columns, 1);
            }
            for (size_t r = 0; r < rows; r++)
                for (size_t e = 0; e < width; e++)
                    dq[q_start + (start + r) * s->query_row + e] = query_sums[r * padded + e];
        }
        for (size_t r = 0; r < s->keys; r++)
            for (size_t e = 0; e < width; e++) {
                dk[k_start + r * s->key_row + e] = key_sums[r * padded + e];
                dv[v_start + r * s->value_row + e] = value_sums[r * padded + e];
            }
    }
}

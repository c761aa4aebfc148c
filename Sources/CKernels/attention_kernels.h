// Template (levels.h) of attention's two passes.
#include "product_tiles.h"

static void LEVEL_NAME(attention)(const struct lockstep_attention_shape *s, const float *q, const float *k, const float *v,
                                  const int32_t *lengths, const struct lockstep_attention_dropout *dropout, float *out,
                                  float *logarithms, float *scratch) {
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
                LEVEL_NAME(product)(q_head + start * s->query_row, s->query_row, 1, keys + block * width, KEYS, scores, KEYS, rows,
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
                    const float correction = exp_of_negative(largest[r] - shift);
                    for (size_t c = 0; c < columns; c++) row[c] = exp_of_negative(row[c] - shift);
                    total[r] = total[r] * correction + row_sum(row, columns);
                    largest[r] = top;
                    if (dropout) {
                        float factors[KEYS];
                        dropout_factors(s, dropout, sample, head, start + r, block, factors);
                        for (size_t c = 0; c < columns; c++) row[c] *= factors[c];
                    }
                    if (block > 0)
                        for (size_t e = 0; e < padded; e++) sums[r * padded + e] *= correction;
                }
                LEVEL_NAME(product)(scores, KEYS, 1, values + block * padded, padded, sums, padded, rows, padded, columns, 1);
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

// With P = e^(scale·q·kᵀ - logarithm), the factors M of dropout, and D = Σ out·cotangent:  dv = (M∘P)ᵀ·cotangent;
// dS = scale·P∘(M∘(cotangent·vᵀ) - D);  dq = dS·k;  dk = dSᵀ·q
static void LEVEL_NAME(attention_gradient)(const struct lockstep_attention_shape *s, const float *q, const float *k,
                                           const float *v, const int32_t *lengths,
                                           const struct lockstep_attention_dropout *dropout, const float *out,
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
                LEVEL_NAME(product)(queries, padded, 1, keys_transposed + block * width, KEYS, probabilities, KEYS, rows, columns,
                        width, 0);
                LEVEL_NAME(product)(cotangents, padded, 1, values_transposed + block * width, KEYS, slopes, KEYS, rows, columns,
                        width, 0);
                for (size_t r = 0; r < rows; r++) {
                    float *p = probabilities + r * KEYS, *slope = slopes + r * KEYS;
                    const size_t seen = visible(s, start + r, length);
                    const size_t count = seen > block ? smaller(seen - block, columns) : 0;
                    const float logarithm = logarithms[pair * s->queries + start + r], dot = dots[r];
                    const float scale = s->scale;
                    if (dropout) {
                        float factors[KEYS];
                        dropout_factors(s, dropout, sample, head, start + r, block, factors);
                        for (size_t c = 0; c < columns; c++) {
                            const float x = c < count ? exp_of_negative(p[c] * scale - logarithm) : 0;
                            slope[c] = x * (slope[c] * factors[c] - dot) * scale;
                            p[c] = x * factors[c];
                        }
                        continue;
                    }
                    for (size_t c = 0; c < columns; c++) {
                        const float x = c < count ? exp_of_negative(p[c] * scale - logarithm) : 0;
                        slope[c] = x * (slope[c] - dot) * scale;
                        p[c] = x;
                    }
                }
                LEVEL_NAME(product)(probabilities, 1, KEYS, cotangents, padded, value_sums + block * padded, padded, columns,
                        padded, rows, 1);
                LEVEL_NAME(product)(slopes, 1, KEYS, queries, padded, key_sums + block * padded, padded, columns, padded, rows, 1);
                LEVEL_NAME(product)(slopes, KEYS, 1, keys + block * padded, padded, query_sums, padded, rows, padded, columns, 1);
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

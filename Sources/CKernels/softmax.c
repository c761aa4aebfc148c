#include "CKernels.h"
#include "mathematics.h"
#include "rows.h"

// A sum of exponentials, the largest of which is e⁰ = 1.
struct exponentials {
    float sum;
    // The sum without that 1, where it is below ½: what rounding would take from a sum near 1.
    float rest;
};

// Where one term outweighs all others together, only that term is 1: the others are below ½.
INLINE int is_dominated(float sum) { return sum < 1.5f; }

// Σ e^(row[c] - largest), the terms kept in `terms` unless that is NULL.
INLINE struct exponentials exponentials_sum(const float *row, float largest, float *terms, size_t columns) {
    float block[256];
    struct exponentials found = {0, 0};
    for (size_t start = 0; start < columns; start += 256) {
        const size_t count = columns - start < 256 ? columns - start : 256;
        float *to = terms ? terms + start : block;
        for (size_t c = 0; c < count; c++) to[c] = exp_of_negative(row[start + c] - largest);
        found.sum += row_sum(to, count);
        if (is_dominated(found.sum)) found.rest += row_sum_without_ones(to, count);
    }
    return found;
}

// ln Σ e^(x - largest), to a few units in the last place: not below 0.
INLINE float log_of_exponentials(struct exponentials e) {
    return is_dominated(e.sum) ? log_of_one_plus(e.rest) : log_of(e.sum);
}

// ln Σ eˣ - row[label] as (largest - row[label]) + ln Σ e^(x - largest): neither summand is below 0, so nothing cancels.
CLONES void lockstep_softmax_cross_entropy(const float *logits, const int32_t *labels, float *losses,
                                           float *probabilities, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = logits + r * columns;
        const float largest = row_maximum(row, columns);
        const struct exponentials e =
            exponentials_sum(row, largest, probabilities ? probabilities + r * columns : 0, columns);
        const float inverse = 1.0f / e.sum;
        losses[r] = (largest - row[labels[r]]) + log_of_exponentials(e);
        if (probabilities)
            for (size_t c = 0; c < columns; c++) probabilities[r * columns + c] *= inverse;
    }
}

CLONES void lockstep_softmax_cross_entropy_gradient(const float *probabilities, const int32_t *labels,
                                                    const float *cotangent, float *out, size_t rows,
                                                    size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float scale = cotangent[r];
        for (size_t c = 0; c < columns; c++) out[r * columns + c] = probabilities[r * columns + c] * scale;
        out[r * columns + labels[r]] -= scale;
    }
}

CLONES void lockstep_log_softmax(const float *logits, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = logits + r * columns;
        const float largest = row_maximum(row, columns);
        const float shift = log_of_exponentials(exponentials_sum(row, largest, 0, columns));
        // neither of the two is above 0
        for (size_t c = 0; c < columns; c++) out[r * columns + c] = (row[c] - largest) - shift;
    }
}

CLONES void lockstep_softmax(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        float *out = y + r * columns;
        const float inverse = 1.0f / exponentials_sum(row, row_maximum(row, columns), out, columns).sum;
        for (size_t c = 0; c < columns; c++) out[c] *= inverse;
    }
}

CLONES void lockstep_softmax_gradient(const float *y, const float *cotangent, float *dx, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *p = y + r * columns, *g = cotangent + r * columns;
        const float dot = row_dot(p, g, columns);
        for (size_t c = 0; c < columns; c++) dx[r * columns + c] = p[c] * (g[c] - dot);
    }
}

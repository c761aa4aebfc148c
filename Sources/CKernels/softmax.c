#include "CKernels.h"
#include "mathematics.h"
#include "rows.h"

// Σ e^(row[c] - largest), the terms kept in `terms` unless that is NULL.
INLINE float exponentials_sum(const float *row, float largest, float *terms, size_t columns) {
    float block[256], sum = 0;
    for (size_t start = 0; start < columns; start += 256) {
        const size_t count = columns - start < 256 ? columns - start : 256;
        float *to = terms ? terms + start : block;
        for (size_t c = 0; c < count; c++) to[c] = exp_of_negative(row[start + c] - largest);
        sum += row_sum(to, count);
    }
    return sum;
}

CLONES void lockstep_softmax_cross_entropy(const float *logits, const int32_t *labels, float *losses,
                                           float *probabilities, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = logits + r * columns;
        const float largest = row_maximum(row, columns);
        const float sum = exponentials_sum(row, largest, probabilities ? probabilities + r * columns : 0, columns);
        const float inverse = 1.0f / sum;
        losses[r] = log_of(sum) + largest - row[labels[r]];
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
        const float shift = largest + log_of(exponentials_sum(row, largest, 0, columns));
        for (size_t c = 0; c < columns; c++) out[r * columns + c] = row[c] - shift;
    }
}

CLONES void lockstep_softmax(const float *x, float *y, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        float *out = y + r * columns;
        const float inverse = 1.0f / exponentials_sum(row, row_maximum(row, columns), out, columns);
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

#include "CKernels.h"
#include "mathematics.h"

INLINE float row_maximum(const float *row, size_t columns) {
    float largest = -INFINITY;
    for (size_t c = 0; c < columns; c++) largest = row[c] > largest ? row[c] : largest;
    return largest;
}

CLONES void lockstep_softmax_cross_entropy(const float *logits, const int32_t *labels, float *losses,
                                           float *probabilities, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = logits + r * columns;
        const float largest = row_maximum(row, columns);
        float sum = 0;
        if (probabilities) {
            float *p = probabilities + r * columns;
            for (size_t c = 0; c < columns; c++) p[c] = exp_of(row[c] - largest);
            for (size_t c = 0; c < columns; c++) sum += p[c];
            const float inverse = 1.0f / sum;
            for (size_t c = 0; c < columns; c++) p[c] *= inverse;
        } else {
            for (size_t c = 0; c < columns; c++) sum += exp_of(row[c] - largest);
        }
        losses[r] = log_of(sum) + largest - row[labels[r]];
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
        float sum = 0;
        for (size_t c = 0; c < columns; c++) sum += exp_of(row[c] - largest);
        const float shift = largest + log_of(sum);
        for (size_t c = 0; c < columns; c++) out[r * columns + c] = row[c] - shift;
    }
}

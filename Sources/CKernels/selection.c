#include "CKernels.h"
#include "clones.h"

// NaN in either input is the result, as in NumPy and PyTorch.
BINARY(lockstep_elementwise_maximum, x > y || x != x ? x : y)
BINARY(lockstep_elementwise_minimum, x < y || x != x ? x : y)
// The share of the cotangent that the first input of maximum takes; ties are divided.
BINARY(lockstep_share_of_larger, x > y || x != x ? 1.0f : x == y ? 0.5f : 0.0f)
BINARY(lockstep_greater, x > y ? 1.0f : 0.0f)
BINARY(lockstep_greater_or_equal, x >= y ? 1.0f : 0.0f)
BINARY(lockstep_equal, x == y ? 1.0f : 0.0f)

CLONES void lockstep_where(const float *condition, const float *a, const float *b, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = condition[i] != 0 ? a[i] : b[i];
}

// For [outer, count, inner]: the index along the middle axis of the largest element; the first of equal ones, and of NaN.
void lockstep_argmax(const float *a, float sign, int32_t *out, size_t outer, size_t count, size_t inner) {
    for (size_t o = 0; o < outer; o++) {
        for (size_t i = 0; i < inner; i++) {
            const float *start = a + o * count * inner + i;
            size_t best = 0;
            for (size_t k = 1; k < count && start[best * inner] == start[best * inner]; k++) {
                const float x = sign * start[k * inner];
                if (x > sign * start[best * inner] || x != x) best = k;
            }
            out[o * inner + i] = (int32_t)best;
        }
    }
}

// For [outer, count, inner]: running sums along the middle axis, in float, from its beginning or from its end.
void lockstep_cumulative_sum(const float *a, int is_reversed, float *out, size_t outer, size_t count, size_t inner) {
    for (size_t o = 0; o < outer; o++) {
        for (size_t k = 0; k < count; k++) {
            const size_t row = (o * count + (is_reversed ? count - 1 - k : k)) * inner;
            const float *before = is_reversed ? out + row + inner : out + row - inner;
            for (size_t i = 0; i < inner; i++) out[row + i] = k == 0 ? a[row + i] : before[i] + a[row + i];
        }
    }
}

#include "CKernels.h"
#include "clones.h"

#include <math.h>

BINARY(lockstep_add, x + y)
BINARY(lockstep_subtract, x - y)
BINARY(lockstep_multiply, x *y)
BINARY(lockstep_divide, x / y)
// a: cotangent, b: output. The derivative at 0 is 0; a cotangent that is not a number stays visible only where used.
BINARY(lockstep_relu_gradient, y > 0 ? x : 0.0f)

CLONES void lockstep_affine(const float *a, float scale, float shift, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = scale * a[i] + shift;
}

// `a < 0 ? 0 : a` and not `a > 0 ? a : 0`: a value that is not a number must come out as it is.
CLONES void lockstep_relu(const float *a, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] < 0 ? 0.0f : a[i];
}

CLONES void lockstep_sqrt(const float *a, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = square_root(a[i]);
}

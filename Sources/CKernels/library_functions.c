#include "CKernels.h"

#include <math.h>

// Functions of the C library, computed in double and rounded once: within half a unit in the last place, and the same bits
// with every C library whose double functions err by less than a few units.
#define UNARY(name, expression)                           \
    void name(const float *a, float *out, size_t n) {     \
        for (size_t i = 0; i < n; i++) {                  \
            const double x = a[i];                        \
            out[i] = (float)(expression);                 \
        }                                                 \
    }

UNARY(lockstep_sin, sin(x))
UNARY(lockstep_cos, cos(x))
UNARY(lockstep_erf, erf(x))

void lockstep_pow(const float *a, const float *b, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (float)pow(a[i], b[i]);
}

void lockstep_pow_scalar(const float *a, double exponent, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (float)pow(a[i], exponent);
}

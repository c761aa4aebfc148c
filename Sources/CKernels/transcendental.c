#include "CKernels.h"
#include "mathematics.h"

#define UNARY(name, function)                                          \
    CLONES void name(const float *a, float *out, size_t n) {           \
        for (size_t i = 0; i < n; i++) out[i] = function(a[i]);        \
    }

UNARY(lockstep_exp, exp_of)
UNARY(lockstep_log, log_of)
UNARY(lockstep_tanh, tanh_of)
UNARY(lockstep_sigmoid, sigmoid_of)

#include "CKernels.h"
#include "mathematics.h"

// eˣ - 1 for x ≤ 0, without cancellation near 0: Taylor's series to x⁷, which errs by 2·10⁻⁸ of it at the seam.
INLINE float exp_less_one_of(float x) {
    float p = 1.0f + x * (1.0f / 7);
    p = 1.0f + x * (1.0f / 6) * p;
    p = 1.0f + x * (1.0f / 5) * p;
    p = 1.0f + x * (1.0f / 4) * p;
    p = 1.0f + x * (1.0f / 3) * p;
    p = 1.0f + x * 0.5f * p;
    return x > -0.35f ? x * p : exp_of(x) - 1.0f;
}

INLINE float softplus_of(float x) {
    const float magnitude = x < 0 ? -x : x;
    const float y = (x > 0 ? x : 0.0f) + log_of_one_plus(exp_of(-magnitude));
    return x != x ? x : y;
}

#define UNARY(name, expression)                                        \
    CLONES void name(const float *a, float *out, size_t n) {           \
        for (size_t i = 0; i < n; i++) {                               \
            const float x = a[i];                                      \
            out[i] = (expression);                                     \
        }                                                              \
    }
#define UNARY_WITH(parameter, name, expression)                                     \
    CLONES void name(const float *a, float parameter, float *out, size_t n) {       \
        for (size_t i = 0; i < n; i++) {                                            \
            const float x = a[i];                                                   \
            out[i] = (expression);                                                  \
        }                                                                           \
    }
#define GRADIENT(name, expression)                                                          \
    CLONES void name(const float *cotangent, const float *a, float *out, size_t n) {        \
        for (size_t i = 0; i < n; i++) {                                                    \
            const float x = a[i], c = cotangent[i];                                         \
            out[i] = (expression);                                                          \
        }                                                                                   \
    }
#define GRADIENT_WITH(parameter, name, expression)                                                       \
    CLONES void name(const float *cotangent, const float *a, float parameter, float *out, size_t n) {    \
        for (size_t i = 0; i < n; i++) {                                                                 \
            const float x = a[i], c = cotangent[i];                                                      \
            out[i] = (expression);                                                                       \
        }                                                                                                \
    }

INLINE float silu_slope(float x) {
    const float s = sigmoid_of(x);
    return s * (1.0f + x * (1.0f - s));
}

UNARY_WITH(slope, lockstep_leaky_relu, x > 0 ? x : slope * x)
GRADIENT_WITH(slope, lockstep_leaky_relu_gradient, x > 0 ? c : slope *c)
UNARY_WITH(alpha, lockstep_elu, x > 0 ? x : alpha * exp_less_one_of(x))
GRADIENT_WITH(alpha, lockstep_elu_gradient, x > 0 ? c : c * alpha * exp_of(x))
UNARY(lockstep_silu, x *sigmoid_of(x))
GRADIENT(lockstep_silu_gradient, c *silu_slope(x))
UNARY(lockstep_softplus, softplus_of(x))
GRADIENT(lockstep_softplus_gradient, c *sigmoid_of(x))

UNARY(lockstep_absolute, x < 0 ? -x : x)
UNARY(lockstep_sign, x > 0 ? 1.0f : (x < 0 ? -1.0f : x))
UNARY(lockstep_x_log_x, x == 0 ? 0.0f : x * log_of(x))

INLINE float huber_of(float x, float delta) {
    const float magnitude = x < 0 ? -x : x;
    return magnitude <= delta ? 0.5f * x * x : delta * (magnitude - 0.5f * delta);
}

UNARY_WITH(delta, lockstep_huber, huber_of(x, delta))

CLONES void lockstep_clamp(const float *a, float low, float high, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] < low ? low : (a[i] > high ? high : a[i]);
}

CLONES void lockstep_within(const float *a, float low, float high, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = a[i] >= low && a[i] <= high ? 1.0f : 0.0f;
}

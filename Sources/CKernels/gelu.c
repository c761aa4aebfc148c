#include "CKernels.h"
#include "mathematics.h"

// The error function within 1.5 units in the last place; after N. Juffa's minimax approximations.
INLINE float erf_of(float x) {
    const float t = x < 0 ? -x : x, s = x * x;
    float r = -1.72853470e-5f * t + 3.83197126e-4f;
    const float u = -3.88396438e-3f * t + 2.42546219e-2f;
    r = r * s + u;
    r = r * t - 1.06777877e-1f;
    r = r * t - 6.34846687e-1f;
    r = r * t - 1.28717512e-1f;
    r = r * t - t;
    const float far = 1.0f - exp_of_negative(r);
    float p = -5.96761703e-4f;
    p = p * s + 4.99119423e-3f;
    p = p * s - 2.67681349e-2f;
    p = p * s + 1.12819925e-1f;
    p = p * s - 3.76125336e-1f;
    p = p * s + 1.28379166e-1f;
    const float near = p * x + x;
    // the far polynomial turns up again beyond 8
    const float large = t > 4.0f ? 1.0f : far;
    const float y = t > 0.927734375f ? (x < 0 ? -large : large) : near;
    return x != x ? x : y;
}

// y = x·Φ(x), y′ = Φ(x) + x·φ(x)
INLINE void gelu_of(float x, float *y, float *slope) {
    const float cumulative = 0.5f + 0.5f * erf_of(x * 0.707106781186547524f);
    *y = x * cumulative;
    *slope = cumulative + x * 0.398942280401432678f * exp_of_negative(-0.5f * x * x);
}

// y = ½x(1 + tanh u) with u = √(2/π)·(x + 0.044715x³)
INLINE void gelu_tanh_of(float x, float *y, float *slope) {
    const float u = 0.797884560802865356f * (x + 0.044715f * x * x * x);
    const float h = tanh_of(u);
    *y = 0.5f * x * (1.0f + h);
    *slope = 0.5f * (1.0f + h) + 0.5f * x * (1.0f - h * h) * 0.797884560802865356f * (1.0f + 0.134145f * x * x);
}

#define ACTIVATION(name, function)                                                    \
    CLONES void name(const float *x, float *y, float *slope, size_t n) {              \
        float unused;                                                                 \
        if (slope)                                                                    \
            for (size_t i = 0; i < n; i++) function(x[i], y + i, slope + i);          \
        else                                                                          \
            for (size_t i = 0; i < n; i++) function(x[i], y + i, &unused);            \
    }

ACTIVATION(lockstep_gelu, gelu_of)
ACTIVATION(lockstep_gelu_tanh, gelu_tanh_of)

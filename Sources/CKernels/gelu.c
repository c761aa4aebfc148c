#include "CKernels.h"
#include "mathematics.h"

// y = x·Φ(x), y′ = Φ(x) + x·φ(x). With t = |x| and w = 1/(1 + t/4), Φ(-t) = e^(-t²/2)·w·P(w): P has the least largest relative
// error over all t, 4e-8, and φ takes the same exponential.
INLINE void gelu_of(float x, float *y, float *slope) {
    const float t = x < 0 ? -x : x, w = 1.0f / (1.0f + 0.25f * t);
    const float bell = exp_of_negative(-0.5f * x * x);
    float p = 0.019785266369581223f;
    p = p * w - 0.08089172840118408f;
    p = p * w + 0.09562376141548157f;
    p = p * w - 0.03174429014325142f;
    p = p * w + 0.06371492147445679f;
    p = p * w + 0.058969564735889435f;
    p = p * w + 0.0816042497754097f;
    p = p * w + 0.09346622973680496f;
    p = p * w + 0.09973643720149994f;
    p = p * w + 0.0997355654835701f;
    const float tail = bell * w * p;
    const float cumulative = x < 0 ? tail : 1.0f - tail;
    *y = x * cumulative;
    *slope = cumulative + x * 0.398942280401432678f * bell;
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

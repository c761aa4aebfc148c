// Activations with a parameter or a closed derivative: out[i] = f(a[i]), and backward out[i] = cotangent[i] · f′(a[i]).
#ifndef LOCKSTEP_ACTIVATION_H
#define LOCKSTEP_ACTIVATION_H

#include <stddef.h>

void lockstep_leaky_relu(const float *a, float slope, float *out, size_t n);  // x where x > 0, else slope·x
void lockstep_leaky_relu_gradient(const float *cotangent, const float *a, float slope, float *out, size_t n);
void lockstep_elu(const float *a, float alpha, float *out, size_t n);  // x where x > 0, else alpha·(eˣ - 1)
void lockstep_elu_gradient(const float *cotangent, const float *a, float alpha, float *out, size_t n);
void lockstep_silu(const float *a, float *out, size_t n);  // x·σ(x)
void lockstep_silu_gradient(const float *cotangent, const float *a, float *out, size_t n);
void lockstep_softplus(const float *a, float *out, size_t n);  // ln(1 + eˣ), no overflow
void lockstep_softplus_gradient(const float *cotangent, const float *a, float *out, size_t n);

// Pieces of losses. sign is 0 at 0; Huber is x²/2 within delta, delta·(|x| - delta/2) beyond; x ln x is 0 at 0.
void lockstep_absolute(const float *a, float *out, size_t n);
void lockstep_sign(const float *a, float *out, size_t n);
void lockstep_huber(const float *a, float delta, float *out, size_t n);
void lockstep_clamp(const float *a, float low, float high, float *out, size_t n);
void lockstep_within(const float *a, float low, float high, float *out, size_t n);  // 1 where low ≤ x ≤ high, else 0
void lockstep_x_log_x(const float *a, float *out, size_t n);

#endif

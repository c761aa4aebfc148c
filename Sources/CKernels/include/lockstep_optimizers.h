// Updates of weights in one fused pass over a slice, and the vector operations of second-order methods.
#ifndef LOCKSTEP_OPTIMIZERS_H
#define LOCKSTEP_OPTIMIZERS_H

#include <stddef.h>

// What every rule does to the gradient before it is used, and to the weight beside its own change:
// g = gradient·gradient_scale + l2·w + l1·sign(w);  w ← (1 - decay)·w - …
struct lockstep_update {
    float gradient_scale, rate, l1, l2, decay;
};

// ---- optimizer.c ----
void lockstep_sgd(float *weight, const float *gradient, struct lockstep_update u, size_t n);
// v ← momentum·v + g;  the step follows from_gradient·g + from_velocity·v
void lockstep_sgd_momentum(float *weight, const float *gradient, float *velocity, struct lockstep_update u,
                           float momentum, float from_gradient, float from_velocity, size_t n);
// The step is (from_first·m + from_gradient·g) / (√(correction·v) + epsilon); u.rate is in the first two.
void lockstep_adam(float *weight, const float *gradient, float *first, float *second, struct lockstep_update u,
                   float beta1, float beta2, float epsilon, float from_first, float from_gradient, float correction,
                   size_t n);
void lockstep_adagrad(float *weight, const float *gradient, float *squares, struct lockstep_update u, float epsilon,
                      size_t n);
// mean and velocity may be NULL: not centered, without momentum.
void lockstep_rmsprop(float *weight, const float *gradient, float *squares, float *mean, float *velocity,
                      struct lockstep_update u, float smoothing, float momentum, float epsilon, size_t n);
void lockstep_adadelta(float *weight, const float *gradient, float *squares, float *changes, struct lockstep_update u,
                       float smoothing, float epsilon, size_t n);
void lockstep_lion(float *weight, const float *gradient, float *momentum, struct lockstep_update u, float beta1,
                   float beta2, size_t n);
// out = g, the penalties included
void lockstep_followed_gradient(const float *weight, const float *gradient, float *out, struct lockstep_update u,
                                size_t n);
// v ← momentum·v + rate·(direction + decay·w);  w ← w - v
void lockstep_lars(float *weight, const float *direction, float *velocity, float rate, float decay, float momentum,
                   size_t n);
// Updates the moments; direction = m·first_correction / (√(v·second_correction) + epsilon) + u.decay·w
void lockstep_lamb_direction(const float *weight, const float *gradient, float *first, float *second,
                             float *direction, struct lockstep_update u, float beta1, float beta2, float epsilon,
                             float first_correction, float second_correction, size_t n);

// ---- vectors.c ----
void lockstep_add_scaled(const float *a, float scale, float *out, size_t n);    // out += scale·a
void lockstep_approach(const float *target, float share, float *out, size_t n); // out += share·(target - out)
void lockstep_swap(float *a, float *b, size_t n);
double lockstep_dot(const float *a, const float *b, size_t n);                  // products and sums in Float64
// Dense symmetric matrices in Float64, n×n.
void lockstep_symmetric_product(const double *matrix, const double *a, double *out, size_t n);
// matrix += s_scale·s·sᵀ - cross_scale·(s·zᵀ + z·sᵀ)
void lockstep_symmetric_update(double *matrix, const double *s, const double *z, double s_scale, double cross_scale,
                               size_t n);

#endif

#include "CKernels.h"
#include "clones.h"

CLONES void lockstep_sgd(float *weight, const float *gradient, float gradient_scale, float learning_rate,
                         float weight_decay, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + weight_decay * weight[i];
        weight[i] -= learning_rate * g;
    }
}

CLONES void lockstep_sgd_momentum(float *weight, const float *gradient, float *velocity, float gradient_scale,
                                  float learning_rate, float momentum, int nesterov, float weight_decay, size_t n) {
    // The look-ahead form of Nesterov's method: the step is g + μ·v, where v is already the new velocity.
    const float from_gradient = nesterov ? 1.0f : 0.0f;
    const float from_velocity = nesterov ? momentum : 1.0f;
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + weight_decay * weight[i];
        const float v = momentum * velocity[i] + g;
        velocity[i] = v;
        weight[i] -= learning_rate * (from_gradient * g + from_velocity * v);
    }
}

CLONES void lockstep_adam(float *weight, const float *gradient, float *first, float *second, float gradient_scale,
                          float step_size, float beta1, float beta2, float epsilon, float second_correction,
                          float coupled_decay, float decoupled_decay, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float g = gradient[i] * gradient_scale + coupled_decay * weight[i];
        const float m = beta1 * first[i] + (1.0f - beta1) * g;
        const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        weight[i] = weight[i] * (1.0f - decoupled_decay) - step_size * m / (__builtin_sqrtf(v * second_correction) + epsilon);
    }
}

#include "CKernels.h"
#include "clones.h"

// `restrict`: the arrays of a rule never overlap, and checks of many pairs of pointers would keep loops scalar.

// 0 for 0; what is not a number stays visible.
INLINE float sign(float x) { return x > 0 ? 1.0f : x < 0 ? -1.0f : x; }

INLINE float followed(float gradient, float w, struct lockstep_update u) {
    return gradient * u.gradient_scale + u.l2 * w + u.l1 * sign(w);
}

CLONES void lockstep_sgd(float *restrict weight, const float *restrict gradient, struct lockstep_update u, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        weight[i] = w * (1.0f - u.decay) - u.rate * followed(gradient[i], w, u);
    }
}

CLONES void lockstep_sgd_momentum(float *restrict weight, const float *restrict gradient, float *restrict velocity,
                                  struct lockstep_update u, float momentum, float from_gradient, float from_velocity,
                                  size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float v = momentum * velocity[i] + g;
        velocity[i] = v;
        weight[i] = w * (1.0f - u.decay) - u.rate * (from_gradient * g + from_velocity * v);
    }
}

CLONES void lockstep_adam(float *restrict weight, const float *restrict gradient, float *restrict first,
                          float *restrict second, struct lockstep_update u, float beta1, float beta2, float epsilon,
                          float from_first, float from_gradient, float correction, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float m = beta1 * first[i] + (1.0f - beta1) * g;
        const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        const float step = (from_first * m + from_gradient * g) / (square_root(v * correction) + epsilon);
        weight[i] = w * (1.0f - u.decay) - step;
    }
}

CLONES void lockstep_adagrad(float *restrict weight, const float *restrict gradient, float *restrict squares,
                             struct lockstep_update u, float epsilon, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float s = squares[i] + g * g;
        squares[i] = s;
        weight[i] = w * (1.0f - u.decay) - u.rate * g / (square_root(s) + epsilon);
    }
}

// One loop for each of the four forms: the tests are of constants.
INLINE void rmsprop(float *restrict weight, const float *restrict gradient, float *restrict squares,
                    float *restrict mean, float *restrict velocity, struct lockstep_update u, float smoothing,
                    float momentum, float epsilon, size_t n, int is_centered, int has_momentum) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        float s = smoothing * squares[i] + (1.0f - smoothing) * g * g;
        if (is_centered) {
            // with s the mean of squares and a that of gradients, s - a² follows this by itself, and is never below 0
            const float a = mean[i], distance = g - a;
            s = smoothing * (squares[i] + (1.0f - smoothing) * distance * distance);
            mean[i] = a + (1.0f - smoothing) * distance;
        }
        squares[i] = s;
        float step = g / (square_root(s) + epsilon);
        if (has_momentum) {
            step = momentum * velocity[i] + step;
            velocity[i] = step;
        }
        weight[i] = w * (1.0f - u.decay) - u.rate * step;
    }
}

CLONES void lockstep_rmsprop(float *restrict weight, const float *restrict gradient, float *restrict squares,
                             float *restrict mean, float *restrict velocity, struct lockstep_update u, float smoothing,
                             float momentum, float epsilon, size_t n) {
    if (mean && velocity)
        rmsprop(weight, gradient, squares, mean, velocity, u, smoothing, momentum, epsilon, n, 1, 1);
    else if (mean)
        rmsprop(weight, gradient, squares, mean, velocity, u, smoothing, momentum, epsilon, n, 1, 0);
    else if (velocity)
        rmsprop(weight, gradient, squares, mean, velocity, u, smoothing, momentum, epsilon, n, 0, 1);
    else
        rmsprop(weight, gradient, squares, mean, velocity, u, smoothing, momentum, epsilon, n, 0, 0);
}

CLONES void lockstep_adadelta(float *restrict weight, const float *restrict gradient, float *restrict squares,
                              float *restrict changes, struct lockstep_update u, float smoothing, float epsilon,
                              size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float s = smoothing * squares[i] + (1.0f - smoothing) * g * g;
        const float change = square_root(changes[i] + epsilon) / square_root(s + epsilon) * g;
        squares[i] = s;
        changes[i] = smoothing * changes[i] + (1.0f - smoothing) * change * change;
        weight[i] = w * (1.0f - u.decay) - u.rate * change;
    }
}

CLONES void lockstep_lion(float *restrict weight, const float *restrict gradient, float *restrict momentum,
                          struct lockstep_update u, float beta1, float beta2, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float m = momentum[i];
        momentum[i] = beta2 * m + (1.0f - beta2) * g;
        weight[i] = w * (1.0f - u.decay) - u.rate * sign(beta1 * m + (1.0f - beta1) * g);
    }
}

CLONES void lockstep_followed_gradient(const float *restrict weight, const float *restrict gradient,
                                       float *restrict out, struct lockstep_update u, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = followed(gradient[i], weight[i], u);
}

CLONES void lockstep_lars(float *restrict weight, const float *restrict direction, float *restrict velocity,
                          float rate, float decay, float momentum, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float v = momentum * velocity[i] + rate * (direction[i] + decay * weight[i]);
        velocity[i] = v;
        weight[i] -= v;
    }
}

CLONES void lockstep_lamb_direction(const float *restrict weight, const float *restrict gradient,
                                    float *restrict first, float *restrict second, float *restrict direction,
                                    struct lockstep_update u, float beta1, float beta2, float epsilon,
                                    float first_correction, float second_correction, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float w = weight[i];
        const float g = followed(gradient[i], w, u);
        const float m = beta1 * first[i] + (1.0f - beta1) * g;
        const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        direction[i] = m * first_correction / (square_root(v * second_correction) + epsilon) + u.decay * w;
    }
}

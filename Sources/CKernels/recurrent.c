#include "CKernels.h"
#include "mathematics.h"

#include <string.h>

INLINE int is_active(const lockstep_step *step, size_t row) {
    return !step->lengths || step->time < step->lengths[row];
}

INLINE void copy_row(const float *from, float *to, size_t n) {
    if (to != from) memcpy(to, from, n * sizeof(float));
}

INLINE void zero_row(float *to, size_t n) { memset(to, 0, n * sizeof(float)); }

CLONES void lockstep_lstm_forward(lockstep_step step, lockstep_forward_step data) {
    const size_t n = step.hidden;
    const float *product = data.product;
    for (size_t row = 0; row < step.batch; row++) {
        const float *restrict x = data.projected + row * 4 * n;
        const float *restrict c = data.cell + row * n;
        float *restrict gates = data.kept + row * 4 * n, *restrict next = data.next_cell + row * n;
        float *restrict h = data.next_state + row * n, *restrict out = data.output + row * n;
        if (!is_active(&step, row)) {
            copy_row(data.cell + row * n, data.next_cell + row * n, n);
            copy_row(data.state + row * n, data.next_state + row * n, n);
            zero_row(out, n);
            continue;
        }
        const float *restrict u = product;
        product += 4 * n;
        // short loops of one function each: the compiler vectorizes these, but not one of all five
        for (size_t k = 0; k < 2 * n; k++) gates[k] = sigmoid_of(x[k] + u[k]);
        for (size_t k = 2 * n; k < 3 * n; k++) gates[k] = tanh_of(x[k] + u[k]);
        for (size_t k = 3 * n; k < 4 * n; k++) gates[k] = sigmoid_of(x[k] + u[k]);
        for (size_t k = 0; k < n; k++) next[k] = gates[n + k] * c[k] + gates[k] * gates[2 * n + k];
        for (size_t k = 0; k < n; k++) h[k] = gates[3 * n + k] * tanh_of(next[k]);
        copy_row(h, out, n);
    }
}

CLONES void lockstep_lstm_backward(lockstep_step step, lockstep_backward_step data) {
    const size_t n = step.hidden;
    for (size_t row = 0; row < step.batch; row++) {
        const float *restrict gates = data.kept + row * 4 * n, *restrict c = data.cell + row * n;
        const float *restrict next = data.next_cell + row * n, *restrict y = data.output_cotangent + row * n;
        const float *restrict product = data.product + row * n;
        float *restrict carry = data.carry + row * n, *restrict dc = data.cell_carry + row * n;
        float *restrict d = data.d_projected + row * 4 * n;
        if (!is_active(&step, row)) {
            for (size_t k = 0; k < n; k++) carry[k] += product[k];
            zero_row(d, 4 * n);
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            const float i = gates[k], f = gates[n + k], g = gates[2 * n + k], o = gates[3 * n + k];
            const float dh = y[k] + product[k] + carry[k];
            const float t = tanh_of(next[k]);
            const float cell = dc[k] + dh * o * (1.0f - t * t);
            d[k] = cell * g * i * (1.0f - i);
            d[n + k] = cell * c[k] * f * (1.0f - f);
            d[2 * n + k] = cell * i * (1.0f - g * g);
            d[3 * n + k] = dh * t * o * (1.0f - o);
            dc[k] = cell * f;
            carry[k] = 0;
        }
    }
}

CLONES void lockstep_gru_forward(lockstep_step step, lockstep_forward_step data) {
    const size_t n = step.hidden;
    const float *product = data.product;
    for (size_t row = 0; row < step.batch; row++) {
        const float *restrict x = data.projected + row * 3 * n;
        const float *restrict before = data.state + row * n;
        float *restrict kept = data.kept + row * 4 * n;
        float *restrict h = data.next_state + row * n, *restrict out = data.output + row * n;
        if (!is_active(&step, row)) {
            copy_row(data.state + row * n, data.next_state + row * n, n);
            zero_row(out, n);
            continue;
        }
        const float *restrict u = product;
        product += 3 * n;
        for (size_t k = 0; k < 2 * n; k++) kept[k] = sigmoid_of(x[k] + u[k]);
        for (size_t k = 0; k < n; k++) kept[2 * n + k] = tanh_of(x[2 * n + k] + kept[k] * u[2 * n + k]);
        copy_row(u + 2 * n, kept + 3 * n, n);
        for (size_t k = 0; k < n; k++) h[k] = (1.0f - kept[n + k]) * kept[2 * n + k] + kept[n + k] * before[k];
        copy_row(h, out, n);
    }
}

CLONES void lockstep_gru_backward(lockstep_step step, lockstep_backward_step data) {
    const size_t n = step.hidden;
    for (size_t row = 0; row < step.batch; row++) {
        const float *restrict kept = data.kept + row * 4 * n, *restrict before = data.state + row * n;
        const float *restrict y = data.output_cotangent + row * n, *restrict product = data.product + row * n;
        float *restrict carry = data.carry + row * n;
        float *restrict dx = data.d_projected + row * 3 * n, *restrict du = data.d_product + row * 3 * n;
        if (!is_active(&step, row)) {
            for (size_t k = 0; k < n; k++) carry[k] += product[k];
            zero_row(dx, 3 * n);
            zero_row(du, 3 * n);
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            const float r = kept[k], z = kept[n + k], candidate = kept[2 * n + k], q = kept[3 * n + k];
            const float dh = y[k] + product[k] + carry[k];
            const float d_candidate = dh * (1.0f - z) * (1.0f - candidate * candidate);
            const float d_reset = d_candidate * q * r * (1.0f - r);
            const float d_update = dh * (before[k] - candidate) * z * (1.0f - z);
            dx[k] = d_reset;
            dx[n + k] = d_update;
            dx[2 * n + k] = d_candidate;
            du[k] = d_reset;
            du[n + k] = d_update;
            du[2 * n + k] = d_candidate * r;
            carry[k] = dh * z;
        }
    }
}

INLINE float relu_of(float x) { return x < 0 ? 0.0f : x; }
INLINE float tanh_slope(float y) { return 1.0f - y * y; }
INLINE float relu_slope(float y) { return y > 0 ? 1.0f : 0.0f; }

#define ELMAN(name, function, slope)                                                                      \
    CLONES void lockstep_elman_##name##_forward(lockstep_step step, lockstep_forward_step data) {         \
        const size_t n = step.hidden;                                                                     \
        const float *product = data.product;                                                              \
        for (size_t row = 0; row < step.batch; row++) {                                                   \
            const float *restrict x = data.projected + row * n;                                           \
            float *restrict h = data.next_state + row * n, *restrict out = data.output + row * n;         \
            if (!is_active(&step, row)) {                                                                 \
                copy_row(data.state + row * n, data.next_state + row * n, n);                             \
                zero_row(out, n);                                                                         \
                continue;                                                                                 \
            }                                                                                             \
            const float *restrict u = product;                                                            \
            product += n;                                                                                 \
            for (size_t k = 0; k < n; k++) {                                                              \
                const float state = function(x[k] + u[k]);                                                \
                h[k] = state;                                                                             \
                out[k] = state;                                                                           \
            }                                                                                             \
        }                                                                                                 \
    }                                                                                                     \
    CLONES void lockstep_elman_##name##_backward(lockstep_step step, lockstep_backward_step data) {       \
        const size_t n = step.hidden;                                                                     \
        for (size_t row = 0; row < step.batch; row++) {                                                   \
            const float *restrict h = data.next_state + row * n;                                          \
            const float *restrict y = data.output_cotangent + row * n;                                    \
            const float *restrict product = data.product + row * n;                                       \
            float *restrict carry = data.carry + row * n, *restrict d = data.d_projected + row * n;       \
            if (!is_active(&step, row)) {                                                                 \
                for (size_t k = 0; k < n; k++) carry[k] += product[k];                                    \
                zero_row(d, n);                                                                           \
                continue;                                                                                 \
            }                                                                                             \
            for (size_t k = 0; k < n; k++) {                                                              \
                d[k] = (y[k] + product[k] + carry[k]) * slope(h[k]);                                      \
                carry[k] = 0;                                                                             \
            }                                                                                             \
        }                                                                                                 \
    }

ELMAN(tanh, tanh_of, tanh_slope)
ELMAN(relu, relu_of, relu_slope)

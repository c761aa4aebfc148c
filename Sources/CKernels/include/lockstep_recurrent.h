// One time step of a recurrent layer, forward and backward, after its matrix product.
#ifndef LOCKSTEP_RECURRENT_H
#define LOCKSTEP_RECURRENT_H

#include <stddef.h>
#include <stdint.h>

// Where a step stands. A sample whose length is at most `time` does not take part: its state goes on unchanged, its
// output is 0, and its cotangent passes by. `lengths` is NULL when all take part.
typedef struct {
    size_t batch, hidden;
    const int32_t *lengths;
    int32_t time;
} lockstep_step;

// What a step reads and writes forward; G gates. `projected` is the input's product, `product` the state's, [batch, G·hidden].
// States are [batch, hidden]; `cell…` is NULL where there is none. `kept` is what backward wants, [batch, K·hidden].
typedef struct {
    const float *projected, *product, *state, *cell;
    float *kept, *next_state, *next_cell, *output;
} lockstep_forward_step;

// What a step reads and writes backward. `product` is the later step's cotangent through its matrix product, `carry` what
// came past it (in: of the state after this step, out: of the state before it, without the matrix product); `cell_carry`
// likewise for the cell. `d_projected` and `d_product` are cotangents of those inputs; they may be the same.
typedef struct {
    const float *kept, *state, *next_state, *cell, *next_cell, *output_cotangent, *product;
    float *carry, *cell_carry, *d_projected, *d_product;
} lockstep_backward_step;

// Long short-term memory, gates i, f, g, o; keeps them: K = 4.
void lockstep_lstm_forward(lockstep_step step, lockstep_forward_step data);
void lockstep_lstm_backward(lockstep_step step, lockstep_backward_step data);
// Gated recurrent unit, gates r, z, n; keeps r, z, n and the product of n: K = 4.
void lockstep_gru_forward(lockstep_step step, lockstep_forward_step data);
void lockstep_gru_backward(lockstep_step step, lockstep_backward_step data);
// Elman's network with tanh or ReLU; keeps nothing: K = 0.
void lockstep_elman_tanh_forward(lockstep_step step, lockstep_forward_step data);
void lockstep_elman_tanh_backward(lockstep_step step, lockstep_backward_step data);
void lockstep_elman_relu_forward(lockstep_step step, lockstep_forward_step data);
void lockstep_elman_relu_backward(lockstep_step step, lockstep_backward_step data);

// out[b, a, :] = in[a, b, :] with in [first, second, inner]
void lockstep_swap_leading_axes(const float *in, float *out, size_t first, size_t second, size_t inner);
// out[r] = table[rows[r]], and the opposite: table[rows[r]] += a[r], r rising. Rows of `width`.
void lockstep_take_rows(const float *table, const int32_t *rows, float *out, size_t count, size_t width);
void lockstep_add_rows(const float *a, const int32_t *rows, float *table, size_t count, size_t width);

#endif

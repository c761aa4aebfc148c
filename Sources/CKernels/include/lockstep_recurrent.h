// One time step of a recurrent layer, forward and backward, after its matrix product.
#ifndef LOCKSTEP_RECURRENT_H
#define LOCKSTEP_RECURRENT_H

#include <stddef.h>
#include <stdint.h>

// A time step of a batch. A sample whose length is at most `time` is inactive: its state is copied, its output is 0, and
// the cotangent of its state is passed on. `lengths` is NULL when all samples are active.
typedef struct {
    size_t batch, hidden;
    const int32_t *lengths;
    int32_t time;
} lockstep_step;

// The inputs and outputs of a forward step; G gates. `projected` is the product of the input, [batch, G·hidden], `product`
// that of the state: [active samples, G·hidden], in their order. States are [batch, hidden]; `cell…` is NULL where there
// is none. `kept` is for the backward step, [batch, K·hidden].
typedef struct {
    const float *projected, *product, *state, *cell;
    float *kept, *next_state, *next_cell, *output;
} lockstep_forward_step;

// The inputs and outputs of a backward step. `product` [batch, hidden] is the cotangent of the state after this step through
// the later step's matrix product, `carry` the rest of it (in: of the state after this step, out: of the state before it,
// without the matrix product); `cell_carry` likewise for the cell. `d_projected` and `d_product` are the cotangents of those
// inputs, [batch, G·hidden] with 0 for inactive samples; they may be the same array.
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

#endif

// Connectionist temporal classification: Graves, Fernández, Gomez, Schmidhuber, ICML 2006.
#ifndef LOCKSTEP_CTC_H
#define LOCKSTEP_CTC_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t batch, time, classes, target_stride;
    // [batch, target_stride] labels, of which target_lengths count; the first input_lengths steps count
    const int32_t *targets, *input_lengths, *target_lengths;
    int32_t blank;
    int zero_infinity;  // a target that no path fits costs 0 and has gradient 0, instead of +∞ and NaN
} lockstep_ctc_problem;

// losses[b] = -ln p(target | input); gradient = its derivative with respect to log_probabilities [batch, time, classes],
// not written when NULL. workspace: 2 · time · (2 · target_stride + 1) doubles. In Float64 and in the logarithm.
void lockstep_ctc(lockstep_ctc_problem problem, const float *log_probabilities, double *workspace, float *losses,
                  float *gradient);

#endif

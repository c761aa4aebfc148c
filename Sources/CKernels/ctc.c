#include "CKernels.h"

#include <math.h>
#include <string.h>

// ln(eᵃ + eᵇ + eᶜ), as the largest and ln(1 + the rest), which keeps its digits near 0.
static double log_sum(double a, double b, double c) {
    if (b > a) {
        const double larger = b;
        b = a;
        a = larger;
    }
    if (c > a) {
        const double larger = c;
        c = a;
        a = larger;
    }
    if (a == -INFINITY) return -INFINITY;
    double rest = 0;
    if (b != -INFINITY) rest += exp(b - a);
    if (c != -INFINITY) rest += exp(c - a);
    return a + log1p(rest);
}

// The label at position s of the target with blanks before, between and after.
static int32_t label_at(const int32_t *target, int32_t blank, long s) { return s % 2 ? target[s / 2] : blank; }

// Whether a path may come to s from s - 2: past a blank between two different labels.
static int may_skip(const int32_t *target, long s) { return s % 2 && s >= 3 && target[s / 2] != target[s / 2 - 1]; }

// One sample. alpha[t, s]: log-probability of all paths of the first t + 1 steps that end at s; beta[t, s]: of all
// continuations after step t from s.
static void solve(const lockstep_ctc_problem *p, const float *y, const int32_t *target, long steps, long length,
                  double *workspace, float *loss, float *gradient) {
    const long S = 2 * length + 1, C = (long)p->classes;
    double *alpha = workspace, *beta = workspace + p->time * (2 * p->target_stride + 1);
    for (long s = 0; s < S; s++) alpha[s] = s < 2 ? y[label_at(target, p->blank, s)] : -INFINITY;
    for (long t = 1; t < steps; t++) {
        const double *before = alpha + (t - 1) * S;
        for (long s = 0; s < S; s++)
            alpha[t * S + s] = log_sum(before[s], s > 0 ? before[s - 1] : -INFINITY,
                                       may_skip(target, s) ? before[s - 2] : -INFINITY) +
                               y[t * C + label_at(target, p->blank, s)];
    }
    const double *last = alpha + (steps - 1) * S;
    const double total = log_sum(last[S - 1], S > 1 ? last[S - 2] : -INFINITY, -INFINITY);
    const int is_zeroed = total == -INFINITY && p->zero_infinity;
    *loss = is_zeroed ? 0.0f : (float)-total;
    if (!gradient) return;
    memset(gradient, 0, p->time * p->classes * sizeof(float));
    if (is_zeroed) return;
    for (long t = steps - 1; t >= 0; t--) {
        double *now = beta + t * S;
        if (t == steps - 1) {
            for (long s = 0; s < S; s++) now[s] = s >= S - 2 ? 0 : -INFINITY;
        } else {
            const double *after = beta + (t + 1) * S;
            const float *next = y + (t + 1) * C;
            for (long s = 0; s < S; s++)
                now[s] = log_sum(
                    after[s] + next[label_at(target, p->blank, s)],
                    s + 1 < S ? after[s + 1] + next[label_at(target, p->blank, s + 1)] : -INFINITY,
                    s + 2 < S && may_skip(target, s + 2) ? after[s + 2] + next[label_at(target, p->blank, s + 2)]
                                                         : -INFINITY);
        }
        for (long s = 0; s < S; s++)
            gradient[t * C + label_at(target, p->blank, s)] -= (float)exp(alpha[t * S + s] + now[s] - total);
    }
}

void lockstep_ctc(lockstep_ctc_problem p, const float *log_probabilities, double *workspace, float *losses,
                  float *gradient) {
    for (size_t b = 0; b < p.batch; b++)
        solve(&p, log_probabilities + b * p.time * p.classes, p.targets + b * p.target_stride, p.input_lengths[b],
              p.target_lengths[b], workspace, losses + b, gradient ? gradient + b * p.time * p.classes : NULL);
}

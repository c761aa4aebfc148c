// Loops that must vectorize on every machine: element-wise mathematics, reductions, optimizer updates, random
// numbers and hashes. Arrays are contiguous Float32 unless said otherwise; `n` counts elements. An output may be the
// same array as an input; partial overlap is not allowed.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "lockstep_activation.h"
#include "lockstep_compression.h"
#include "lockstep_ctc.h"
#include "lockstep_images.h"
#include "lockstep_indexing.h"
#include "lockstep_numbers.h"
#include "lockstep_optimizers.h"
#include "lockstep_products.h"
#include "lockstep_recurrent.h"
#include "lockstep_sequence.h"
#include "lockstep_spectrum.h"
#include "lockstep_triangular.h"

// ---- elementwise.c: out[i] = f(a[i], b[i]) ----
void lockstep_add(const float *a, const float *b, float *out, size_t n);
void lockstep_subtract(const float *a, const float *b, float *out, size_t n);
void lockstep_multiply(const float *a, const float *b, float *out, size_t n);
void lockstep_divide(const float *a, const float *b, float *out, size_t n);
void lockstep_affine(const float *a, float scale, float shift, float *out, size_t n);  // scale·a + shift
void lockstep_relu(const float *a, float *out, size_t n);
void lockstep_relu_gradient(const float *cotangent, const float *output, float *out, size_t n);  // where output > 0
void lockstep_sqrt(const float *a, float *out, size_t n);

// ---- transcendental.c ----
void lockstep_exp(const float *a, float *out, size_t n);
void lockstep_log(const float *a, float *out, size_t n);
void lockstep_tanh(const float *a, float *out, size_t n);
void lockstep_sigmoid(const float *a, float *out, size_t n);

// ---- library_functions.c: by the C library in double, rounded once ----
void lockstep_sin(const float *a, float *out, size_t n);
void lockstep_cos(const float *a, float *out, size_t n);
void lockstep_erf(const float *a, float *out, size_t n);
void lockstep_pow(const float *a, const float *b, float *out, size_t n);
void lockstep_pow_scalar(const float *a, double exponent, float *out, size_t n);

// ---- selection.c: maxima, comparisons (1 or 0), and choices by them ----
void lockstep_elementwise_maximum(const float *a, const float *b, float *out, size_t n);
void lockstep_elementwise_minimum(const float *a, const float *b, float *out, size_t n);
void lockstep_share_of_larger(const float *a, const float *b, float *out, size_t n);
void lockstep_greater(const float *a, const float *b, float *out, size_t n);
void lockstep_greater_or_equal(const float *a, const float *b, float *out, size_t n);
void lockstep_equal(const float *a, const float *b, float *out, size_t n);
void lockstep_where(const float *condition, const float *a, const float *b, float *out, size_t n);
void lockstep_argmax(const float *a, float sign, int32_t *out, size_t outer, size_t count, size_t inner);
void lockstep_cumulative_sum(const float *a, int is_reversed, float *out, size_t outer, size_t count, size_t inner);

// ---- reduction.c ----
double lockstep_sum(const float *a, size_t n);
double lockstep_sum_of_squares(const float *a, size_t n);
// The same from parts: it is the sum, in Float64 and in their order, of what its blocks come to, if that is exact
// enough.
enum { LOCKSTEP_SUM_BLOCK = 4096 };
double lockstep_block_sum_of_squares(const float *a, size_t n);
int lockstep_is_exact_sum_of_squares(double sum, size_t n);
double lockstep_sum_of_magnitudes(const float *a, size_t n);
void lockstep_sum_rows(const float *a, float *out, size_t rows, size_t columns);     // out[c] = Σ_r a[r, c]
void lockstep_sum_columns(const float *a, float *out, size_t rows, size_t columns);  // out[r] = Σ_c a[r, c]
int lockstep_all_finite(const float *a, size_t n);
// out[i] = a[i] + b[i]; whether all these sums are finite. With `streams` they bypass the caches.
int lockstep_add_finite(const float *a, const float *b, float *out, size_t n, int streams);

// ---- softmax.c ----
// For each row of logits: loss = logsumexp - logits[label]; probabilities = softmax (not written when NULL).
void lockstep_softmax_cross_entropy(const float *logits, const int32_t *labels, float *losses, float *probabilities,
                                    size_t rows, size_t columns);
// out[r, c] = (probabilities[r, c] - [c == labels[r]]) · cotangent[r]
void lockstep_softmax_cross_entropy_gradient(const float *probabilities, const int32_t *labels,
                                             const float *cotangent, float *out, size_t rows, size_t columns);
void lockstep_log_softmax(const float *logits, float *out, size_t rows, size_t columns);

// ---- cosine.c: 1 - cos of each row of a with that of b, where |x|² is Σx² + ε ----
void lockstep_cosine_distance(const float *a, const float *b, double epsilon, float *out, size_t rows, size_t columns);
// Each of da and db may be NULL.
void lockstep_cosine_distance_gradient(const float *a, const float *b, double epsilon, const float *cotangent, float *da,
                                       float *db, size_t rows, size_t columns);

// ---- machine.c ----
// Multiply-adds in registers at the core's full width; the number of floating-point operations that were done.
double lockstep_multiply_adds(size_t rounds, float *result);
// Which of their versions the kernels run in: 4 and 3 for x86-64-v4 (AVX-512) and -v3 (AVX2), 1 for other x86-64, 0 elsewhere.
int lockstep_instruction_level(void);

// ---- random.c: Philox4x32-10 (Salmon et al., SC11) ----
void lockstep_philox(uint64_t key, const uint32_t counter[4], uint32_t out[4]);
// mask[i] = scale with probability keep, else 0, for one sample's n elements: counter = (i / 4, stream, step, sample).
void lockstep_dropout_mask(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float keep, float scale,
                           float *mask, size_t n);
// low + width·u for each of one sample's n elements, with u in [0, 1) a multiple of 2⁻²⁴; counters as for the mask.
void lockstep_uniform_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float low, float width,
                            float *out, size_t n);
// Normal numbers by Box and Muller, 1958; counters as for the mask.
void lockstep_normal_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float mean, float deviation,
                           float *out, size_t n);
// x[i] += deviation · a number of the standard normal distribution, keyed as above.
void lockstep_add_noise(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float deviation, float *x,
                        size_t n);

// ---- bytes.c ----
// A 64-bit hash of n 32-bit words; every single-word change changes it.
uint64_t lockstep_hash(const uint32_t *words, size_t n);
void lockstep_lookup_bytes(const uint8_t *bytes, const float table[256], float *out, size_t n);  // out = table[byte]

// ---- atomics.c: flags in memory that processes share ----
uint64_t lockstep_load_acquire(const uint64_t *flag);
void lockstep_store_release(uint64_t *flag, uint64_t value);
void lockstep_relax(void);  // tells the processor that this is a waiting loop

// ---- signals.c: SIGHUP, SIGINT, SIGUSR1 and SIGTERM ----
// Installs the handler of all that are not ignored. The first signal is noted, or ends the process; another, a second or more later,
// does what it does by default. A process that ends by its first waits `delay_seconds` before it says so.
void lockstep_handle_signals(int delay_seconds);
int lockstep_first_signal(void);           // the number of the first signal; 0 before
void lockstep_note_signals(int change);    // adds to a counter: while it is above 0 the first signal is only noted
void lockstep_set_signal_text(const char *text);  // what is written to standard error behind "interrupted by SIGTERM"

// ---- stacks.c: the stack of another thread of this process ----
void lockstep_handle_stack_requests(void);  // installs the handler, of SIGRTMIN + 7, for the calling thread
// The return addresses of a thread's calls, from the innermost on, those of the handler first; how many, 0 where it does not answer.
int lockstep_capture_stack(unsigned long thread, void **addresses, int most);
// dladdr(3): the exported function at an address, or null, and the file that is loaded there; 0 where there is none.
int lockstep_find_symbol(uintptr_t address, const char **symbol, const char **file, uintptr_t *base);

// ---- anonymous_file.c ----
// An anonymous file in memory (memfd_create(2)): its descriptor, or -1. The name is shown in /proc.
int lockstep_anonymous_file(const char *name);
// mremap(2), which Swift cannot call: the mapping with `new` bytes, elsewhere if need be; null where there is no room.
void *lockstep_remap(void *base, size_t old, size_t new);

// ---- threads.c ----
// Sets the number of OpenMP threads used by primitives that the calling thread starts; 0 when OpenMP is not loaded.
int lockstep_set_openmp_threads(int threads);
// How many the calling thread may use; 0 when OpenMP is not loaded.
int lockstep_openmp_threads(void);

// ---- pooling and normalization of images ----
#include "lockstep_convolutional.h"

#endif

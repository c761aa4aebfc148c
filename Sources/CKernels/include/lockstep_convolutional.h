// Pooling and normalization of images of layout [n, height, width, channels]. Included by CKernels.h.
#ifndef LOCKSTEP_CONVOLUTIONAL_H
#define LOCKSTEP_CONVOLUTIONAL_H

#include <stddef.h>
#include <stdint.h>

// ---- pooling.c ----
// Output pixel (i, j) depends on rows row_start[i] ..< row_end[i] and columns column_start[j] ..< column_end[j] of its image.
typedef struct {
    size_t batch, height, width, channels, out_height, out_width;
    const int32_t *row_start, *row_end, *column_start, *column_end;
} lockstep_windows;

// The largest element of each window, then max(·, 0) if relu; where: its index within the window, of equal ones the first.
void lockstep_max_pool(const lockstep_windows *windows, const float *in, int relu, float *out, uint16_t *where);
// out = 0, except at the recorded indices: there the sum of the cotangents of the windows that chose them; where mask is not NULL, only
// of those whose mask is above 0.
void lockstep_max_scatter(const lockstep_windows *windows, const float *cotangent, const float *mask,
                          const uint16_t *where, float *out);
// The elements at the recorded indices; 0 where mask is not NULL and not above 0.
void lockstep_max_gather(const lockstep_windows *windows, const float *in, const float *mask, const uint16_t *where,
                         float *out);
// Sums over windows times scale[i, j]; and the transpose of that map.
void lockstep_window_sum(const lockstep_windows *windows, const float *in, const float *scale, float *out);
void lockstep_window_spread(const lockstep_windows *windows, const float *cotangent, const float *scale, float *out);

// ---- channels.c: x is [rows, channels] ----
// The mean and the mean squared deviation from it, per channel; in one pass over memory.
void lockstep_channel_moments(const float *x, size_t rows, size_t channels, float *mean, float *variance);
// out = x·scale + shift [+ addend] [then ReLU] per channel; addend may be NULL.
void lockstep_channel_affine(const float *x, const float *scale, const float *shift, const float *addend, int relu,
                             float *out, size_t rows, size_t channels);
// The cotangent g of a channel-wise affine function of x, from the cotangent of what followed it: g = cotangent where
// output > 0, or, when that is NULL, where x·scale + shift > 0, or, when that is NULL too, everywhere.
typedef struct {
    const float *cotangent, *x, *output, *scale, *shift;
    size_t rows, channels;
} lockstep_channel_gradient;
// sum = Σ g, sum_product = Σ g·(x - mean), per channel; g itself is written to masked unless that is NULL.
void lockstep_channel_gradient_sums(const lockstep_channel_gradient *of, const float *mean, float *masked, float *sum,
                                    float *sum_product);
// out = a·g + b·x + c per channel.
void lockstep_channel_gradient_apply(const lockstep_channel_gradient *of, const float *a, const float *b,
                                     const float *c, float *out);
// out[n, i, c] = x[n, i, c] · factor[n, c], for `rows` pixels i of each image.
void lockstep_image_channel_scale(const float *x, const float *factor, float *out, size_t batch, size_t rows,
                                  size_t channels);

#endif

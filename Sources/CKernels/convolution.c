// Convolutions of images [n, height, width, channels] for one thread. The rows of a kernel's window lie one behind the other in
// the image's own memory, so that no window is copied; only a padded image is, into the second cache.
#include "CKernels.h"
#include "levels.h"
#include "transpose.h"

#include <string.h>


INLINE int is_padded(const struct lockstep_convolution_shape *s) { return s->padding_height || s->padding_width; }

// Elements from one row of a padded image to the next.
INLINE size_t padded_pitch(const struct lockstep_convolution_shape *s) {
    return (s->width + 2 * s->padding_width) * s->inputs;
}

INLINE size_t padded_count(const struct lockstep_convolution_shape *s) {
    return is_padded(s) ? (s->height + 2 * s->padding_height) * padded_pitch(s) : 0;
}

INLINE void clear_border(const struct lockstep_convolution_shape *s, float *padded) {
    memset(padded, 0, padded_count(s) * sizeof(float));
}

// The image with its border, whose zeros are in `padded` already.
INLINE const float *padded_image(const struct lockstep_convolution_shape *s, const float *image, float *padded) {
    if (!is_padded(s)) return image;
    const size_t pitch = padded_pitch(s), row = s->width * s->inputs;
    for (size_t i = 0; i < s->height; i++)
        memcpy(padded + (i + s->padding_height) * pitch + s->padding_width * s->inputs, image + i * row,
               row * sizeof(float));
    return padded;
}

#define TEMPLATE "convolution_kernels.h"
#include "each_level.h"

// The input's gradient is a convolution of the output's with the kernel turned by 180°.
static struct lockstep_convolution_shape turned(const struct lockstep_convolution_shape *s) {
    return (struct lockstep_convolution_shape){
        .batch = s->batch, .height = s->out_height, .width = s->out_width, .inputs = s->outputs,
        .kernel_height = s->kernel_height, .kernel_width = s->kernel_width, .outputs = s->inputs,
        .stride_height = 1, .stride_width = 1,
        .padding_height = s->kernel_height - 1 - s->padding_height,
        .padding_width = s->kernel_width - 1 - s->padding_width, .out_height = s->height, .out_width = s->width};
}

static size_t scratch_of(const struct lockstep_convolution_shape *s) {
    return padded_count(s) + OF_LEVEL(padded_columns)(s->outputs) * s->kernel_height * s->kernel_width * s->inputs;
}

size_t lockstep_convolution_scratch(const struct lockstep_convolution_shape *s) {
    const struct lockstep_convolution_shape back = turned(s);
    return larger(scratch_of(s), scratch_of(&back) + s->kernel_height * s->kernel_width * s->inputs * s->outputs);
}

void lockstep_convolution(const struct lockstep_convolution_shape *s, const float *input, const float *weight,
                          const float *bias, int has_relu, float *out, float *scratch) {
    OF_LEVEL(convolution)(s, input, weight, bias, has_relu, out, scratch);
}

void lockstep_convolution_input_gradient(const struct lockstep_convolution_shape *s, const float *cotangent,
                                         const float *weight, float *out, float *scratch) {
    const struct lockstep_convolution_shape back = turned(s);
    const size_t taps = s->kernel_height * s->kernel_width, size = s->inputs * s->outputs;
    for (size_t tap = 0; tap < taps; tap++)
        transpose_block(weight + (taps - 1 - tap) * size, s->outputs, s->inputs, s->outputs, scratch + tap * size, s->inputs);
    OF_LEVEL(convolution)(&back, cotangent, scratch, NULL, 0, out, scratch + taps * size);
}

void lockstep_convolution_weight_gradient(const struct lockstep_convolution_shape *s, const float *cotangent,
                                          const float *input, float *out, float *scratch) {
    OF_LEVEL(convolution_weight_gradient)(s, cotangent, input, out, scratch);
}

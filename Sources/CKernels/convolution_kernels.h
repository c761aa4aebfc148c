// Template (levels.h): convolutions as products of an image's rows with panels of the weights.
#include "panels.h"

static void LEVEL_NAME(convolution)(const struct lockstep_convolution_shape *s, const float *input, const float *weight,
                                    const float *bias, int has_relu, float *out, float *scratch) {
    const size_t depth = s->kernel_height * s->kernel_width * s->inputs, pitch = padded_pitch(s);
    const size_t out_row = s->out_width * s->outputs;
    const struct steps steps = {.a_row = s->stride_width * s->inputs, .a_column = 1, .a_segment = pitch, .b_row = PANEL,
                                .b_segment = s->kernel_width * s->inputs * PANEL, .c_row = s->outputs,
                                .inner = s->kernel_width * s->inputs, .segments = s->kernel_height, .adds = bias != 0};
    float *panels = scratch + padded_count(s);
    LEVEL_NAME(pack)(weight, s->outputs, 1, s->outputs, depth, panels);
    clear_border(s, scratch);
    for (size_t n = 0; n < s->batch; n++) {
        const float *image = padded_image(s, input + n * s->height * s->width * s->inputs, scratch);
        for (size_t i = 0; i < s->out_height; i++) {
            float *row = out + (n * s->out_height + i) * out_row;
            if (bias)
                for (size_t j = 0; j < s->out_width; j++) memcpy(row + j * s->outputs, bias, s->outputs * sizeof(float));
            for (size_t first = 0; first < s->outputs; first += PANEL)
                LEVEL_NAME(stepped_product)(image + i * s->stride_height * pitch, panels + first * depth, row + first,
                                            s->out_width, smaller(s->outputs - first, PANEL), &steps);
            if (has_relu)
                for (size_t k = 0; k < out_row; k++) row[k] = row[k] < 0 ? 0 : row[k];
        }
    }
}

// w̄[ky][kx·inputs + c][o] = Σ x[i·stride + ky][j·stride + kx][c]·ȳ[i][j][o]: a product over the pixels, where kx and c follow
// each other in an image's row.
static void LEVEL_NAME(convolution_weight_gradient)(const struct lockstep_convolution_shape *s, const float *cotangent,
                                                    const float *input, float *out, float *scratch) {
    const size_t pitch = padded_pitch(s), rows = s->kernel_width * s->inputs, out_row = s->out_width * s->outputs;
    // as many rows of pixels at a time as the first cache holds of both images
    const size_t together = larger(1, 6144 / (pitch + out_row));
    struct steps steps = {.a_row = 1, .a_column = s->stride_width * s->inputs, .a_segment = s->stride_height * pitch,
                          .b_row = s->outputs, .b_segment = out_row, .c_row = s->outputs, .inner = s->out_width, .adds = 1};
    memset(out, 0, s->kernel_height * rows * s->outputs * sizeof(float));
    clear_border(s, scratch);
    for (size_t n = 0; n < s->batch; n++) {
        const float *image = padded_image(s, input + n * s->height * s->width * s->inputs, scratch);
        for (size_t i = 0; i < s->out_height; i += together) {
            steps.segments = smaller(s->out_height - i, together);
            for (size_t ky = 0; ky < s->kernel_height; ky++)
                LEVEL_NAME(stepped_product)(image + (i * s->stride_height + ky) * pitch,
                                            cotangent + (n * s->out_height + i) * out_row,
                                            out + ky * rows * s->outputs, rows, s->outputs, &steps);
        }
    }
}

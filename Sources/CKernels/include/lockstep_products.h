// Matrix products and convolutions for one thread.
#ifndef LOCKSTEP_PRODUCTS_H
#define LOCKSTEP_PRODUCTS_H

#include <stddef.h>

// ---- matrix_product.c: out[rows, columns] = a·b [+ bias] ----
struct lockstep_product_shape {
    size_t rows, columns, inner;
    int transposes_a, transposes_b;  // a is stored as [inner, rows], b as [columns, inner]
};

// Whether these products are known to be the fastest on this machine: with AVX2, and without AVX-512.
int lockstep_product_is_fast(void);
size_t lockstep_product_scratch(const struct lockstep_product_shape *shape);  // elements of `scratch`
// `bias`, a row of `columns` elements, may be NULL; `out` overlaps no operand. All sizes are at least 1.
void lockstep_product(const struct lockstep_product_shape *shape, const float *a, const float *b, const float *bias,
                      float *out, float *scratch);

// The same with b packed once for many products.
size_t lockstep_packed_size(size_t columns, size_t inner);  // elements of `packed`
// b(k, n) lies at b[k·b_row + n·b_column]; one of the two is 1.
void lockstep_pack_matrix(const float *b, size_t b_row, size_t b_column, size_t columns, size_t inner, float *packed);
void lockstep_packed_product(const float *a, const float *packed, const float *bias, float *out, size_t rows,
                             size_t columns, size_t inner);

// ---- convolution.c: images are [n, height, width, channels], weights [height, width, inputs, outputs] ----
struct lockstep_convolution_shape {
    size_t batch, height, width, inputs, kernel_height, kernel_width, outputs;
    size_t stride_height, stride_width, padding_height, padding_width, out_height, out_width;
};

// `outputs` is a multiple of 16, for the input's gradient `inputs` as well. `scratch` has as many elements as this for each of
// the three.
size_t lockstep_convolution_scratch(const struct lockstep_convolution_shape *shape);
// `bias` may be NULL; with `has_relu` negative results become 0.
void lockstep_convolution(const struct lockstep_convolution_shape *shape, const float *input, const float *weight,
                          const float *bias, int has_relu, float *out, float *scratch);
// Strides are 1, and padding is below the kernel's size.
void lockstep_convolution_input_gradient(const struct lockstep_convolution_shape *shape, const float *cotangent,
                                         const float *weight, float *out, float *scratch);
void lockstep_convolution_weight_gradient(const struct lockstep_convolution_shape *shape, const float *cotangent,
                                          const float *input, float *out, float *scratch);

#endif

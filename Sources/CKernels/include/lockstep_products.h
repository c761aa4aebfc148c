// Matrix products for one thread.
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

#endif

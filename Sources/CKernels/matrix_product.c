// Matrix products for one thread, in the manner of K. Goto, R. van de Geijn, "Anatomy of high-performance matrix
// multiplication", 2008. A row of the result depends on that row of a alone, bit for bit, however many rows there are.
#include "CKernels.h"
#include "levels.h"
#include "transpose.h"

#include <string.h>

// A panel of DEPTH_BLOCK rows stays in the first cache, a block of a in the second, all panels of a block in the third.
enum { DEPTH_BLOCK = 256, ROW_BLOCK = 144, COLUMN_BLOCK = 2048 };


INLINE void fill_rows(const float *row, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) memcpy(out + r * columns, row, columns * sizeof(float));
}

#define TEMPLATE "matrix_product_kernels.h"
#include "each_level.h"

size_t lockstep_packed_size(size_t columns, size_t inner) { return OF_LEVEL(padded_columns)(columns) * inner; }

void lockstep_pack_matrix(const float *b, size_t b_row, size_t b_column, size_t columns, size_t inner, float *packed) {
    OF_LEVEL(pack)(b, b_row, b_column, columns, inner, packed);
}

void lockstep_packed_product(const float *a, const float *packed, const float *bias, float *out, size_t rows,
                             size_t columns, size_t inner) {
    OF_LEVEL(packed_product)(a, packed, bias, out, rows, columns, inner);
}

int lockstep_product_is_fast(void) {
#if HAS_LEVELS
    return __builtin_cpu_supports("x86-64-v3") && !__builtin_cpu_supports("x86-64-v4");
#else
    return 0;
#endif
}

size_t lockstep_product_scratch(const struct lockstep_product_shape *s) {
    const size_t columns = OF_LEVEL(padded_columns)(smaller(s->columns, COLUMN_BLOCK));
    return DEPTH_BLOCK * ROW_BLOCK + columns * smaller(s->inner, DEPTH_BLOCK);
}

void lockstep_product(const struct lockstep_product_shape *s, const float *a, const float *b, const float *bias,
                      float *out, float *scratch) {
    OF_LEVEL(matrix_product)(s, a, b, bias, out, scratch);
}

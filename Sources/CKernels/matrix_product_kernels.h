// Template (levels.h): matrix products from panels of the right factor, PANEL columns of it each, and blocks of the left one.
#include "panels.h"

// c[rows, columns] (+)= a[rows, depth]·b for panels that are `panel_stride` apart. `scratch` takes a block of a that is stored
// transposed.
static void LEVEL_NAME(panels_product)(const float *a, size_t a_row, size_t a_column, const float *panels,
                                       size_t panel_stride, float *c, size_t c_row, size_t rows, size_t columns,
                                       size_t depth, int adds, float *scratch) {
    for (size_t top = 0; top < rows; top += ROW_BLOCK) {
        const size_t height = smaller(rows - top, ROW_BLOCK);
        const float *block = a + top * a_row;
        size_t block_row = a_row;
        if (a_column != 1) {
            transpose_block(block, a_column, depth, height, scratch, depth);
            (block = scratch, block_row = depth);
        }
        for (size_t first = 0; first < columns; first += PANEL) {
            const float *panel = panels + first / PANEL * panel_stride;
            const size_t width = smaller(columns - first, PANEL), whole = width / 16 * 16;
            float *to = c + top * c_row + first;
            LEVEL_NAME(product)(block, block_row, 1, panel, PANEL, to, c_row, height, whole, depth, adds);
            // what is left of the columns goes through a tile of its own
            for (size_t r = 0; whole < width && r < height; r += 6) {
                const size_t few = smaller(height - r, 6), bytes = (width - whole) * sizeof(float);
                float tile[6 * 16] = {0};
                for (size_t m = 0; m < few && adds; m++) memcpy(tile + m * 16, to + (r + m) * c_row + whole, bytes);
                LEVEL_NAME(product)(block + r * block_row, block_row, 1, panel + whole, PANEL, tile, 16, few, 16, depth, adds);
                for (size_t m = 0; m < few; m++) memcpy(to + (r + m) * c_row + whole, tile + m * 16, bytes);
            }
        }
    }
}

static void LEVEL_NAME(packed_product)(const float *a, const float *packed, const float *bias, float *out, size_t rows,
                                       size_t columns, size_t inner) {
    if (bias) fill_rows(bias, out, rows, columns);
    for (size_t k = 0; k < inner; k += DEPTH_BLOCK)
        LEVEL_NAME(panels_product)(a + k, inner, 1, packed + k * PANEL, inner * PANEL, out, columns, rows, columns,
                                   smaller(inner - k, DEPTH_BLOCK), k > 0 || bias, NULL);
}

static void LEVEL_NAME(matrix_product)(const struct lockstep_product_shape *s, const float *a, const float *b,
                                       const float *bias, float *out, float *scratch) {
    const size_t a_row = s->transposes_a ? 1 : s->inner, a_column = s->transposes_a ? s->rows : 1;
    const size_t b_row = s->transposes_b ? 1 : s->columns, b_column = s->transposes_b ? s->inner : 1;
    float *panels = scratch + DEPTH_BLOCK * ROW_BLOCK;
    if (bias) fill_rows(bias, out, s->rows, s->columns);
    for (size_t first = 0; first < s->columns; first += COLUMN_BLOCK)
        for (size_t k = 0; k < s->inner; k += DEPTH_BLOCK) {
            const size_t width = smaller(s->columns - first, COLUMN_BLOCK), depth = smaller(s->inner - k, DEPTH_BLOCK);
            LEVEL_NAME(pack)(b + k * b_row + first * b_column, b_row, b_column, width, depth, panels);
            LEVEL_NAME(panels_product)(a + k * a_column, a_row, a_column, panels, depth * PANEL, out + first, s->columns,
                                       s->rows, width, depth, k > 0 || bias, scratch);
        }
}

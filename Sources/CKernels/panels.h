// Template (levels.h): the right factor of a product in panels of PANEL columns.
#include "product_tiles.h"

#undef PANEL
#define PANEL (16 * TILE_VECTORS)

static size_t LEVEL_NAME(padded_columns)(size_t columns) { return (columns + PANEL - 1) / PANEL * PANEL; }

// `depth` rows and `columns` columns of b, where b(k, n) lies at b[k·b_row + n·b_column], into panels of [depth][PANEL].
static void LEVEL_NAME(pack)(const float *b, size_t b_row, size_t b_column, size_t columns, size_t depth, float *panels) {
    for (size_t first = 0; first < columns; first += PANEL, panels += depth * PANEL) {
        const size_t width = smaller(columns - first, PANEL);
        const float *from = b + first * b_column;
        if (width < PANEL) memset(panels, 0, depth * PANEL * sizeof(float));
        if (b_row == 1)
            transpose_block(from, b_column, width, depth, panels, PANEL);
        else if (width == PANEL)
            for (size_t k = 0; k < depth; k++)
                for (int v = 0; v < TILE_VECTORS; v++)
                    ((vector *)(panels + k * PANEL))[v] = ((const vector *)(from + k * b_row))[v];
        else
            for (size_t k = 0; k < depth; k++) memcpy(panels + k * PANEL, from + k * b_row, width * sizeof(float));
    }
}

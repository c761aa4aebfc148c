// Template (levels.h): products of small matrices, whose sums stay in registers.

// c[ROWS, 16·VECTORS] (+)= a·b over the segments' `inner` each, one sum after the other.
#define TILE(ROWS, VECTORS)                                                                                          \
    static void LEVEL_NAME(tile_##ROWS##_##VECTORS)(const float *a, const float *b, float *c, const struct steps *s) {    \
        const size_t a_row = s->a_row, a_column = s->a_column, b_row = s->b_row, c_row = s->c_row, inner = s->inner; \
        vector sum[ROWS][VECTORS];                                                                                   \
        for (int m = 0; m < ROWS; m++)                                                                               \
            for (int n = 0; n < VECTORS; n++) sum[m][n] = (vector){0};                                               \
        for (size_t segment = 0; segment < s->segments; segment++) {                                                 \
            const float *x = a + segment * s->a_segment, *y = b + segment * s->b_segment;                            \
            _Pragma("clang loop unroll_count(4)") for (size_t k = 0; k < inner; k++) {                               \
                vector row[VECTORS];                                                                                 \
                for (int n = 0; n < VECTORS; n++) row[n] = ((const vector *)y)[n];                                   \
                for (int m = 0; m < ROWS; m++) {                                                                     \
                    const float factor = x[m * a_row];                                                               \
                    for (int n = 0; n < VECTORS; n++) sum[m][n] += factor * row[n];                                  \
                }                                                                                                    \
                x += a_column;                                                                                       \
                y += b_row;                                                                                          \
            }                                                                                                        \
        }                                                                                                            \
        for (int m = 0; m < ROWS; m++)                                                                               \
            for (int n = 0; n < VECTORS; n++) {                                                                      \
                vector *to = (vector *)(c + m * c_row) + n;                                                          \
                *to = s->adds ? *to + sum[m][n] : sum[m][n];                                                         \
            }                                                                                                        \
    }

// Six rows: with one vector the twelve sums, a row of b and a factor are all that 16 registers of 256 bits hold.
#define TILES(VECTORS)                                                                                               \
    TILE(1, VECTORS)                                                                                                 \
    TILE(2, VECTORS)                                                                                                 \
    TILE(3, VECTORS)                                                                                                 \
    TILE(4, VECTORS)                                                                                                 \
    TILE(5, VECTORS)                                                                                                 \
    TILE(6, VECTORS)                                                                                                 \
    static void LEVEL_NAME(strip_##VECTORS)(const float *a, const float *b, float *c, size_t rows,                   \
                                            const struct steps *s) {                                                 \
        typedef void tile(const float *, const float *, float *, const struct steps *);                              \
        static tile *const tiles[] = {                                                                               \
            LEVEL_NAME(tile_1_##VECTORS), LEVEL_NAME(tile_2_##VECTORS), LEVEL_NAME(tile_3_##VECTORS),                \
            LEVEL_NAME(tile_4_##VECTORS), LEVEL_NAME(tile_5_##VECTORS), LEVEL_NAME(tile_6_##VECTORS)};               \
        /* as even as can be: a tile of few rows waits for its own sums */                                           \
        const size_t count = (rows + 5) / 6;                                                                         \
        for (size_t t = 0, m = 0; t < count; t++) {                                                                  \
            const size_t height = rows / count + (t < rows % count);                                                 \
            tiles[height - 1](a + m * s->a_row, b, c + m * s->c_row, s);                                             \
            m += height;                                                                                             \
        }                                                                                                            \
    }

TILES(1)
#if TILE_VECTORS > 1
TILES(2)
#endif

// c[rows, columns] (+)= a·b; columns is a multiple of 16. Each sum runs over the segments and over k in order, alone.
static void LEVEL_NAME(stepped_product)(const float *a, const float *b, float *c, size_t rows, size_t columns,
                                        const struct steps *s) {
    size_t n = 0;
#if TILE_VECTORS > 1
    for (; n + 32 <= columns; n += 32) LEVEL_NAME(strip_2)(a, b + n, c + n, rows, s);
#endif
    for (; n < columns; n += 16) LEVEL_NAME(strip_1)(a, b + n, c + n, rows, s);
}

// The same for a single segment.
INLINE void LEVEL_NAME(product)(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row, float *c,
                                size_t c_row, size_t rows, size_t columns, size_t inner, int adds) {
    const struct steps s = {.a_row = a_row, .a_column = a_column, .b_row = b_row, .c_row = c_row,
                            .inner = inner, .segments = 1, .adds = adds};
    LEVEL_NAME(stepped_product)(a, b, c, rows, columns, &s);
}
#undef TILE
#undef TILES

// Transposition in blocks of 8×8 that stay in registers.
#ifndef LOCKSTEP_TRANSPOSE_H
#define LOCKSTEP_TRANSPOSE_H

#include "clones.h"

#include <stddef.h>

typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));

#define PAIR(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define LOW_OF_1(a, b) PAIR(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_OF_1(a, b) PAIR(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_OF_2(a, b) PAIR(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_OF_2(a, b) PAIR(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_OF_4(a, b) PAIR(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_OF_4(a, b) PAIR(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

INLINE void transpose_8x8(const float *from, size_t from_row, float *to, size_t to_row) {
    eight r[8], s[8], t[8];
    for (int i = 0; i < 8; i++) r[i] = *(const eight *)(from + i * from_row);
    for (int i = 0; i < 8; i += 2) s[i] = LOW_OF_1(r[i], r[i + 1]), s[i + 1] = HIGH_OF_1(r[i], r[i + 1]);
    for (int i = 0; i < 8; i += 4) {
        t[i] = LOW_OF_2(s[i], s[i + 2]), t[i + 1] = HIGH_OF_2(s[i], s[i + 2]);
        t[i + 2] = LOW_OF_2(s[i + 1], s[i + 3]), t[i + 3] = HIGH_OF_2(s[i + 1], s[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        *(eight *)(to + i * to_row) = LOW_OF_4(t[i], t[i + 4]);
        *(eight *)(to + (i + 4) * to_row) = HIGH_OF_4(t[i], t[i + 4]);
    }
}

// to[c][r] = from[r][c]
INLINE void transpose_block(const float *from, size_t from_row, size_t rows, size_t columns, float *to, size_t to_row) {
    size_t r = 0;
    for (; r + 8 <= rows; r += 8) {
        size_t c = 0;
        for (; c + 8 <= columns; c += 8) transpose_8x8(from + r * from_row + c, from_row, to + c * to_row + r, to_row);
        for (; c < columns; c++)
            for (size_t i = 0; i < 8; i++) to[c * to_row + r + i] = from[(r + i) * from_row + c];
    }
    for (; r < rows; r++)
        for (size_t c = 0; c < columns; c++) to[c * to_row + r] = from[r * from_row + c];
}

#endif

#include "philox.h"

void lockstep_philox(uint64_t key, const uint32_t counter[4], uint32_t out[4]) {
    for (int i = 0; i < 4; i++) out[i] = counter[i];
    philox((uint32_t)key, (uint32_t)(key >> 32), out, out + 1, out + 2, out + 3);
}

CLONES void lockstep_dropout_mask(uint64_t key, uint32_t stream, uint32_t step, uint32_t sample, float keep,
                                  float scale, float *mask, size_t n) {
    const uint64_t threshold = kept_below(keep);
    enum { BLOCKS = 64 };
    uint32_t words[4][BLOCKS];
    for (size_t start = 0; start < n; start += 4 * BLOCKS) {
        for (uint32_t b = 0; b < BLOCKS; b++) {
            uint32_t c0 = (uint32_t)(start / 4) + b, c1 = stream, c2 = step, c3 = sample;
            philox((uint32_t)key, (uint32_t)(key >> 32), &c0, &c1, &c2, &c3);
            words[0][b] = c0;
            words[1][b] = c1;
            words[2][b] = c2;
            words[3][b] = c3;
        }
        const size_t left = n - start < 4 * BLOCKS ? n - start : 4 * BLOCKS;
        for (size_t i = 0; i < left; i++) mask[start + i] = words[i & 3][i >> 2] < threshold ? scale : 0.0f;
    }
}

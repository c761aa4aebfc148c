#ifndef LOCKSTEP_PHILOX_H
#define LOCKSTEP_PHILOX_H

#include "CKernels.h"
#include "clones.h"

// Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
INLINE void philox(uint32_t k0, uint32_t k1, uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3) {
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)0xD2511F53u * *c0;
        const uint64_t p1 = (uint64_t)0xCD9E8D57u * *c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ *c1 ^ k0;
        const uint32_t n2 = (uint32_t)(p0 >> 32) ^ *c3 ^ k1;
        *c1 = (uint32_t)p1;
        *c3 = (uint32_t)p0;
        *c0 = n0;
        *c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

// The words of the counters (first + b, stream, step, sample) for b in 0..<blocks: word i of a sequence is words[i & 3][i >> 2].
INLINE void random_words(uint64_t key, uint32_t first, uint32_t stream, uint32_t step, uint32_t sample, uint32_t blocks,
                         uint32_t words[4][blocks]) {
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t c0 = first + b, c1 = stream, c2 = step, c3 = sample;
        philox((uint32_t)key, (uint32_t)(key >> 32), &c0, &c1, &c2, &c3);
        words[0][b] = c0;
        words[1][b] = c1;
        words[2][b] = c2;
        words[3][b] = c3;
    }
}

// Elements whose 32 random bits are below it are kept: keep·2³²; keep = 1 keeps all.
INLINE uint64_t kept_below(float keep) { return (uint64_t)((double)keep * 4294967296.0); }

#endif

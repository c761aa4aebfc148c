#include "CKernels.h"
#include "clones.h"

// splitmix64's finaliser: a bijection, so that distinct lanes stay distinct.
INLINE uint64_t mixed(uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// FNV-1a's step on LANES independent 64-bit lanes. Each step is a bijection of its lane for a given word, and of the
// word for a given lane: a change of one word always changes the result.
CLONES uint64_t lockstep_hash(const uint32_t *words, size_t n) {
    enum { LANES = 16 };
    uint64_t lanes[LANES];
    for (int l = 0; l < LANES; l++) lanes[l] = 0xCBF29CE484222325u + (uint64_t)l;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) lanes[l] = (lanes[l] ^ words[i + l]) * 0x100000001B3u;
    for (int l = 0; i < n; i++, l++) lanes[l] = (lanes[l] ^ words[i]) * 0x100000001B3u;
    uint64_t hash = mixed((uint64_t)n);
    for (int l = 0; l < LANES; l++) hash = mixed(hash ^ lanes[l]);
    return hash;
}

void lockstep_lookup_bytes(const uint8_t *bytes, const float table[256], float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = table[bytes[i]];
}

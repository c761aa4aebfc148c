#include "CKernels.h"
#include "clones.h"

// splitmix64's finalizer: a bijection, so that distinct lanes stay distinct.
INLINE uint64_t mixed(uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// A step of 32-bit lanes, which every vector unit multiplies: a bijection of its lane for a given word, and of the word
// for a given lane, so that a change of one word always changes the result. The rotation brings the upper bits, which a
// product mixes best, to where the next one spreads them. Source of the constant: Collet, xxHash32, its first prime.
INLINE uint32_t absorbed(uint32_t lane, uint32_t word) {
    const uint32_t x = (lane ^ word) * 0x9E3779B1u;
    return x << 13 | x >> 19;
}

CLONES uint64_t lockstep_hash(const uint32_t *words, size_t n) {
    enum { LANES = 64 };
    uint32_t lanes[LANES];
    for (int l = 0; l < LANES; l++) lanes[l] = 0x811C9DC5u + (uint32_t)l;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) lanes[l] = absorbed(lanes[l], words[i + l]);
    for (int l = 0; i < n; i++, l++) lanes[l] = absorbed(lanes[l], words[i]);
    uint64_t hash = mixed((uint64_t)n);
    for (int l = 0; l < LANES; l++) hash = mixed(hash ^ lanes[l]);
    return hash;
}

void lockstep_lookup_bytes(const uint8_t *bytes, const float table[256], float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = table[bytes[i]];
}

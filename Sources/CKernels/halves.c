#include "CKernels.h"
#include "mathematics.h"

INLINE uint32_t bfloat16_of(float x) {
    const uint32_t bits = bits_of_float(x);
    const uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    // rounding could make an infinity or a zero of what is not a number
    return (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits >> 16 | 0x40u : rounded;
}

CLONES void lockstep_to_bfloat16(const float *restrict a, uint16_t *restrict out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (uint16_t)bfloat16_of(a[i]);
}

CLONES void lockstep_from_bfloat16(const uint16_t *restrict a, float *restrict out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = float_of_bits((uint32_t)a[i] << 16);
}

CLONES void lockstep_round_to_bfloat16(float *a, size_t n) {
    for (size_t i = 0; i < n; i++) a[i] = float_of_bits(bfloat16_of(a[i]) << 16);
}

// Selects in place of branches, so that loops vectorize. Source of the method: F. Giesen, "Half to float done quick", 2012.
INLINE uint32_t float16_of(float x) {
    const uint32_t bits = bits_of_float(x);
    const uint32_t magnitude = bits & 0x7FFFFFFFu;
    // below 2⁻¹⁴: an addition that moves the last place of binary16 to that of Float32 rounds as wanted
    const uint32_t small = bits_of_float(float_of_bits(magnitude) + 0.5f) - 0x3F000000u;
    // from 2⁻¹⁴ up: another bias of the exponent, and 13 bits fewer
    const uint32_t usual = (magnitude - 0x38000000u + 0xFFFu + ((magnitude >> 13) & 1u)) >> 13;
    const uint32_t finite = magnitude < 0x38800000u ? small : usual;
    const uint32_t beyond = magnitude > 0x7F800000u ? 0x7E00u : 0x7C00u;
    return (magnitude >= 0x477FF000u ? beyond : finite) | (bits >> 16 & 0x8000u);
}

INLINE float of_float16(uint32_t half) {
    const uint32_t magnitude = (half & 0x7FFFu) << 13;
    const uint32_t exponent = magnitude & 0x0F800000u;
    const float usual = float_of_bits(magnitude + 0x38000000u);
    const float small = float_of_bits(magnitude + 0x38800000u) - float_of_bits(0x38800000u);
    const float endless = float_of_bits(magnitude + 0x70000000u);
    const float found = exponent == 0 ? small : exponent == 0x0F800000u ? endless : usual;
    return float_of_bits(bits_of_float(found) | (half & 0x8000u) << 16);
}

CLONES void lockstep_to_float16(const float *restrict a, uint16_t *restrict out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (uint16_t)float16_of(a[i]);
}

CLONES void lockstep_from_float16(const uint16_t *restrict a, float *restrict out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = of_float16(a[i]);
}

enum { BLOCK = 16 };

// The exponent of the block's largest finite magnitude, kept in a range where the scale and its inverse are normal numbers.
INLINE int exponent_of_block(const float *a, size_t n) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t magnitude = bits_of_float(a[i]) & 0x7FFFFFFFu;
        const uint32_t finite = magnitude < 0x7F800000u ? magnitude : 0;
        largest = finite > largest ? finite : largest;
    }
    const int exponent = (int)(largest >> 23) - 127;
    return exponent < -112 ? -112 : exponent;
}

INLINE float power_of_two(int exponent) { return float_of_bits((uint32_t)(exponent + 127) << 23); }

CLONES void lockstep_to_scaled_float16(const float *restrict a, uint16_t *restrict out, int8_t *restrict exponents,
                                       size_t n) {
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t length = n - start < BLOCK ? n - start : BLOCK;
        const int exponent = length == BLOCK ? exponent_of_block(a + start, BLOCK) : exponent_of_block(a + start, length);
        const float scale = power_of_two(14 - exponent);
        exponents[start / BLOCK] = (int8_t)exponent;
        for (size_t i = start; i < start + length; i++) out[i] = (uint16_t)float16_of(a[i] * scale);
    }
}

CLONES void lockstep_from_scaled_float16(const uint16_t *restrict a, const int8_t *restrict exponents,
                                         float *restrict out, size_t n) {
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t length = n - start < BLOCK ? n - start : BLOCK;
        const float scale = power_of_two(exponents[start / BLOCK] - 14);
        for (size_t i = start; i < start + length; i++) out[i] = of_float16(a[i]) * scale;
    }
}

CLONES void lockstep_round_to_scaled_float16(float *a, size_t n) {
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t length = n - start < BLOCK ? n - start : BLOCK;
        const int exponent = exponent_of_block(a + start, length);
        const float scale = power_of_two(14 - exponent), back = power_of_two(exponent - 14);
        for (size_t i = start; i < start + length; i++) a[i] = of_float16(float16_of(a[i] * scale)) * back;
    }
}

// Branch-free single-precision functions that vectorize, after S. Moshier's Cephes library (expf.c, logf.c, tanhf.c).
#ifndef LOCKSTEP_MATHEMATICS_H
#define LOCKSTEP_MATHEMATICS_H

#include "clones.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

INLINE float float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// eʳ for |r| ≤ ½·ln 2.
INLINE float exp_polynomial(float r) {
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * r * r + r + 1.0f;
}

// eˣ, within 2 units in the last place; +∞ above 88.72, 0 below -87.34 (no subnormal results); NaN stays NaN.
INLINE float exp_of(float x) {
    const float clamped = x > 88.72283f ? 88.72283f : (x < -87.33654f ? -87.33654f : x);
    const float shifted = clamped * 1.44269504088896341f + 12582912.0f;  // 1.5·2²³: rounds to the nearest integer
    const float k = shifted - 12582912.0f;
    const float r = clamped - k * 0.693359375f - k * -2.12194440e-4f;
    const float p = exp_polynomial(r);
    // 2ᵏ in two factors, since k may be 128
    const int32_t exponent = (int32_t)(bits_of_float(shifted) - bits_of_float(12582912.0f));
    const int32_t half = exponent >> 1;
    const float power = float_of_bits((uint32_t)(half + 127) << 23);
    const float rest = float_of_bits((uint32_t)(exponent - half + 127) << 23);
    float y = p * power * rest;
    y = x > 88.72283f ? INFINITY : y;
    y = x < -87.33654f ? 0.0f : y;
    return x != x ? x : y;
}

// eˣ for an x that is not above 0 (or above it by no more than rounding makes it); as exp_of, in fewer steps.
INLINE float exp_of_negative(float x) {
    const float clamped = x < -87.33654f ? -87.33654f : x;
    const float shifted = clamped * 1.44269504088896341f + 12582912.0f;
    const float k = shifted - 12582912.0f;
    const float r = clamped - k * 0.693359375f - k * -2.12194440e-4f;
    const float power = float_of_bits((bits_of_float(shifted) + 127u) << 23);
    const float y = exp_polynomial(r) * power;
    return x < -87.33654f ? 0.0f : y;
}

// ln x; -∞ at 0, NaN below 0.
INLINE float log_of(float x) {
    const int subnormal = x < 1.17549435e-38f;
    const float scaled = subnormal ? x * 8388608.0f : x;
    const uint32_t bits = bits_of_float(scaled);
    float e = (float)((int32_t)(bits >> 23) - 126) - (subnormal ? 23.0f : 0.0f);
    float m = float_of_bits((bits & 0x007fffffu) | 0x3f000000u);  // in [0.5, 1)
    const int small = m < 0.707106781186547524f;
    e = small ? e - 1.0f : e;
    m = small ? m + m - 1.0f : m - 1.0f;
    const float z = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    float y = p * m * z;
    y += e * -2.12194440e-4f;
    y -= 0.5f * z;
    y = m + y + e * 0.693359375f;
    y = x == 0.0f ? -INFINITY : y;
    y = x < 0.0f ? NAN : y;
    return (x == INFINITY || x != x) ? x : y;
}

// ln(1 + e) for 0 ≤ e ≤ 1, with what rounding 1 + e lost added back.
INLINE float log_of_one_plus(float e) {
    const float u = 1.0f + e;
    return log_of(u) + (e - (u - 1.0f)) / u;
}

INLINE float tanh_of(float x) {
    const float magnitude = x < 0 ? -x : x;
    const float e = exp_of_negative(-2.0f * magnitude);
    const float large = (1.0f - e) / (1.0f + e);
    const float z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const float small = p * z * x + x;
    const float y = magnitude < 0.625f ? small : (x < 0 ? -large : large);
    return x != x ? x : y;
}

INLINE float sigmoid_of(float x) {
    const float e = exp_of_negative(x < 0 ? x : -x), y = 1.0f / (1.0f + e);
    return x < 0 ? e * y : y;
}

#endif

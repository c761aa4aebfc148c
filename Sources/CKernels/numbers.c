#include "CKernels.h"
#include "clones.h"

#include <string.h>

#define CONVERT(name, type)                                                            \
    CLONES static void name(const type *restrict a, double *restrict out, size_t n) {  \
        for (size_t i = 0; i < n; i++) out[i] = (double)a[i];                          \
    }
CONVERT(of_uint8, uint8_t)
CONVERT(of_int8, int8_t)
CONVERT(of_uint16, uint16_t)
CONVERT(of_int16, int16_t)
CONVERT(of_uint32, uint32_t)
CONVERT(of_int32, int32_t)
CONVERT(of_uint64, uint64_t)
CONVERT(of_int64, int64_t)
CONVERT(of_float, float)
CONVERT(of_double, double)

enum { PIECE = 256 };

void lockstep_numbers_to_double(const void *values, enum lockstep_number_type type, double *out, size_t n) {
    switch (type) {
    case LOCKSTEP_UINT8: of_uint8(values, out, n); break;
    case LOCKSTEP_INT8: of_int8(values, out, n); break;
    case LOCKSTEP_UINT16: of_uint16(values, out, n); break;
    case LOCKSTEP_INT16: of_int16(values, out, n); break;
    case LOCKSTEP_UINT32: of_uint32(values, out, n); break;
    case LOCKSTEP_INT32: of_int32(values, out, n); break;
    case LOCKSTEP_UINT64: of_uint64(values, out, n); break;
    case LOCKSTEP_INT64: of_int64(values, out, n); break;
    case LOCKSTEP_FLOAT32: of_float(values, out, n); break;
    case LOCKSTEP_FLOAT64: of_double(values, out, n); break;
    case LOCKSTEP_FLOAT16: {
        const uint16_t *halves = values;
        float piece[PIECE];
        for (size_t start = 0; start < n; start += PIECE) {
            const size_t count = n - start < PIECE ? n - start : PIECE;
            lockstep_from_float16(halves + start, piece, count);
            of_float(piece, out + start, count);
        }
        break;
    }
    }
}

CLONES void lockstep_standardize(
    const double *restrict values, const double *restrict mean, const double *restrict deviation, size_t channels,
    float *restrict out, size_t n) {
    if (channels == 1) {
        for (size_t i = 0; i < n; i++) out[i] = (float)((values[i] - mean[0]) / deviation[0]);
        return;
    }
    for (size_t start = 0; start < n; start += channels)
        for (size_t c = 0; c < channels; c++)
            out[start + c] = (float)((values[start + c] - mean[c]) / deviation[c]);
}

CLONES void lockstep_channel_ranges(
    const double *restrict values, size_t channels, double *restrict sums, double *restrict least,
    double *restrict most, size_t n) {
    for (size_t start = 0; start < n; start += channels)
        for (size_t c = 0; c < channels; c++) {
            const double value = values[start + c];
            sums[c] += value;
            least[c] = value < least[c] ? value : least[c];
            most[c] = value > most[c] ? value : most[c];
        }
}

CLONES void lockstep_channel_squares(
    const double *restrict values, const double *restrict mean, size_t channels, double *restrict differences,
    double *restrict squares, size_t n) {
#pragma clang fp contract(off)
    for (size_t start = 0; start < n; start += channels)
        for (size_t c = 0; c < channels; c++) {
            const double difference = values[start + c] - mean[c];
            differences[c] += difference;
            squares[c] += difference * difference;
        }
}

CLONES size_t lockstep_first_beyond(const double *values, double bound, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!(values[i] >= -bound && values[i] <= bound)) return i;
    return n;
}

void lockstep_swap_bytes(void *values, size_t size, size_t n) {
    switch (size) {
    case 2: {
        uint16_t *a = values;
        for (size_t i = 0; i < n; i++) a[i] = __builtin_bswap16(a[i]);
        break;
    }
    case 4: {
        uint32_t *a = values;
        for (size_t i = 0; i < n; i++) a[i] = __builtin_bswap32(a[i]);
        break;
    }
    case 8: {
        uint64_t *a = values;
        for (size_t i = 0; i < n; i++) a[i] = __builtin_bswap64(a[i]);
        break;
    }
    }
}

void lockstep_gather_elements(
    const void *values, void *out, size_t size, const intptr_t *shape, const intptr_t *strides, size_t axes) {
    intptr_t index[32] = {0}, count = 1, from = 0;
    for (size_t axis = 0; axis < axes; axis++) count *= shape[axis];
    for (intptr_t place = 0; place < count; place++) {
        memcpy((char *)out + place * size, (const char *)values + from * size, size);
        for (size_t axis = axes; axis-- > 0;) {
            from += strides[axis];
            if (++index[axis] < shape[axis]) break;
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

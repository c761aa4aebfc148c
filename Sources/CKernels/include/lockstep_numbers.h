// Included by CKernels.h. numbers.c: arrays of other element types than Float32.
#ifndef LOCKSTEP_NUMBERS_H
#define LOCKSTEP_NUMBERS_H

// The element types, by NumPy's names; LOCKSTEP_FLOAT16 is binary16.
enum lockstep_number_type {
    LOCKSTEP_UINT8, LOCKSTEP_INT8, LOCKSTEP_UINT16, LOCKSTEP_INT16, LOCKSTEP_UINT32, LOCKSTEP_INT32,
    LOCKSTEP_UINT64, LOCKSTEP_INT64, LOCKSTEP_FLOAT16, LOCKSTEP_FLOAT32, LOCKSTEP_FLOAT64
};

// out[i] = values[i], rounded to Float64 where it is an integer of more than 53 bits.
void lockstep_numbers_to_double(const void *values, enum lockstep_number_type type, double *out, size_t n);

// out[i] = (values[i] - mean[c]) / deviation[c] in Float64, rounded once, with c = i mod channels.
void lockstep_standardize(
    const double *values, const double *mean, const double *deviation, size_t channels, float *out, size_t n);

// Of each channel over the rows [n / channels, channels]: adds to `sums`, and widens the range from `least` to `most`.
void lockstep_channel_ranges(
    const double *values, size_t channels, double *sums, double *least, double *most, size_t n);
// The same for the sums of the distances from `mean` and of their squares.
void lockstep_channel_squares(
    const double *values, const double *mean, size_t channels, double *differences, double *squares, size_t n);

// The index of the first value that is no number from -bound to bound; n if there is none.
size_t lockstep_first_beyond(const double *values, double bound, size_t n);

// Copies elements of `size` bytes into row-major order of `shape`: the element at an index (i, j, …) is the one at
// i·strides[0] + j·strides[1] + … of `values`. 1 to 32 axes.
void lockstep_gather_elements(
    const void *values, void *out, size_t size, const intptr_t *shape, const intptr_t *strides, size_t axes);

// Reverses the bytes of each of n elements of `size` bytes (2, 4 or 8).
void lockstep_swap_bytes(void *values, size_t size, size_t n);

#endif

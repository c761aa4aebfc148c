// Included by CKernels.h. spectrum.c: short-time spectra of sound, in Float64.
#ifndef LOCKSTEP_SPECTRUM_H
#define LOCKSTEP_SPECTRUM_H

// What does not change from frame to frame.
struct lockstep_mel_plan {
    size_t size;                 // of the FFT, a power of two from 2 on
    const double *cosines, *sines;  // of 2π·k/size for k < size/2
    const double *window;        // [size]
    size_t bands;                // mel bands
    const int64_t *first, *count;  // of each band its first bin, and how many bins it has
    const double *weights;       // of the bands' bins one after the other
};

// The mel spectrum of a frame in decibels: out[b] = 10·log10(max(1e-10, Σ_k weight[b, k]·|FFT(window·frame)[k]|²)).
// `work` has room for 2·size + size/2 + 1 numbers.
void lockstep_mel_frame(const struct lockstep_mel_plan *plan, const float *frame, double *work, float *out);

#endif

#include "CKernels.h"

#include <math.h>

// Compiled once, for the baseline: the same bits on every x86-64.
#pragma STDC FP_CONTRACT OFF

// Rows that share each pass over the rows before them.
enum { panel = 32 };

// row -= factor · other.
static void subtract(double *row, double factor, const double *other, size_t n) {
    for (size_t i = 0; i < n; i++) row[i] -= factor * other[i];
}

size_t lockstep_cholesky(double *a, size_t n) {
    for (size_t start = 0; start < n; start += panel) {
        const size_t end = start + panel < n ? start + panel : n;
        for (size_t k = 0; k < start; k++)
            for (size_t i = start; i < end; i++) subtract(a + i * n + i, a[k * n + i], a + k * n + i, n - i);
        for (size_t i = start; i < end; i++) {
            for (size_t k = start; k < i; k++) subtract(a + i * n + i, a[k * n + i], a + k * n + i, n - i);
            const double pivot = a[i * n + i];
            if (!(pivot > 0) || !isfinite(pivot)) return i + 1;
            const double root = sqrt(pivot);
            for (size_t j = i; j < n; j++) a[i * n + j] /= root;
        }
    }
    return 0;
}

void lockstep_solve_upper(const float *u, double *x, size_t n) {
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t k = i + 1; k < n; k++) sum -= (double)u[i * n + k] * x[k];
        x[i] = sum / (double)u[i * n + i];
    }
}

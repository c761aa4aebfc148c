// Included by CKernels.h. triangular.c: factors of symmetric matrices, row-major.
#ifndef LOCKSTEP_TRIANGULAR_H
#define LOCKSTEP_TRIANGULAR_H

// Cholesky: makes of the upper triangle of a symmetric matrix A [n, n] the upper triangle of U with A = Uᵀ·U; the elements below
// the diagonal are neither read nor written. Returns 0, or the number of the first row, from 1, whose pivot is not above 0: A is
// not positive definite then.
size_t lockstep_cholesky(double *a, size_t n);

// x ← U⁻¹·x for an upper triangular U [n, n], whose elements below the diagonal are not read.
void lockstep_solve_upper(const float *u, double *x, size_t n);

#endif

#include "CKernels.h"

#include <math.h>

// With u = a/|a| and v = b/|b| in Float64; 1 - u·v = ½Σ(u - v)² + ½(1 - |u|²) + ½(1 - |v|²) has no summand below 0: of nearly
// parallel rows it keeps the digits that 1 - cos loses.
struct pair {
    double a_norm, b_norm, distance;
};

static struct pair distance_of(const float *a, const float *b, double epsilon, size_t columns) {
    const double a_square = lockstep_dot(a, a, columns) + epsilon, b_square = lockstep_dot(b, b, columns) + epsilon;
    const struct pair norms = {sqrt(a_square), sqrt(b_square), 0};
    double sum = epsilon / a_square + epsilon / b_square;
    for (size_t c = 0; c < columns; c++) {
        const double difference = a[c] / norms.a_norm - b[c] / norms.b_norm;
        sum += difference * difference;
    }
    return (struct pair){norms.a_norm, norms.b_norm, 0.5 * sum};
}

void lockstep_cosine_distance(const float *a, const float *b, double epsilon, float *out, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        out[r] = (float)distance_of(a + r * columns, b + r * columns, epsilon, columns).distance;
}

// d = 1 - u·v  ⇒  ∂d/∂a = (cos·u - v)/|a| = (u - v - d·u)/|a|
void lockstep_cosine_distance_gradient(const float *a, const float *b, double epsilon, const float *cotangent, float *da,
                                       float *db, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const struct pair p = distance_of(a + r * columns, b + r * columns, epsilon, columns);
        for (size_t c = 0; c < columns; c++) {
            const size_t i = r * columns + c;
            const double u = a[i] / p.a_norm, v = b[i] / p.b_norm;
            if (da) da[i] = (float)(cotangent[r] * (u - v - p.distance * u) / p.a_norm);
            if (db) db[i] = (float)(cotangent[r] * (v - u - p.distance * v) / p.b_norm);
        }
    }
}

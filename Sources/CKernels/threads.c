#define _GNU_SOURCE
#include "CKernels.h"

#include <dlfcn.h>

int lockstep_set_openmp_threads(int threads) {
    // Looked up at run time: the OpenMP library comes with oneDNN, and its own link name is the compiler's affair.
    void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (!set) return 0;
    set(threads);
    return threads;
}

int lockstep_openmp_threads(void) {
    int (*get)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    return get ? get() : 0;
}

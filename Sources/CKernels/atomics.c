#include "CKernels.h"

#include <sched.h>

uint64_t lockstep_load_acquire(const uint64_t *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE); }

void lockstep_store_release(uint64_t *flag, uint64_t value) { __atomic_store_n(flag, value, __ATOMIC_RELEASE); }

void lockstep_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#define _GNU_SOURCE
#include "CKernels.h"
#include <sys/mman.h>

int lockstep_anonymous_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

void *lockstep_remap(void *base, size_t old, size_t new) {
    void *moved = mremap(base, old, new, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? 0 : moved;
}

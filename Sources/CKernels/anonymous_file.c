#define _GNU_SOURCE
#include "CKernels.h"
#include <sys/mman.h>

int lockstep_anonymous_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

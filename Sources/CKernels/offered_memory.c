#include "CKernels.h"

static _Thread_local size_t offered_count;
static _Thread_local void *offered_owner;

void lockstep_offer_memory(void *owner, size_t count) {
    offered_owner = owner;
    offered_count = count;
}

void *lockstep_take_offered_memory(size_t count) {
    if (count != offered_count || !offered_owner) return 0;
    void *owner = offered_owner;
    offered_owner = 0;
    return owner;
}

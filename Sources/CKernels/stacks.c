#define _GNU_SOURCE
#include "CKernels.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { MOST = 64 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *captured[MOST];
static int captured_count;  // -1 while a thread is asked

static int stack_signal(void) { return SIGRTMIN + 7; }

static void on_request(int number) {
    (void)number;
    int error = errno;
    __atomic_store_n(&captured_count, backtrace(captured, MOST), __ATOMIC_RELEASE);
    errno = error;
}

void lockstep_handle_stack_requests(void) {
    // its first call loads a library, which a handler may not do
    void *frame;
    backtrace(&frame, 1);
    struct sigaction action = {.sa_handler = on_request, .sa_flags = SA_RESTART};
    sigaction(stack_signal(), &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, stack_signal());
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int lockstep_capture_stack(unsigned long thread, void **addresses, int most) {
    pthread_mutex_lock(&lock);
    __atomic_store_n(&captured_count, -1, __ATOMIC_RELEASE);
    int count = pthread_kill((pthread_t)thread, stack_signal()) == 0 ? -1 : 0;
    struct timespec rest = {0, 1000000};
    for (int waited = 0; count < 0 && waited < 1000; waited++) {
        nanosleep(&rest, NULL);
        count = __atomic_load_n(&captured_count, __ATOMIC_ACQUIRE);
    }
    if (count > most) count = most;
    if (count > 0) memcpy(addresses, captured, (size_t)count * sizeof *addresses);
    pthread_mutex_unlock(&lock);
    return count > 0 ? count : 0;
}

int lockstep_find_symbol(uintptr_t address, const char **symbol, const char **file, uintptr_t *base) {
    Dl_info info;
    if (dladdr((void *)address, &info) == 0) return 0;
    *symbol = info.dli_sname;
    *file = info.dli_fname;
    *base = (uintptr_t)info.dli_fbase;
    return 1;
}

#include "CKernels.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// The state of the process's signal handler: the one place with global state, since a handler has no other.
static const int numbers[] = {SIGHUP, SIGINT, SIGUSR1, SIGTERM};
static const char *const names[] = {"SIGHUP", "SIGINT", "SIGUSR1", "SIGTERM"};
enum { COUNT = sizeof numbers / sizeof *numbers };
// By these launch/cluster and launch/local say through mpirun, which hands on some signals only, what they have got.
static const int substitutes[][2] = {{SIGUSR2, SIGTERM}, {SIGALRM, SIGINT}};
enum { SUBSTITUTES = sizeof substitutes / sizeof *substitutes };
static int first_signal;
static long long first_time; // milliseconds of the clock
static int noting;
static int delay;
static char texts[2][1024];
static int current_text;

// Everything here is async-signal-safe (signal-safety(7)).
static void end(int number, const char *name) {
    char line[1100] = "interrupted by ";
    size_t length = strlen(line);
    const char *parts[] = {name, texts[__atomic_load_n(&current_text, __ATOMIC_ACQUIRE)], "\n"};
    for (size_t i = 0; i < 3; i++) {
        size_t part = strlen(parts[i]);
        if (length + part > sizeof line) part = sizeof line - length;
        memcpy(line + length, parts[i], part);
        length += part;
    }
    if (delay > 0) {
        struct timespec rest = {delay, 0};
        nanosleep(&rest, NULL);
    }
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
    _exit(128 + number);
}

static void on_signal(int received) {
    int number = received;
    for (size_t i = 0; i < SUBSTITUTES; i++) {
        if (substitutes[i][0] == received) number = substitutes[i][1];
    }
    const char *name = "";
    for (size_t i = 0; i < COUNT; i++) {
        if (numbers[i] == number) name = names[i];
    }
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    long long now = time.tv_sec * 1000LL + time.tv_nsec / 1000000, never = 0;
    // A second signal ends the process. Within a second it is the same request: Slurm signals ranks and launcher, which passes
    // it on as another one.
    if (!__atomic_compare_exchange_n(&first_time, &never, now, 0, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE) &&
        now - never >= 1000) {
        struct sigaction usual = {.sa_handler = SIG_DFL};
        sigaction(received, &usual, NULL);
        raise(received); // not blocked: SA_NODEFER
        return;
    }
    int none = 0;
    __atomic_compare_exchange_n(&first_signal, &none, number, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    if (__atomic_load_n(&noting, __ATOMIC_ACQUIRE) == 0) end(number, name);
}

static void handle(int number) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NODEFER}, before;
    // what a parent has made the process ignore, as nohup does, stays ignored
    if (sigaction(number, NULL, &before) != 0 || before.sa_handler == SIG_IGN) return;
    sigaction(number, &action, NULL);
}

void lockstep_handle_signals(int delay_seconds) {
    delay = delay_seconds;
    for (size_t i = 0; i < COUNT; i++) handle(numbers[i]);
    const char *sender = getenv("LOCKSTEP_SIGNALS");
    for (size_t i = 0; sender && strcmp(sender, "launcher") == 0 && i < SUBSTITUTES; i++) handle(substitutes[i][0]);
}

int lockstep_first_signal(void) { return __atomic_load_n(&first_signal, __ATOMIC_ACQUIRE); }

void lockstep_note_signals(int change) {
    // one that came between the handler's look and this was the last thing that the process did
    __atomic_add_fetch(&noting, change, __ATOMIC_ACQ_REL);
}

void lockstep_set_signal_text(const char *text) {
    int next = 1 - __atomic_load_n(&current_text, __ATOMIC_RELAXED);
    strncpy(texts[next], text, sizeof texts[next] - 1);
    __atomic_store_n(&current_text, next, __ATOMIC_RELEASE);
}

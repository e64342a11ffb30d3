/* See crash.h. File-scope state, because a signal handler has no argument. */
#include "tui/crash.h"

#include <signal.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

static struct {
    volatile sig_atomic_t is_armed;
    int fd, error_fd;
    char reset[512];
    size_t size_bytes;
    struct termios modes;
    struct sigaction before[countof(fatal)];
} crash;

static _Alignas(16) char stack[65536];

static void on_crash(int signal_number)
{
    static const char words[] = "pgdeck: crashed; the terminal was restored\r\n";
    if (crash.is_armed) {
        crash.is_armed = 0;
        ssize_t written UNUSED = write(crash.fd, crash.reset, crash.size_bytes);
        tcsetattr(crash.fd, TCSANOW, &crash.modes);
        written = write(crash.error_fd, words, sizeof words - 1);
    }
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(signal_number, &usual, NULL);
    raise(signal_number);
}

void crash_arm(int fd, int error_fd, const char *reset, size_t size_bytes, const struct termios *modes)
{
    bool is_first = !crash.is_armed;
    crash.fd = fd;
    crash.error_fd = error_fd;
    crash.size_bytes = size_bytes < sizeof crash.reset ? size_bytes : sizeof crash.reset;
    memcpy(crash.reset, reset, crash.size_bytes);
    crash.modes = *modes;
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < countof(fatal); i++)
        sigaction(fatal[i], &action, is_first ? &crash.before[i] : NULL);
    crash.is_armed = 1;
}

void crash_disarm(void)
{
    if (!crash.is_armed)
        return;
    crash.is_armed = 0;
    for (size_t i = 0; i < countof(fatal); i++)
        sigaction(fatal[i], &crash.before[i], NULL);
}

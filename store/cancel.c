/* See cancel.h. */
#include "store/cancel.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "store/clock.h"

static int close_descriptor(struct cancel *cancel)
{
    close(cancel->fd);
    return 0;
}

struct cancel *cancel_new(TALLOC_CTX *owner)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return NULL;
    struct cancel *cancel = talloc_zero(owner, struct cancel);
    cancel->fd = fd;
    talloc_set_destructor(cancel, close_descriptor);
    return cancel;
}

void cancel_request(struct cancel *cancel, int signal_number)
{
    int saved = errno, none = 0;
    atomic_compare_exchange_strong(&cancel->signal, &none, signal_number);
    atomic_fetch_add(&cancel->requests, 1);
    uint64_t one = 1;
    ssize_t written UNUSED = write(cancel->fd, &one, sizeof one);
    errno = saved;
}

bool cancel_is_requested(const struct cancel *cancel) { return cancel && atomic_load(&cancel->requests) > 0; }

int cancel_signal(const struct cancel *cancel) { return cancel ? atomic_load(&cancel->signal) : 0; }

bool cancel_sleep(struct cancel *cancel, int timeout_ms)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        if (cancel_is_requested(cancel))
            return false;
        int64_t left_ms = end_ms - clock_monotonic_ms();
        if (left_ms <= 0)
            return true;
        struct pollfd wait = {.fd = cancel ? cancel->fd : -1, .events = POLLIN};
        poll(&wait, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
    }
}

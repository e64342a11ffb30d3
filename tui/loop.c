/* See loop.h. A signal is one byte in a pipe. */
#include "tui/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "store/clock.h"

enum { TIMERS = 64, TASKS = 32, SHORT_MS = 200 };

struct timer {
    loop_fn fn;
    void *argument;
    int64_t due_ms;
    bool is_short; /* somebody waits for it, rather than it coming round */
};

struct running {
    struct task *task;
    loop_end_fn on_end; /* NULL: dropped */
    void *argument;
    struct relay *relay;
};

/* Stands between a task and who hears its progress, who may go before the task ends. Owned by the loop. */
struct relay {
    task_progress_fn on_progress;
    void *listener;
};

static const int signals[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP, SIGQUIT};

struct loop {
    int input_fd;
    loop_fn on_input;
    void *input_argument;
    int pipe[2];
    loop_signal_fn on_signal;
    void *signal_argument;
    struct sigaction before[countof(signals)], pipe_before;
    struct timer timers[TIMERS];
    size_t timer_count;
    struct running tasks[TASKS];
    size_t task_count;
};

/* A handler has no argument. */
static volatile sig_atomic_t signal_fd = -1;

static void on_arrival(int signal_number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)signal_number;
    ssize_t written UNUSED = write(signal_fd, &byte, 1);
    errno = saved;
}

static int destroy(struct loop *loop)
{
    loop_stop(loop);
    if (loop->on_signal) {
        for (size_t i = 0; i < countof(signals); i++)
            sigaction(signals[i], &loop->before[i], NULL);
        sigaction(SIGPIPE, &loop->pipe_before, NULL);
        signal_fd = -1;
    }
    close(loop->pipe[0]);
    close(loop->pipe[1]);
    return 0;
}

struct loop *loop_new(TALLOC_CTX *owner, struct error *error)
{
    struct loop *loop = talloc_zero(owner, struct loop);
    loop->input_fd = -1;
    if (pipe2(loop->pipe, O_NONBLOCK | O_CLOEXEC) < 0) {
        error_set(error, ERROR_INTERNAL, "no file descriptor is left for signals");
        talloc_free(loop);
        return NULL;
    }
    talloc_set_destructor(loop, destroy);
    return loop;
}

void loop_take_signals(struct loop *loop, loop_signal_fn on_signal, void *argument)
{
    loop->on_signal = on_signal;
    loop->signal_argument = argument;
    signal_fd = loop->pipe[1];
    struct sigaction action = {.sa_handler = on_arrival, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < countof(signals); i++)
        sigaction(signals[i], &action, &loop->before[i]);
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignored, &loop->pipe_before);
}

void loop_set_input(struct loop *loop, int fd, loop_fn on_readable, void *argument)
{
    loop->input_fd = fd;
    loop->on_input = on_readable;
    loop->input_argument = argument;
}

/* ---- timers ---- */

void loop_forget(struct loop *loop, loop_fn fn, void *argument)
{
    for (size_t i = 0; i < loop->timer_count; i++)
        if (loop->timers[i].fn == fn && loop->timers[i].argument == argument) {
            loop->timers[i] = loop->timers[--loop->timer_count];
            return;
        }
}

void loop_after(struct loop *loop, int delay_ms, loop_fn fn, void *argument)
{
    loop_forget(loop, fn, argument);
    if (loop->timer_count == TIMERS)
        abort(); /* each caller has a fixed number of timers */
    loop->timers[loop->timer_count++] =
        (struct timer){fn, argument, clock_monotonic_ms() + delay_ms, delay_ms < SHORT_MS};
}

static void ring_timers(struct loop *loop)
{
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < loop->timer_count;) {
        struct timer timer = loop->timers[i];
        if (timer.due_ms > now_ms) {
            i++;
            continue;
        }
        loop->timers[i] = loop->timers[--loop->timer_count];
        timer.fn(timer.argument);
        i = 0; /* it may have changed the timers */
    }
}

static int next_delay_ms(const struct loop *loop)
{
    int64_t least = -1, now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < loop->timer_count; i++) {
        int64_t delay = loop->timers[i].due_ms > now_ms ? loop->timers[i].due_ms - now_ms : 0;
        least = least < 0 || delay < least ? delay : least;
    }
    return (int)least;
}

/* ---- tasks ---- */

static void pass_on(void *listener, const void *progress, size_t size_bytes)
{
    struct relay *relay = listener;
    if (relay->on_progress)
        relay->on_progress(relay->listener, progress, size_bytes);
}

struct task *loop_start(struct loop *loop, const struct task_options *options, loop_end_fn on_end, void *argument,
                        struct error *error)
{
    if (loop->task_count == TASKS) {
        error_set(error, ERROR_INTERNAL, "too much is going on already");
        return NULL;
    }
    struct relay *relay = talloc_zero(loop, struct relay);
    *relay = (struct relay){options->on_progress, options->listener};
    struct task_options relayed = *options;
    relayed.on_progress = pass_on;
    relayed.listener = relay;
    struct task *task = task_start(loop, &relayed, error);
    if (!task) {
        talloc_free(relay);
        return NULL;
    }
    loop->tasks[loop->task_count++] = (struct running){task, on_end, argument, relay};
    return task;
}

void loop_keep(struct loop *loop, const struct task *task, TALLOC_CTX *memory)
{
    for (size_t i = 0; i < loop->task_count; i++)
        if (loop->tasks[i].task == task)
            talloc_steal(loop->tasks[i].relay, memory);
}

void loop_stop(struct loop *loop)
{
    for (size_t i = 0; i < loop->task_count; i++)
        task_cancel(loop->tasks[i].task);
    for (; loop->task_count > 0; loop->task_count--) {
        struct running *last = &loop->tasks[loop->task_count - 1];
        talloc_free(last->task); /* waits */
        talloc_free(last->relay);
    }
}

void loop_drop(struct loop *loop, struct task *task)
{
    for (size_t i = 0; i < loop->task_count; i++)
        if (loop->tasks[i].task == task) {
            loop->tasks[i].on_end = NULL;
            loop->tasks[i].relay->on_progress = NULL;
            task_cancel(task);
        }
}

static void deliver(struct loop *loop, size_t index)
{
    struct running running = loop->tasks[index];
    if (!task_deliver(running.task))
        return;
    loop->tasks[index] = loop->tasks[--loop->task_count];
    struct error *error = error_new(NULL);
    bool succeeded = task_finish(running.task, error);
    if (running.on_end)
        running.on_end(running.argument, running.task, succeeded, error);
    if (talloc_parent(running.task) == loop)
        talloc_free(running.task);
    talloc_free(running.relay);
    talloc_free(error);
}

bool loop_is_busy(const struct loop *loop)
{
    bool is_busy = loop->task_count > 0;
    for (size_t i = 0; i < loop->timer_count; i++)
        is_busy = is_busy || loop->timers[i].is_short;
    return is_busy;
}

/* ---- turning ---- */

static void take_signals(struct loop *loop)
{
    unsigned char byte;
    while (read(loop->pipe[0], &byte, 1) == 1)
        if (loop->on_signal)
            loop->on_signal(loop->signal_argument, byte);
}

bool loop_turn(struct loop *loop)
{
    struct pollfd fds[2 + TASKS] = {{loop->pipe[0], POLLIN, 0}, {loop->input_fd, POLLIN, 0}};
    struct task *polled[TASKS];
    size_t count = loop->task_count;
    for (size_t i = 0; i < count; i++) {
        polled[i] = loop->tasks[i].task;
        fds[2 + i] = (struct pollfd){task_fd(polled[i]), POLLIN, 0};
    }
    if (poll(fds, 2 + count, next_delay_ms(loop)) < 0) {
        if (errno != EINTR)
            return false;
        fds[0].revents = POLLIN;
        fds[1].revents = 0;
        count = 0;
    }
    if (fds[0].revents)
        take_signals(loop);
    if (fds[1].revents && loop->input_fd >= 0)
        loop->on_input(loop->input_argument);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; fds[2 + i].revents && j < loop->task_count; j++)
            if (loop->tasks[j].task == polled[i]) {
                deliver(loop, j);
                break;
            }
    ring_timers(loop);
    return true;
}

/* See program.h. posix_spawn, because a fork of a program with threads may do next to nothing. */
#include "migrate/rehearsal/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/spawn.h"

enum {
    TICK_MS = 50,      /* how soon it is seen that it ended while another process holds its output */
    GRACE_MS = 5000,   /* between asking it to end and ending it: tests clear away what they made */
    LINE_BYTES = 4096, /* of one piece */
    TAIL_BYTES = 4096,
};

struct running {
    const struct rehearsal_program *program;
    TALLOC_CTX *memory;
    pid_t pid;
    int fd; /* of its output; -1: closed */
    char line[LINE_BYTES + 1];
    size_t line_bytes;
    char *tail;
    size_t tail_bytes;
    bool has_ended;   /* not reaped: its number is still its own */
    int64_t asked_ms; /* when it was asked to end; 0: not yet */
};

/* ---- starting ---- */

static bool start(struct running *running, struct error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(error, ERROR_INTERNAL, "no file descriptor is left for the tests");
    const struct spawn_order order = {running->program->words, running->program->environment,
                                      running->program->directory, ends[1], ends[1]};
    int failed = spawn_program(&order, &running->pid);
    close(ends[1]);
    running->fd = ends[0];
    if (!failed)
        return true;
    error_set(error, ERROR_PROJECT, "\"%s\" cannot be started: %s", running->program->words[0], strerror(failed));
    return error_hint(error, "It is looked for in PATH, and runs in the project's folder; it is no shell's line.");
}

/* ---- what it writes ---- */

static void keep(struct running *running, const char *bytes, size_t size)
{
    running->tail = talloc_realloc_size(running->memory, running->tail, running->tail_bytes + size + 1);
    if (!running->tail)
        abort();
    memcpy(running->tail + running->tail_bytes, bytes, size);
    running->tail_bytes += size;
    if (running->tail_bytes > TAIL_BYTES) {
        memmove(running->tail, running->tail + (running->tail_bytes - TAIL_BYTES), TAIL_BYTES);
        running->tail_bytes = TAIL_BYTES;
    }
    running->tail[running->tail_bytes] = '\0';
}

static void tell_line(struct running *running)
{
    if (running->line_bytes && running->line[running->line_bytes - 1] == '\r')
        running->line_bytes--;
    running->line[running->line_bytes] = '\0';
    running->program->on_line(running->program->listener, running->line);
    running->line_bytes = 0;
}

static void hear(struct running *running, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool is_end = bytes[i] == '\n';
        if (!is_end)
            running->line[running->line_bytes++] = bytes[i] ? bytes[i] : ' ';
        if (is_end || running->line_bytes == LINE_BYTES)
            tell_line(running);
    }
}

static void close_output(struct running *running)
{
    if (running->fd >= 0)
        close(running->fd);
    running->fd = -1;
    if (running->line_bytes)
        tell_line(running);
}

/* Takes what is there; closes at its end. */
static void take(struct running *running)
{
    char bytes[16384];
    ssize_t got = read(running->fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        close_output(running);
        return;
    }
    keep(running, bytes, (size_t)got);
    hear(running, bytes, (size_t)got);
}

/* The last lines, whole ones where there is more than one. Owner: `owner`. */
static const char *tail_of(TALLOC_CTX *owner, const struct running *running)
{
    const char *text = running->tail ? running->tail : "";
    const char *end = running->tail_bytes == TAIL_BYTES ? memchr(text, '\n', running->tail_bytes) : NULL;
    return talloc_strdup(owner, end && end[1] ? end + 1 : text);
}

/* ---- while it runs ---- */

static void look_for_end(struct running *running)
{
    siginfo_t info = {0};
    if (!running->has_ended && waitid(P_PID, (id_t)running->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        running->has_ended = info.si_pid == running->pid;
}

/* Asked as a terminal would have asked; who does not listen is ended, at the second request at once. */
static void end_on_request(struct running *running)
{
    struct cancel *cancel = running->program->cancel;
    if (!cancel_is_requested(cancel))
        return;
    if (!running->asked_ms) {
        running->asked_ms = clock_monotonic_ms();
        kill(-running->pid, cancel_signal(cancel) == SIGINT ? SIGINT : SIGTERM);
    } else if (clock_monotonic_ms() - running->asked_ms > GRACE_MS || atomic_load(&cancel->requests) > 1) {
        kill(-running->pid, SIGKILL);
    }
}

/* Until it has ended and its output is closed, or what holds that open is none of its own. */
static void listen(struct running *running)
{
    struct cancel *cancel = running->program->cancel;
    for (int quiet = 0; !running->has_ended || (running->fd >= 0 && quiet < 2);) {
        /* A cancel stays readable: heard once, it would keep the loop spinning. */
        struct pollfd waits[] = {{.fd = running->fd, .events = POLLIN},
                                 {.fd = cancel && !running->asked_ms ? cancel->fd : -1, .events = POLLIN}};
        (void)poll(waits, countof(waits), TICK_MS);
        end_on_request(running);
        bool has_news = waits[0].revents;
        if (has_news)
            take(running);
        look_for_end(running);
        quiet = running->has_ended && !has_news ? quiet + 1 : 0;
    }
}

/* All of the group, and then the program is reaped. */
static int finish(struct running *running)
{
    int status = 0;
    kill(-running->pid, SIGKILL);
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

bool program_run(TALLOC_CTX *owner, const struct rehearsal_program *program, struct rehearsal_outcome *outcome,
                 struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct running *running = talloc_zero(memory, struct running);
    if (!running)
        abort();
    *running = (struct running){.program = program, .memory = memory, .fd = -1};
    int64_t begun_ms = clock_monotonic_ms();
    bool ok = start(running, error);
    if (ok) {
        listen(running);
        int status = finish(running);
        bool is_signalled = WIFSIGNALED(status);
        *outcome = (struct rehearsal_outcome){
            .exit_status = is_signalled ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
            .signal_number = is_signalled ? WTERMSIG(status) : 0,
            .duration_ms = clock_monotonic_ms() - begun_ms,
        };
    }
    close_output(running);
    if (ok)
        outcome->tail = tail_of(owner, running);
    talloc_free(memory);
    if (ok && cancel_is_requested(program->cancel))
        return error_set(error, ERROR_CANCELLED, "cancelled while \"%s\" ran", program->words[0]);
    return ok;
}

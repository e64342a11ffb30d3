/* See output.h. posix_spawn, because a fork of a program with threads may do next to nothing. */
#include "store/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/spawn.h"

enum {
    TICK_MS = 100,          /* how soon it is seen that the program ended while another process holds its output */
    GRACE_MS = 2000,        /* between asking it to end and ending it */
    LAST_WORDS_BYTES = 2048 /* of its standard error */
};

/* A growing text; of the standard error only the end is kept. */
struct catch
{
    int fd; /* -1: closed */
    char *bytes;
    size_t size_bytes;
};

struct run {
    const struct output_program *program;
    pid_t pid;
    struct catch out, err;
    int status; /* of waitpid, once has_ended */
    bool has_ended;
};

char *output_words(TALLOC_CTX *owner, const char *const *words)
{
    char *text = talloc_strdup(owner, words[0]);
    for (size_t i = 1; words[i]; i++)
        text = talloc_asprintf_append_buffer(text, " %s", words[i]);
    return text;
}

/* ---- starting ---- */

static bool start(struct run *run, struct error *error)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    if (pipe2(out, O_CLOEXEC) < 0)
        return error_set(error, ERROR_INTERNAL, "no file descriptor is left for %s", run->program->what);
    if (pipe2(err, O_CLOEXEC) < 0) {
        close(out[0]);
        close(out[1]);
        return error_set(error, ERROR_INTERNAL, "no file descriptor is left for %s", run->program->what);
    }
    const struct spawn_order order = {run->program->words, run->program->environment, run->program->directory, out[1],
                                      err[1]};
    int failed = spawn_program(&order, &run->pid);
    close(out[1]);
    close(err[1]);
    run->out.fd = out[0];
    run->err.fd = err[0];
    if (!failed)
        return true;
    run->has_ended = true;
    error_set(error, ERROR_PROJECT, "%s, \"%s\", cannot be started: %s", run->program->what, run->program->words[0],
              strerror(failed));
    return error_hint(error, "It is looked for in PATH, and runs in the project's folder%s%s.",
                      run->program->where ? ": see " : "", run->program->where ? run->program->where : "");
}

/* ---- while it runs ---- */

static void close_catch(struct catch *catch)
{
    if (catch->fd >= 0)
        close(catch->fd);
    catch->fd = -1;
}

/* Takes what is there; closes at its end. */
static void take(TALLOC_CTX *owner, struct catch *catch, size_t keep_bytes)
{
    char bytes[16384];
    ssize_t got = read(catch->fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        close_catch(catch);
        return;
    }
    size_t size = catch->size_bytes + (size_t)got;
    catch->bytes = talloc_realloc_size(owner, catch->bytes, size + 1);
    if (!catch->bytes)
        abort();
    memcpy(catch->bytes + catch->size_bytes, bytes, (size_t)got);
    if (keep_bytes && size > keep_bytes) {
        memmove(catch->bytes, catch->bytes + (size - keep_bytes), keep_bytes);
        size = keep_bytes;
    }
    catch->size_bytes = size;
    catch->bytes[size] = '\0';
}

static void look_for_end(struct run *run, int options)
{
    pid_t got;
    do
        got = run->has_ended ? run->pid : waitpid(run->pid, &run->status, options);
    while (got < 0 && errno == EINTR);
    run->has_ended |= got == run->pid || got < 0;
}

static bool refuse_excess(const struct run *run, int64_t left_ms, struct error *error)
{
    const struct output_program *program = run->program;
    if (cancel_is_requested(program->cancel))
        return error_set(error, ERROR_CANCELLED, "cancelled while %s ran", program->what);
    if (left_ms <= 0) {
        error_set(error, ERROR_PROJECT, "%s, \"%s\", did not end within %d s", program->what, program->words[0],
                  program->timeout_ms / 1000);
        return error_hint(error, "It gets no input: does it wait for some?");
    }
    if ((int64_t)run->out.size_bytes <= program->limit_bytes)
        return true;
    error_set(error, ERROR_PROJECT, "%s, \"%s\", printed more than %lld bytes", program->what, program->words[0],
              (long long)program->limit_bytes);
    return error_hint(error, "Raise the setting file_size.");
}

/* Until both of its outputs are closed, or it has ended and what is left open belongs to somebody else. */
static bool listen(TALLOC_CTX *owner, struct run *run, int64_t end_ms, struct error *error)
{
    while (run->out.fd >= 0 || run->err.fd >= 0) {
        struct cancel *cancel = run->program->cancel;
        struct pollfd waits[] = {{.fd = run->out.fd, .events = POLLIN},
                                 {.fd = run->err.fd, .events = POLLIN},
                                 {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
        int count = poll(waits, countof(waits), TICK_MS);
        if (!refuse_excess(run, end_ms - clock_monotonic_ms(), error))
            return false;
        if (count == 0 && run->has_ended)
            return true;
        if (count == 0)
            look_for_end(run, WNOHANG);
        if (count > 0 && waits[0].revents)
            take(owner, &run->out, 0);
        if (count > 0 && waits[1].revents)
            take(owner, &run->err, LAST_WORDS_BYTES);
    }
    while (look_for_end(run, WNOHANG), !run->has_ended) {
        if (!refuse_excess(run, end_ms - clock_monotonic_ms(), error))
            return false;
        (void)cancel_sleep(run->program->cancel, TICK_MS / 10);
    }
    return true;
}

/* Ends the whole group; the program is not reaped before, so that its number is still its own. */
static void end_group(struct run *run)
{
    if (run->has_ended)
        return;
    kill(-run->pid, SIGTERM);
    int64_t end_ms = clock_monotonic_ms() + GRACE_MS;
    siginfo_t info = {0};
    while (clock_monotonic_ms() < end_ms && info.si_pid == 0) {
        if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno != EINTR)
            break;
        (void)poll(NULL, 0, info.si_pid ? 0 : TICK_MS / 10);
    }
    kill(-run->pid, SIGKILL);
    look_for_end(run, 0);
}

/* ---- its end ---- */

/* Its words without blanks at their end. Owner: `owner`. */
static const char *last_words(TALLOC_CTX *owner, const struct catch *words)
{
    size_t skip = words->size_bytes > LAST_WORDS_BYTES ? words->size_bytes - LAST_WORDS_BYTES : 0;
    size_t size = words->size_bytes - skip;
    while (size && strchr("\r\n ", words->bytes[skip + size - 1]))
        size--;
    return talloc_strndup(owner, size ? words->bytes + skip : "", size);
}

static bool check_status(const struct run *run, struct error *error)
{
    int status = run->status;
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || run->program->statuses == OUTPUT_OF_ANY_STATUS))
        return true;
    if (WIFSIGNALED(status))
        error_set(error, ERROR_PROJECT, "%s, \"%s\", was ended by signal %d", run->program->what,
                  run->program->words[0], WTERMSIG(status));
    else
        error_set(error, ERROR_PROJECT, "%s, \"%s\", failed with exit status %d", run->program->what,
                  run->program->words[0], WEXITSTATUS(status));
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *words = last_words(memory, run->err.size_bytes ? &run->err : &run->out);
    if (*words)
        error_detail(error, "%s", words);
    error_hint(error, "Run it by hand in the project's folder: %s", output_words(memory, run->program->words));
    talloc_free(memory);
    return false;
}

bool output_capture(TALLOC_CTX *owner, const struct output_program *program, struct output *output, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct run run = {.program = program, .out = {.fd = -1}, .err = {.fd = -1}};
    bool ok = start(&run, error) && listen(memory, &run, clock_monotonic_ms() + program->timeout_ms, error) &&
              check_status(&run, error);
    end_group(&run);
    close_catch(&run.out);
    close_catch(&run.err);
    if (ok)
        *output = (struct output){
            .bytes = run.out.bytes ? talloc_steal(owner, run.out.bytes) : talloc_strdup(owner, ""),
            .size_bytes = run.out.size_bytes,
            .said = last_words(owner, &run.err),
            .exit_status = WEXITSTATUS(run.status),
        };
    talloc_free(memory);
    return ok;
}

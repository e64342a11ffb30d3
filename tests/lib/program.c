/* See program.h. Output goes to anonymous files, not to pipes: nobody has to read while the program runs, and a
 * killed program loses nothing. */
#include "tests/lib/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"

const char *program_path(void)
{
    static char path[PATH_MAX]; /* static: the working folder does not change, and neither does the answer */
    const char *asked = getenv("PGDECK");
    if (!*path && !realpath(asked && *asked ? asked : "build/pgdeck", path))
        fail_msg("there is no program %s: build it, or set PGDECK", asked && *asked ? asked : "build/pgdeck");
    return path;
}

static char *contents(TALLOC_CTX *owner, int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        fail_msg("fstat: %s", strerror(errno));
    char *text = talloc_zero_array(owner, char, (unsigned)status.st_size + 1);
    ssize_t size = pread(fd, text, (size_t)status.st_size, 0);
    if (size != status.st_size)
        fail_msg("cannot read back the program's output");
    return text;
}

static void note_end(struct program *program, int status)
{
    program->has_ended = true;
    program->signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    program->exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    program->out = contents(program, program->out_fd);
    program->err = contents(program, program->err_fd);
}

static int reap(struct program *program)
{
    if (!program->has_ended) {
        kill(program->pid, SIGKILL);
        while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    close(program->out_fd);
    close(program->err_fd);
    return 0;
}

/* posix_spawn wants words that it might change; it does not. */
static char **words(TALLOC_CTX *owner, const char *first, const char *const *rest)
{
    unsigned count = 0, used = 0;
    while (rest && rest[count])
        count++;
    char **copy = talloc_zero_array(owner, char *, count + 2);
    if (first)
        copy[used++] = talloc_strdup(copy, first);
    for (unsigned i = 0; i < count; i++)
        copy[used++] = talloc_strdup(copy, rest[i]);
    return copy;
}

static char **make_environment(TALLOC_CTX *owner, const char *home, const char *const *added)
{
    static const char *const inherited[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"};
    const char **all = talloc_zero_array(owner, const char *, 64);
    size_t count = 0;
    for (size_t i = 0; i < countof(inherited); i++)
        if (getenv(inherited[i]))
            all[count++] = talloc_asprintf(all, "%s=%s", inherited[i], getenv(inherited[i]));
    all[count++] = talloc_asprintf(all, "HOME=%s", home);
    all[count++] = "LC_ALL=C.UTF-8";
    all[count++] = "TZ=UTC";
    all[count++] = "USER=tester";
    for (size_t i = 0; added && added[i] && count < 62; i++)
        all[count++] = added[i];
    all[count++] = "PGDECK_MEASURE=never"; /* the first of a name counts: a test may say "always" */
    return words(owner, NULL, all);
}

struct program *program_start(TALLOC_CTX *owner, const char *home, const char *const *environment,
                              const char *const *arguments)
{
    struct program *program = talloc_zero(owner, struct program);
    program->out_fd = memfd_create("stdout", MFD_CLOEXEC);
    program->err_fd = memfd_create("stderr", MFD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, program->out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, program->err_fd, STDERR_FILENO);
    /* A test runner under nohup or in a script's background ignores signals, which a child would inherit. */
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    TALLOC_CTX *scratch = talloc_new(program);
    int problem = posix_spawn(&program->pid, program_path(), &actions, &attributes,
                              words(scratch, program_path(), arguments), make_environment(scratch, home, environment));
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    talloc_free(scratch);
    if (problem)
        fail_msg("cannot start %s: %s", program_path(), strerror(problem));
    talloc_set_destructor(program, reap);
    return program;
}

bool program_has_ended(struct program *program)
{
    int status = 0;
    if (!program->has_ended && waitpid(program->pid, &status, WNOHANG) == program->pid)
        note_end(program, status);
    return program->has_ended;
}

void program_wait(struct program *program, int timeout_ms)
{
    if (program_has_ended(program))
        return;
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    int pid_fd = (int)syscall(SYS_pidfd_open, program->pid, 0);
    if (pid_fd < 0)
        fail_msg("pidfd_open: %s", strerror(errno));
    struct pollfd wait = {.fd = pid_fd, .events = POLLIN};
    for (int64_t left_ms; (left_ms = end_ms - clock_monotonic_ms()) > 0;)
        if (poll(&wait, 1, (int)left_ms) > 0)
            break;
    close(pid_fd);
    if (!program_has_ended(program)) {
        kill(program->pid, SIGKILL);
        print_error("%s%s", contents(program, program->out_fd), contents(program, program->err_fd));
        fail_msg("pgdeck did not end within %d ms", timeout_ms);
    }
}

void program_kill(struct program *program)
{
    kill(program->pid, SIGKILL);
    program_wait(program, 10000);
}

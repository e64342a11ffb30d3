/* See keeper.h: the starter's half. posix_spawn, because a fork of a program with threads may do next to nothing. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/cluster/keeper.h"

/* initdb on a slow disk takes seconds, the recovery of a large cluster can take minutes. */
#define ANSWER_LIMIT_MS 300000
#define ANSWER_LIMIT_BYTES 65536

static char **keeper_arguments(TALLOC_CTX *owner, const struct paths *paths)
{
    char **arguments = talloc_zero_array(owner, char *, 10);
    arguments[0] = talloc_strdup(arguments, "pgdeck");
    arguments[1] = talloc_strdup(arguments, CLUSTER_KEEPER_WORD);
    arguments[2] = talloc_strdup(arguments, paths->kind == CLUSTER_EMBEDDED ? "embedded" : "scratch");
    arguments[3] = talloc_asprintf(arguments, "%lu", (unsigned long)paths->uid);
    arguments[4] = talloc_asprintf(arguments, "%lu", (unsigned long)paths->gid);
    arguments[5] = talloc_strdup(arguments, paths->directory);
    arguments[6] = talloc_strdup(arguments, paths->socket_directory);
    arguments[7] = talloc_strdup(arguments, paths->binaries);
    arguments[8] = talloc_asprintf(arguments, "%lld", (long long)paths->linger_ms);
    return arguments;
}

/* A session of its own: the terminal's signals are not for it. Workers have all signals blocked; it must not. */
static bool set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) ==
               0 &&
           posix_spawnattr_setsigmask(attributes, &none) == 0 && posix_spawnattr_setsigdefault(attributes, &all) == 0;
}

/* Returns 0, or what went wrong as an errno. */
static int spawn(pid_t *pid, const struct paths *paths, int output)
{
    char language[] = "LC_ALL=C", path[] = "PATH=/usr/bin:/bin", zone[] = "TZ=UTC";
    char *environment[] = {language, path, zone, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions))
        return ENOMEM;
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    char **arguments = keeper_arguments(NULL, paths);
    bool ok = set_attributes(&attributes) &&
              posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0;
    int failed = ok ? posix_spawn(pid, "/proc/self/exe", &actions, &attributes, arguments, environment) : ENOMEM;
    talloc_free(arguments);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* All that the keeper says until it closes its end. */
static bool read_answer(char *answer, int fd, struct cancel *cancel, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + ANSWER_LIMIT_MS;
    size_t size = 0;
    answer[0] = '\0';
    while (size < ANSWER_LIMIT_BYTES) {
        struct pollfd waits[] = {{.fd = fd, .events = POLLIN}, {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
        int64_t left_ms = end_ms - clock_monotonic_ms();
        if (left_ms <= 0) {
            error_set(error, ERROR_CLUSTER, "the private cluster did not start within %d s", ANSWER_LIMIT_MS / 1000);
            return error_hint(error, "It goes on starting: try again later, and see its server.log.");
        }
        if (poll(waits, 2, (int)left_ms) < 0 && errno != EINTR)
            return error_set(error, ERROR_INTERNAL, "poll: %s", strerror(errno));
        if (cancel_is_requested(cancel))
            return error_set(error, ERROR_CANCELLED, "cancelled while the private cluster was starting");
        if (!waits[0].revents)
            continue;
        ssize_t got = read(fd, answer + size, ANSWER_LIMIT_BYTES - size);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        size += got > 0 ? (size_t)got : 0;
        answer[size] = '\0';
    }
    return true;
}

/* "ready", "busy" (another keeper was faster), or "error MESSAGE"; then the detail, as many lines as there are. */
static bool understand(const struct paths *paths, char *answer, struct error *error)
{
    if (!strcmp(answer, "ready\n") || !strcmp(answer, "busy\n"))
        return true;
    static const char prefix[] = "error ";
    char *newline = strchr(answer, '\n');
    if (strncmp(answer, prefix, strlen(prefix)) != 0 || !newline) {
        error_set(error, ERROR_CLUSTER, "the keeper of the private cluster ended before the server was ready");
        return error_hint(error, "See \"%s\".", paths->log_file);
    }
    *newline = '\0';
    error_set(error, ERROR_CLUSTER, "%s", answer + strlen(prefix));
    if (newline[1])
        error_detail(error, "%s", newline + 1);
    return error_hint(error, "See \"%s\".", paths->log_file);
}

bool keeper_spawn(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    int ends[2];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(error, ERROR_INTERNAL, "no file descriptor is left for the keeper of the private cluster");
    int failed = spawn(&pid, paths, ends[1]);
    close(ends[1]);
    char *answer = talloc_array(NULL, char, ANSWER_LIMIT_BYTES + 1);
    bool ok = failed ? error_set(error, ERROR_CLUSTER, "the keeper of the private cluster cannot be started: %s",
                                 strerror(failed))
                     : read_answer(answer, ends[0], cancel, error) && understand(paths, answer, error);
    close(ends[0]);
    talloc_free(answer);
    while (!failed && waitpid(pid, NULL, 0) < 0 && errno == EINTR) /* it has forked the keeper and ended */
        ;
    return ok;
}

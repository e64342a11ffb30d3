/* See parser.h: the half that starts the child. */
#include "migrate/parser.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"

#define TEXT_MOST ((size_t)1 << 20)
#define TREE_MOST ((size_t)32 << 20)
#define LIMIT_MS 8000 /* beyond the child's own limit of processor time */

static bool write_all(int fd, const void *bytes, size_t size_bytes)
{
    for (const char *at = bytes; size_bytes > 0;) {
        ssize_t wrote = write(fd, at, size_bytes);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        size_bytes -= (size_t)wrote;
    }
    return true;
}

/* The statements, as a file that the child reads; a pipe would have to be fed. -1: it cannot be had. */
static int text_file(const struct parser_text *texts, size_t count)
{
    int fd = memfd_create("statements", MFD_CLOEXEC);
    bool ok = fd >= 0;
    for (size_t i = 0; ok && i < count; i++) {
        bool is_taken = texts[i].size_bytes <= TEXT_MOST && !memchr(texts[i].text, '\0', texts[i].size_bytes);
        size_t size_bytes = is_taken ? texts[i].size_bytes : 0;
        ok = write_all(fd, &size_bytes, sizeof size_bytes) && write_all(fd, texts[i].text, size_bytes);
    }
    ok = ok && lseek(fd, 0, SEEK_SET) == 0;
    if (!ok && fd >= 0)
        close(fd);
    return ok ? fd : -1;
}

static bool set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawnattr_setsigmask(attributes, &none) == 0 && posix_spawnattr_setsigdefault(attributes, &all) == 0;
}

/* The process id, or -1. */
static pid_t spawn(int input, int output)
{
    char name[] = "pgdeck", word[] = PARSER_WORD, language[] = "LC_ALL=C";
    char *arguments[] = {name, word, NULL}, *environment[] = {language, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;
    if (posix_spawn_file_actions_init(&actions))
        return -1;
    if (posix_spawnattr_init(&attributes) == 0) {
        bool ok = set_attributes(&attributes) && posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
                  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
                  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0;
        if (!ok || posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments, environment) != 0)
            pid = -1;
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* False where that takes too long, or the end comes before. */
static bool read_all(int fd, void *bytes, size_t size_bytes, int64_t end_ms, struct cancel *cancel)
{
    for (char *at = bytes; size_bytes > 0;) {
        struct pollfd waits[] = {{.fd = fd, .events = POLLIN}, {.fd = cancel ? cancel->fd : -1, .events = POLLIN}};
        int64_t left_ms = end_ms - clock_monotonic_ms();
        int ready = left_ms > 0 ? poll(waits, countof(waits), (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || cancel_is_requested(cancel))
            return false;
        ssize_t got = read(fd, at, size_bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size_bytes -= (size_t)got;
    }
    return true;
}

/* The next tree; *tree NULL: there is none. False where the child has nothing more to say. */
static bool read_tree(TALLOC_CTX *owner, int fd, struct cancel *cancel, char **tree)
{
    int64_t end_ms = clock_monotonic_ms() + LIMIT_MS;
    size_t size_bytes;
    *tree = NULL;
    if (!read_all(fd, &size_bytes, sizeof size_bytes, end_ms, cancel) || size_bytes > TREE_MOST)
        return false;
    if (size_bytes == 0)
        return true;
    *tree = talloc_zero_array(owner, char, (unsigned)size_bytes + 1);
    if (read_all(fd, *tree, size_bytes, end_ms, cancel))
        return true;
    TALLOC_FREE(*tree);
    return false;
}

static void reap(pid_t pid)
{
    (void)kill(pid, SIGKILL); /* it has said all that it can, or will not end */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* One process; returns how many statements it has answered. */
static size_t parse_some(TALLOC_CTX *owner, const struct parser_text *texts, size_t count, struct cancel *cancel,
                         char **trees)
{
    int ends[2], input = text_file(texts, count);
    if (input < 0)
        return count;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(input);
        return count;
    }
    pid_t pid = spawn(input, ends[1]);
    size_t done = pid > 0 ? 0 : count;
    close(input);
    close(ends[1]);
    while (done < count && read_tree(owner, ends[0], cancel, &trees[done]))
        done++;
    close(ends[0]);
    if (pid > 0)
        reap(pid);
    return done;
}

void parser_trees(TALLOC_CTX *owner, const struct parser_text *texts, size_t count, struct cancel *cancel, char **trees)
{
    for (size_t i = 0; i < count; i++)
        trees[i] = NULL;
    for (size_t done = 0; done < count && !cancel_is_requested(cancel); done++) /* the one that killed it has no tree */
        done += parse_some(owner, texts + done, count - done, cancel, trees + done);
}

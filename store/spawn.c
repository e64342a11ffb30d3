/* See spawn.h. */
#include "store/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

/* A group of its own, so that all of it can be ended. Workers have all signals blocked; it must not. */
static bool set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    return posix_spawnattr_setflags(attributes,
                                    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawnattr_setpgroup(attributes, 0) == 0 && posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &all) == 0;
}

int spawn_program(const struct spawn_order *order, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions))
        return ENOMEM;
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    bool ok = set_attributes(&attributes) && posix_spawn_file_actions_addchdir_np(&actions, order->directory) == 0 &&
              posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, order->out, STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, order->err, STDERR_FILENO) == 0;
    /* The call takes pointers to writable text and writes to none of it. */
    char *const *words = (char *const *)(uintptr_t)order->words;
    char *const *environment = (char *const *)(uintptr_t)order->environment;
    int failed = ok ? posix_spawnp(pid, words[0], &actions, &attributes, words, environment) : ENOMEM;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

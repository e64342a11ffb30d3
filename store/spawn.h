/* Starting another program without a shell: in a process group of its own, with all signals as a new program expects
 * them, and no descriptors but the three standard ones. */
#ifndef STORE_SPAWN_H
#define STORE_SPAWN_H

#include <sys/types.h>

#include "store/base.h"

struct spawn_order {
    const char *const *words;       /* program, looked for in PATH, and arguments; NULL-terminated */
    const char *const *environment; /* "NAME=value", NULL-terminated */
    const char *directory;          /* in which it runs */
    int out, err;                   /* its standard output and error; its input is /dev/null */
};

/* Starts it; *pid is its process and group. Returns 0, or what went wrong as an errno. */
int spawn_program(const struct spawn_order *order, pid_t *pid) NODISCARD;

#endif

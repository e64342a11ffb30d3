/* Runs a program as a script would: pgdeck by default. Standard output and error are caught whole, the environment is
 * made from nothing, so that the person's own settings cannot reach a test. */
#ifndef TESTS_LIB_PROGRAM_H
#define TESTS_LIB_PROGRAM_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"

struct program {
    pid_t pid;         /* of the running program; stays after its end */
    int exit_status;   /* 128+n where signal n ended it */
    int signal_number; /* 0: it ended by itself */
    char *out, *err;   /* after program_wait */
    int out_fd, err_fd;
    bool has_ended;
};

/* Path of pgdeck: the environment's PGDECK, else build/pgdeck. Absolute. */
const char *program_path(void);

/* Starts pgdeck with the arguments (NULL-terminated, without the program's name). `home` becomes HOME, TMPDIR stays
 * /tmp; `environment` ("NAME=value", NULL-terminated, or NULL) is added. Standard input is /dev/null. Owner: `owner`;
 * freeing it kills and reaps what still runs. */
struct program *program_start(TALLOC_CTX *owner, const char *home, const char *const *environment,
                              const char *const *arguments);

/* Whether it has ended by now; does not block. */
bool program_has_ended(struct program *program);

/* Waits for its end and fills in exit status and output. The test fails, and the program is killed, after timeout_ms.
 */
void program_wait(struct program *program, int timeout_ms);

/* SIGKILL, then program_wait. */
void program_kill(struct program *program);

#endif

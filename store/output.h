/* Runs a program and catches what it prints: the one that prints the models, git. No shell stands between. Safe in a
 * program with threads; ends with the program, its limits or a cancel, and leaves no process of its group behind then.
 */
#ifndef STORE_OUTPUT_H
#define STORE_OUTPUT_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"

struct output_program {
    const char *what;               /* what it is to a person, for errors: "the program of the models" */
    const char *where;              /* where it is set, for hints: "models in pgdeck.yaml"; or NULL */
    const char *const *words;       /* program and arguments, NULL-terminated; the program is looked for in PATH */
    const char *directory;          /* where it runs */
    const char *const *environment; /* "NAME=value", NULL-terminated */
    int64_t limit_bytes;            /* of its standard output */
    int timeout_ms;
    enum { OUTPUT_OF_SUCCESS, OUTPUT_OF_ANY_STATUS } statuses; /* whether an exit status but 0 is an error */
    struct cancel *cancel;                                     /* or NULL */
};

/* What a program printed. */
struct output {
    char *bytes; /* NUL-terminated behind its size_bytes */
    size_t size_bytes;
    const char *said; /* the last 2 kB of its standard error; "" where it said nothing */
    int exit_status;
};

/* Owner of what *output gets: `owner`. Its standard input is empty. Blocks. Errors: ERROR_PROJECT: it cannot be
 * started, exits with anything but 0 (with the last lines it said as detail), prints too much, takes too long;
 * ERROR_CANCELLED. */
bool output_capture(TALLOC_CTX *owner, const struct output_program *program, struct output *output,
                    struct error *error) NODISCARD;

/* The words as a person would type them. Owner: `owner`. */
char *output_words(TALLOC_CTX *owner, const char *const *words);

#endif

/* The one way a failure travels: set once where it happens, given context on the way up, reported once at
 * the top. Codes, exit statuses and retry classes are rows of errors.def. It never prints. */
#ifndef STORE_ERROR_H
#define STORE_ERROR_H

#include <stdarg.h>
#include <talloc.h>

#include "store/base.h"

enum error_code {
#define ERROR(code, name, status, retry, text) ERROR_##code,
#include "store/errors.def"
#undef ERROR
    ERROR_COUNT
};

enum error_retry { RETRY_NEVER, RETRY_TRANSACTION, RETRY_CONNECTION };

/* A row of errors.def. */
struct error_kind {
    const char *name;
    int exit_status;
    enum error_retry retry;
    const char *text;
};

/* Plain data; every text is owned by the error itself. Absent texts are NULL, absent numbers 0. */
struct error {
    enum error_code code;
    char sqlstate[6];
    const char *message; /* lower case, no final stop; names the thing */
    const char *detail;  /* the server's DETAIL, or more facts */
    const char *stands;  /* what is true of the target now: "nothing of 003 stands"; of a run that failed */
    const char *hint;    /* a sentence: what to do next */
    const char *context; /* the server's CONTEXT */
    const char *file;    /* as shown to a person: relative to the project where it lies in it */
    int line, column;    /* from 1; column in characters */
    int statement;       /* number in the file, from 1 */
    long position;       /* the server's cursor in the statement: characters from 1 */
    const char *schema, *table, *column_name, *constraint;
    bool is_connection_lost; /* the connection is gone: what was sent last has an unknown outcome */
};

/* An empty error owned by `owner`; never NULL. One call chain uses one error. */
struct error *error_new(TALLOC_CTX *owner);

/* Empties the error, so that it can be used again. */
void error_clear(struct error *error);

/* Sets code and message and drops whatever was there. Returns false, so that a caller can `return error_set(...)`. */
bool error_set(struct error *error, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Adds "prefix: " in front of the message. Returns false. */
bool error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Replaces the hint. Returns false. */
bool error_hint(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Replaces the detail. Returns false. */
bool error_detail(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Replaces what stands. Returns false. */
bool error_stands(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Names the place. line and column from 1, or 0 for none. Returns false. */
bool error_place(struct error *error, const char *file, int line, int column);

/* Copies all of `from`, texts included, into `to`. */
void error_copy(struct error *to, const struct error *from);

/* Whether something was set. */
bool error_is_set(const struct error *error);

/* The row of errors.def for a code. */
const struct error_kind *error_kind(enum error_code code);

/* The exit status that a code stands for (cli.md, "Exit codes"). */
int error_exit_status(const struct error *error);

/* The code that a SQLSTATE of a failed statement stands for: by class, never by text. `sqlstate` may be "". */
enum error_code error_code_of_sqlstate(const char *sqlstate);

/* Whether the SQLSTATE starts with a class or equals a code ("40" or "40001"). */
bool error_is_sqlstate(const struct error *error, const char *class_or_code);

#endif

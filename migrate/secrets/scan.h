/* One text while it is looked at. Private to secrets. */
#ifndef MIGRATE_SECRETS_SCAN_H
#define MIGRATE_SECRETS_SCAN_H

#include "migrate/secrets.h"

/* How a file is written, by its name. */
enum scan_kind {
    SCAN_OTHER,
    SCAN_CODE, /* values of variables stand in quotes */
    SCAN_SQL,
    SCAN_ENV, /* NAME=value lines */
    SCAN_YAML,
    SCAN_JSON,
    SCAN_INI,
    SCAN_SHELL,
    SCAN_DOCKER,
    SCAN_PROSE,
    SCAN_PGPASS,
    SCAN_NETRC
};

struct scan_span {
    const char *start, *end; /* of the secret */
    const char *message, *object;
};

struct scan {
    const char *text, *end;
    enum scan_kind kind;
    enum {
        SCAN_LENIENT, /* a well-known word ("postgres", "secret") protects nothing: no secret */
        SCAN_STRICT   /* settings in use: any password is one */
    } strictness;
    struct scan_span *spans; /* in the order in which they were found; none overlaps another */
    size_t count, judged;    /* values */
    TALLOC_CTX *memory;      /* owns spans and objects */
};

/* A part of the text, not NUL-terminated. */
struct scan_value {
    const char *start, *end;
};

/* By the path's last part. */
enum scan_kind scan_kind_of(const char *path);
bool scan_is_strict(const char *path);

/* Adds a find, unless it overlaps one that is there. object: copied up to object_end; NULL: none. */
void scan_add(struct scan *scan, struct scan_value value, const char *message, struct scan_value object);

/* The line that `at` stands in, without its newline; of a very long one what is near, so that reading stays linear. */
struct scan_value scan_line(const struct scan *scan, const char *at);

/* ---- value.c: what only looks like a secret ---- */

/* Whether a value may be a secret: no variable, no mask, no placeholder; where lenient, no well-known word, and not the
 * user's own name. user: of a connection; start NULL: none. */
bool value_is_secret(struct scan *scan, struct scan_value value, struct scan_value user);

/* Whether it looks made up by a machine or a careful person: at least `least` bytes without blanks, with letters and
 * digits, or signs besides. */
bool value_is_random(struct scan_value value, size_t least);

/* Whether it is this word, or holds it, in any case. */
bool value_is(struct scan_value value, const char *word);
bool value_holds(struct scan_value value, const char *word);

/* ---- one file each ---- */

void scan_uris(struct scan *scan);        /* "://user:password@" */
void scan_conninfo(struct scan *scan);    /* "host=h password=p", "?password=p" */
void scan_clauses(struct scan *scan);     /* PASSWORD 'p' of SQL */
void scan_rows(struct scan *scan);        /* INSERT INTO t (password) VALUES ('p') */
void scan_assignments(struct scan *scan); /* DB_PASSWORD=p */
void scan_tokens(struct scan *scan);      /* by the shape alone: keys, tokens, verifiers */
void scan_fields(struct scan *scan);      /* .pgpass, .netrc */

#endif

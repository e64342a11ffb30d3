/* A target: a database that pgdeck may act on, and how careful it has to be. Turns names, URLs (SQLAlchemy's
 * too) and libpq strings into one normalised form, without ever showing a password. */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"

enum guard { GUARD_OPEN, GUARD_CONFIRM, GUARD_READ_ONLY };

/* Plain data, constant once made. keywords/values are what PQconnectdbParams takes (dbname not expanded).
 * Texts to show (host, port, database, user) hold what was given or libpq's defaults; "" when only the server will
 * tell. */
struct target {
    const char *name; /* of pgdeck.yaml, "embedded", or the host and database of a connection string */
    enum guard guard;
    const char *colour; /* or NULL */
    bool is_embedded;   /* the private cluster: keywords are empty until cluster_connect_to filled them in */
    const char *const *keywords, *const *values; /* NULL-terminated */
    const char *host, *port, *database, *user;
    const char *password;       /* or NULL; for redaction only */
    const char *const *secrets; /* password, sslpassword, PGPASSWORD: for log_add_secret; NULL-terminated */
    const char *source; /* where it was named: "option -d", "environment DATABASE__URL", ".env:3", "default_target",
                           "libpq's environment", "default" */
    const char *const *notices; /* what was dropped or is odd, for stderr; NULL-terminated */
};

/* "open", "confirm", "read-only". */
const char *guard_name(enum guard guard);

enum target_fallback { TARGET_MAY_FALL_BACK, TARGET_MUST_BE_NAMED };

/* Finds the target: `name` (of -d, or NULL), else the variables and settings in the order of cli.md, else
 * embedded - or, with TARGET_MUST_BE_NAMED, ERROR_USAGE naming the variables looked for.
 * A string that names the host, port and database of a target of pgdeck.yaml takes its guard, the strictest if several.
 * Owner: `owner`. Errors: ERROR_USAGE, ERROR_SETTINGS; never with a secret in the text. */
struct target *target_resolve(TALLOC_CTX *owner, const struct settings *settings, const char *name,
                              enum target_fallback fallback, struct error *error) NODISCARD;

/* The target that a word of the command line besides -d names: a target of pgdeck.yaml, `embedded`, a connection string.
 * what: the word's part in the command, for errors: "source". Owner: `owner`. Errors: as target_resolve. */
struct target *target_of_operand(TALLOC_CTX *owner, const struct settings *settings, const char *word, const char *what,
                                 struct error *error) NODISCARD;

/* Makes a target of a connection string (URI or key=value); guard confirm. For tests and for sources that are strings.
 */
struct target *target_parse(TALLOC_CTX *owner, const char *text, struct error *error) NODISCARD;

/* A copy with the keywords replaced or added (keyword, value pairs, NULL-terminated); what it shows and hides follows.
 * Owner: `owner`. */
struct target *target_with(TALLOC_CTX *owner, const struct target *target, const char *const *pairs);

/* user@host:port/database for a person; without secrets. Owner: `owner`. */
char *target_describe(TALLOC_CTX *owner, const struct target *target);

/* Replaces each occurrence of the target's secrets in `text` by ***, however they are spelled (redact.h). Owner:
 * `owner`. */
char *target_redact(TALLOC_CTX *owner, const struct target *target, const char *text);

#endif

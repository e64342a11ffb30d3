/* Pieces of answers that several commands have: the target, durations, counts of things. */
#ifndef TUI_ANSWER_H
#define TUI_ANSWER_H

#include <jansson.h>
#include <talloc.h>

#include "store/connection.h"
#include "store/session.h"
#include "tui/command.h"

/* The options --yes and --confirm, for the tables of the commands that ask. */
#define ANSWER_CONFIRM_OPTIONS                                                                                         \
    {"yes", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Confirm beforehand; enough where the guard level is \"open\"."},   \
    {                                                                                                                  \
        "confirm", 0, OPTION_VALUE, "DATABASE", KIND_NONE, NULL, "Confirm beforehand by the database's exact name."    \
    }

/* What is known of the target that a session leads to; every text but `name` and `guard` may be NULL. */
struct answer_target {
    const char *name, *host, *port, *database, *user, *guard, *server_version;
};

/* Asks the server only for what the target does not say itself. Owner of the texts: `owner`. */
bool answer_target_read(TALLOC_CTX *owner, const struct deck *deck, struct session *session,
                        struct answer_target *target, struct error *error) NODISCARD;

/* New reference. */
json_t *answer_target_json(const struct answer_target *target);

/* "shop  dba@db1:5432/shop  PostgreSQL 15.18  confirm". Owner: `owner`. */
char *answer_target_text(TALLOC_CTX *owner, const struct answer_target *target);

/* A port as JSON: a number, the text itself where it is a list, null where it is not known. New reference. */
json_t *answer_port_json(const char *port);

/* "12 ms", "3.2 s", "4 min 05 s"; "" for INTEGER_NULL. Owner: `owner`. */
char *answer_duration(TALLOC_CTX *owner, int64_t milliseconds);

/* "1 migration", "2 migrations". Owner: `owner`. */
char *answer_count(TALLOC_CTX *owner, size_t count, const char *thing);

/* A qualified name whose parts are all quoted ("public"."x") without the quotes that PostgreSQL would not print.
 * Keywords are not known: a table named "order" loses its quotes too. For people and JSON, never for SQL. Owner:
 * `owner`. */
char *answer_object(TALLOC_CTX *owner, const char *quoted);

/* A number as text; "" for INTEGER_NULL. Owner: `owner`. */
char *answer_integer(TALLOC_CTX *owner, int64_t number);

#endif

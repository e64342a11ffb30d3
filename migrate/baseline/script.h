/* The text of an init script: schema, rows, ledger and seed, in an order in which none disturbs another. */
#ifndef MIGRATE_BASELINE_SCRIPT_H
#define MIGRATE_BASELINE_SCRIPT_H

#include <talloc.h>

#include "migrate/baseline/data.h"
#include "migrate/baseline/sequences.h"
#include "migrate/diff.h"
#include "migrate/directory.h"
#include "migrate/emit.h"
#include "store/base.h"

/* A row of acts_on_rows.sql. */
struct script_actor {
    const char *what;
    int64_t class_id, object_id;
};

/* A row of named_roles.sql. */
struct script_role {
    const char *name, *quoted;
};

struct script_source {
    const struct settings *settings;
    const struct directory *directory;
    const struct diff *diff;          /* from an empty database to what the migrations make */
    const struct emit_script *schema; /* of it, ORDER_BY_TABLE */
    const struct data_script *data;
    const struct sequence_state *const *sequences; /* to be set; NULL-terminated */
    const struct script_actor *actors;
    size_t actor_count;
    const struct script_role *roles;
    size_t role_count;
    const char *ledger, *ledger_schema; /* quoted where they must be */
};

/* The same bytes for the same source. Owner: `owner`. */
char *script_text(TALLOC_CTX *owner, const struct script_source *source);

#endif

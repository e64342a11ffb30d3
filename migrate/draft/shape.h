/* Statements made repeatable one by one, by the shapes of SQL's grammar. Pure. */
#ifndef MIGRATE_DRAFT_SHAPE_H
#define MIGRATE_DRAFT_SHAPE_H

#include <talloc.h>

#include "migrate/emit.h"
#include "store/base.h"

/* What makes a statement repeatable. */
enum shape_kind {
    SHAPE_AS_IT_IS, /* a second run sets what is set already */
    SHAPE_INSERT,   /* a few words in its midst: IF EXISTS, IF NOT EXISTS, OR REPLACE */
    SHAPE_DROP,     /* a DROP ... IF EXISTS in front of it */
    SHAPE_GUARD,    /* nothing in its own grammar: a look into the catalog */
};

struct shape {
    enum shape_kind kind;
    size_t offset;     /* of INSERT: where */
    const char *words; /* of INSERT: what, with a blank in front */
};

/* The shape of a statement. One that is not known is a GUARD. */
struct shape shape_of(const char *sql);

#endif

/* What the rules look at and write to. Private to migrate/hazard and migrate/hazards. */
#ifndef MIGRATE_HAZARDS_RULING_H
#define MIGRATE_HAZARDS_RULING_H

#include "migrate/hazard.h"

#define RULING_WORDS 256

struct ruling {
    TALLOC_CTX *owner; /* of what is found */
    const struct plan_step *step;
    size_t index; /* of the statement in its file */
    const struct statement *statement;
    const struct facts *facts;
    const char **words; /* of the statement, upper case */
    size_t word_count;
    const struct hazard_sizes *sizes;
    const char *weighed; /* the relation by whose size the next hazard is weighed; NULL: that of its object */
    struct hazard_list *found;
};

/* Adds a hazard. message: formatted. Advice: owned by ruling->owner, or NULL. */
void ruling_add(struct ruling *ruling, enum hazard_id id, const char *object, const char *advice, const char *format,
                ...) PRINTF_LIKE(5, 6);

/* Whether the statement begins with these words, or has one of them anywhere (outside of quotes). */
bool ruling_begins(const struct ruling *ruling, const char *words);
bool ruling_has(const struct ruling *ruling, const char *word);

/* The size of a relation on the target; NULL: it is not there, or its size is not known. */
const struct hazard_size *ruling_size(const struct ruling *ruling, const char *relation);

/* Whether a relation is on the target now: what the plan makes itself nobody misses. */
bool ruling_is_there(const struct ruling *ruling, const char *relation);

/* "public.users" of "public.users.name"; "name" of it; quoted as they are. Owner: ruling->owner. */
const char *ruling_table_of(const struct ruling *ruling, const char *name);
const char *ruling_last_of(const char *name);

/* The lock that the statement takes on a relation. */
enum lock_mode ruling_lock_of(const struct facts *facts, const char *relation);

/* unseen.c: the rule for what is lost where neither the statement's opening nor the catalog tells. */
void ruling_unseen_loss(struct ruling *ruling);

/* clients.c: the rule for what programs and people miss: views, functions, types, sequences that go; roles; what IF NOT
 * EXISTS passes over. rows.c: for statements that write many rows at once. design.c: for what makes a schema slow. */
void ruling_clients(struct ruling *ruling);
void ruling_many_rows(struct ruling *ruling);
bool ruling_where_holds(const struct ruling *ruling); /* WHERE true */
void ruling_design(struct ruling *ruling);
void ruling_style(struct ruling *ruling);

/* Whether words stand one behind the other anywhere (outside of quotes). */
bool ruling_has_phrase(const struct ruling *ruling, const char *words);

/* All rules, in the order in which their hazards are shown. */
typedef void (*ruling_fn)(struct ruling *ruling);
extern const ruling_fn ruling_rules[]; /* NULL-terminated */

/* advice.c: the safe way of a statement. Owner: ruling->owner. */
const char *advice_rewrite(const struct ruling *ruling, const char *table);
const char *advice_index(const struct ruling *ruling);
const char *advice_reindex(const struct ruling *ruling);
const char *advice_constraint(const struct ruling *ruling, const char *constraint);
const char *advice_unique(const struct ruling *ruling, const char *constraint);
const char *advice_not_null(const struct ruling *ruling, const char *column);
const char *advice_data_loss(const struct ruling *ruling, const char *kind, const char *name);
const char *advice_protection(const struct ruling *ruling, const char *kind, const char *name);
const char *advice_gone(const struct ruling *ruling, const char *kind, const char *name);
const char *advice_failure(const struct ruling *ruling);
const char *advice_renamed(const struct ruling *ruling, const struct fact_change *change);

#endif

/* See lockset.h. */
#include "migrate/guard/lockset.h"

struct need {
    const char *relation;
    enum lock_mode mode;
};

struct needs {
    struct need *items;
    size_t count;
};

static bool is_counted(const struct fact_lock *lock)
{
    return (lock->relkind == 'r' || lock->relkind == 'p') && lock->mode >= LOCK_SHARE;
}

static void add(struct needs *needs, TALLOC_CTX *owner, const struct fact_lock *lock)
{
    for (size_t i = 0; i < needs->count; i++) {
        if (strcmp(needs->items[i].relation, lock->relation) != 0)
            continue;
        needs->items[i].mode = lock->mode > needs->items[i].mode ? lock->mode : needs->items[i].mode;
        return;
    }
    needs->items = talloc_realloc(owner, needs->items, struct need, (unsigned)needs->count + 1);
    needs->items[needs->count++] = (struct need){lock->relation, lock->mode};
}

static int by_relation(const void *left, const void *right)
{
    const struct need *one = left, *other = right;
    return strcmp(one->relation, other->relation);
}

struct lockset lockset_of(TALLOC_CTX *owner, const struct plan_step *step)
{
    struct lockset set = {.at = step->file->statements.count};
    struct needs needs = {0};
    for (size_t i = 0; step->facts && i < step->file->statements.count; i++) {
        const struct facts *facts = &step->facts[i];
        for (size_t j = 0; j < facts->lock_count; j++) {
            if (!is_counted(&facts->locks[j]))
                continue;
            set.at = i < set.at ? i : set.at;
            add(&needs, owner, &facts->locks[j]);
        }
    }
    if (needs.count < 2)
        return set;
    qsort(needs.items, needs.count, sizeof *needs.items, by_relation);
    const char **statements = talloc_zero_array(owner, const char *, (unsigned)needs.count + 1);
    for (size_t i = 0; i < needs.count; i++)
        statements[i] = talloc_asprintf(owner, "LOCK TABLE ONLY %s IN %s MODE", needs.items[i].relation,
                                        lock_mode_sql(needs.items[i].mode));
    set.statements = statements;
    set.count = needs.count;
    return set;
}

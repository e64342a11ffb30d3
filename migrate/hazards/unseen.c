/* What is lost where neither the statement's opening nor the catalog tells: rows that WITH, a block or a function
 * deletes, and what DROP OWNED takes. */
#include "migrate/hazards/ruling.h"

static const char advice_delete[] = "Say which rows by WHERE; delete many of them in small batches.";

static bool is_scanned(const struct facts *facts, const char *relation)
{
    for (size_t i = 0; i < facts->scan_count; i++)
        if (!strcmp(facts->scans[i].relation, relation))
            return true;
    return false;
}

static bool is_found(const struct ruling *ruling, const char *table)
{
    for (size_t i = 0; i < ruling->found->count; i++)
        if (ruling->found->items[i].kind == &hazard_kinds[HAZARD_delete_all] &&
            !strcmp(ruling->found->items[i].object, table))
            return true;
    return false;
}

static void add_delete(struct ruling *ruling, const char *table)
{
    if (ruling_is_there(ruling, table) && !is_found(ruling, table))
        ruling_add(ruling, HAZARD_delete_all, table, advice_delete, "deletes every row of %s", table);
}

/* WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO archive ...: the table that is both written and read whole. */
static void delete_in_with(struct ruling *ruling)
{
    if (!ruling_begins(ruling, "WITH") || !ruling_has(ruling, "DELETE") || ruling_has(ruling, "WHERE"))
        return;
    for (size_t i = 0; i < ruling->facts->lock_count; i++) {
        const struct fact_lock *lock = &ruling->facts->locks[i];
        if (lock->mode == LOCK_ROW_EXCLUSIVE && is_scanned(ruling->facts, lock->relation))
            add_delete(ruling, lock->relation);
    }
}

/* A block or a function hides its text; the rows that it really deleted tell, where scratch has as many as the target.
 * A DELETE of the file itself has said by its WHERE which it means. */
static void rows_deleted(struct ruling *ruling)
{
    if (ruling_begins(ruling, "DELETE"))
        return;
    for (size_t i = 0; i < ruling->facts->tuple_count; i++) {
        const struct fact_tuples *tuples = &ruling->facts->tuples[i];
        const struct hazard_size *size = ruling_size(ruling, tuples->relation);
        if (size && size->rows > 0 && tuples->deleted >= size->rows)
            add_delete(ruling, tuples->relation);
    }
}

/* In scratch other roles own what is there, so that nothing falls. */
static void drop_owned(struct ruling *ruling)
{
    if (ruling_begins(ruling, "DROP OWNED"))
        ruling_add(
            ruling, HAZARD_data_loss, "", "Drop by name what is to go; REASSIGN OWNED BY keeps the rest.",
            "drops everything in the database that the role owns; a scratch copy, which has other owners, cannot "
            "show what that is");
}

/* Whether a relation is read as far as can be seen: ALTER TABLE looks at the catalog alone, and a block whose text is
 * there names what it reads behind FROM, JOIN, UPDATE, INTO. */
static bool is_read(const struct ruling *ruling, const struct fact_lock *lock)
{
    static const char *const openings[] = {"from", "join", "update", "into"};
    char *text = talloc_strndup(ruling->owner, ruling->statement->text, ruling->statement->size_bytes);
    const char *name = ruling_last_of(lock->relation);
    bool is_named = lock->mode <= LOCK_ROW_EXCLUSIVE || !ruling_begins(ruling, "DO");
    for (size_t i = 0; !is_named && i < countof(openings); i++)
        for (const char *at = text; !is_named && (at = strcasestr(at, openings[i])); at++) {
            const char *word = at + strlen(openings[i]);
            word += strspn(word, " \t\n\r");
            size_t length = strcspn(word, " \t\n\r;),('");
            const char *last = memrchr(word, '.', length);
            const char *begin = last ? last + 1 : word;
            is_named = (size_t)(word + length - begin) == strlen(name) && !strncasecmp(begin, name, strlen(name));
        }
    talloc_free(text);
    return is_named;
}

/* A block may branch on rows, of which the copy has none, or fewer. */
static void rows_decide(struct ruling *ruling)
{
    bool runs_code = ruling_begins(ruling, "DO") || ruling_begins(ruling, "CALL") || ruling_begins(ruling, "MERGE");
    for (size_t i = 0; runs_code && i < ruling->facts->lock_count; i++) {
        const char *relation = ruling->facts->locks[i].relation;
        const struct hazard_size *size = ruling_size(ruling, relation);
        char relkind = ruling->facts->locks[i].relkind;
        bool has_rows = relkind == 'r' || relkind == 'p' || relkind == 'm';
        if (!has_rows || !ruling_is_there(ruling, relation) || !size || size->rows == 0 ||
            !is_read(ruling, &ruling->facts->locks[i]))
            continue;
        ruling_add(
            ruling, HAZARD_rows_decide, relation,
            "Read what it does where there are rows; `pgdeck apply --dry-run` runs it on the target and rolls back.",
            "may do more than was seen where %s has rows", relation);
        return;
    }
}

void ruling_unseen_loss(struct ruling *ruling)
{
    rows_decide(ruling);
    drop_owned(ruling);
    delete_in_with(ruling);
    rows_deleted(ruling);
}

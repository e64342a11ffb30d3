/* Statements that write many rows at once. The copy has no rows, so that their number cannot be measured: what counts
 * is how the rows are found. By a unique key they are few; whoever reads a table whole, or joins, may write all of it.
 */
#include "migrate/hazards/ruling.h"

static bool is_index(char relkind) { return relkind == 'i' || relkind == 'I'; }

static bool is_read_whole(const struct ruling *ruling, const char *relation)
{
    for (size_t i = 0; i < ruling->facts->scan_count; i++)
        if (!strcmp(ruling->facts->scans[i].relation, relation))
            return true;
    return false;
}

/* WITH writes into several: the one that is read whole besides. */
static const char *written_table(const struct ruling *ruling)
{
    const char *written = NULL;
    for (size_t i = 0; i < ruling->facts->lock_count; i++) {
        const struct fact_lock *lock = &ruling->facts->locks[i];
        if (lock->mode != LOCK_ROW_EXCLUSIVE || is_index(lock->relkind) || lock->relkind == 'S' || lock->is_unnamed)
            continue;
        if (!written || is_read_whole(ruling, lock->relation))
            written = lock->relation;
    }
    return written;
}

/* The largest table that is there and is read whole; or NULL. */
static const char *largest_read(const struct ruling *ruling)
{
    const struct hazard_size *largest = NULL;
    for (size_t i = 0; i < ruling->facts->scan_count; i++) {
        const struct hazard_size *size = ruling_size(ruling, ruling->facts->scans[i].relation);
        if (size && (!largest || size->bytes > largest->bytes))
            largest = size;
    }
    return largest ? largest->relation : NULL;
}

/* Rows found by a unique key, and no other table read whole that would name many of them. */
static bool is_bound(const struct ruling *ruling, const char *table)
{
    const struct facts *facts = ruling->facts;
    bool has_key = false;
    for (size_t i = 0; i < facts->seek_count; i++)
        has_key = has_key || (facts->seeks[i].is_unique && !strcmp(facts->seeks[i].table, table));
    return has_key && facts->scan_count == 0;
}

/* WHERE true, WHERE 1 = 1: nothing but constants, up to the end or RETURNING. */
bool ruling_where_holds(const struct ruling *ruling)
{
    size_t at = 0;
    while (at < ruling->word_count && strcmp(ruling->words[at], "WHERE") != 0)
        at++;
    bool has_condition = false;
    for (at++; at < ruling->word_count && strcmp(ruling->words[at], "RETURNING") != 0; at++) {
        const char *word = ruling->words[at];
        bool is_constant = strspn(word, "0123456789") == strlen(word) || !strcmp(word, "TRUE") || !strcmp(word, "=") ||
                           !strcmp(word, "(") || !strcmp(word, ")") || !strcmp(word, "AND") || !strcmp(word, "OR");
        if (!is_constant)
            return false;
        has_condition = true;
    }
    return has_condition;
}

static const char *verb_of(const struct ruling *ruling)
{
    if (ruling_begins(ruling, "MERGE"))
        return "merges";
    if (ruling_has(ruling, "DELETE"))
        return "deletes";
    return ruling_has(ruling, "UPDATE") ? "updates" : "writes";
}

static const char *batches(const struct ruling *ruling, const char *table)
{
    return talloc_asprintf(ruling->owner,
                           "Write the rows in small batches, each a transaction of its own, found by the key:\n"
                           "... %s ... AND KEY BETWEEN ... AND ...;",
                           table);
}

/* INSERT ... SELECT writes what it reads. */
static void rows_inserted(struct ruling *ruling, const char *table)
{
    const char *source = largest_read(ruling);
    if (!source)
        return;
    ruling->weighed = source;
    ruling_add(ruling, HAZARD_many_rows, table, batches(ruling, source),
               "writes into %s what it reads from %s, in one transaction", table, source);
}

void ruling_many_rows(struct ruling *ruling)
{
    static const char *const openings[] = {"UPDATE", "DELETE", "MERGE", "WITH"};
    const char *table = written_table(ruling);
    bool is_writing = false;
    for (size_t i = 0; i < countof(openings); i++)
        is_writing = is_writing || ruling_begins(ruling, openings[i]);
    if (ruling_begins(ruling, "INSERT") && ruling_has(ruling, "SELECT") && table) {
        rows_inserted(ruling, table);
        return;
    }
    bool is_whole = !ruling_has(ruling, "WHERE") && !ruling_begins(ruling, "MERGE");
    if (!is_writing || !table || !ruling_is_there(ruling, table) || is_whole || ruling_where_holds(ruling))
        return;
    bool is_measured = ruling->facts->source == FACTS_MEASURED;
    if (is_measured && is_bound(ruling, table))
        return;
    ruling_add(ruling, HAZARD_many_rows, table, batches(ruling, table),
               "%s rows of %s that no unique key finds%s: it may be very many", verb_of(ruling), table,
               is_measured ? "" : ", as far as its words tell");
}

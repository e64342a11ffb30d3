/* The rules: facts in, hazards out. What lasts is told by what was read or written under a lock that others wait for;
 * what is lost, by what is gone from the catalog. Only what no catalog tells (a WHERE that is missing) is read from the
 * statement's words. */
#include "migrate/hazards/ruling.h"

#define LOCKS_MANY 64 /* the default max_locks_per_transaction */

static bool is_kind(const struct fact_object *object, const char *const *kinds)
{
    for (; *kinds; kinds++)
        if (!strcmp(object->kind, *kinds))
            return true;
    return false;
}

static bool is_index(char relkind) { return relkind == 'i' || relkind == 'I'; }

static bool is_transactional(const struct ruling *ruling) { return ruling->step->file->is_transactional; }

static const struct fact_object *created_of(const struct ruling *ruling, const char *kind, const char *table)
{
    for (size_t i = 0; i < ruling->facts->created_count; i++) {
        const struct fact_object *object = &ruling->facts->created[i];
        if (!strcmp(object->kind, kind) && (!table || !strcmp(ruling_table_of(ruling, object->name), table)))
            return object;
    }
    return NULL;
}

/* What is added NOT VALID reads nothing. */
static const struct fact_object *created_valid(const struct ruling *ruling, const char *kind, const char *table)
{
    const struct fact_object *object = created_of(ruling, kind, table);
    return object && object->state && strstr(object->state, "not valid") ? NULL : object;
}

/* ---- what is lost ---- */

static const char *const data_kinds[] = {"table", "column", NULL};

static void rule_data_loss(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    for (size_t i = 0; i < facts->dropped_count; i++) {
        const struct fact_object *object = &facts->dropped[i];
        bool is_column = !strcmp(object->kind, "column");
        const char *table = is_column ? ruling_table_of(ruling, object->name) : object->name;
        const struct hazard_size *size = ruling_size(ruling, table);
        if (!is_kind(object, data_kinds) || !ruling_is_there(ruling, table))
            continue;
        ruling_add(ruling, HAZARD_data_loss, object->name, advice_data_loss(ruling, object->kind, object->name),
                   "drops the %s %s%s with all that is in it%s", object->kind, object->name,
                   object->is_unnamed ? ", which it does not name," : "",
                   size ? talloc_asprintf(ruling->owner, " (%s)", hazard_size_words(ruling->owner, size)) : "");
    }
    for (size_t i = 0; i < facts->truncated_count; i++)
        if (ruling_is_there(ruling, facts->truncated[i].relation))
            ruling_add(ruling, HAZARD_data_loss, facts->truncated[i].relation,
                       "See that nobody needs the rows; keep them in another table first.", "empties %s",
                       facts->truncated[i].relation);
}

static const char *target_of_dml(const struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->lock_count; i++)
        if (ruling->facts->locks[i].mode == LOCK_ROW_EXCLUSIVE && !is_index(ruling->facts->locks[i].relkind) &&
            !ruling->facts->locks[i].is_unnamed)
            return ruling->facts->locks[i].relation;
    return NULL;
}

static void rule_all_rows(struct ruling *ruling)
{
    const char *table = target_of_dml(ruling);
    bool is_whole = !ruling_has(ruling, "WHERE") || ruling_where_holds(ruling);
    if (!table || !is_whole || !ruling_is_there(ruling, table))
        return;
    if (ruling_begins(ruling, "DELETE"))
        ruling_add(ruling, HAZARD_delete_all, table, "Say which rows by WHERE; delete many of them in small batches.",
                   "deletes every row of %s", table);
    if (ruling_begins(ruling, "UPDATE"))
        ruling_add(ruling, HAZARD_all_rows, table,
                   talloc_asprintf(ruling->owner,
                                   "Write the rows in small batches, each a transaction of its own:\nUPDATE %s SET ... "
                                   "WHERE KEY BETWEEN ... AND ...;",
                                   table),
                   "writes every row of %s in one transaction", table);
}

static void rule_server_object(struct ruling *ruling)
{
    static const char *const openings[] = {"DROP DATABASE", "DROP ROLE", "DROP USER", "DROP GROUP", "DROP TABLESPACE"};
    for (size_t i = 0; i < countof(openings); i++)
        if (ruling_begins(ruling, openings[i]))
            ruling_add(ruling, HAZARD_server_object, "", "Do it by hand, apart from a schema's migrations.",
                       "%s reaches beyond the database", openings[i]);
}

/* ---- what falls along ---- */

static const char *const keyed_kinds[] = {
    "index",      "primary key", "unique constraint", "foreign key", "check constraint", "exclusion constraint",
    "statistics", NULL};

static bool drops_column_of(const struct ruling *ruling, const struct fact_object *object)
{
    const char *own = ruling_table_of(ruling, object->name);
    for (size_t i = 0; i < ruling->facts->dropped_count; i++) {
        const struct fact_object *other = &ruling->facts->dropped[i];
        if (strcmp(other->kind, "column") != 0)
            continue;
        const char *table = ruling_table_of(ruling, other->name);
        bool is_in_schema = !strncmp(table, own, strlen(own));
        if (!strcmp(table, own) ||
            ((!strcmp(object->kind, "index") || !strcmp(object->kind, "statistics")) && is_in_schema))
            return true;
    }
    return false;
}

/* A serial's falls with its column or table, as it should. */
static bool is_owned_sequence(const struct ruling *ruling, const struct fact_object *object)
{
    for (size_t i = 0; !strcmp(object->kind, "sequence") && i < ruling->facts->dropped_count; i++)
        if (is_kind(&ruling->facts->dropped[i], data_kinds) || !strcmp(ruling->facts->dropped[i].kind, "identity"))
            return true;
    return false;
}

static void rule_falls_along(struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->dropped_count; i++) {
        const struct fact_object *object = &ruling->facts->dropped[i];
        bool is_part = ruling_begins(ruling, "DROP INDEX") && !strcmp(object->kind, "index"); /* of a partition */
        if (!object->is_unnamed || is_kind(object, data_kinds) || is_part || is_owned_sequence(ruling, object))
            continue;
        if (is_kind(object, keyed_kinds) && drops_column_of(ruling, object))
            ruling_add(ruling, HAZARD_index_falls, object->name,
                       "Drop it by name first, or make it anew without the column where it is still needed.",
                       "the %s %s falls with the column", object->kind, object->name);
        else
            ruling_add(ruling, HAZARD_cascade, object->name,
                       "Drop by name what is to go, without CASCADE: then nothing else can fall.",
                       "drops the %s %s, which it does not name", object->kind, object->name);
    }
}

/* ---- what lasts ---- */

static void rule_rewrite(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    for (size_t i = 0; i < facts->rewrite_count; i++) {
        const struct fact_relation *relation = &facts->rewrites[i];
        if (!ruling_is_there(ruling, relation->relation))
            continue;
        if (relation->relkind == 'm' && ruling_has(ruling, "NO"))
            ruling_add(ruling, HAZARD_not_readable, relation->relation,
                       talloc_asprintf(ruling->owner,
                                       "Fill it in the same file, or leave its rows:\nREFRESH MATERIALIZED VIEW %s;",
                                       relation->relation),
                       "empties %s; every query on it fails until it is refreshed", relation->relation);
        else if (relation->relkind == 'm')
            ruling_add(
                ruling, HAZARD_refresh, relation->relation,
                talloc_asprintf(ruling->owner,
                                "Let readers go on; it needs a unique index over all rows, and takes longer:\nREFRESH "
                                "MATERIALIZED VIEW CONCURRENTLY %s;",
                                relation->relation),
                "makes %s anew; nobody can read it meanwhile", relation->relation);
        else if (!is_index(relation->relkind))
            ruling_add(ruling, HAZARD_rewrite, relation->relation, advice_rewrite(ruling, relation->relation),
                       "writes %s anew under ACCESS EXCLUSIVE; nobody can read or write it meanwhile",
                       relation->relation);
    }
}

static bool is_rewritten(const struct facts *facts, const char *relation)
{
    for (size_t i = 0; i < facts->rewrite_count; i++)
        if (!strcmp(facts->rewrites[i].relation, relation))
            return true;
    return false;
}

static const char *column_made_not_null(const struct ruling *ruling, const char *table)
{
    for (size_t i = 0; i < ruling->facts->change_count; i++) {
        const struct fact_change *change = &ruling->facts->changes[i];
        if (change->what == BECAME_NOT_NULL && !strcmp(change->kind, "column") &&
            !strcmp(ruling_table_of(ruling, change->name), table))
            return change->name;
    }
    return NULL;
}

/* Indexes get new files with their table's, too: that is a rewrite, and no reindexing. */
static bool rebuilds_index(const struct facts *facts)
{
    bool has_index = false, has_table = false;
    for (size_t i = 0; i < facts->rewrite_count; i++) {
        has_index = has_index || is_index(facts->rewrites[i].relkind);
        has_table = has_table || !is_index(facts->rewrites[i].relkind);
    }
    return has_index && !has_table;
}

/* Constraints and indexes that read the table when they are made. */
static bool scan_of_constraint(struct ruling *ruling, const char *table)
{
    const struct fact_object *object;
    if ((object = created_of(ruling, "exclusion constraint", table)))
        ruling_add(ruling, HAZARD_exclusion_build, object->name,
                   "There is no online way: fill a new table that has the constraint, or take a maintenance window.",
                   "builds the index of %s while nobody can read or write %s", object->name, table);
    else if (!ruling_has(ruling, "USING") && ((object = created_of(ruling, "primary key", table)) ||
                                              (object = created_of(ruling, "unique constraint", table))))
        ruling_add(ruling, HAZARD_unique_build, object->name, advice_unique(ruling, object->name),
                   "reads %s whole for %s while nobody can read or write it; it fails where values are twice", table,
                   object->name);
    else if ((object = created_valid(ruling, "foreign key", table)))
        ruling_add(ruling, HAZARD_foreign_key_scan, object->name, advice_constraint(ruling, object->name),
                   "reads %s whole for %s while nobody can write to it; it fails where a row refers to nothing", table,
                   object->name);
    else if ((object = created_valid(ruling, "check constraint", table)))
        ruling_add(ruling, HAZARD_check_scan, object->name, advice_constraint(ruling, object->name),
                   "reads %s whole for %s while nobody can read or write it; it fails where a row does not hold", table,
                   object->name);
    return object != NULL;
}

static bool scan_of_index(struct ruling *ruling, const char *table)
{
    const struct fact_object *index = created_of(ruling, "index", NULL);
    if (index && ruling_begins(ruling, "CREATE"))
        ruling_add(ruling, HAZARD_index_build, table, advice_index(ruling), "builds %s while nobody can write to %s",
                   index->name, table);
    else if (rebuilds_index(ruling->facts))
        ruling_add(ruling, HAZARD_reindex, table, advice_reindex(ruling),
                   "builds indexes of %s anew while nobody can write to it; queries that would use them wait", table);
    else
        return false;
    return true;
}

static bool scan_of_partition(struct ruling *ruling, const char *table)
{
    bool builds = created_of(ruling, "index", NULL) && ruling_has(ruling, "ATTACH");
    bool is_attached = ruling_has(ruling, "PARTITION") && (ruling_has(ruling, "ATTACH") || ruling_has(ruling, "OF"));
    if (!is_attached)
        return false;
    ruling_add(ruling, HAZARD_partition_scan, table,
               talloc_asprintf(
                   ruling->owner,
                   "Prove it before, while others go on: a CHECK that says the bounds (on a default partition: "
                   "that excludes them), added NOT VALID and then validated, each a migration of its own:\n"
                   "ALTER TABLE %s ADD CONSTRAINT bounds CHECK (...) NOT VALID;\n"
                   "ALTER TABLE %s VALIDATE CONSTRAINT bounds;%s",
                   table, table, builds ? "\nBuild the indexes of the parent on it before, too, CONCURRENTLY." : ""),
               "reads %s whole to see that its rows fit%s, while nobody can read or write it", table,
               builds ? ", or to build the indexes that the parent has" : "");
    return true;
}

static void judge_scan(struct ruling *ruling, const char *table)
{
    const char *column = column_made_not_null(ruling, table);
    if (scan_of_constraint(ruling, table) || scan_of_partition(ruling, table) || scan_of_index(ruling, table))
        return;
    if (column)
        ruling_add(ruling, HAZARD_not_null_scan, column, advice_not_null(ruling, column),
                   "reads %s whole while nobody can read or write it; it fails where %s is NULL", table,
                   ruling_last_of(column));
    else if (ruling_begins(ruling, "ALTER DOMAIN"))
        ruling_add(
            ruling, HAZARD_domain_scan, table,
            "Add the constraint to the domain NOT VALID, and VALIDATE it in a migration of its own; better, put a "
            "CHECK on the tables.",
            "reads %s whole, whose column is of the domain, while nobody can write to it", table);
    else
        ruling_add(ruling, HAZARD_full_scan, table, "Do it in a maintenance window, or on a copy that is swapped in.",
                   "reads %s whole under %s", table, lock_mode_sql(ruling_lock_of(ruling->facts, table)));
}

static void rule_scan(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    for (size_t i = 0; i < facts->scan_count; i++) {
        const char *table = facts->scans[i].relation;
        bool blocks = ruling_lock_of(facts, table) >= LOCK_SHARE;
        bool is_view = facts->scans[i].relkind == 'm'; /* nobody writes to one */
        if (blocks && !is_view && !is_rewritten(facts, table) && ruling_is_there(ruling, table))
            judge_scan(ruling, table);
    }
}

/* ---- what a file does as a whole ---- */

/* The table, there already, that the statement reads or writes for as long as it is large; or NULL. */
static const char *works_on(const struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    bool writes = ruling_begins(ruling, "UPDATE") || ruling_begins(ruling, "DELETE") ||
                  (ruling_begins(ruling, "INSERT") && ruling_has(ruling, "SELECT"));
    for (size_t i = 0; i < facts->scan_count; i++)
        if (ruling_is_there(ruling, facts->scans[i].relation))
            return facts->scans[i].relation;
    for (size_t i = 0; i < facts->rewrite_count; i++)
        if (ruling_is_there(ruling, facts->rewrites[i].relation))
            return facts->rewrites[i].relation;
    const char *target = writes ? target_of_dml(ruling) : NULL;
    return target && ruling_is_there(ruling, target) ? target : NULL;
}

static bool is_exclusive(const struct ruling *ruling, const struct fact_lock *lock)
{
    bool is_table = lock->relkind == 'r' || lock->relkind == 'p';
    return is_table && lock->mode == LOCK_ACCESS_EXCLUSIVE && ruling_is_there(ruling, lock->relation);
}

/* The first table but `but` that an earlier statement of the transaction has locked as nobody can bear for long. */
static const char *held_before(const struct ruling *ruling, const char *but)
{
    for (size_t i = ruling->step->first_statement; i < ruling->index; i++) {
        const struct facts *facts = &ruling->step->facts[i];
        for (size_t j = 0; j < facts->lock_count; j++)
            if (is_exclusive(ruling, &facts->locks[j]) && (!but || strcmp(but, facts->locks[j].relation) != 0))
                return facts->locks[j].relation;
    }
    return NULL;
}

static bool is_held_before(const struct ruling *ruling, const char *relation)
{
    for (size_t i = ruling->step->first_statement; i < ruling->index; i++)
        if (ruling_lock_of(&ruling->step->facts[i], relation) == LOCK_ACCESS_EXCLUSIVE)
            return true;
    return false;
}

/* A lock that the statement itself needs is no more of a burden for having been taken before. */
static void rule_work_under_lock(struct ruling *ruling)
{
    const char *table = is_transactional(ruling) ? works_on(ruling) : NULL;
    bool is_own = table && ruling_lock_of(ruling->facts, table) == LOCK_ACCESS_EXCLUSIVE;
    const char *held = table ? held_before(ruling, is_own ? table : NULL) : NULL;
    if (!held)
        return;
    ruling->weighed = table;
    ruling_add(ruling, HAZARD_work_under_lock, held,
               "Put what takes long into a migration of its own, or before the statement that takes the lock.",
               "works on %s while the transaction holds %s under ACCESS EXCLUSIVE since an earlier statement", table,
               held);
}

static void rule_several_tables(struct ruling *ruling)
{
    for (size_t i = 0; is_transactional(ruling) && i < ruling->facts->lock_count; i++) {
        const struct fact_lock *lock = &ruling->facts->locks[i];
        const char *held = held_before(ruling, lock->relation);
        if (!is_exclusive(ruling, lock) || lock->is_unnamed || !held || is_held_before(ruling, lock->relation))
            continue;
        ruling_add(
            ruling, HAZARD_several_tables, lock->relation,
            "Give each table a migration of its own; what cannot be apart locks all of them first, in a fixed order.",
            "locks %s while the transaction holds %s", lock->relation, held);
        return;
    }
}

static bool was_added_before(const struct ruling *ruling, const char *constraint)
{
    for (size_t i = ruling->step->first_statement; i < ruling->index; i++) {
        const struct facts *facts = &ruling->step->facts[i];
        for (size_t j = 0; j < facts->created_count; j++)
            if (!strcmp(facts->created[j].name, constraint))
                return true;
    }
    return false;
}

static void rule_validate_together(struct ruling *ruling)
{
    for (size_t i = 0; is_transactional(ruling) && i < ruling->facts->change_count; i++) {
        const struct fact_change *change = &ruling->facts->changes[i];
        const char *table = ruling_table_of(ruling, change->name);
        if (change->what == BECAME_VALID && was_added_before(ruling, change->name) && ruling_is_there(ruling, table))
            ruling_add(ruling, HAZARD_validate_together, change->name,
                       "Validate it in a later migration: then others go on meanwhile.",
                       "reads %s whole while the lock that added %s is still held", table, change->name);
    }
}

/* ---- locks that surprise ---- */

/* The partitions of a table that is named are its own. */
static bool is_part_of_named(const struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->lock_count; i++)
        if (ruling->facts->locks[i].relkind == 'p' && !ruling->facts->locks[i].is_unnamed)
            return true;
    return false;
}

static void rule_unnamed_lock(struct ruling *ruling)
{
    size_t count = 0;
    bool is_expected =
        is_part_of_named(ruling) || ruling_begins(ruling, "DROP INDEX") || ruling_begins(ruling, "REINDEX");
    for (size_t i = 0; i < ruling->facts->lock_count; i++) {
        const struct fact_lock *lock = &ruling->facts->locks[i];
        bool is_table = lock->relkind == 'r' || lock->relkind == 'p' || lock->relkind == 'm';
        count += ruling_is_there(ruling, lock->relation);
        if (!is_table || !lock->is_unnamed || lock->mode < LOCK_SHARE || is_expected ||
            !ruling_is_there(ruling, lock->relation))
            continue;
        ruling_add(ruling, HAZARD_unnamed_lock, lock->relation,
                   talloc_asprintf(ruling->owner,
                                   "Whoever uses %s waits, too. Where others lock both, lock it first, as they do:\n"
                                   "LOCK TABLE %s IN %s MODE;",
                                   lock->relation, lock->relation, lock_mode_sql(lock->mode)),
                   "locks %s (%s), which it does not name", lock->relation, lock_mode_sql(lock->mode));
    }
    if (count > LOCKS_MANY)
        ruling_add(ruling, HAZARD_many_locks, "",
                   "Go partition by partition, and see that max_locks_per_transaction has room.",
                   "locks %zu relations in one transaction", count);
}

static char relkind_of(const struct facts *facts, const char *relation)
{
    for (size_t i = 0; i < facts->lock_count; i++)
        if (!strcmp(facts->locks[i].relation, relation))
            return facts->locks[i].relkind;
    return '-';
}

static void rule_drop_index(struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->dropped_count && ruling_begins(ruling, "DROP INDEX"); i++) {
        const struct fact_object *object = &ruling->facts->dropped[i];
        if (strcmp(object->kind, "index") != 0 || ruling_has(ruling, "CONCURRENTLY") || object->is_unnamed ||
            !ruling_is_there(ruling, object->name))
            continue;
        if (relkind_of(ruling->facts, object->name) == 'I') {
            ruling_add(ruling, HAZARD_drop_index, object->name,
                       "CONCURRENTLY cannot drop an index of a partitioned table: do it when few use the table.",
                       "drops %s under a lock on its table and every partition that nobody else can share",
                       object->name);
            continue;
        }
        ruling_add(
            ruling, HAZARD_drop_index, object->name,
            talloc_asprintf(ruling->owner,
                            "Let others go on, in a file with the head line \"-- pgdeck: no-transaction\":\nDROP INDEX "
                            "CONCURRENTLY %s;",
                            object->name),
            "drops %s under a lock on its table that nobody else can share", object->name);
    }
}

static void rule_detach(struct ruling *ruling)
{
    bool is_detach = ruling_begins(ruling, "ALTER TABLE") && ruling_has(ruling, "DETACH") &&
                     !ruling_has(ruling, "CONCURRENTLY") && !ruling_has(ruling, "FINALIZE");
    for (size_t i = 0; is_detach && i < ruling->facts->lock_count; i++) {
        const struct fact_lock *lock = &ruling->facts->locks[i];
        if (lock->relkind != 'p' || lock->mode != LOCK_ACCESS_EXCLUSIVE || lock->is_unnamed)
            continue;
        ruling_add(
            ruling, HAZARD_detach, lock->relation,
            ruling->sizes->server_version >= 140000
                ? "DETACH PARTITION ... CONCURRENTLY lets others go on, in a file with the head line \"-- pgdeck: "
                  "no-transaction\"; not where there is a default partition."
                : "Do it when few use the table; servers from 14 on can do it CONCURRENTLY.",
            "blocks everybody who uses %s", lock->relation);
    }
}

/* ---- what programs and people must know ---- */

static void rule_changes(struct ruling *ruling)
{
    static const char *const silent[] = {"index",       "primary key",      "unique constraint",
                                         "foreign key", "check constraint", "exclusion constraint",
                                         "statistics",  "trigger",          "policy",
                                         "rule",        "default",          NULL};
    for (size_t i = 0; i < ruling->facts->change_count; i++) {
        const struct fact_change *change = &ruling->facts->changes[i];
        const struct fact_object object = {.kind = change->kind, .name = change->name};
        if (change->what == BECAME_RENAMED && !is_kind(&object, silent))
            ruling_add(ruling, HAZARD_renamed, change->name, advice_renamed(ruling, change),
                       "renames the %s %s to %s; programs that use the old name fail", change->kind, change->from,
                       change->to);
        if (change->what == BECAME_TYPE && strcmp(change->kind, "view") && !ruling_begins(ruling, "ALTER TYPE") &&
            !ruling_begins(ruling, "ALTER DOMAIN"))
            ruling_add(
                ruling, HAZARD_type_changed, change->name,
                "Deploy programs that take both types before; sessions that are open prepare their statements anew.",
                "changes %s from %s to %s", change->name, change->from, change->to);
        if (change->what == BECAME_LOGGED_OR_NOT && !strcmp(change->to, "u"))
            ruling_add(ruling, HAZARD_unlogged, change->name, "Keep it logged unless its rows can be made again.",
                       "%s is empty after a crash, and is not replicated", change->name);
        if (change->what == BECAME_NULLABLE || change->what == BECAME_DISABLED)
            ruling_add(ruling, HAZARD_protection_dropped, change->name,
                       advice_protection(ruling, change->kind, change->name), "%s %s %s", change->kind, change->name,
                       change->what == BECAME_NULLABLE ? "takes NULL from now on" : "is switched off");
    }
}

static void rule_protection(struct ruling *ruling)
{
    static const char *const kinds[] = {"primary key",   "unique constraint",     "foreign key", "check constraint",
                                        "trigger",       "exclusion constraint",  "default",     "identity",
                                        "event trigger", "generation expression", NULL};
    for (size_t i = 0; i < ruling->facts->dropped_count; i++) {
        const struct fact_object *object = &ruling->facts->dropped[i];
        if (!object->is_unnamed && is_kind(object, kinds))
            ruling_add(ruling, HAZARD_protection_dropped, object->name,
                       advice_protection(ruling, object->kind, object->name), "drops the %s %s", object->kind,
                       object->name);
    }
    bool is_all = ruling_begins(ruling, "ALTER TABLE") && ruling_has(ruling, "DISABLE") &&
                  ruling_has(ruling, "TRIGGER") && ruling_has(ruling, "ALL");
    if (is_all && ruling->facts->lock_count)
        ruling_add(ruling, HAZARD_protection_dropped, ruling->facts->locks[0].relation,
                   talloc_asprintf(ruling->owner,
                                   "Switch them on again in the same file:\nALTER TABLE %s ENABLE TRIGGER ALL;",
                                   ruling->facts->locks[0].relation),
                   "switches all triggers of %s off, those of foreign keys too", ruling->facts->locks[0].relation);
}

/* "public.t" of "public.t (table): ...". */
static const char *object_of_right(const struct ruling *ruling, const char *line)
{
    const char *end = strstr(line, "): ");
    while (end && end > line && strncmp(end, " (", 2) != 0)
        end--;
    return talloc_strndup(ruling->owner, line, end ? (size_t)(end - line) : 0);
}

static void rule_rights(struct ruling *ruling)
{
    for (size_t i = 0; ruling->facts->privileges && ruling->facts->privileges[i]; i++)
        ruling_add(ruling, HAZARD_rights, object_of_right(ruling, ruling->facts->privileges[i]),
                   "See that whoever answers for access has agreed, and that no program loses what it needs.",
                   "rights change: %s", ruling->facts->privileges[i]);
}

static void rule_settings(struct ruling *ruling)
{
    static const char *const timeouts[] = {"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout",
                                           NULL};
    for (size_t i = 0; ruling->facts->settings && ruling->facts->settings[i]; i++) {
        const char *line = ruling->facts->settings[i];
        const char *name = talloc_strndup(ruling->owner, line, strcspn(line, " ,"));
        const struct fact_object setting = {.kind = name};
        bool is_hidden =
            !ruling_begins(ruling, "SET") && !ruling_begins(ruling, "RESET") && !ruling_begins(ruling, "SELECT");
        if (is_kind(&setting, timeouts))
            ruling_add(ruling, HAZARD_timeout_overruled, name,
                       "Say it in the head: \"-- pgdeck: lock-timeout 5s\", \"-- pgdeck: statement-timeout 10min\".",
                       "sets %s, which the run sets itself%s", line,
                       is_hidden ? "; a function or trigger that it runs does so" : "");
        else
            ruling_add(ruling, HAZARD_setting_leaks, name, "SET LOCAL ends with the transaction.",
                       "%s holds for the rest of the file", line);
    }
}

static void rule_extension(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    for (size_t i = 0; i < facts->created_count + facts->dropped_count; i++) {
        const struct fact_object *object =
            i < facts->created_count ? &facts->created[i] : &facts->dropped[i - facts->created_count];
        if (!strcmp(object->kind, "extension"))
            ruling_add(ruling, HAZARD_extension, object->name, "See that it is installed where the target runs.",
                       "the extension %s %s", object->name, i < facts->created_count ? "comes" : "goes");
    }
}

/* ---- what fails ---- */

static void rule_failure(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    if (facts->source == FACTS_MEASURED)
        return;
    if (facts->failure && !strcmp(facts->sqlstate, "57014"))
        ruling_add(ruling, HAZARD_unknown, "", "See that it can end soon, or expect that it lasts.",
                   "is not done in a scratch copy within the time for measuring; what it does is not known");
    else if (facts->failure)
        ruling_add(ruling, HAZARD_fails, "", advice_failure(ruling), "fails in a copy of the target's schema: %s",
                   facts->failure);
    else if (facts->source == FACTS_UNKNOWN)
        ruling_add(ruling, HAZARD_unknown, "", "Read what it does, and run it when few use the database.",
                   "what it locks and does is not known: %s", facts->reason ? facts->reason : "it was not measured");
}

static const struct fact_object *created_bare_column(const struct ruling *ruling)
{
    for (size_t i = 0; i < ruling->facts->created_count; i++) {
        const struct fact_object *object = &ruling->facts->created[i];
        if (!strcmp(object->kind, "column") && object->state && !strcmp(object->state, "not null without a default"))
            return object;
    }
    return NULL;
}

/* A copy without rows takes a column that no row can have. */
static void rule_fails_on_rows(struct ruling *ruling)
{
    const struct fact_object *column = created_bare_column(ruling);
    const char *table = column ? ruling_table_of(ruling, column->name) : NULL;
    const struct hazard_size *size = table ? ruling_size(ruling, table) : NULL;
    if (!table || is_rewritten(ruling->facts, table) || !size || size->rows == 0)
        return;
    ruling_add(ruling, HAZARD_fails_on_rows, column->name,
               talloc_asprintf(
                   ruling->owner,
                   "Give it a constant default, or add it without NOT NULL, fill it in small batches, and then:\n%s",
                   advice_not_null(ruling, column->name)),
               "fails, since %s has rows (%s) and %s gives them no value", table,
               hazard_size_words(ruling->owner, size), ruling_last_of(column->name));
}

static void rule_invalid_kept(struct ruling *ruling)
{
    bool is_blind =
        ruling_begins(ruling, "CREATE") && ruling_has(ruling, "CONCURRENTLY") && ruling_has(ruling, "EXISTS");
    if (is_blind)
        ruling_add(ruling, HAZARD_invalid_kept, "",
                   "Drop first what a failed attempt may have left (DROP INDEX CONCURRENTLY IF EXISTS ...), or look at "
                   "pg_index.indisvalid behind it.",
                   "an invalid index of that name would be taken for done");
}

const ruling_fn ruling_rules[] = {
    rule_failure,         rule_data_loss,
    rule_server_object,   rule_all_rows,
    ruling_unseen_loss,   rule_falls_along,
    rule_rewrite,         rule_scan,
    rule_work_under_lock, rule_validate_together,
    rule_fails_on_rows,   rule_drop_index,
    rule_detach,          rule_unnamed_lock,
    rule_several_tables,  rule_invalid_kept,
    rule_changes,         rule_protection,
    rule_rights,          rule_settings,
    rule_extension,       ruling_clients,
    ruling_many_rows,     ruling_design,
    ruling_style,         NULL,
};

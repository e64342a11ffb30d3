/* The safe ways, written out for the statement at hand: what can be taken over as it stands. */
#include <ctype.h>

#include "migrate/hazards/ruling.h"

#define TEXT_MOST 600 /* bytes of a statement that is repeated in an advice */
#define ALONE "in a file with the head line \"-- pgdeck: no-transaction\""

/* The statement, or NULL where it is too long to be repeated, or hidden in a DO block. */
static char *text_of(const struct ruling *ruling)
{
    const struct statement *statement = ruling->statement;
    if (statement->size_bytes > TEXT_MOST || ruling_begins(ruling, "DO") || ruling_begins(ruling, "SELECT"))
        return NULL;
    return talloc_strndup(ruling->owner, statement->text, statement->size_bytes);
}

/* Behind the word (not quoted, any case), which must be there. */
static char *insert_behind(const struct ruling *ruling, const char *word, const char *addition)
{
    char *text = text_of(ruling);
    char *at = text ? strcasestr(text, word) : NULL;
    if (!at)
        return NULL;
    at += strlen(word);
    return talloc_asprintf(ruling->owner, "%.*s %s%s", (int)(at - text), text, addition, at);
}

const char *advice_index(const struct ruling *ruling)
{
    char *text = insert_behind(ruling, "INDEX", "CONCURRENTLY");
    if (!text)
        return "Build it with CREATE INDEX CONCURRENTLY, " ALONE ".";
    return talloc_asprintf(ruling->owner, "Build it while others go on, " ALONE ":\n%s;", text);
}

const char *advice_reindex(const struct ruling *ruling)
{
    char *text = insert_behind(ruling, ruling_has(ruling, "INDEX") ? "INDEX" : "TABLE", "CONCURRENTLY");
    if (!text)
        return "REINDEX ... CONCURRENTLY lets others go on, " ALONE ".";
    return talloc_asprintf(ruling->owner, "Build it anew while others go on, " ALONE ":\n%s;", text);
}

const char *advice_constraint(const struct ruling *ruling, const char *constraint)
{
    const char *table = ruling_table_of(ruling, constraint), *name = ruling_last_of(constraint);
    bool is_added = ruling_has(ruling, "CONSTRAINT") || ruling_has(ruling, "CHECK") || ruling_has(ruling, "REFERENCES");
    char *text = is_added && !ruling_has(ruling, "COLUMN") ? text_of(ruling) : NULL;
    if (text)
        return talloc_asprintf(
            ruling->owner,
            "Add it without looking at the rows that are there, and look later, in a migration of its "
            "own, while others go on:\n%s NOT VALID;\nALTER TABLE %s VALIDATE CONSTRAINT %s;",
            text, table, name);
    return talloc_asprintf(ruling->owner,
                           "Add the column alone, then the constraint as NOT VALID, and look at the rows later, in a "
                           "migration of its own, while others go on:\nALTER TABLE %s VALIDATE CONSTRAINT %s;",
                           table, name);
}

const char *advice_unique(const struct ruling *ruling, const char *constraint)
{
    const char *table = ruling_table_of(ruling, constraint), *name = ruling_last_of(constraint);
    bool is_primary = ruling_has(ruling, "PRIMARY");
    return talloc_asprintf(
        ruling->owner,
        "Build the index first, " ALONE ", then take it:\nCREATE UNIQUE INDEX CONCURRENTLY %s ON %s "
        "(...);\nALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s;%s",
        name, table, table, name, is_primary ? "PRIMARY KEY" : "UNIQUE", name,
        is_primary ? "\nIts columns must be NOT NULL before, or the table is read whole all the same." : "");
}

const char *advice_not_null(const struct ruling *ruling, const char *column)
{
    const char *table = ruling_table_of(ruling, column), *name = ruling_last_of(column);
    bool is_quoted = *name == '"';
    const char *check = is_quoted ? "the_check" : talloc_asprintf(ruling->owner, "%s_not_null", name);
    return talloc_asprintf(
        ruling->owner,
        "Let a validated CHECK prove it, each step a migration of its own; the last one reads nothing then:\n"
        "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;\n"
        "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n"
        "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL, DROP CONSTRAINT %s;",
        table, check, name, table, check, table, name, check);
}

/* What kind of a rewrite it is decides on the way around it. */
static const struct fact_change *type_change_of(const struct facts *facts, const struct ruling *ruling,
                                                const char *table)
{
    for (size_t i = 0; i < facts->change_count; i++)
        if (facts->changes[i].what == BECAME_TYPE && !strcmp(ruling_table_of(ruling, facts->changes[i].name), table))
            return &facts->changes[i];
    return NULL;
}

static const char *created_column(const struct ruling *ruling, const char *table)
{
    for (size_t i = 0; i < ruling->facts->created_count; i++) {
        const struct fact_object *object = &ruling->facts->created[i];
        if (!strcmp(object->kind, "column") && !strcmp(ruling_table_of(ruling, object->name), table))
            return ruling_last_of(object->name);
    }
    return NULL;
}

static const char *advice_new_column(const struct ruling *ruling, const char *table, const char *column)
{
    return talloc_asprintf(
        ruling->owner,
        "Add the column plain, give new rows their value by a default, and fill the old rows in small batches later:\n"
        "ALTER TABLE %s ADD COLUMN %s TYPE;\nALTER TABLE %s ALTER COLUMN %s SET DEFAULT ...;\n"
        "UPDATE %s SET %s = ... WHERE %s IS NULL AND KEY BETWEEN ... AND ...;",
        table, column, table, column, table, column, column);
}

const char *advice_rewrite(const struct ruling *ruling, const char *table)
{
    const struct fact_change *change = type_change_of(ruling->facts, ruling, table);
    const char *column = created_column(ruling, table);
    if (ruling_begins(ruling, "VACUUM") || ruling_begins(ruling, "CLUSTER"))
        return "pg_repack does the same while others go on; plain VACUUM makes the room usable again without it.";
    if (column)
        return advice_new_column(ruling, table, column);
    if (!change)
        return "Do it in a maintenance window, or fill a new table beside it and swap the names.";
    column = ruling_last_of(change->name);
    return talloc_asprintf(
        ruling->owner,
        "Change the type in steps: a new column, kept equal by a trigger, filled in small batches, then "
        "swapped by name:\nALTER TABLE %s ADD COLUMN new_%s %s;\n"
        "UPDATE %s SET new_%s = %s WHERE KEY BETWEEN ... AND ...;\n"
        "ALTER TABLE %s RENAME COLUMN %s TO old_%s;\nALTER TABLE %s RENAME COLUMN new_%s TO %s;",
        table, *column == '"' ? "column" : column, change->to, table, *column == '"' ? "column" : column, column, table,
        column, *column == '"' ? "column" : column, table, *column == '"' ? "column" : column, column);
}

const char *advice_data_loss(const struct ruling *ruling, const char *kind, const char *name)
{
    const char *last = ruling_last_of(name);
    const char *old = *last == '"' ? "to_be_dropped" : talloc_asprintf(ruling->owner, "%s_to_be_dropped", last);
    if (!strcmp(kind, "column"))
        return talloc_asprintf(
            ruling->owner,
            "See that no program uses it any more; take it out of sight first, and drop it in a later "
            "release:\nALTER TABLE %s RENAME COLUMN %s TO %s;",
            ruling_table_of(ruling, name), last, old);
    return talloc_asprintf(ruling->owner,
                           "See that no program uses it any more; take it out of sight first, and drop it in a later "
                           "release:\nALTER TABLE %s RENAME TO %s;",
                           name, old);
}

/* How a thing of that kind is taken out of sight. */
static const struct {
    const char *kind, *renaming;
} renamings[] = {
    {"view", "ALTER VIEW"},
    {"materialized view", "ALTER MATERIALIZED VIEW"},
    {"function", "ALTER FUNCTION"},
    {"procedure", "ALTER PROCEDURE"},
    {"aggregate", "ALTER AGGREGATE"},
    {"enum", "ALTER TYPE"},
    {"type", "ALTER TYPE"},
    {"range", "ALTER TYPE"},
    {"domain", "ALTER DOMAIN"},
    {"schema", "ALTER SCHEMA"},
    {"sequence", "ALTER SEQUENCE"},
    {"foreign table", "ALTER FOREIGN TABLE"},
    {"publication", "ALTER PUBLICATION"},
};

/* The name alone, of "app.f(a integer)" as well. */
static char *base_of(const struct ruling *ruling, const char *name)
{
    char *whole = talloc_strndup(ruling->owner, name, strcspn(name, "("));
    const char *last = ruling_last_of(whole);
    return *last == '"' ? talloc_strdup(ruling->owner, "gone") : talloc_strdup(ruling->owner, last);
}

const char *advice_gone(const struct ruling *ruling, const char *kind, const char *name)
{
    const char *first =
        "See that no program uses it any more; take it out of sight first, and drop it in a later release:";
    if (!strcmp(kind, "sequence"))
        first =
            "Note where it stands (SELECT last_value, is_called FROM it); take it out of sight first, and drop it in a "
            "later release:";
    if (!strcmp(kind, "materialized view"))
        first =
            "To change it, make the new one beside it and swap the names; else take it out of sight first, and drop it in "
            "a later release:";
    for (size_t i = 0; i < countof(renamings); i++)
        if (!strcmp(renamings[i].kind, kind))
            return talloc_asprintf(ruling->owner, "%s\n%s %s RENAME TO %s_to_be_dropped;", first, renamings[i].renaming,
                                   name, base_of(ruling, name));
    return "See that no program uses it any more.";
}

const char *advice_protection(const struct ruling *ruling, const char *kind, const char *name)
{
    const char *table = ruling_table_of(ruling, name), *last = ruling_last_of(name);
    if (!strcmp(kind, "trigger"))
        return talloc_asprintf(ruling->owner,
                               "Where it is only in the way, switch it off and on again in the same file:\n"
                               "ALTER TABLE %s DISABLE TRIGGER %s;\nALTER TABLE %s ENABLE TRIGGER %s;",
                               table, last, table, last);
    if (!strcmp(kind, "default") || !strcmp(kind, "identity"))
        return "See first that every program gives the value itself; rows without it are NULL from now on, or refused.";
    if (!strcmp(kind, "generation expression"))
        return "The column keeps the values that it has; see that programs, or a trigger, fill it from now on.";
    if (!strcmp(kind, "column"))
        return "See first that every program can read NULL there.";
    return "Where another rule takes its place, add that first (NOT VALID, then VALIDATE), and drop this one then.";
}

static const struct {
    const char *sqlstate, *advice;
} failures[] = {
    {"55P04",
     "A new label of an enum can be used only after the commit: put the statement into a migration of its own."},
    {"25001", "It cannot run in a transaction: put it into a file with the head line \"-- pgdeck: no-transaction\"."},
    {"42P07", "It is there already: see where from, and say IF NOT EXISTS only where what is there is right."},
    {"42701", "The column is there already: see where from."},
    {"42P01", "What it names is not there: is the order of the files right, and the search_path?"},
    {"42703", "The column that it names is not there: is the order of the files right?"},
    {"2BP01", "Others depend on it: drop or change them first, by name; CASCADE drops them unseen."},
    {"0A000", "The server does not do this as it stands: another order or another statement is needed."},
};

/* One SQLSTATE for all that the server does not support: the statement tells which it is. */
static const char *advice_unsupported(const struct ruling *ruling)
{
    if (ruling_begins(ruling, "CREATE") && ruling_has(ruling, "INDEX") && ruling_has(ruling, "CONCURRENTLY"))
        return "For an index on a partitioned table: CREATE INDEX ... ON ONLY the parent, CREATE INDEX CONCURRENTLY on "
               "each partition, then ALTER INDEX ... ATTACH PARTITION.";
    if (ruling_begins(ruling, "ALTER TABLE") && ruling_has(ruling, "TYPE"))
        return "Where a view, a rule or a trigger uses the column: drop it first, and make it again afterwards, in the "
               "same file.";
    return NULL;
}

const char *advice_failure(const struct ruling *ruling)
{
    const char *unsupported = strcmp(ruling->facts->sqlstate, "0A000") ? NULL : advice_unsupported(ruling);
    if (unsupported)
        return unsupported;
    for (size_t i = 0; i < countof(failures); i++)
        if (!strcmp(failures[i].sqlstate, ruling->facts->sqlstate))
            return failures[i].advice;
    return "Mend the statement; `pgdeck plan` measures it again.";
}

const char *advice_renamed(const struct ruling *ruling, const struct fact_change *change)
{
    if (!strcmp(change->kind, "table"))
        return talloc_asprintf(
            ruling->owner,
            "Keep the old name for programs that still use it, in the same transaction, until they do "
            "not:\nCREATE VIEW %s AS SELECT * FROM %s;",
            change->from, change->to);
    if (!strcmp(change->kind, "column"))
        return "Add a column of the new name, keep both equal by a trigger, move the programs over, then drop the old one.";
    return "Deploy programs that know both names before, or change them at the same moment.";
}

/* The rules that are asked of the target: connection, migration.unchanged, migration.order, migration.complete. */
#include "migrate/rules/rule.h"

#include <inttypes.h>

extern const char sql_invalid_indexes[];

bool rule_connection(struct rule_case *rule_case, struct error *error)
{
    const struct error *failure;
    const struct session_facts *facts = inquiry_facts(rule_case->inquiry, &failure);
    if (!facts)
        return rule_blame(rule_case, failure, error);
    rule_evidence(rule_case, "PostgreSQL %s answers as %s, %s%s", facts->server_version, facts->role,
                  facts->in_recovery ? "standby" : "primary", facts->is_pooled ? ", through a pooler" : "");
    return true;
}

/* The status, or the rule is skipped; *ok: what the judge returns then. */
static const struct status *status_of(struct rule_case *rule_case, bool *ok, struct error *error)
{
    const struct error *failure;
    const struct status *status = inquiry_status(rule_case->inquiry, &failure);
    if (!status)
        *ok = rule_give_up(rule_case, failure, error);
    else if (status->ledger->shape == LEDGER_ABSENT)
        *ok = rule_skip(rule_case,
                        "the ledger %s.%s does not exist in the target; to adopt a database that was made without one: "
                        "\"pgdeck mark VERSION... --applied --reason TEXT\"",
                        status->ledger->schema, status->ledger->name);
    else
        return status;
    return NULL;
}

static const char *file_of(const struct migration *migration) { return migration->file ? migration->file->path : NULL; }

static const char *version_words(const struct rule_case *rule_case, const struct migration *migration)
{
    return talloc_asprintf(rule_case->memory, "version %s", migration->version);
}

bool rule_migration_unchanged(struct rule_case *rule_case, struct error *error)
{
    bool ok = true;
    const struct status *status = status_of(rule_case, &ok, error);
    size_t unknown = 0, applied = 0;
    for (size_t i = 0; status && i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        applied += migration->row != NULL;
        unknown += migration->row && !migration->row->checksum;
        if (migration->state == MIGRATION_CHANGED)
            rule_find(rule_case, &(struct rule_finding){
                                     .message = "the file is not the one that was applied: its checksum is another",
                                     .file = file_of(migration),
                                     .object = version_words(rule_case, migration),
                                     .hint = "Restore the file and write the change as a new migration; or, where the "
                                             "change is known to make no difference, \"pgdeck mark VERSION --accept "
                                             "--reason TEXT\"."});
        else if (migration->state == MIGRATION_MISSING)
            rule_find(
                rule_case,
                &(struct rule_finding){
                    .message = talloc_asprintf(rule_case->memory, "version %s is applied, and there is no file of it",
                                               migration->version),
                    .object = version_words(rule_case, migration),
                    .hint = "Restore the file from version control; or, if it was applied by mistake "
                            "and taken back by hand, \"pgdeck mark VERSION --pending --reason TEXT\"."});
    }
    if (status)
        rule_evidence(rule_case, "%zu applied%s", applied,
                      unknown ? talloc_asprintf(rule_case->memory, ", %zu of them without a checksum", unknown) : "");
    return ok;
}

bool rule_migration_order(struct rule_case *rule_case, struct error *error)
{
    bool ok = true;
    const struct status *status = status_of(rule_case, &ok, error);
    for (size_t i = 0; status && i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        if (migration->state == MIGRATION_OUT_OF_ORDER)
            rule_find(
                rule_case,
                &(struct rule_finding){
                    .message = talloc_asprintf(rule_case->memory, "pending, below the highest applied version %" PRId64,
                                               status->highest_applied),
                    .file = file_of(migration),
                    .object = version_words(rule_case, migration),
                    .hint = "Rename the file to the next free version; or apply it where it stands with \"pgdeck "
                            "apply --out-of-order\", if it does not depend on what was applied since."});
    }
    if (status)
        rule_evidence(rule_case, "%zu pending", status->counts[MIGRATION_PENDING]);
    return ok;
}

struct invalid_index {
    const char *name, *relation, *definition;
    bool is_constraint, is_partitioned;
};

static const struct column index_columns[] = {
    COLUMN(struct invalid_index, name),           COLUMN(struct invalid_index, relation),
    COLUMN(struct invalid_index, definition),     COLUMN(struct invalid_index, is_constraint),
    COLUMN(struct invalid_index, is_partitioned),
};

static const char *index_hint(const struct rule_case *rule_case, const struct invalid_index *index)
{
    if (index->is_partitioned)
        return "Make and attach the indexes of the partitions that lack one: ALTER INDEX ... ATTACH PARTITION.";
    if (index->is_constraint)
        return talloc_asprintf(rule_case->memory, "Build it anew: REINDEX INDEX CONCURRENTLY %s;", index->name);
    return talloc_asprintf(rule_case->memory,
                           "Drop it and build it anew: DROP INDEX CONCURRENTLY %s; or REINDEX INDEX CONCURRENTLY %s;",
                           index->name, index->name);
}

static bool find_invalid(struct rule_case *rule_case, struct session *session, struct error *failure)
{
    struct result *result =
        connection_query(rule_case->memory, session->connection, NO_PARAMETERS, failure, sql_invalid_indexes);
    size_t count = 0;
    const struct invalid_index *indexes =
        result ? result_bind(result, index_columns, countof(index_columns), sizeof *indexes, &count, failure) : NULL;
    for (size_t i = 0; i < count; i++)
        rule_find(rule_case,
                  &(struct rule_finding){.message = talloc_asprintf(rule_case->memory,
                                                                    "index %s of %s is invalid: no query uses it",
                                                                    indexes[i].name, indexes[i].relation),
                                         .object = indexes[i].name,
                                         .hint = index_hint(rule_case, &indexes[i])});
    return indexes != NULL;
}

static void find_incomplete(struct rule_case *rule_case, const struct status *status)
{
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        if (migration->state == MIGRATION_INCOMPLETE)
            rule_find(rule_case,
                      &(struct rule_finding){.message = "stopped midway: some of its steps are done, the rest is not",
                                             .file = file_of(migration),
                                             .object = version_words(rule_case, migration),
                                             .hint = "\"pgdeck apply\" resumes it; \"pgdeck journal\" tells "
                                                     "what happened."});
    }
}

/* Indexes are looked at whether there is a ledger or not. */
bool rule_migration_complete(struct rule_case *rule_case, struct error *error)
{
    const struct error *failure;
    struct session *session = inquiry_session(rule_case->inquiry, &failure);
    const struct status *status = session ? inquiry_status(rule_case->inquiry, &failure) : NULL;
    if (!status)
        return rule_give_up(rule_case, failure, error);
    find_incomplete(rule_case, status);
    rule_evidence(rule_case, "the ledger, the journal, and every index of the target");
    struct error *trouble = error_new(rule_case->memory);
    return find_invalid(rule_case, session, trouble) || rule_give_up(rule_case, trouble, error);
}

/* What a plan itself makes one beware of: see preflight_plan.h. */
#include "migrate/preflight_plan.h"

#include "migrate/hazard.h"

/* ---- the circuit breaker ---- */

/* The first statement of a file that works under its locks for as long as a table is large; NULL: none, or it runs
 * where nobody waits. */
static const struct hazard *long_work(const struct plan_step *step, int *line)
{
    for (size_t i = step->first_statement; step->hazards && i < step->file->statements.count; i++) {
        const struct statement *statement = &step->file->statements.items[i];
        for (size_t j = 0; statement->kind != STATEMENT_CONCURRENTLY && j < step->hazards[i].count; j++) {
            const struct hazard *hazard = &step->hazards[i].items[j];
            *line = statement->line;
            if (hazard->kind->weight == WEIGHT_BY_SIZE && hazard->danger >= DANGER_HIGH)
                return hazard;
        }
    }
    return NULL;
}

/* Allowed or not: that somebody wants it does not make it shorter. */
static void foresee_breaker(struct preflight *preflight, const struct plan *plan, const struct settings *settings)
{
    int64_t wait_ms = settings_number(settings, SETTING_breaker_wait);
    for (size_t i = 0; wait_ms > 0 && i < plan->count; i++) {
        int line;
        const struct hazard *hazard = long_work(&plan->steps[i], &line);
        if (!hazard)
            continue;
        preflight_find(
            preflight, PREFLIGHT_WARNS,
            talloc_asprintf(
                preflight,
                "%s (line %d) works long under its locks (%s%s%s): the run stops it where others have waited for %lld ms "
                "behind it (breaker_wait)",
                plan->steps[i].file->version, line, hazard->kind->id, *hazard->object ? " of " : "", hazard->object,
                (long long)wait_ms),
            "Take the safe way that the plan shows; or, at a quiet hour, let others wait for as long as it takes: set "
            "PGDECK_BREAKER_WAIT=10min for that run (0: without end).");
    }
}

/* ---- the files ---- */

/* The line of the first character that shows text in another order than it is run, or not at all; 0: none. *character:
 * which. U+202A to U+202E, U+2066 to U+2069, U+200B. Source: CVE-2021-42574. */
static int hidden_line(const struct migration_file *file, unsigned *character)
{
    int line = 1;
    const unsigned char *text = (const unsigned char *)file->text;
    for (size_t i = 0; i + 2 < file->size_bytes; i++) {
        line += text[i] == '\n';
        *character = ((text[i] & 0x0fu) << 12) | ((text[i + 1] & 0x3fu) << 6) | (text[i + 2] & 0x3fu);
        if (text[i] == 0xe2 && ((*character >= 0x202a && *character <= 0x202e) ||
                                (*character >= 0x2066 && *character <= 0x2069) || *character == 0x200b))
            return line;
    }
    return 0;
}

static void look_at_files(struct preflight *preflight, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct migration_file *file = plan->steps[i].file;
        unsigned character;
        int line = hidden_line(file, &character);
        if (line > 0)
            preflight_find(
                preflight, PREFLIGHT_WARNS,
                talloc_asprintf(
                    preflight,
                    "%s:%d holds U+%04X, which an editor does not show, or which shows the text behind it in "
                    "another order than the server reads it",
                    file->path, line, character),
                "Look at the line as `pgdeck plan --verbose` shows it; take the character out where it is no data.");
    }
}

/* ---- what was applied once ---- */

/* The newest word of the journal on a version without a row is that it was applied: the row was taken out by hand, or
 * the ledger was. */
bool preflight_ask_journal(struct preflight *preflight, struct connection *connection, const struct plan *plan,
                           struct error *error)
{
    const struct ledger *ledger = plan->status->ledger;
    TALLOC_CTX *memory = talloc_new(NULL);
    char *versions = talloc_strdup(memory, "{");
    for (size_t i = 0; i < plan->count; i++)
        versions = talloc_asprintf_append(versions, "%s%s", i ? "," : "", plan->steps[i].file->version);
    struct error *refusal = error_new(memory);
    struct result *result =
        ledger->has_journal
            ? connection_query(
                  memory, connection, PARAMETERS(talloc_strdup_append(versions, "}")), refusal,
                  talloc_asprintf(
                      memory,
                      "SELECT v.version, v.at FROM (SELECT DISTINCT ON (j.version) j.version, j.event,"
                      " pg_catalog.to_char(j.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS at"
                      " FROM %s AS j WHERE j.version = ANY ($1::text[]) AND j.event IN ('applied', 'marked', 'resolved')"
                      " ORDER BY j.version, j.id DESC) AS v WHERE v.event = 'applied' ORDER BY v.version",
                      ledger->journal))
            : NULL;
    for (size_t i = 0; result && i < result_row_count(result); i++) {
        const char *version = result_cell(result, i, 0);
        preflight_find(
            preflight, PREFLIGHT_WARNS,
            talloc_asprintf(
                preflight,
                "%s was applied at %s UTC, as the journal has it, and its row is gone from the ledger: it would be run again",
                version, result_cell(result, i, 1)),
            talloc_asprintf(preflight, "Where it stands, say `pgdeck mark %s --applied --reason TEXT` instead.",
                            version));
    }
    bool ok = !refusal->is_connection_lost && refusal->code != ERROR_CANCELLED;
    if (!ok)
        error_copy(error, refusal);
    talloc_free(memory);
    return ok;
}

void preflight_foresee(struct preflight *preflight, const struct plan *plan, const struct settings *settings)
{
    foresee_breaker(preflight, plan, settings);
    look_at_files(preflight, plan);
}

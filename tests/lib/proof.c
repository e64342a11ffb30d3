/* See proof.h. */
#include "tests/lib/proof.h"

#include <libpq-fe.h>

#include "migrate/emit.h"
#include "migrate/snapshot.h"
#include "tests/lib/row_memory.h"
#include "tests/lib/schema_dump.h"
#include "tests/lib/sql_run.h"

static const char *const side_names[PROOF_DIRECTIONS] = {"from", "to"};
static const char *const direction_names[PROOF_DIRECTIONS] = {"from -> to", "to -> from"};

/* A database and what was read of it. */
struct side {
    enum bench_place place;
    PGconn *session;
    struct snapshot *snapshot;
    struct row_memory *rows;
    struct schema_dump *dump;
};

struct work {
    struct workbench *bench;
    const struct proof_case *proof_case;
    struct proof *proof;
    struct side sides[PROOF_DIRECTIONS];
    bool is_atomic[PROOF_DIRECTIONS]; /* the script is one transaction */
};

static PRINTF_LIKE(2, 3) bool complain(struct work *work, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct proof *proof = work->proof;
    proof->report = proof->report ? proof->report : talloc_strdup(proof, "");
    proof->report = talloc_vasprintf_append(proof->report, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- databases ---- */

static bool build(struct work *work, PGconn *connection, const char *what, const char *sql)
{
    struct sql_failure failure;
    if (sql_run(work->proof, connection, sql, &failure))
        return true;
    return complain(work, "%s cannot be built: %s\n  %s\n", what, failure.message, failure.statement);
}

static bool open_side(struct work *work, enum proof_direction which)
{
    struct side *side = &work->sides[which];
    const struct proof_case *proof_case = work->proof_case;
    const char *report = "";
    side->place = which == PROOF_FORWARD ? BENCH_FROM : BENCH_TO;
    side->session = workbench_open(work->bench, side->place, &report);
    if (!side->session)
        return complain(work, "%s: %s", side_names[which], report);
    return build(work, side->session, side_names[which], which == PROOF_FORWARD ? proof_case->from : proof_case->to);
}

/* ---- reading ---- */

static struct snapshot *take_snapshot(struct work *work, enum bench_place place)
{
    struct error *error = error_new(work->proof);
    const char *report = "";
    struct connection *connection = workbench_connection(work->bench, place, &report);
    struct snapshot *snapshot =
        connection ? snapshot_take(work->proof, connection, &(struct snapshot_options){0}, error) : NULL;
    if (!snapshot)
        complain(work, "no snapshot of %s: %s\n", workbench_database(work->bench, place),
                 connection ? error->message : report);
    return snapshot;
}

static bool read_sides(struct work *work, struct side *sides, int count)
{
    bool is_read = true;
    enum dump_privileges privileges =
        work->proof_case->privileges == PROOF_WITH_PRIVILEGES ? DUMP_WITH_PRIVILEGES : DUMP_WITHOUT_PRIVILEGES;
    for (int i = 0; i < count; i++)
        sides[i].dump = schema_dump_start(work->proof, workbench_server(work->bench),
                                          workbench_database(work->bench, sides[i].place), privileges);
    for (int i = 0; i < count; i++) {
        const char *report = "";
        sides[i].rows = row_memory_take(work->proof, sides[i].session, &report);
        sides[i].snapshot = take_snapshot(work, sides[i].place);
        is_read = is_read && sides[i].rows && sides[i].snapshot;
        if (!sides[i].rows)
            complain(work, "the rows of %s: %s", side_names[i], report);
        if (!schema_dump_finish(sides[i].dump, &report))
            is_read = complain(work, "%s: %s", side_names[i], report);
    }
    return is_read;
}

static struct diff *compare(struct work *work, const struct snapshot *from, const struct snapshot *to)
{
    struct diff_options options = {.privileges = work->proof_case->privileges == PROOF_WITH_PRIVILEGES
                                                     ? PRIVILEGES_COMPARED
                                                     : PRIVILEGES_LEFT_OUT};
    return diff_make(work->proof, from, to, &options);
}

static void expect_equal(struct work *work, const struct snapshot *from, const struct snapshot *to, const char *what)
{
    struct diff *diff = compare(work, from, to);
    struct emit_script *script = emit_script(work->proof, diff, ORDER_BY_KIND);
    if (diff->change_count)
        complain(work, "%s: still different:\n%s", what, proof_changes(work->proof, diff));
    else if (script->count || *emit_text(work->proof, script))
        complain(work, "%s: no difference, but a script:\n%s\n", what, emit_text(work->proof, script));
}

/* ---- the proof ---- */

/* As another superuser, under another search_path and another name: nothing of that may show. */
static void build_anew(struct work *work, enum proof_direction which)
{
    const char *report = "";
    PGconn *session = workbench_open(work->bench, BENCH_OTHER, &report);
    if (!session) {
        complain(work, "the second: %s", report);
        return;
    }
    if (build(work, session, "the second",
              "CREATE ROLE another_builder SUPERUSER;"
              "SET SESSION AUTHORIZATION another_builder;"
              "SET search_path = public, pg_catalog;") &&
        build(work, session, "the second", which == PROOF_FORWARD ? work->proof_case->from : work->proof_case->to)) {
        struct snapshot *snapshot = take_snapshot(work, BENCH_OTHER);
        if (snapshot)
            expect_equal(work, work->sides[which].snapshot, snapshot, "built anew by another role");
    }
}

static bool compare_sides(struct work *work)
{
    struct proof *proof = work->proof;
    for (int i = 0; i < PROOF_DIRECTIONS; i++) {
        struct side *from = &work->sides[i], *to = &work->sides[1 - i];
        proof->diffs[i] = compare(work, from->snapshot, to->snapshot);
        struct emit_script *script =
            emit_script(proof, proof->diffs[i], i == PROOF_FORWARD ? ORDER_BY_KIND : ORDER_BY_TABLE);
        proof->scripts[i] = emit_text(proof, script);
        expect_equal(work, from->snapshot, from->snapshot, side_names[i]);
        int expected = work->proof_case->differences;
        if (expected >= 0 && proof->diffs[i]->change_count != (size_t)expected)
            complain(work, "%s: %zu differences instead of %d:\n%s", direction_names[i], proof->diffs[i]->change_count,
                     expected, proof_changes(proof, proof->diffs[i]));
        work->is_atomic[i] = script->transaction == SCRIPT_TRANSACTIONAL;
        if (work->is_atomic[i] && *proof->scripts[i])
            proof->scripts[i] = talloc_asprintf(proof, "BEGIN;\n%s\nCOMMIT;\n", proof->scripts[i]);
    }
    return true;
}

/* Whether the script ended as it should; false also where it was refused as foreseen: there is nothing to compare then.
 */
static bool run_script(struct work *work, enum proof_direction direction)
{
    struct sql_failure failure;
    const char *refused = work->proof_case->refused[direction];
    PQreset(work->sides[direction].session); /* what the building has set must not help */
    bool is_done = sql_run(work->proof, work->sides[direction].session, work->proof->scripts[direction], &failure);
    if (!is_done && !refused)
        complain(work, "%s: the script is refused: %s (%s)\n  %s\n", direction_names[direction], failure.message,
                 failure.sqlstate, failure.statement);
    else if (is_done && refused)
        complain(work, "%s: the script runs, although it should be refused with %s\n", direction_names[direction],
                 refused);
    else if (!is_done && strcmp(failure.sqlstate, refused) != 0)
        complain(work, "%s: the script is refused with %s (%s) instead of %s\n", direction_names[direction],
                 failure.sqlstate, failure.message, refused);
    return is_done;
}

/* Whether the schemas are equal; what differs is added to *report. */
static bool is_equal(struct work *work, const struct side *after, const struct side *to, char **report)
{
    struct diff *diff = compare(work, after->snapshot, to->snapshot);
    char *dumps = schema_dump_compare(work->proof, after->dump, "after the script", to->dump, "as it should be");
    if (diff->change_count)
        *report = talloc_asprintf_append(*report, "still different:\n%s", proof_changes(work->proof, diff));
    if (dumps)
        *report = talloc_asprintf_append(*report, "pg_dump differs:\n%s", dumps);
    return !diff->change_count && !dumps;
}

/* PostgreSQL prints some expressions in a way that it reads otherwise: a CHECK with IN on a varchar. pg_dump itself
 * changes them, once: what a restored dump holds is as good as what was dumped. */
static bool is_equal_to_restored(struct work *work, const struct side *after, const struct side *to)
{
    const char *report = "";
    char *unused = talloc_strdup(work->proof, "");
    struct sql_failure failure;
    struct side restored[1] = {{.place = BENCH_OTHER}};
    restored->session = workbench_open(work->bench, BENCH_OTHER, &report);
    if (!restored->session || !sql_run(work->proof, restored->session, schema_dump_sql(to->dump), &failure))
        return false;
    PQreset(restored->session);
    return read_sides(work, restored, 1) && is_equal(work, after, restored, &unused);
}

static void judge(struct work *work, enum proof_direction direction, const struct side *after)
{
    const struct side *from = &work->sides[direction], *to = &work->sides[1 - direction];
    const char *name = direction_names[direction];
    /* A case may say that pgdeck knows better: two texts, one meaning. */
    bool is_same = work->proof_case->differences == 0;
    char *report = talloc_strdup(work->proof, "");
    if (!is_same && !is_equal(work, after, to, &report) && !is_equal_to_restored(work, after, to))
        complain(work, "%s: %s", name, report);
    char *rows = row_memory_compare(work->proof, from->rows, after->rows, work->proof_case->lost);
    if (rows)
        complain(work, "%s: rows were not kept:\n%s", name, rows);
}

static void run_scripts(struct work *work)
{
    bool is_done[PROOF_DIRECTIONS];
    struct side after[PROOF_DIRECTIONS];
    for (int i = 0; i < PROOF_DIRECTIONS; i++) {
        after[i] = work->sides[i];
        is_done[i] = run_script(work, (enum proof_direction)i);
    }
    if (!read_sides(work, after, PROOF_DIRECTIONS))
        return;
    for (int i = 0; i < PROOF_DIRECTIONS; i++)
        if (is_done[i])
            judge(work, (enum proof_direction)i, &after[i]);
        else if (work->is_atomic[i])
            expect_equal(work, work->sides[i].snapshot, after[i].snapshot, "after a script that was refused");
}

struct proof *proof_run(TALLOC_CTX *owner, struct workbench *bench, const struct proof_case *proof_case)
{
    struct work work = {.bench = bench, .proof_case = proof_case, .proof = talloc_zero(owner, struct proof)};
    bool is_built = open_side(&work, PROOF_FORWARD) && open_side(&work, PROOF_BACKWARD);
    if (is_built && read_sides(&work, work.sides, PROOF_DIRECTIONS) && compare_sides(&work)) {
        for (int i = 0; proof_case->rebuild == PROOF_ANEW && i < PROOF_DIRECTIONS; i++)
            build_anew(&work, (enum proof_direction)i);
        run_scripts(&work);
    }
    for (int i = 0; work.proof->report && i < PROOF_DIRECTIONS; i++)
        if (work.proof->scripts[i])
            complain(&work, "--- script %s\n%s", direction_names[i], work.proof->scripts[i]);
    return work.proof;
}

char *proof_changes(TALLOC_CTX *owner, const struct diff *diff)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        text = talloc_asprintf_append(text, "  %s %s %s", change_action_name(change->action), change->kind->name,
                                      change->name);
        if (change->attribute)
            text = talloc_asprintf_append(text, " %s: %s -> %s", change->attribute,
                                          change->from ? change->from : "NULL", change->to ? change->to : "NULL");
        text = talloc_asprintf_append(text, "\n");
    }
    return text;
}

/* What statements do, measured: tests/db/trace/cases.sql is a table of statements and their verdicts (locks on what
 * existed, rewrites, scans, what falls). Each is run in a copy of tests/db/trace/schema.sql and rolled back. Source of
 * the verdicts: PostgreSQL's documentation of lock levels, and what 15 did when they were written; versions that differ
 * would show here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/hazard.h"
#include "migrate/trace/parts.h"
#include "store/transaction.h"
#include "tests/lib/replay.h"

struct stage {
    struct replay_test *test;
    struct scratch_database *copy;
    struct connection *connection;
    struct trace_relations base;
    struct trace_objects objects;
};

static char *read_text(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("there is no %s", path);
    char *text = talloc_strdup(owner, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

static void must(const struct stage *stage, bool ok)
{
    if (!ok)
        fail_msg("%s", stage->test->error->message);
}

static struct stage *open_stage(void **state)
{
    struct replay_test *test = *state;
    struct stage *stage = talloc_zero(test, struct stage);
    stage->test = test;
    replay_test_script(test, read_text(stage, "tests/db/trace/schema.sql"));
    stage->copy = scratch_copy(test, test->replay->database, NULL, test->error);
    must(stage, stage->copy);
    stage->connection = scratch_connect(stage->copy, stage->copy, SCRATCH_OWNER, NULL, test->error);
    must(stage, stage->connection);
    must(stage, connection_execute(stage->connection, NO_PARAMETERS, test->error, "SET search_path = public"));
    must(stage, trace_read_relations(stage, stage->connection, 0, &stage->base, test->error) &&
                    trace_read_objects(stage, stage->connection, &stage->objects, test->error));
    return stage;
}

/* ---- verdicts ---- */

static int compare_texts(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static char *join(TALLOC_CTX *owner, const char **items, size_t count, const char *separator)
{
    char *text = talloc_strdup(owner, "");
    qsort(items, count, sizeof *items, compare_texts);
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append(text, "%s%s", i ? separator : "", items[i]);
    return text;
}

static const char *short_name(const char *name) { return strncmp(name, "public.", 7) == 0 ? name + 7 : name; }

static const char *short_mode(enum lock_mode mode)
{
    static const char *const names[] = {
        [LOCK_ACCESS_SHARE] = "AS",  [LOCK_ROW_SHARE] = "RS",
        [LOCK_ROW_EXCLUSIVE] = "RX", [LOCK_SHARE_UPDATE_EXCLUSIVE] = "SUE",
        [LOCK_SHARE] = "S",          [LOCK_SHARE_ROW_EXCLUSIVE] = "SRX",
        [LOCK_EXCLUSIVE] = "X",      [LOCK_ACCESS_EXCLUSIVE] = "AX",
    };
    return names[mode];
}

static char *relations_of(TALLOC_CTX *owner, const char *title, const struct fact_relation *items, size_t count)
{
    const char **names = talloc_array(owner, const char *, (unsigned)count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].relkind != 'i' || !strcmp(title, "indexes"))
            names[kept++] = short_name(items[i].relation);
    return kept ? talloc_asprintf(owner, "; %s %s", title, join(owner, names, kept, " ")) : talloc_strdup(owner, "");
}

static char *verdict_of(TALLOC_CTX *owner, const struct facts *facts)
{
    const char **locks = talloc_array(owner, const char *, (unsigned)facts->lock_count + 1);
    const char **drops = talloc_array(owner, const char *, (unsigned)facts->dropped_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < facts->lock_count; i++)
        if (facts->locks[i].relkind != 'i' && facts->locks[i].relkind != 'I')
            locks[count++] = talloc_asprintf(owner, "%s %s%s", short_name(facts->locks[i].relation),
                                             short_mode(facts->locks[i].mode), facts->locks[i].is_unnamed ? "!" : "");
    char *text = talloc_asprintf(owner, "%s%s%s%s", count ? join(owner, locks, count, ", ") : "no lock",
                                 relations_of(owner, "rewrites", facts->rewrites, facts->rewrite_count),
                                 relations_of(owner, "empties", facts->truncated, facts->truncated_count),
                                 relations_of(owner, "scans", facts->scans, facts->scan_count));
    for (size_t i = 0; i < facts->dropped_count; i++)
        drops[i] = talloc_asprintf(owner, "%s %s%s", facts->dropped[i].kind, short_name(facts->dropped[i].name),
                                   facts->dropped[i].is_unnamed ? "!" : "");
    if (facts->dropped_count)
        text = talloc_asprintf_append(text, "; drops %s", join(owner, drops, facts->dropped_count, ", "));
    return text;
}

/* ---- one case ---- */

struct trial {
    char *name, *first, *verdict, *hazards, *sql;
};

/* The text of a line behind its mark, cut off from `*at`; NULL where it has another one. */
static char *take_line(char **at, const char *mark)
{
    size_t length = strlen(mark);
    if (strncmp(*at, mark, length) != 0)
        return NULL;
    char *line = *at + length, *end = strchr(line, '\n');
    *end = '\0';
    *at = end + 1;
    return line;
}

static bool next_trial(char **at, struct trial *trial)
{
    while (**at == '\n')
        ++*at;
    if (!**at)
        return false;
    trial->name = take_line(at, "-- ");
    trial->first = take_line(at, "-- first: ");
    trial->verdict = take_line(at, "-- = ");
    trial->hazards = take_line(at, "-- ! ");
    trial->sql = *at;
    char *end = strstr(*at, ";\n");
    if (!trial->name || !trial->verdict || !end)
        fail_msg("not a case: %s", trial->sql);
    *end = '\0';
    *at = end + 2;
    return true;
}

static struct facts *measure(struct stage *stage, TALLOC_CTX *memory, const struct trial *trial,
                             const struct statement *statement)
{
    struct connection *connection = stage->connection;
    struct error *error = stage->test->error;
    int pid = connection_backend_pid(connection);
    struct trace_relations before, after;
    struct trace_objects objects;
    const char *tag;
    must(stage, transaction_begin(connection, TRANSACTION_READ_WRITE, error));
    if (trial->first)
        must(stage, connection_execute(connection, NO_PARAMETERS, error, trial->first));
    must(stage, trace_read_relations(memory, connection, pid, &before, error));
    if (!connection_run(memory, connection, trial->sql, NULL, 0, &tag, error))
        fail_msg("%s: %s", trial->name, error->message);
    must(stage, trace_read_relations(memory, connection, pid, &after, error) &&
                    trace_read_objects(memory, connection, &objects, error));
    transaction_rollback(connection);
    const struct trace_seen seen = {
        .statement = statement,
        .base = &stage->base,
        .before = &before,
        .after = &after,
        .objects_base = &stage->objects,
        .objects_before = &stage->objects,
        .objects_after = &objects,
    };
    return trace_facts(memory, &seen);
}

/* All that existed is large. */
static struct hazard_sizes sizes_of(struct stage *stage)
{
    struct hazard_sizes sizes = {.server_version = connection_server_version(stage->connection)};
    sizes.items = talloc_zero_array(stage, struct hazard_size, (unsigned)stage->base.count + 1);
    for (size_t i = 0; i < stage->base.count; i++)
        sizes.items[sizes.count++] =
            (struct hazard_size){.relation = stage->base.items[i].relation, .bytes = 1LL << 30, .rows = 1000000};
    qsort(sizes.items, sizes.count, sizeof *sizes.items, compare_texts);
    return sizes;
}

static char *hazards_of(TALLOC_CTX *memory, const struct hazard_list *list)
{
    const char **names = talloc_array(memory, const char *, (unsigned)list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        names[i] = talloc_asprintf(memory, "%s%s%s", list->items[i].kind->id, *list->items[i].object ? ":" : "",
                                   short_name(list->items[i].object));
    return list->count ? join(memory, names, list->count, ", ") : talloc_strdup(memory, "none");
}

static char *judge(struct stage *stage, TALLOC_CTX *memory, struct statement *statement, const struct facts *facts)
{
    struct migration_file file = {.is_transactional = true, .statements = {.items = statement, .count = 1}};
    struct plan_step step = {.file = &file, .facts = facts};
    struct plan *plan = talloc_zero(memory, struct plan);
    struct hazard_sizes sizes = sizes_of(stage);
    plan->steps = &step;
    plan->count = 1;
    hazard_judge(plan, &sizes, NULL);
    return hazards_of(memory, step.hazards);
}

/* Shown by tests/unit/test_hazard.c: they hang on more than one statement, or on what no scratch copy has. */
static bool is_of_unit_test(const char *id)
{
    static const char *const ids[] = {"server-object", "work-under-lock",   "validate-together", "fails",
                                      "unknown",       "many-locks",        "several-tables",    "invalid-kept",
                                      "setting-leaks", "timeout-overruled", "extension",         "type-advice",
                                      "label-last",    "unqualified"};
    for (size_t i = 0; i < countof(ids); i++)
        if (!strcmp(ids[i], id))
            return true;
    return false;
}

static void note_hazards(bool *seen, const char *hazards)
{
    for (size_t i = 0; i < HAZARD_COUNT; i++)
        seen[i] = seen[i] || strstr(hazards, talloc_asprintf(hazards, "%s:", hazard_kinds[i].id));
}

static size_t check(const struct trial *trial, const char *what, const char *expected, const char *actual)
{
    if (expected && !strcmp(expected, actual))
        return 0;
    print_error("%s\n  expected %s: %s\n  measured %s: %s\n", trial->name, what, expected ? expected : "?", what,
                actual);
    return 1;
}

static void test_trace_verdicts_of_statements_hold(void **state)
{
    struct stage *stage = open_stage(state);
    char *text = read_text(stage, "tests/db/trace/cases.sql"), *at = text;
    size_t count = 0, wrong = 0;
    bool seen[HAZARD_COUNT] = {false};
    for (struct trial trial = {0}; next_trial(&at, &trial); count++) {
        TALLOC_CTX *memory = talloc_new(stage);
        struct statement statement = {.text = trial.sql, .size_bytes = strlen(trial.sql), .line = 1, .column = 1};
        struct facts *facts = measure(stage, memory, &trial, &statement);
        wrong += check(&trial, "verdict", trial.verdict, verdict_of(memory, facts));
        char *hazards = judge(stage, memory, &statement, facts);
        wrong += check(&trial, "hazards", trial.hazards, hazards);
        note_hazards(seen, hazards);
        talloc_free(memory);
    }
    assert_true(count >= 130);
    assert_int_equal(wrong, 0);
    for (size_t i = 0; i < HAZARD_COUNT; i++)
        if (!seen[i] && !is_of_unit_test(hazard_kinds[i].id))
            fail_msg("no statement shows %s", hazard_kinds[i].id);
    talloc_free(stage->connection);
}

int main(int count, char **arguments)
{
    int status = replay_test_main(count, arguments);
    if (status >= 0)
        return status;
    const struct CMUnitTest tests[] = {REPLAY_TEST(test_trace_verdicts_of_statements_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Random pairs of schemas, drawn from the grammars of tests/db/cases/KIND/random.sql: each script, both ways, must make
 * its schema of the other and keep the rows; every change of one attribute must be told as exactly one difference; and
 * when all is done, every attribute of every kind must have been changed at least once. PGDECK_SEED=N       draws this
 * seed alone; PGDECK_SEED=N:KIND/random this pair of it alone PGDECK_SOAK=N       so many pairs, of other seeds each
 * time A pair that fails is written to build/random-SEED-NAME.{from,to}.sql. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/kind.h"
#include "store/clock.h"
#include "tests/lib/generator.h"
#include "tests/lib/proof.h"

#define PAIRS 200
#define SINGLES_AT_ONCE 40
#define REPORTS_MOST 6
#define THREADS_MOST 8

/* Of a kind: bit i: field i; these two: it came or went; its comment. */
#define BIT_WHOLE 62
#define BIT_COMMENT 63

static struct {
    TALLOC_CTX *memory;
    struct test_server *server;
    struct generator *generator;
    uint64_t seed;
    pthread_mutex_t lock; /* over what follows */
    uint64_t changed[KIND_COUNT];
    size_t report_count, pair_count;
} run;

/* ---- what was changed ---- */

static size_t change_bit(const struct change *change, const struct object *object)
{
    const struct field *field = change->field;
    if (field && field >= object->kind->fields && field < object->kind->fields + object->kind->field_count)
        return (size_t)(field - object->kind->fields);
    return change->attribute && !strcmp(change->attribute, "comment") ? BIT_COMMENT : BIT_WHOLE;
}

static void note_changes(const struct diff *diff)
{
    pthread_mutex_lock(&run.lock);
    for (size_t i = 0; diff && i < diff->change_count; i++) {
        const struct object *object = diff->changes[i].from_object;
        object = object ? object : diff->changes[i].to_object;
        run.changed[kind_id(object->kind)] |= UINT64_C(1) << change_bit(&diff->changes[i], object);
    }
    pthread_mutex_unlock(&run.lock);
}

/* ---- proving ---- */

static struct proof *prove(TALLOC_CTX *memory, const struct specimens *specimens, struct workbench *bench)
{
    struct proof_case proof_case = {
        .from = generator_sql(memory, specimens, SPECIMEN_FROM),
        .to = generator_sql(memory, specimens, SPECIMEN_TO),
        .differences = -1,
        .privileges = PROOF_WITH_PRIVILEGES,
        .lost = generator_lost(memory, specimens),
    };
    return proof_run(memory, bench, &proof_case);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    fputs(text, file);
    fclose(file);
}

static void add_report(const char *name, const struct specimens *specimens, const char *report)
{
    pthread_mutex_lock(&run.lock);
    if (run.report_count++ < REPORTS_MOST) {
        char *path = talloc_asprintf(run.memory, "build/random-%s", name);
        for (char *at = path + strlen("build/"); *at; at++)
            *at = *at == '/' ? '-' : *at;
        write_file(talloc_asprintf(path, "%s.from.sql", path), generator_sql(path, specimens, SPECIMEN_FROM));
        write_file(talloc_asprintf(path, "%s.to.sql", path), generator_sql(path, specimens, SPECIMEN_TO));
        /* At once, and not by fail_msg, which cuts. */
        fprintf(stderr, "\n=== %s (%s.*.sql)\n%.6000s\n", name, path, report);
    }
    pthread_mutex_unlock(&run.lock);
}

/* What is wrong with the differences of one specimen among these, or NULL. */
typedef char *(*judge_fn)(TALLOC_CTX *memory, const struct specimens *specimens, size_t number,
                          const struct proof *proof);

static const char *label_of(TALLOC_CTX *memory, const char *label, const struct specimen *specimen)
{
    return talloc_asprintf(memory, "%s:%s", label, specimen->grammar->name);
}

/* Each alone, to name who it is that fails with the others. */
static void find_guilty(const struct specimens *specimens, struct workbench *bench, const char *label,
                        const char *report)
{
    size_t guilty = 0;
    for (size_t i = 0; i < specimens->count && run.report_count < REPORTS_MOST; i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        struct specimens one = {&specimens->items[i], 1};
        struct proof *proof = prove(memory, &one, bench);
        if (proof->report)
            add_report(label_of(memory, label, one.items), &one, proof->report);
        guilty += proof->report != NULL;
        talloc_free(memory);
    }
    if (!guilty)
        add_report(label, specimens, report);
}

static void prove_all(const struct specimens *specimens, struct workbench *bench, const char *label, judge_fn judge)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct proof *proof = prove(memory, specimens, bench);
    bool is_compared = proof->diffs[PROOF_FORWARD] && proof->diffs[PROOF_BACKWARD];
    for (int i = 0; i < PROOF_DIRECTIONS; i++)
        note_changes(proof->diffs[i]);
    for (size_t i = 0; judge && is_compared && i < specimens->count; i++) {
        const char *report = judge(memory, specimens, i, proof);
        struct specimens one = {&specimens->items[i], 1};
        if (report)
            add_report(label_of(memory, label, one.items), &one, report);
    }
    if (proof->report && specimens->count > 1)
        find_guilty(specimens, bench, label, proof->report);
    else if (proof->report)
        add_report(label, specimens, proof->report);
    talloc_free(memory);
}

/* ---- threads ---- */

struct job {
    atomic_size_t next;
    size_t count;
    void (*run)(size_t number, struct workbench *bench);
};

struct worker {
    struct job *job;
    struct workbench *bench;
    pthread_t thread;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    for (size_t i; (i = atomic_fetch_add(&worker->job->next, 1)) < worker->job->count;)
        worker->job->run(i, worker->bench);
    return NULL;
}

static void end_run(void)
{
    if (run.report_count)
        fail_msg("%zu failed", run.report_count);
}

static void begin_run(void) { run.report_count = 0; }

static void run_in_threads(void (*function)(size_t, struct workbench *), size_t count)
{
    struct job job = {.count = count, .run = function};
    struct worker workers[THREADS_MOST];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t thread_count = cores < 1 ? 1 : cores > THREADS_MOST ? THREADS_MOST : (size_t)cores;
    begin_run();
    for (size_t i = 0; i < thread_count; i++) {
        workers[i] = (struct worker){.job = &job};
        workers[i].bench = workbench_new(NULL, run.server, talloc_asprintf(run.memory, "bench_%zu", i));
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < thread_count; i++) {
        pthread_join(workers[i].thread, NULL);
        talloc_free(workers[i].bench);
    }
    end_run();
}

/* ---- random pairs ---- */

static void draw_and_prove(size_t number, struct workbench *bench)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    uint64_t seed = run.seed + number;
    struct specimens specimens = generator_draw(memory, run.generator, seed);
    prove_all(&specimens, bench, talloc_asprintf(memory, "%llu", (unsigned long long)seed), NULL);
    pthread_mutex_lock(&run.lock);
    run.pair_count += specimens.count;
    pthread_mutex_unlock(&run.lock);
    talloc_free(memory);
}

/* "N:KIND/random" */
static void prove_one_pair(const char *asked)
{
    char *end;
    uint64_t seed = strtoull(asked, &end, 10);
    struct specimens specimens = generator_draw(run.memory, run.generator, seed);
    struct workbench *bench = workbench_new(run.memory, run.server, "bench");
    begin_run();
    for (size_t i = 0; *end == ':' && i < specimens.count; i++)
        if (!strcmp(specimens.items[i].grammar->name, end + 1))
            prove_all(&(struct specimens){&specimens.items[i], 1}, bench, asked, NULL);
    if (*end != ':')
        prove_all(&specimens, bench, asked, NULL);
    end_run();
}

static void test_random_pairs_become_equal_and_keep_their_rows(void **state UNUSED)
{
    const char *asked = getenv("PGDECK_SEED"), *soak = getenv("PGDECK_SOAK");
    size_t pairs = soak && *soak ? strtoul(soak, NULL, 10) : PAIRS;
    run.seed = soak && *soak ? (uint64_t)clock_wall_us() : 1;
    if (asked && *asked) {
        prove_one_pair(asked);
        return;
    }
    run_in_threads(draw_and_prove, (pairs + run.generator->count - 1) / run.generator->count);
    print_message("%zu random pairs\n", run.pair_count);
}

/* ---- single changes ---- */

/* Names begin with the schema's, or hold it; an extension's does not. */
static bool is_of(const struct specimen *specimen, const struct specimens *all, const struct change *change)
{
    if (change->kind == kinds[KIND_extension])
        return !strncmp(specimen->grammar->name, "extension/", strlen("extension/"));
    return all->count == 1 || strstr(change->name, specimen->schema);
}

static bool is_expected(const struct grammar_choice *choice, const struct change *change)
{
    bool is_whole = !change->attribute || change->action == CHANGE_CREATE || change->action == CHANGE_DROP;
    return !strcmp(change->kind->name, choice->kind) &&
           (choice->attribute ? !is_whole && !strcmp(change->attribute, choice->attribute) : is_whole);
}

static char *judge_single(TALLOC_CTX *memory, const struct specimens *specimens, size_t number,
                          const struct proof *proof)
{
    const struct specimen *specimen = &specimens->items[number];
    const struct grammar_choice *choice = &specimen->grammar->choices[specimen->changed];
    for (int direction = 0; direction < PROOF_DIRECTIONS; direction++) {
        struct diff own = *proof->diffs[direction];
        size_t expected = 0;
        own.changes = talloc_zero_array(memory, struct change, (unsigned)own.change_count + 1);
        own.change_count = 0;
        for (size_t i = 0; i < proof->diffs[direction]->change_count; i++)
            if (is_of(specimen, specimens, &proof->diffs[direction]->changes[i]))
                own.changes[own.change_count++] = proof->diffs[direction]->changes[i];
        for (size_t i = 0; i < own.change_count; i++)
            expected += is_expected(choice, &own.changes[i]);
        if (expected == 0 || (choice->is_alone && own.change_count > 1))
            return talloc_asprintf(memory, "only %s.%s was changed, and told are:\n%s", choice->kind,
                                   choice->attribute ? choice->attribute : "(whole)", proof_changes(memory, &own));
    }
    return NULL;
}

/* How the singles fall into databases: the number of the first of each. */
static size_t *starts;

static void prove_singles(size_t number, struct workbench *bench)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t next;
    struct specimens specimens =
        generator_singles(memory, run.generator, run.seed, starts[number], SINGLES_AT_ONCE, &next);
    prove_all(&specimens, bench, talloc_asprintf(memory, "single-%zu", starts[number]), judge_single);
    talloc_free(memory);
}

static void test_a_change_of_one_attribute_is_one_difference(void **state UNUSED)
{
    const char *asked = getenv("PGDECK_SEED");
    if (asked && *asked)
        skip();
    size_t count = 0, total = generator_single_count(run.generator);
    starts = talloc_zero_array(run.memory, size_t, (unsigned)total + 1);
    for (size_t next = 0; next < total; count++) {
        starts[count] = next;
        TALLOC_CTX *memory = talloc_new(NULL);
        generator_singles(memory, run.generator, 1, next, SINGLES_AT_ONCE, &next);
        talloc_free(memory);
    }
    run_in_threads(prove_singles, count);
    print_message("%zu single changes\n", total);
}

/* ---- coverage ---- */

/* What cannot be changed on the servers that are tested on: too old, told by others, or there is no way (no script
 * makes an invalid index; an exclusion constraint is no replica identity; a range and its canonical function stand on
 * each other: range/canonical). */
static const char *const beyond[] = {
    "check.enforced", "foreign_key.enforced",       "publication.publish_generated_columns",
    "domain.checks",  "exclusion.replica_identity", "index.is_valid",
    "range.canonical"};

static bool is_beyond(const char *name)
{
    for (size_t i = 0; i < countof(beyond); i++)
        if (!strcmp(beyond[i], name))
            return true;
    return false;
}

static void test_every_attribute_of_every_kind_was_changed(void **state UNUSED)
{
    const char *asked = getenv("PGDECK_SEED");
    char *missing = talloc_strdup(run.memory, "");
    if (asked && *asked)
        skip();
    for (size_t k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; i <= BIT_COMMENT; i++) {
            const struct kind *kind = kinds[k];
            bool is_field = i < kind->field_count && kind->fields[i].role >= FIELD_ALTER;
            bool is_whole = i == BIT_WHOLE && !kind->facet_attribute;
            const char *word = is_field ? kind->fields[i].name : is_whole ? "(whole)" : NULL;
            const char *name = word ? talloc_asprintf(missing, "%s.%s", kind->name, word) : NULL;
            if (name && !(run.changed[k] >> i & 1) && !is_beyond(name))
                missing = talloc_asprintf_append(missing, " %s", name);
        }
    if (*missing)
        fail_msg("never changed:%s", missing);
}

/* ---- the group ---- */

/* What grammars count on besides the roles. */
static void make_tablespace(void)
{
    struct stat server;
    char *folder = talloc_asprintf(run.memory, "%s/random_space", test_server_host(run.server));
    if (stat(test_server_host(run.server), &server) || mkdir(folder, 0700) ||
        chown(folder, server.st_uid, server.st_gid))
        fail_msg("%s cannot be made", folder);
    test_server_execute(run.server, "postgres",
                        talloc_asprintf(folder, "CREATE TABLESPACE random_space LOCATION '%s'", folder));
}

static int start(void **state UNUSED)
{
    const char *report = "";
    run.memory = talloc_new(NULL);
    pthread_mutex_init(&run.lock, NULL);
    run.generator = generator_load(run.memory, &report);
    if (!run.generator)
        fail_msg("%s", report);
    run.server = test_server_start(run.memory, (const char *[]){"log_min_messages=fatal", "autovacuum=off", NULL});
    make_tablespace();
    return 0;
}

static int stop(void **state UNUSED) { return talloc_free(run.memory); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_pairs_become_equal_and_keep_their_rows),
        cmocka_unit_test(test_a_change_of_one_attribute_is_one_difference),
        cmocka_unit_test(test_every_attribute_of_every_kind_was_changed),
    };
    return cmocka_run_group_tests_name("random pairs", tests, start, stop);
}

/* pgdeck: allow secrets because all of them are made up */
/* Mirrors and comparisons, in process: what words mean, progress of two threads, cancelling, what models cover. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "migrate/compare.h"
#include "tests/lib/replay.h"
#include "tests/lib/server.h"

static struct mirror_source *source_of(struct replay_test *test, const char *word)
{
    struct mirror_source *source = mirror_source_parse(test, test->settings, NULL, word, test->error);
    if (!source)
        fail_msg("%s: %s", word, test->error->message);
    return source;
}

static struct mirror_source *file_of(struct replay_test *test, const char *name, const char *text)
{
    test_write(test->project, name, text);
    return source_of(test, talloc_asprintf(test, "%s/%s", test->project, name));
}

/* ---- sources ---- */

static const struct {
    const char *word;
    enum mirror_kind kind;
    const char *shown;
} sources[] = {
    {"models", MIRROR_MODELS, "models"},
    {"migrations", MIRROR_MIGRATIONS, "migrations"},
    {"init", MIRROR_INIT, "init"},
    {"old.sql", MIRROR_FILE, "old.sql"},
    {"./a=b/x.sql", MIRROR_FILE, "./a=b/x.sql"},
    {"embedded", MIRROR_DATABASE, "embedded"},
    {"host=h dbname=x.sql", MIRROR_DATABASE, "host=h dbname=x.sql"},
    {"postgresql://u:hunter2@h/x.sql", MIRROR_DATABASE, "postgresql://u:***@h/x.sql"},
    {"dbname=x password=hunter2", MIRROR_DATABASE, "dbname=x password=***"},
};

static void test_words_mean_sources(void **state)
{
    struct replay_test *test = *state;
    for (size_t i = 0; i < countof(sources); i++) {
        struct mirror_source *source = source_of(test, sources[i].word);
        assert_int_equal(source->kind, sources[i].kind);
        assert_string_equal(mirror_source_name(source), sources[i].shown);
        assert_true((source->target != NULL) == mirror_is_database(source));
        assert_true((source->path != NULL) == (source->kind == MIRROR_FILE));
    }
    static const char *const refused[] = {"live", "", "modles", ".sql", "x.SQL"};
    for (size_t i = 0; i < countof(refused); i++) {
        assert_null(mirror_source_parse(test, test->settings, NULL, refused[i], test->error));
        assert_int_equal(test->error->code, ERROR_USAGE);
        assert_non_null(test->error->hint);
    }
    assert_true(mirror_source_is_live("live"));
    assert_false(mirror_source_is_live("live.sql"));
}

/* ---- comparing ---- */

/* What the listener heard. */
struct heard {
    pthread_mutex_t mutex;
    size_t done[MIRROR_DATABASE + 1], building, overlaps;
};

static void listen(void *listener, const struct mirror_progress *progress)
{
    struct heard *heard = listener;
    if (pthread_mutex_trylock(&heard->mutex) != 0) {
        heard->overlaps++;
        return;
    }
    heard->done[progress->kind] += progress->step == MIRROR_DONE;
    heard->building += progress->step == MIRROR_BUILDING && progress->total && progress->name[0];
    pthread_mutex_unlock(&heard->mutex);
}

static void test_listener_hears_both_threads_one_at_a_time(void **state)
{
    struct replay_test *test = *state;
    struct heard heard = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    for (int i = 1; i <= 40; i++)
        replay_test_write(test, talloc_asprintf(test, "%03d_x.sql", i),
                          talloc_asprintf(test, "CREATE TABLE t%d ();", i));
    const struct compare_options options = {
        .mirror = {.settings = test->settings, .cache = MIRROR_FRESH, .on_progress = listen, .listener = &heard}};
    struct comparison *comparison = compare(test, source_of(test, "migrations"),
                                            file_of(test, "to.sql", "CREATE TABLE t1 ();"), &options, test->error);
    assert_non_null(comparison);
    assert_int_equal(comparison->diff->change_count, 39);
    assert_int_equal(heard.done[MIRROR_MIGRATIONS], 1);
    assert_int_equal(heard.done[MIRROR_FILE], 1);
    assert_true(heard.building >= 40);
    assert_int_equal(heard.overlaps, 0);
}

static void test_cancelled_comparison_ends(void **state)
{
    struct replay_test *test = *state;
    struct cancel *cancel = cancel_new(test);
    const struct compare_options options = {.mirror = {.settings = test->settings, .cancel = cancel}};
    cancel_request(cancel, 0);
    struct mirror_source *source = file_of(test, "slow.sql", "SELECT pg_catalog.pg_sleep(600);");
    assert_null(compare(test, source, source, &options, test->error));
    assert_int_equal(test->error->code, ERROR_CANCELLED);
}

static void test_models_speak_of_what_they_declare(void **state)
{
    struct replay_test *test = *state;
    const struct mirror_options options = {.settings = test->settings};
    test_write(test->project, "store/models/t.yaml",
               "entity: T\ntable: t\ndescription: said\ncolumns:\n  id: {type: bigint, nullable: false}\n");
    struct mirror *mirror = mirror_build(test, source_of(test, "models"), &options, test->error);
    assert_non_null(mirror);
    static const char *const covered[] = {"table", "column", "index", "foreign_key", "enum", "domain", "schema"};
    static const char *const not_covered[] = {"view", "function", "trigger", "policy", "publication", "statistics"};
    for (size_t i = 0; i < countof(covered); i++)
        assert_true(mirror->covered >> kind_id(kind_find(covered[i])) & 1);
    for (size_t i = 0; i < countof(not_covered); i++)
        assert_false(mirror->covered >> kind_id(kind_find(not_covered[i])) & 1);
    assert_true(mirror->commented >> KIND_table & 1);
    assert_false(mirror->commented >> KIND_column & 1);
    struct mirror *file = mirror_build(test, file_of(test, "x.sql", "SELECT 1;"), &options, test->error);
    assert_non_null(file);
    assert_true(file->covered == UINT64_MAX && file->commented == UINT64_MAX);
}

static void test_findings_of_models_name_the_models_file(void **state)
{
    struct replay_test *test = *state;
    const struct mirror_options options = {.settings = test->settings};
    test_write(test->project, "store/models/t.yaml",
               "entity: T\ntable: t\ncolumns:\n  id: {type: bigint, nullable: false}\n");
    test_write(test->project, "store/models/x.sql",
               "CREATE VIEW v AS SELECT 1 AS one;\n\nCREATE EXTENSION no_such_one;\n");
    struct mirror *mirror = mirror_build(test, source_of(test, "models"), &options, test->error);
    assert_non_null(mirror);
    assert_int_equal(mirror->finding_count, 1);
    assert_int_equal(mirror->findings[0].what, MIRROR_FAILED);
    assert_string_equal(mirror->findings[0].file, "store/models/x.sql");
    assert_int_equal(mirror->findings[0].line, 3);
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        REPLAY_TEST(test_words_mean_sources),
        REPLAY_TEST(test_listener_hears_both_threads_one_at_a_time),
        REPLAY_TEST(test_cancelled_comparison_ends),
        REPLAY_TEST(test_models_speak_of_what_they_declare),
        REPLAY_TEST(test_findings_of_models_name_the_models_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

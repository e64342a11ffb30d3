/* Hazards, without a server: what hangs on the file as a whole, on the target's size and version, and on what somebody
 * has allowed. The rules for single statements are held against a real server: tests/db/test_trace.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/hazard.h"
#include "store/result.h"

#define STATEMENTS_MOST 4

/* A file of some statements, their facts, and a target with three tables. */
struct fixture {
    struct error *error;
    struct migration_file file;
    struct statement statements[STATEMENTS_MOST];
    struct facts facts[STATEMENTS_MOST];
    struct file_allowance allowance;
    struct plan_step step;
    struct plan *plan;
    struct hazard_size sizes[3];
    int server_version;
    bool wants_style;
    const char *const *allow;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->file = (struct migration_file){.is_transactional = true};
    fixture->file.statements.items = fixture->statements;
    fixture->step = (struct plan_step){.file = &fixture->file, .facts = fixture->facts};
    fixture->sizes[0] = (struct hazard_size){.relation = "app.large", .bytes = 1LL << 34, .rows = 50000000};
    fixture->sizes[1] = (struct hazard_size){.relation = "app.other", .bytes = 1LL << 34, .rows = 50000000};
    fixture->sizes[2] = (struct hazard_size){.relation = "app.small", .bytes = 8192, .rows = 10};
    fixture->server_version = 150000;
    *state = fixture;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct facts *add(struct fixture *fixture, const char *sql)
{
    size_t index = fixture->file.statements.count++;
    fixture->statements[index] = (struct statement){.text = sql, .size_bytes = strlen(sql), .line = 1, .column = 1};
    fixture->facts[index] = (struct facts){.source = FACTS_MEASURED, .sqlstate = ""};
    return &fixture->facts[index];
}

static void lock(struct fixture *fixture, struct facts *facts, const char *relation, enum lock_mode mode)
{
    struct fact_lock *locks = talloc_array(fixture, struct fact_lock, (unsigned)facts->lock_count + 1);
    for (size_t i = 0; i < facts->lock_count; i++)
        locks[i] = facts->locks[i];
    locks[facts->lock_count++] = (struct fact_lock){relation, 'r', mode, false};
    facts->locks = locks;
}

static void scan(struct fixture *fixture, struct facts *facts, const char *relation)
{
    struct fact_relation *scans = talloc_zero(fixture, struct fact_relation);
    *scans = (struct fact_relation){.relation = relation, .relkind = 'r'};
    facts->scans = scans;
    facts->scan_count = 1;
}

static void judge(struct fixture *fixture)
{
    struct hazard_sizes sizes = {
        .items = fixture->sizes, .count = countof(fixture->sizes), .server_version = fixture->server_version};
    if (fixture->wants_style)
        sizes.style = STYLE_TOLD;
    fixture->plan = talloc_zero(fixture, struct plan);
    fixture->plan->steps = &fixture->step;
    fixture->plan->count = 1;
    hazard_judge(fixture->plan, &sizes, fixture->allow);
}

/* The hazard of a statement (from 1) with this id, or NULL. */
static const struct hazard *find(struct fixture *fixture, size_t statement, enum hazard_id id)
{
    judge(fixture);
    const struct hazard_list *list = &fixture->step.hazards[statement - 1];
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind == &hazard_kinds[id])
            return &list->items[i];
    return NULL;
}

static struct facts *add_locking(struct fixture *fixture, const char *sql, const char *relation)
{
    struct facts *facts = add(fixture, sql);
    lock(fixture, facts, relation, LOCK_ACCESS_EXCLUSIVE);
    return facts;
}

/* ---- the file as a whole ---- */

static void test_hazard_work_behind_a_lock_is_told(void **state)
{
    struct fixture *fixture = *state;
    add_locking(fixture, "ALTER TABLE app.other ADD COLUMN x integer", "app.other");
    struct facts *facts = add(fixture, "CREATE INDEX x ON app.large (a)");
    lock(fixture, facts, "app.large", LOCK_SHARE);
    scan(fixture, facts, "app.large");
    const struct hazard *hazard = find(fixture, 2, HAZARD_work_under_lock);
    assert_non_null(hazard);
    assert_string_equal(hazard->object, "app.other");
    assert_null(find(fixture, 1, HAZARD_work_under_lock));
}

static void test_hazard_work_without_a_transaction_is_none(void **state)
{
    struct fixture *fixture = *state;
    add_locking(fixture, "ALTER TABLE app.other ADD COLUMN x integer", "app.other");
    scan(fixture, add(fixture, "CREATE INDEX x ON app.large (a)"), "app.large");
    fixture->file.is_transactional = false;
    assert_null(find(fixture, 2, HAZARD_work_under_lock));
}

static void test_hazard_second_table_is_told_once(void **state)
{
    struct fixture *fixture = *state;
    add_locking(fixture, "ALTER TABLE app.large ADD COLUMN x integer", "app.large");
    add_locking(fixture, "ALTER TABLE app.other ADD COLUMN x integer", "app.other");
    add_locking(fixture, "ALTER TABLE app.other ADD COLUMN y integer", "app.other");
    assert_null(find(fixture, 1, HAZARD_several_tables));
    assert_non_null(find(fixture, 2, HAZARD_several_tables));
    assert_null(find(fixture, 3, HAZARD_several_tables));
}

static void test_hazard_constraint_validated_where_it_was_added(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object created = {"check constraint", "app.large.c", false, NULL};
    static const struct fact_change valid = {BECAME_VALID, "check constraint", "app.large.c", "not valid", "valid"};
    struct facts *first = add(fixture, "ALTER TABLE app.large ADD CONSTRAINT c CHECK (a > 0) NOT VALID");
    struct facts *second = add(fixture, "ALTER TABLE app.large VALIDATE CONSTRAINT c");
    second->changes = &valid;
    second->change_count = 1;
    assert_null(find(fixture, 2, HAZARD_validate_together));
    first->created = &created;
    first->created_count = 1;
    assert_non_null(find(fixture, 2, HAZARD_validate_together));
}

static void test_hazard_settings_and_timeouts_are_told_apart(void **state)
{
    struct fixture *fixture = *state;
    static const char *const path[] = {"search_path = app", NULL}, *const timeout[] = {"lock_timeout = 0", NULL};
    add(fixture, "SET search_path = app")->settings = path;
    add(fixture, "SET lock_timeout = 0")->settings = timeout;
    add(fixture, "SET LOCAL lock_timeout = 0");
    assert_string_equal(find(fixture, 1, HAZARD_setting_leaks)->object, "search_path");
    assert_null(find(fixture, 1, HAZARD_timeout_overruled));
    assert_non_null(find(fixture, 2, HAZARD_timeout_overruled));
    assert_null(find(fixture, 3, HAZARD_timeout_overruled));
}

static void test_hazard_many_locks_are_counted(void **state)
{
    struct fixture *fixture = *state;
    struct facts *facts = add(fixture, "ALTER TABLE app.large ADD COLUMN x integer");
    for (size_t i = 0; i < 64; i++)
        lock(fixture, facts, "app.large", LOCK_ACCESS_EXCLUSIVE);
    assert_null(find(fixture, 1, HAZARD_many_locks));
    lock(fixture, facts, "app.large", LOCK_ACCESS_EXCLUSIVE);
    assert_non_null(find(fixture, 1, HAZARD_many_locks));
}

/* ---- words ---- */

static void test_hazard_objects_of_the_server_are_no_schema(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "DROP ROLE reader");
    add(fixture, "DROP TABLE reader");
    assert_non_null(find(fixture, 1, HAZARD_server_object));
    assert_null(find(fixture, 2, HAZARD_server_object));
}

static void test_hazard_concurrently_if_not_exists_is_blind(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "CREATE INDEX CONCURRENTLY IF NOT EXISTS x ON app.large (a)");
    add(fixture, "CREATE INDEX CONCURRENTLY x ON app.large (a)");
    assert_non_null(find(fixture, 1, HAZARD_invalid_kept));
    assert_null(find(fixture, 2, HAZARD_invalid_kept));
}

static void test_hazard_extension_is_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object made = {"extension", "hstore", false, NULL};
    struct facts *facts = add(fixture, "CREATE EXTENSION hstore");
    assert_null(find(fixture, 1, HAZARD_extension));
    facts->created = &made;
    facts->created_count = 1;
    assert_non_null(find(fixture, 1, HAZARD_extension));
}

/* ---- what is not known ---- */

static void test_hazard_unknown_is_never_silent(void **state)
{
    struct fixture *fixture = *state;
    struct facts *facts = add(fixture, "ALTER TABLE app.large ADD COLUMN x integer");
    assert_null(find(fixture, 1, HAZARD_unknown));
    *facts = (struct facts){.source = FACTS_UNKNOWN, .reason = "no scratch", .sqlstate = ""};
    assert_non_null(find(fixture, 1, HAZARD_unknown));
    assert_null(find(fixture, 1, HAZARD_fails));
}

static void test_hazard_failure_has_its_advice(void **state)
{
    struct fixture *fixture = *state;
    struct facts *facts = add(fixture, "INSERT INTO app.large VALUES ('new')");
    *facts =
        (struct facts){.source = FACTS_UNKNOWN, .reason = "it failed", .sqlstate = "55P04", .failure = "unsafe use"};
    const struct hazard *hazard = find(fixture, 1, HAZARD_fails);
    assert_non_null(hazard);
    assert_non_null(strstr(hazard->advice, "after the commit"));
    assert_null(find(fixture, 1, HAZARD_unknown));
}

/* ---- the target ---- */

static void test_hazard_small_table_weighs_little(void **state)
{
    struct fixture *fixture = *state;
    scan(fixture, add_locking(fixture, "ALTER TABLE app.large ALTER a SET NOT NULL", "app.large"), "app.large");
    scan(fixture, add_locking(fixture, "ALTER TABLE app.small ALTER a SET NOT NULL", "app.small"), "app.small");
    const struct hazard *large = find(fixture, 1, HAZARD_full_scan), *small = find(fixture, 2, HAZARD_full_scan);
    assert_int_equal(large->danger, DANGER_HIGH);
    assert_non_null(strstr(large->message, "about 16 GB, 50000000 rows"));
    assert_int_equal(small->danger, DANGER_LOW);
}

static void use(struct hazard_size *size, int64_t writes, int64_t seconds, int64_t writers)
{
    size->since = "2026-11-20";
    size->is_reset = true;
    size->writes = writes;
    size->seconds = seconds;
    size->readers = 2;
    size->writers = writers;
}

static const char *message_of_use(struct fixture *fixture)
{
    fixture->file.statements.count = 0;
    scan(fixture, add_locking(fixture, "ALTER TABLE app.large ALTER a SET NOT NULL", "app.large"), "app.large");
    return find(fixture, 1, HAZARD_full_scan)->message;
}

static void test_hazard_says_who_uses_the_table(void **state)
{
    struct fixture *fixture = *state;
    use(&fixture->sizes[0], 120000, 1000, 1);
    assert_non_null(strstr(message_of_use(fixture),
                           "about 120 writes/s since 2026-11-20; in use by 3 sessions now, 1 of them writing"));
    use(&fixture->sizes[0], 100, 36000, 0);
    assert_non_null(strstr(message_of_use(fixture), "about 10 writes/h since 2026-11-20; in use by 2 sessions now)"));
    fixture->sizes[0].is_reset = false;
    assert_non_null(
        strstr(message_of_use(fixture), "at most about 10 writes/h since the server's start on 2026-11-20"));
    use(&fixture->sizes[0], INTEGER_NULL, 36000, 0);
    assert_non_null(strstr(message_of_use(fixture), "nobody counts its writes"));
    assert_int_equal(fixture->step.hazards[0].held_count, 1);
}

static void test_hazard_rows_that_nobody_counted_are_not_none(void **state)
{
    struct fixture *fixture = *state;
    fixture->sizes[0].rows = INTEGER_NULL;
    assert_non_null(strstr(message_of_use(fixture), "about 16 GB, how many rows is not known"));
    fixture->sizes[0].rows = fixture->sizes[0].bytes = 0;
    assert_non_null(strstr(message_of_use(fixture), "(empty)"));
}

static void test_hazard_table_that_is_not_there_has_none(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object gone = {"table", "app.mine", false, NULL};
    struct facts *facts = add_locking(fixture, "DROP TABLE app.mine", "app.mine");
    facts->dropped = &gone;
    facts->dropped_count = 1;
    judge(fixture);
    assert_int_equal(fixture->step.hazards[0].count, 0);
    assert_false(hazard_loses_data(fixture->plan));
}

static void test_hazard_detach_advice_knows_the_version(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_lock parent = {"app.large", 'p', LOCK_ACCESS_EXCLUSIVE, false};
    struct facts *facts = add(fixture, "ALTER TABLE app.large DETACH PARTITION app.other");
    facts->locks = &parent;
    facts->lock_count = 1;
    assert_non_null(strstr(find(fixture, 1, HAZARD_detach)->advice, "DETACH PARTITION ... CONCURRENTLY"));
    fixture->server_version = 130000;
    assert_null(strstr(find(fixture, 1, HAZARD_detach)->advice, "DETACH PARTITION ... CONCURRENTLY"));
}

/* ---- what is allowed ---- */

static void add_drop(struct fixture *fixture)
{
    static const struct fact_object gone = {"table", "app.large", false, NULL};
    struct facts *facts = add_locking(fixture, "DROP TABLE app.large", "app.large");
    facts->dropped = &gone;
    facts->dropped_count = 1;
}

static void test_hazard_loss_counts_until_it_is_allowed(void **state)
{
    struct fixture *fixture = *state;
    static const char *const of_another[] = {"data-loss:app.other", "rewrite:app.large", NULL};
    static const char *const of_it[] = {"data-loss:app.large", NULL}, *const in_short[] = {"data-loss:large", NULL};
    add_drop(fixture);
    judge(fixture);
    assert_true(hazard_loses_data(fixture->plan));
    fixture->allow = of_another;
    judge(fixture);
    assert_true(hazard_loses_data(fixture->plan));
    fixture->allow = of_it;
    judge(fixture);
    assert_false(hazard_loses_data(fixture->plan));
    fixture->allow = in_short;
    assert_string_equal(find(fixture, 1, HAZARD_data_loss)->allowed, "--allow");
}

static void test_hazard_head_line_allows_it_in_the_file(void **state)
{
    struct fixture *fixture = *state;
    add_drop(fixture);
    fixture->allowance = (struct file_allowance){"data-loss", "nobody has used it since May", 1};
    fixture->file.allowances = &fixture->allowance;
    fixture->file.allowance_count = 1;
    assert_string_equal(find(fixture, 1, HAZARD_data_loss)->allowed, "nobody has used it since May");
    assert_false(hazard_loses_data(fixture->plan));
}

static void test_hazard_allowance_must_name_hazard_and_object(void **state)
{
    struct fixture *fixture = *state;
    assert_true(hazard_check_allowance("data-loss:app.large", fixture->error));
    assert_false(hazard_check_allowance("data-loss", fixture->error));
    assert_int_equal(fixture->error->code, ERROR_USAGE);
    assert_false(hazard_check_allowance("data-lost:app.large", fixture->error));
    assert_non_null(strstr(fixture->error->hint, "Did you mean data-loss?"));
}

static void test_hazard_ids_are_words_with_dashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < HAZARD_COUNT; i++) {
        const char *id = hazard_kinds[i].id;
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz-"), strlen(id));
        assert_ptr_equal(hazard_find(id), &hazard_kinds[i]);
        assert_true(hazard_kinds[i].what[strlen(hazard_kinds[i].what) - 1] == '.');
    }
}

/* ---- what is lost unseen ---- */

static void test_hazard_drop_owned_is_data_loss(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "DROP OWNED BY app CASCADE");
    add(fixture, "REASSIGN OWNED BY app TO other");
    assert_non_null(find(fixture, 1, HAZARD_data_loss));
    assert_null(find(fixture, 2, HAZARD_data_loss));
}

static void test_hazard_delete_in_with_names_the_table_that_loses(void **state)
{
    struct fixture *fixture = *state;
    struct facts *facts =
        add(fixture, "WITH gone AS (DELETE FROM app.large RETURNING *) INSERT INTO app.other SELECT * FROM gone");
    lock(fixture, facts, "app.other", LOCK_ROW_EXCLUSIVE);
    lock(fixture, facts, "app.large", LOCK_ROW_EXCLUSIVE);
    scan(fixture, facts, "app.large");
    const struct hazard *hazard = find(fixture, 1, HAZARD_delete_all);
    assert_non_null(hazard);
    assert_string_equal(hazard->object, "app.large");
}

static void test_hazard_rows_deleted_by_a_block_are_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_tuples all = {.relation = "app.small", .deleted = 10};
    static const struct fact_tuples some = {.relation = "app.small", .deleted = 9};
    const struct fact_tuples *const tuples[] = {&all, &some, &all};
    static const char *const texts[] = {"DO $$ BEGIN DELETE FROM app.small; END $$",
                                        "DO $$ BEGIN DELETE FROM app.small WHERE a > 1; END $$",
                                        "DELETE FROM app.small WHERE a > 0"};
    for (size_t i = 0; i < countof(texts); i++) {
        struct facts *facts = add(fixture, texts[i]);
        facts->tuples = tuples[i];
        facts->tuple_count = 1;
    }
    assert_non_null(find(fixture, 1, HAZARD_delete_all));
    assert_null(find(fixture, 2, HAZARD_delete_all));
    assert_null(find(fixture, 3, HAZARD_delete_all));
}

static void test_hazard_of_code_that_may_branch_on_rows_is_told(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {
        "DO $$ BEGIN IF (SELECT count(*) FROM app.small) > 10 THEN NULL; END IF; END $$",
        "SELECT count(*) FROM app.small", "DO $$ BEGIN PERFORM 1 FROM app.new; END $$"};
    for (size_t i = 0; i < countof(texts); i++)
        lock(fixture, add(fixture, texts[i]), i < 2 ? "app.small" : "app.new", LOCK_ACCESS_SHARE);
    assert_string_equal(find(fixture, 1, HAZARD_rows_decide)->object, "app.small");
    assert_null(find(fixture, 2, HAZARD_rows_decide));
    assert_null(find(fixture, 3, HAZARD_rows_decide));
}

/* ---- what programs miss ---- */

static void drop(struct facts *facts, const struct fact_object *object)
{
    facts->dropped = object;
    facts->dropped_count = 1;
}

static void test_hazard_view_made_again_in_the_file_is_not_missed(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object function = {"function", "app.f()", false, NULL};
    drop(add(fixture, "DROP FUNCTION app.f()"), &function);
    assert_non_null(find(fixture, 1, HAZARD_object_dropped));
    struct facts *second = add(fixture, "CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS ''");
    second->created = &function;
    second->created_count = 1;
    assert_null(find(fixture, 1, HAZARD_object_dropped));
    fixture->file.is_transactional = false;
    assert_non_null(find(fixture, 1, HAZARD_object_dropped));
}

static void test_hazard_what_is_dropped_has_a_way_to_be_hidden_first(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object function = {"function", "app.f(a integer)", false, NULL};
    drop(add(fixture, "DROP FUNCTION app.f(integer)"), &function);
    assert_non_null(strstr(find(fixture, 1, HAZARD_object_dropped)->advice,
                           "ALTER FUNCTION app.f(a integer) RENAME TO f_to_be_dropped;"));
}

static void test_hazard_roles_are_rights(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {"CREATE ROLE a", "GRANT a TO b", "ALTER USER a SUPERUSER",
                                        "CREATE USER MAPPING FOR a SERVER s"};
    for (size_t i = 0; i < countof(texts); i++)
        add(fixture, texts[i]);
    assert_non_null(find(fixture, 1, HAZARD_rights));
    assert_non_null(find(fixture, 2, HAZARD_rights));
    assert_non_null(find(fixture, 3, HAZARD_rights));
    assert_null(find(fixture, 4, HAZARD_rights));
}

static void test_hazard_setting_of_a_trigger_is_said_to_be_hidden(void **state)
{
    struct fixture *fixture = *state;
    static const char *const timeout[] = {"lock_timeout = 0", NULL};
    add(fixture, "INSERT INTO app.large VALUES (1)")->settings = timeout;
    add(fixture, "SET lock_timeout = 0")->settings = timeout;
    assert_non_null(strstr(find(fixture, 1, HAZARD_timeout_overruled)->message, "trigger"));
    assert_null(strstr(find(fixture, 2, HAZARD_timeout_overruled)->message, "trigger"));
}

/* ---- style ---- */

static void test_hazard_style_is_told_where_it_is_asked_for(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "CREATE TABLE t (id integer, at timestamp)");
    add(fixture, "CREATE TABLE app.t (json integer, at timestamp(3) with time zone, \"char\" text)");
    add(fixture, "ALTER TYPE app.mood ADD VALUE 'new'");
    add(fixture, "ALTER TYPE app.mood ADD VALUE 'new' BEFORE 'old'");
    assert_null(find(fixture, 1, HAZARD_type_advice));
    fixture->wants_style = true;
    assert_string_equal(find(fixture, 1, HAZARD_type_advice)->object, "at");
    assert_non_null(find(fixture, 1, HAZARD_unqualified));
    assert_null(find(fixture, 2, HAZARD_type_advice));
    assert_null(find(fixture, 2, HAZARD_unqualified));
    assert_non_null(find(fixture, 3, HAZARD_label_last));
    assert_null(find(fixture, 4, HAZARD_label_last));
}

/* ---- how rows are found ---- */

static void test_hazard_many_rows_where_no_unique_key_finds_them(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_seek unique = {"app.large_pkey", "app.large", true},
                                  plain = {"app.large_a", "app.large", false};
    const struct fact_seek *const seeks[] = {&unique, &plain, NULL};
    for (size_t i = 0; i < countof(seeks); i++) {
        struct facts *facts = add(fixture, "DELETE FROM app.large WHERE a = 1");
        lock(fixture, facts, "app.large", LOCK_ROW_EXCLUSIVE);
        facts->seeks = seeks[i];
        facts->seek_count = seeks[i] != NULL;
    }
    assert_null(find(fixture, 1, HAZARD_many_rows));
    assert_non_null(find(fixture, 2, HAZARD_many_rows));
    assert_non_null(find(fixture, 3, HAZARD_many_rows));
}

static void test_hazard_rows_of_another_table_may_be_many(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_seek unique = {"app.large_pkey", "app.large", true};
    struct facts *facts = add(fixture, "DELETE FROM app.large USING app.other o WHERE large.id = o.id");
    lock(fixture, facts, "app.large", LOCK_ROW_EXCLUSIVE);
    scan(fixture, facts, "app.other");
    facts->seeks = &unique;
    facts->seek_count = 1;
    assert_non_null(find(fixture, 1, HAZARD_many_rows));
}

static void test_hazard_key_is_indexed_later_in_the_file(void **state)
{
    struct fixture *fixture = *state;
    static const struct fact_object key = {"foreign key", "app.large.k", false, "without an index"},
                                    index = {"index", "app.i", false, ""};
    struct facts *first = add(fixture, "ALTER TABLE app.large ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES app.small");
    first->created = &key;
    first->created_count = 1;
    assert_non_null(find(fixture, 1, HAZARD_key_without_index));
    struct facts *second = add(fixture, "CREATE INDEX i ON app.large (a)");
    second->created = &index;
    second->created_count = 1;
    lock(fixture, second, "app.large", LOCK_SHARE);
    assert_null(find(fixture, 1, HAZARD_key_without_index));
}

/* ---- what fails ---- */

static struct facts *add_failing(struct fixture *fixture, const char *sql, const char *sqlstate)
{
    struct facts *facts = add(fixture, sql);
    facts->source = FACTS_DERIVED;
    facts->sqlstate = sqlstate;
    facts->failure = "it says no";
    return facts;
}

static void test_hazard_slow_measuring_is_no_failure(void **state)
{
    struct fixture *fixture = *state;
    add_failing(fixture, "UPDATE app.large SET a = 1 WHERE b", "57014");
    assert_null(find(fixture, 1, HAZARD_fails));
    assert_non_null(find(fixture, 1, HAZARD_unknown));
}

static void test_hazard_advice_fits_what_is_not_supported(void **state)
{
    struct fixture *fixture = *state;
    add_failing(fixture, "ALTER TABLE app.large ALTER a TYPE text", "0A000");
    add_failing(fixture, "CREATE INDEX CONCURRENTLY i ON app.large (a)", "0A000");
    assert_non_null(strstr(find(fixture, 1, HAZARD_fails)->advice, "a view"));
    assert_non_null(strstr(find(fixture, 2, HAZARD_fails)->advice, "ON ONLY"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_hazard_view_made_again_in_the_file_is_not_missed),
        TEST(test_hazard_what_is_dropped_has_a_way_to_be_hidden_first),
        TEST(test_hazard_style_is_told_where_it_is_asked_for),
        TEST(test_hazard_roles_are_rights),
        TEST(test_hazard_setting_of_a_trigger_is_said_to_be_hidden),
        TEST(test_hazard_many_rows_where_no_unique_key_finds_them),
        TEST(test_hazard_rows_of_another_table_may_be_many),
        TEST(test_hazard_key_is_indexed_later_in_the_file),
        TEST(test_hazard_drop_owned_is_data_loss),
        TEST(test_hazard_delete_in_with_names_the_table_that_loses),
        TEST(test_hazard_rows_deleted_by_a_block_are_told),
        TEST(test_hazard_of_code_that_may_branch_on_rows_is_told),
        TEST(test_hazard_slow_measuring_is_no_failure),
        TEST(test_hazard_advice_fits_what_is_not_supported),
        TEST(test_hazard_work_behind_a_lock_is_told),
        TEST(test_hazard_work_without_a_transaction_is_none),
        TEST(test_hazard_second_table_is_told_once),
        TEST(test_hazard_constraint_validated_where_it_was_added),
        TEST(test_hazard_settings_and_timeouts_are_told_apart),
        TEST(test_hazard_many_locks_are_counted),
        TEST(test_hazard_objects_of_the_server_are_no_schema),
        TEST(test_hazard_concurrently_if_not_exists_is_blind),
        TEST(test_hazard_extension_is_told),
        TEST(test_hazard_unknown_is_never_silent),
        TEST(test_hazard_failure_has_its_advice),
        TEST(test_hazard_small_table_weighs_little),
        TEST(test_hazard_says_who_uses_the_table),
        TEST(test_hazard_rows_that_nobody_counted_are_not_none),
        TEST(test_hazard_table_that_is_not_there_has_none),
        TEST(test_hazard_detach_advice_knows_the_version),
        TEST(test_hazard_loss_counts_until_it_is_allowed),
        TEST(test_hazard_head_line_allows_it_in_the_file),
        TEST(test_hazard_allowance_must_name_hazard_and_object),
        TEST(test_hazard_ids_are_words_with_dashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Migration files: names, bytes, head lines, and what their statements may be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/file.h"
#include "store/digest.h"
#include "tests/lib/server.h"

struct fixture {
    struct error *error;
    char *folder;
    int fd;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->folder = test_directory(fixture);
    fixture->fd = open(fixture->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    close(fixture->fd);
    talloc_free(fixture);
    return 0;
}

static struct migration_file *parse_bytes(struct fixture *fixture, const char *bytes, size_t size_bytes)
{
    error_clear(fixture->error);
    return file_parse(fixture, "migrations/001_a.sql", "001_a.sql", bytes, size_bytes, fixture->error);
}

static struct migration_file *parse(struct fixture *fixture, const char *text)
{
    return parse_bytes(fixture, text, strlen(text));
}

static struct migration_file *parse_good(struct fixture *fixture, const char *text)
{
    struct migration_file *file = parse(fixture, text);
    if (!file)
        fail_msg("%d:%d: %s in: %s", fixture->error->line, fixture->error->column, fixture->error->message, text);
    return file;
}

static void assert_refused(struct fixture *fixture, const char *text, int line, int column, const char *part)
{
    if (parse(fixture, text))
        fail_msg("was taken: %s", text);
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    if (!strstr(fixture->error->message, part) || fixture->error->line != line || fixture->error->column != column)
        fail_msg("%d:%d: %s, for: %s", fixture->error->line, fixture->error->column, fixture->error->message, text);
    assert_string_equal(fixture->error->file, "migrations/001_a.sql");
    assert_non_null(fixture->error->hint);
}

static void test_parse_name_takes_versions_and_descriptions(void **state)
{
    static const struct {
        const char *name, *version;
        int64_t number;
        const char *description;
    } cases[] = {
        {"007_add_index.sql", "007", 7, "add_index"},
        {"1_a.sql", "1", 1, "a"},
        {"0_a.sql", "0", 0, "a"},
        {"20260316120000_A-b.c.sql", "20260316120000", 20260316120000, "A-b.c"},
        {"999999999999999999_x.sql", "999999999999999999", 999999999999999999, "x"},
        {"001_add.up.sql", "001", 1, "add"},
        {"001_up.sql", "001", 1, "up"},
        {"001__.sql", "001", 1, "_"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *version, *description, *reason;
        int64_t number;
        assert_true(file_parse_name(*state, cases[i].name, &version, &number, &description, &reason));
        assert_string_equal(version, cases[i].version);
        assert_true(number == cases[i].number);
        assert_string_equal(description, cases[i].description);
    }
}

static void test_parse_name_says_why_it_is_none(void **state)
{
    static const struct {
        const char *name, *part;
    } cases[] = {
        {"a.sql", "version"},
        {"001.sql", "underscore"},
        {"001-a.sql", "underscore"},
        {"001_.sql", "description"},
        {"001_.up.sql", "description"},
        {"001_a b.sql", "character"},
        {"001_\xc3\xa9.sql", "character"},
        {"001_a.SQL", "lower case"},
        {"001_a.UP.sql", "lower case"},
        {"001_a.Down.sql", "lower case"},
        {"001_a.down.sql", "forward only"},
        {"001_a.txt", ".sql"},
        {".sql", ".sql"},
        {"1234567890123456789_a.sql", "18 digits"},
        {"_a.sql", "version"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *version, *description, *reason = NULL;
        int64_t number;
        assert_false(file_parse_name(*state, cases[i].name, &version, &number, &description, &reason));
        assert_non_null(strstr(reason, cases[i].part));
    }
}

static void test_parse_normalises_line_ends_and_bom(void **state)
{
    struct fixture *fixture = *state;
    const char *plain = "-- a\nselect 'x\n';\n";
    struct migration_file *file = parse_good(fixture, "\xEF\xBB\xBF-- a\r\nselect 'x\r\n';\r\n");
    assert_string_equal(file->text, plain);
    assert_int_equal(file->size_bytes, strlen(plain));
    assert_string_equal(file->checksum, digest_sha256(fixture, plain, strlen(plain)));
    assert_string_equal(file->checksum, parse_good(fixture, plain)->checksum);
    assert_int_equal(file->statements.items[0].line, 2);
}

static void test_parse_takes_a_file_without_statements(void **state)
{
    struct migration_file *file = parse_good(*state, "-- nothing yet\n");
    assert_int_equal(file->statements.count, 0);
    assert_int_equal(parse_good(*state, "")->size_bytes, 0);
    assert_true(file->is_transactional);
    assert_true(file->lock_timeout_ms == -1 && file->statement_timeout_ms == -1);
}

static void test_parse_refuses_bad_bytes_with_their_place(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        int line, column;
        const char *part;
    } cases[] = {
        {"select 1;\nselect '\0'", 19, 2, 9, "a NUL byte at byte offset 18"},
        {"select \0 1234567890", 19, 1, 8, "a NUL byte at byte offset 7"},
        {"-- \xc3\xa9 \xff", 7, 1, 6, "invalid UTF-8 at byte offset 6"},
        {"\xEF\xBB\xBF-- \xff", 7, 1, 4, "invalid UTF-8 at byte offset 6"},
        {"\xed\xa0\x80", 3, 1, 1, "invalid UTF-8"},
        {"0123456789\n012345678\xc3", 21, 2, 10, "invalid UTF-8"},
        {"-- a\r\n-- b\rdrop table t;", 24, 2, 5, "carriage return without a line feed"},
        {"select 1;\r", 10, 1, 10, "carriage return without a line feed"},
        {"x\xEF\xBB\xBF", 4, 1, 2, "byte order mark"},
        {"\xEF\xBB\xBF\xEF\xBB\xBFx", 7, 1, 1, "byte order mark"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        assert_null(parse_bytes(fixture, cases[i].bytes, cases[i].size));
        assert_int_equal(fixture->error->code, ERROR_PROJECT);
        assert_non_null(strstr(fixture->error->message, cases[i].part));
        assert_int_equal(fixture->error->line, cases[i].line);
        assert_int_equal(fixture->error->column, cases[i].column);
    }
}

static void test_head_is_read(void **state)
{
    struct migration_file *file =
        parse_good(*state, "-- What it does.\n--pgdeck:no-transaction \n\n  -- pgdeck: lock-timeout 5s\n"
                           "-- PgDeck : statement-timeout 10min\n-- pgdeck: allow rewrite because it is small\n"
                           "-- pgdeck: allow data_loss because  asked for \nselect 1;");
    assert_false(file->is_transactional);
    assert_true(file->lock_timeout_ms == 5000);
    assert_true(file->statement_timeout_ms == 600000);
    assert_int_equal(file->allowance_count, 2);
    assert_string_equal(file->allowances[0].hazard, "rewrite");
    assert_string_equal(file->allowances[0].reason, "it is small");
    assert_int_equal(file->allowances[0].line, 6);
    assert_string_equal(file->allowances[1].hazard, "data_loss");
    assert_string_equal(file->allowances[1].reason, "asked for");
}

static void test_head_refuses_what_it_does_not_understand(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *part;
    } cases[] = {
        {"-- x\n-- pgdeck: no-transactoin\n", 2, 12, "unknown word \"no-transactoin\""},
        {"-- pgdeck: no_transaction", 1, 12, "unknown word"},
        {"-- pgdeck:", 1, 11, "unknown word \"\""},
        {"-- pgdeck no-transaction", 1, 11, "colon is missing"},
        {"-- pgdeck: no-transaction please", 1, 27, "nothing may follow"},
        {"-- pgdeck: no-transaction\n-- pgdeck: no-transaction", 2, 12, "said twice"},
        {"-- pgdeck: lock-timeout 1s\n-- pgdeck: lock-timeout 1s", 2, 12, "said twice"},
        {"-- pgdeck: lock-timeout soon", 1, 25, "\"soon\" is not a duration"},
        {"-- pgdeck: lock-timeout", 1, 24, "\"\" is not a duration"},
        {"-- pgdeck: lock-timeout 0", 1, 25, "\"0\" is not a duration"},
        {"-- pgdeck: statement-timeout 99999d", 1, 30, "is not a duration"},
        {"-- pgdeck: allow rewrite", 1, 18, "hazard and its reason"},
        {"-- pgdeck: allow rewrite because ", 1, 18, "hazard and its reason"},
        {"-- pgdeck: allow a because b\n-- pgdeck: allow a because c", 2, 18, "\"a\" is said twice"},
        {"select 1;\n-- pgdeck: no-transaction\n", 2, 1, "behind the head"},
        {"select 1 -- pgdeck: lock-timeout 1s\n;", 1, 10, "behind the head"},
        {"/* x */\n-- pgdeck: no-transaction\n", 2, 1, "behind the head"},
        {"/* pgdeck: no-transaction */", 1, 1, "behind the head"},
        {"copy t from stdin;\n-- pgdeck: x\n\\.\n\xc3\xa9 -- pgdeck: x\n", 4, 3, "behind the head"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_refused(*state, cases[i].text, cases[i].line, cases[i].column, cases[i].part);
}

static void test_head_suggests_the_nearest_word(void **state)
{
    struct fixture *fixture = *state;
    assert_null(parse(fixture, "-- pgdeck: lock_timout 5s"));
    assert_string_equal(fixture->error->hint, "Did you mean \"lock-timeout\"?");
}

static void test_head_leaves_prose_strings_and_data_alone(void **state)
{
    static const char *const texts[] = {
        "-- pgdeck runs this\nselect 1; -- pgdeck, again\n",
        "select '\n-- pgdeck: x\n', $$\n-- pgdeck: x\n$$;\n",
        "copy t from stdin;\n-- pgdeck: x\n\\.\n",
        "-- see pgdeck: x\nselect 1; -- not pgdeck: x\n",
    };
    for (size_t i = 0; i < countof(texts); i++)
        assert_true(parse_good(*state, texts[i])->is_transactional);
}

static void test_transactional_file_refuses_transaction_control(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *part;
    } cases[] = {
        {"select 1;\n begin;", 2, 2, "BEGIN cannot stand"},
        {"start transaction;", 1, 1, "START TRANSACTION cannot stand"},
        {"select 1; commit;", 1, 11, "COMMIT cannot stand"},
        {"end;", 1, 1, "END cannot stand"},
        {"rollback;", 1, 1, "ROLLBACK cannot stand"},
        {"commit and chain;", 1, 1, "COMMIT AND CHAIN cannot stand"},
        {"prepare transaction 'x';", 1, 1, "PREPARE TRANSACTION cannot stand"},
        {"set transaction read only;", 1, 1, "SET TRANSACTION cannot stand"},
        {"create index concurrently i on t (a);", 1, 1, "CREATE INDEX CONCURRENTLY cannot run in a transaction"},
        {"vacuum t;", 1, 1, "VACUUM cannot run in a transaction"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_refused(*state, cases[i].text, cases[i].line, cases[i].column, cases[i].part);
}

static void test_transactional_file_hints_at_no_transaction(void **state)
{
    struct fixture *fixture = *state;
    assert_null(parse(fixture, "select 1; vacuum"));
    assert_non_null(strstr(fixture->error->hint, "-- pgdeck: no-transaction"));
    assert_int_equal(fixture->error->statement, 2);
}

static void test_transactional_file_takes_savepoints_and_settings(void **state)
{
    assert_int_equal(
        parse_good(*state, "savepoint a; rollback to a; release a; set local x.y = 1; do $$ begin commit; end $$;")
            ->statements.count,
        5);
}

static void test_no_transaction_file_takes_paired_blocks(void **state)
{
    static const char *const texts[] = {
        "create index concurrently i on t (a); vacuum t;",
        "begin; select 1; savepoint a; rollback to a; commit; start transaction; end;",
        "begin; set transaction isolation level serializable; set transaction read write; select 1; commit; vacuum",
        "set work_mem = '1MB'; copy t from stdin;\n1\n\\.\n",
    };
    for (size_t i = 0; i < countof(texts); i++)
        assert_false(
            parse_good(*state, talloc_asprintf(*state, "-- pgdeck: no-transaction\n%s", texts[i]))->is_transactional);
}

static void test_no_transaction_file_refuses_broken_blocks(void **state)
{
    static const struct {
        const char *text;
        int column;
        const char *part;
    } cases[] = {
        {"begin; begin; commit;", 8, "BEGIN stands inside a block"},
        {"select 1; commit;", 11, "COMMIT has no BEGIN"},
        {"begin; commit; end;", 16, "END has no BEGIN"},
        {"select 1; begin; select 2;", 11, "BEGIN has no COMMIT"},
        {"begin; rollback;", 8, "ROLLBACK cannot stand"},
        {"rollback;", 1, "ROLLBACK cannot stand"},
        {"begin; commit and chain; commit;", 8, "COMMIT AND CHAIN cannot stand"},
        {"commit prepared 'x';", 1, "COMMIT PREPARED cannot stand"},
        {"begin; create index concurrently i on t (a); commit", 8, "CREATE INDEX CONCURRENTLY cannot run"},
        {"begin; vacuum; commit", 8, "VACUUM cannot run"},
        {"set transaction read only;", 1, "SET TRANSACTION must be the first"},
        {"begin; select 1; set transaction read only; commit;", 18, "SET TRANSACTION must be the first"},
        {"savepoint a;", 1, "SAVEPOINT stands outside"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_refused(*state, talloc_asprintf(*state, "-- pgdeck: no-transaction\n%s", cases[i].text), 2,
                       cases[i].column, cases[i].part);
}

static struct migration_file *read_file(struct fixture *fixture, const char *name)
{
    error_clear(fixture->error);
    return file_read(fixture, fixture->fd, fixture->folder, "migrations", name, 1024, fixture->error);
}

static void test_read_takes_a_file_and_a_link_that_stays_inside(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->folder, "sub/real.txt", "select 1;\n");
    test_write(fixture->folder, "001_a.sql", "select 2;\n");
    assert_int_equal(symlinkat("sub/real.txt", fixture->fd, "002_b.sql"), 0);
    struct migration_file *file = read_file(fixture, "001_a.sql");
    assert_string_equal(file->path, "migrations/001_a.sql");
    assert_string_equal(file->text, "select 2;\n");
    assert_string_equal(read_file(fixture, "002_b.sql")->text, "select 1;\n");
}

static void test_read_refuses_what_is_no_file_of_the_folder(void **state)
{
    struct fixture *fixture = *state;
    char *beside = talloc_asprintf(fixture, "%s-beside", fixture->folder);
    assert_int_equal(mkdir(beside, 0700), 0);
    test_write(beside, "x", "secret");
    assert_int_equal(symlinkat(talloc_asprintf(fixture, "%s/x", beside), fixture->fd, "001_out.sql"), 0);
    assert_int_equal(symlinkat("nowhere", fixture->fd, "002_dangling.sql"), 0);
    assert_int_equal(symlinkat("003_loop.sql", fixture->fd, "003_loop.sql"), 0);
    assert_int_equal(mkfifoat(fixture->fd, "004_fifo.sql", 0600), 0);
    assert_int_equal(mkdirat(fixture->fd, "005_folder.sql", 0700), 0);
    test_write(fixture->folder, "006_big.sql", talloc_asprintf(fixture, "%01025d", 0));
    assert_int_equal(symlinkat("/dev/zero", fixture->fd, "008_device.sql"), 0);
    static const struct {
        const char *name, *part;
    } cases[] = {
        {"001_out.sql", "leads out"},         {"002_dangling.sql", "No such file"},
        {"003_loop.sql", "symbolic links"},   {"004_fifo.sql", "not a regular"},
        {"005_folder.sql", "not a regular"},  {"006_big.sql", "has 1025 bytes, the limit is 1024"},
        {"007_vanished.sql", "No such file"}, {"008_device.sql", "leads out"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        assert_null(read_file(fixture, cases[i].name));
        assert_int_equal(fixture->error->code, ERROR_FILE);
        assert_non_null(strstr(fixture->error->message, cases[i].part));
        assert_string_equal(fixture->error->file, talloc_asprintf(fixture, "migrations/%s", cases[i].name));
    }
    unlink(talloc_asprintf(fixture, "%s/x", beside));
    rmdir(beside);
}

static void test_read_of_a_bad_name_names_it(void **state)
{
    struct fixture *fixture = *state;
    assert_null(read_file(fixture, "a.sql"));
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    assert_non_null(strstr(fixture->error->message, "\"a.sql\""));
}

static void test_failed_read_leaves_no_memory_behind(void **state)
{
    struct fixture *fixture = *state;
    size_t before = talloc_total_blocks(fixture);
    assert_null(parse(fixture, "-- pgdeck: lock-timeout 1s\nselect 1; commit;"));
    error_clear(fixture->error);
    assert_int_equal(talloc_total_blocks(fixture), before);
}

static void test_script_passes_over_restrict_and_takes_transactions(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->folder, "init.sql", "\\restrict a\r\nbegin;\r\ncommit;\r\n\\unrestrict a\r\n");
    char *path = talloc_asprintf(fixture, "%s/init.sql", fixture->folder);
    struct script *script = script_read(fixture, path, "initdb/init.sql", 1024, fixture->error);
    assert_non_null(script);
    assert_int_equal(script->statements.count, 2);
    assert_string_equal(script->path, "initdb/init.sql");
    assert_string_equal(script->text, "\\restrict a\nbegin;\ncommit;\n\\unrestrict a\n");
    assert_null(script_read(fixture, path, "initdb/init.sql", 10, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
}

static void test_down_line_of_other_tools_is_found(void **state)
{
    static const struct {
        const char *text;
        int line;
    } cases[] = {
        {"SELECT 1;\n", 0},
        {"-- migrate:up\nCREATE TABLE t ();\n-- migrate:down\nDROP TABLE t;\n", 3},
        {"-- +goose Up\nSELECT 1;\n-- +goose Down\n", 3},
        {"-- +migrate Down\n", 1},
        {"SELECT '-- migrate:down';\n", 0},
    };
    struct error *error = error_new(*state);
    for (size_t i = 0; i < countof(cases); i++) {
        struct migration_file *file =
            file_parse(*state, "migrations/1_a.sql", "1_a.sql", cases[i].text, strlen(cases[i].text), error);
        assert_non_null(file);
        assert_int_equal(file_down_line(file), cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parse_name_takes_versions_and_descriptions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parse_name_says_why_it_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parse_normalises_line_ends_and_bom, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parse_takes_a_file_without_statements, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parse_refuses_bad_bytes_with_their_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_refuses_what_it_does_not_understand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_suggests_the_nearest_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_leaves_prose_strings_and_data_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_transactional_file_refuses_transaction_control, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_transactional_file_hints_at_no_transaction, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_transactional_file_takes_savepoints_and_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_transaction_file_takes_paired_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_transaction_file_refuses_broken_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_takes_a_file_and_a_link_that_stays_inside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_what_is_no_file_of_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_of_a_bad_name_names_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_down_line_of_other_tools_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failed_read_leaves_no_memory_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_script_passes_over_restrict_and_takes_transactions, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

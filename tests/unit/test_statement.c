/* The splitter: cuts, places, kinds, refusals; and a random driver that compares with PostgreSQL's own parser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pg_query.h>

#include "migrate/lexer.h"
#include "migrate/statement.h"
#include "store/clock.h"
#include "store/digest.h"
#include "store/disk.h"
#include "tests/lib/statement_check.h"

struct fixture {
    struct error *error;
    struct statement_list list;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static bool split(struct fixture *fixture, const char *text)
{
    error_clear(fixture->error);
    return statement_split(fixture, "f.sql", text, strlen(text), METAS_REFUSED, &fixture->list, fixture->error);
}

/* The statements, each followed by a bar; COPY data behind a colon. */
static const char *cuts(struct fixture *fixture, const char *text)
{
    if (!split(fixture, text))
        fail_msg("%d:%d: %s in: %s", fixture->error->line, fixture->error->column, fixture->error->message, text);
    char *joined = talloc_strdup(fixture, "");
    for (size_t i = 0; i < fixture->list.count; i++) {
        const struct statement *item = &fixture->list.items[i];
        joined = talloc_asprintf_append(joined, "%.*s", (int)item->size_bytes, item->text);
        if (item->copy_data)
            joined = talloc_asprintf_append(joined, ":%.*s", (int)item->copy_size_bytes, item->copy_data);
        joined = talloc_asprintf_append(joined, "|");
    }
    return joined;
}

static const struct {
    const char *text, *cuts;
} cut_cases[] = {
    {"", ""},
    {" ;; ; -- nothing\n/* ; */ ;", ""},
    {"select 1", "select 1|"},
    {"-- a\nselect 1 -- b;\n ; /* c */ select 2;", "select 1|select 2|"},
    {"select 'a;b''c;'; x", "select 'a;b''c;'|x|"},
    {"select '\\'; x", "select '\\'|x|"},
    {"select E'\\';'; x", "select E'\\';'|x|"},
    {"select e'\\\\'; x", "select e'\\\\'|x|"},
    {"select fooE'\\'; x", "select fooE'\\'|x|"},
    {"select E'a' 'b\\'; x", "select E'a' 'b\\'|x|"},
    {"select E'a'\n'b\\';'; x", "select E'a'\n'b\\';'|x|"},
    {"select E'a' -- c 'd\n -- e\n 'b\\';'; x", "select E'a' -- c 'd\n -- e\n 'b\\';'|x|"},
    {"select E'a' /*\n*/ 'b\\'; x", "select E'a' /*\n*/ 'b\\'|x|"},
    {"select B'0\\', X'\\', N'\\', U&'\\'; x", "select B'0\\', X'\\', N'\\', U&'\\'|x|"},
    {"select U&\"a;\\\", \"b\"\";\"; x", "select U&\"a;\\\", \"b\"\";\"|x|"},
    {"select $$;$$, $a$ $$;$b$; $a$; x", "select $$;$$, $a$ $$;$b$; $a$|x|"},
    {"select a$$; x$$", "select a$$|x$$|"},
    {"select $1; x", "select $1|x|"},
    {"select $1$$;$$; x", "select $1$$;$$|x|"},
    {"select 1$$;$$; x", "select 1$$;$$|x|"},
    {"select $a b; x", "select $a b|x|"},
    {"select $\xc3\xa9$;$\xc3\xa9$; x", "select $\xc3\xa9$;$\xc3\xa9$|x|"},
    {"select \xc3\xa9$a$; x", "select \xc3\xa9$a$|x|"},
    {"select 1 +-- ;\n2; x", "select 1 +-- ;\n2|x|"},
    {"select 1 -- ;\r; x", "select 1|x|"},
    {"select 1 */* ; /* ; */ ; */2; x", "select 1 */* ; /* ; */ ; */2|x|"},
    {"select /*/ ; */ 1; x", "select /*/ ; */ 1|x|"},
    {"select '--', '/*'; x", "select '--', '/*'|x|"},
    {"create rule r as on insert to t do (a; b); x", "create rule r as on insert to t do (a; b)|x|"},
    {"select ')'; x", "select ')'|x|"},
    {"select 1); x", "select 1)|x|"},
    {"select (1; x;", "select (1; x;|"},
    {"begin; end; x", "begin|end|x|"},
    {"create function f() begin atomic select 1; end; x", "create function f() begin atomic select 1; end|x|"},
    {"create function f() begin atomic select case when a then b end; end; x",
     "create function f() begin atomic select case when a then b end; end|x|"},
    {"create function f() begin atomic select 1 end; end; x", "create function f() begin atomic select 1 end; end|x|"},
    {"create procedure p() begin/**/atomic end; x", "create procedure p() begin/**/atomic end|x|"},
    {"create or replace function f(begin int) begin atomic; end; x",
     "create or replace function f(begin int) begin atomic; end|x|"},
    {"create function f(begin atomic) return 1; x", "create function f(begin atomic) return 1|x|"},
    {"create function f() as 'begin atomic'; x", "create function f() as 'begin atomic'|x|"},
    {"create function \"begin\"() returns begin language c; x",
     "create function \"begin\"() returns begin language c|x|"},
    {"select begin atomic; x", "select begin atomic|x|"},
    {"create view v as select begin atomic; x", "create view v as select begin atomic|x|"},
    {"copy t from stdin;\n1;\n'\\\n\\.\nx", "copy t from stdin:1;\n'\\\n|x|"},
    {"copy t from stdin;\n\\.", "copy t from stdin:|"},
    {"copy t from stdin; -- c\n\\.\n;x", "copy t from stdin:|x|"},
    {"copy t from stdin; /* c */ \n1\r\n\\.\r\nx", "copy t from stdin:1\r\n|x|"},
    {"copy t from stdin;\n\\. \n \\.\n\\.\nx", "copy t from stdin:\\. \n \\.\n|x|"},
};

static void test_split_cuts_where_the_server_does(void **state)
{
    for (size_t i = 0; i < countof(cut_cases); i++)
        assert_string_equal(cuts(*state, cut_cases[i].text), cut_cases[i].cuts);
}

static const struct {
    const char *text;
    int line, column;
    const char *part;
} refusals[] = {
    {"select 1;\n  'abc;\n", 2, 3, "unterminated quoted string"},
    {"select E'abc\\'", 1, 8, "unterminated quoted string"},
    {"select E'abc\\", 1, 8, "unterminated quoted string"},
    {"\xc3\xa9\xc3\xa9 \"abc", 1, 4, "unterminated quoted name"},
    {"select 1;\n\n $a$ $b$;", 3, 2, "unterminated dollar-quoted string"},
    {"select /* a /* b */ ;", 1, 8, "unterminated comment"},
    {"select 1; /*", 1, 11, "unterminated comment"},
    {"select 1;\n\\d t\n", 2, 1, "psql command \"\\d\""},
    {"select 1 \\gset", 1, 10, "psql command \"\\gset\""},
    {"\\restrict x\n", 1, 1, "psql command \"\\restrict\""},
    {"select 1;\ncopy t from stdin;\n1\n\\. \n", 2, 1, "have no end"},
    {"copy t from stdin", 1, 1, "have no end"},
    {"copy t from stdin; select 1;\n\\.\n", 1, 20, "goes on after its semicolon"},
    {"copy t from stdin; /*\n*/\n\\.\n", 1, 20, "goes on after its semicolon"},
};

static void test_split_refuses_with_the_place_of_its_start(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(refusals); i++) {
        assert_false(split(fixture, refusals[i].text));
        assert_int_equal(fixture->error->code, ERROR_PROJECT);
        assert_non_null(strstr(fixture->error->message, refusals[i].part));
        assert_string_equal(fixture->error->file, "f.sql");
        assert_int_equal(fixture->error->line, refusals[i].line);
        assert_int_equal(fixture->error->column, refusals[i].column);
        assert_non_null(fixture->error->hint);
    }
}

static void test_split_passes_over_restrict_between_statements_only(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* 0: refused */
    } cases[] = {
        {"\\restrict abc\nselect 1;\n\\unrestrict abc\n", 1},
        {"select 1;\n \\unrestrict", 1},
        {"select 1; \\restrict a\n", 0},
        {"select\n\\restrict a\n1", 0},
        {"\\restricted\nselect 1", 0},
        {"\\connect x\nselect 1", 0},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        error_clear(fixture->error);
        bool ok = statement_split(fixture, "f", cases[i].text, strlen(cases[i].text), METAS_RESTRICT_PASSED,
                                  &fixture->list, fixture->error);
        assert_int_equal(ok ? fixture->list.count : 0, cases[i].count);
    }
}

static void test_split_failed_leaves_the_list_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    assert_true(split(fixture, "select 1"));
    struct statement_list before = fixture->list;
    size_t blocks = talloc_total_blocks(fixture);
    assert_false(split(fixture, "select 1; select '"));
    assert_ptr_equal(fixture->list.items, before.items);
    assert_int_equal(fixture->list.count, 1);
    error_clear(fixture->error);
    assert_int_equal(talloc_total_blocks(fixture), blocks);
}

static const struct {
    enum statement_kind kind;
    const char *text;
} kinds[] = {
    {STATEMENT_BEGIN, "begin"},
    {STATEMENT_BEGIN, "BEGIN WORK"},
    {STATEMENT_BEGIN, "begin transaction isolation level serializable"},
    {STATEMENT_BEGIN, "start /* x */ transaction read only"},
    {STATEMENT_COMMIT, "commit"},
    {STATEMENT_COMMIT, "COMMIT AND NO CHAIN"},
    {STATEMENT_COMMIT, "end transaction"},
    {STATEMENT_ROLLBACK, "rollback work"},
    {STATEMENT_ROLLBACK, "abort"},
    {STATEMENT_ROLLBACK, "rollback and no chain"},
    {STATEMENT_CHAIN, "commit and chain"},
    {STATEMENT_CHAIN, "end work and chain"},
    {STATEMENT_CHAIN, "rollback transaction and -- x\n chain"},
    {STATEMENT_PREPARED, "prepare transaction 'x'"},
    {STATEMENT_PREPARED, "commit prepared 'x'"},
    {STATEMENT_PREPARED, "rollback prepared 'x'"},
    {STATEMENT_OTHER, "prepare transaction as select 1"},
    {STATEMENT_OTHER, "prepare p as select 1"},
    {STATEMENT_OTHER, "explain select 1"},
    {STATEMENT_OTHER, "start"},
    {STATEMENT_OTHER, "\"begin\""},
    {STATEMENT_OTHER, "beginning"},
    {STATEMENT_SAVEPOINT, "savepoint a"},
    {STATEMENT_SAVEPOINT, "release a"},
    {STATEMENT_SAVEPOINT, "rollback to a"},
    {STATEMENT_SAVEPOINT, "rollback work to savepoint a"},
    {STATEMENT_SET_TRANSACTION, "set transaction isolation level serializable"},
    {STATEMENT_SET_TRANSACTION, "set local transaction read only"},
    {STATEMENT_SET_TRANSACTION, "set session characteristics as transaction read only"},
    {STATEMENT_SET_TRANSACTION, "set session session characteristics as transaction read only"},
    {STATEMENT_SET_TRANSACTION, "set transaction_read_only to on"},
    {STATEMENT_SET_TRANSACTION, "set session \"Transaction_Isolation\" = 'serializable'"},
    {STATEMENT_SET_TRANSACTION, "set local transaction_deferrable = on"},
    {STATEMENT_SET_TRANSACTION, "reset transaction_isolation"},
    {STATEMENT_SET, "set default_transaction_read_only = off"},
    {STATEMENT_SET, "set session authorization x"},
    {STATEMENT_SET, "set role x"},
    {STATEMENT_SET, "set local search_path = a"},
    {STATEMENT_SET, "reset all"},
    {STATEMENT_SET, "discard temp"},
    {STATEMENT_OTHER, "set constraints all deferred"},
    {STATEMENT_NO_TRANSACTION, "discard all"},
    {STATEMENT_COPY_STDIN, "copy t from stdin"},
    {STATEMENT_COPY_STDIN, "copy binary s.t(a, \"b)\") FROM STDIN with (format csv)"},
    {STATEMENT_COPY_STDIN, "copy \"a\".\"b.c\" from stdin"},
    {STATEMENT_COPY_STDIN, "copy s.from from stdin"},
    {STATEMENT_COPY_STDIN, "copy t from stdout"},
    {STATEMENT_OTHER, "copy t from 'stdin'"},
    {STATEMENT_OTHER, "copy t from program 'x'"},
    {STATEMENT_OTHER, "copy t to stdout"},
    {STATEMENT_OTHER, "copy t from stdinx"},
    {STATEMENT_OTHER, "copy (select a from stdin) to stdout"},
    {STATEMENT_CONCURRENTLY, "create index concurrently i on t (a)"},
    {STATEMENT_CONCURRENTLY, "create unique index concurrently if not exists i on t (a)"},
    {STATEMENT_OTHER, "create index \"concurrently\" on t (a)"},
    {STATEMENT_OTHER, "create index i on concurrently (a)"},
    {STATEMENT_CONCURRENTLY, "drop index concurrently if exists i"},
    {STATEMENT_OTHER, "drop index i"},
    {STATEMENT_CONCURRENTLY, "reindex table concurrently t"},
    {STATEMENT_CONCURRENTLY, "reindex schema concurrently s"},
    {STATEMENT_CONCURRENTLY, "reindex (concurrently) index i"},
    {STATEMENT_CONCURRENTLY, "reindex (verbose, concurrently true, tablespace x) table t"},
    {STATEMENT_OTHER, "reindex (concurrently false) table t"},
    {STATEMENT_OTHER, "reindex (concurrently 'off') table t"},
    {STATEMENT_OTHER, "reindex (concurrently 0) table t"},
    {STATEMENT_OTHER, "reindex (verbose) table \"concurrently\""},
    {STATEMENT_OTHER, "reindex index i"},
    {STATEMENT_NO_TRANSACTION, "reindex schema s"},
    {STATEMENT_NO_TRANSACTION, "reindex (verbose) system d"},
    {STATEMENT_NO_TRANSACTION, "reindex database"},
    {STATEMENT_CONCURRENTLY, "alter table if exists only s.t detach partition \"p\".q concurrently"},
    {STATEMENT_CONCURRENTLY, "alter table t * detach partition p concurrently"},
    {STATEMENT_OTHER, "alter table t detach partition p"},
    {STATEMENT_OTHER, "alter table t detach partition p finalize"},
    {STATEMENT_OTHER, "alter table t detach partition \"concurrently\""},
    {STATEMENT_OTHER, "refresh materialized view concurrently v"},
    {STATEMENT_NO_TRANSACTION, "vacuum"},
    {STATEMENT_NO_TRANSACTION, "VACUUM (analyze) t"},
    {STATEMENT_OTHER, "analyze t"},
    {STATEMENT_NO_TRANSACTION, "create database d"},
    {STATEMENT_NO_TRANSACTION, "drop database if exists d"},
    {STATEMENT_NO_TRANSACTION, "alter database d set tablespace x"},
    {STATEMENT_NO_TRANSACTION, "alter database d with tablespace = x"},
    {STATEMENT_OTHER, "alter database d set tablespace = x"},
    {STATEMENT_OTHER, "alter database d set work_mem to '1MB'"},
    {STATEMENT_OTHER, "alter database d owner to x"},
    {STATEMENT_NO_TRANSACTION, "create tablespace x location '/x'"},
    {STATEMENT_NO_TRANSACTION, "drop tablespace x"},
    {STATEMENT_NO_TRANSACTION, "alter system set work_mem = '1MB'"},
    {STATEMENT_NO_TRANSACTION, "cluster"},
    {STATEMENT_NO_TRANSACTION, "cluster verbose"},
    {STATEMENT_NO_TRANSACTION, "cluster (verbose)"},
    {STATEMENT_OTHER, "cluster t using i"},
    {STATEMENT_OTHER, "cluster (verbose) t"},
    {STATEMENT_NO_TRANSACTION, "create subscription s connection 'x' publication p"},
    {STATEMENT_NO_TRANSACTION, "create subscription s connection 'x' publication p with (create_slot)"},
    {STATEMENT_OTHER, "create subscription s connection 'x' publication p with (create_slot = false)"},
    {STATEMENT_OTHER, "create subscription s connection 'x' publication p, q with (copy_data, connect = off)"},
    {STATEMENT_NO_TRANSACTION, "drop subscription s"},
    {STATEMENT_NO_TRANSACTION, "alter subscription s refresh publication"},
    {STATEMENT_NO_TRANSACTION, "alter subscription s set publication p"},
    {STATEMENT_NO_TRANSACTION, "alter subscription s add publication p with (copy_data = false)"},
    {STATEMENT_OTHER, "alter subscription s drop publication p with (refresh = false)"},
    {STATEMENT_NO_TRANSACTION, "alter subscription s set (failover = true)"},
    {STATEMENT_OTHER, "alter subscription s set (slot_name = none)"},
    {STATEMENT_OTHER, "alter subscription s disable"},
    {STATEMENT_OTHER, "alter type t add value 'x'"},
    {STATEMENT_OTHER, "do $$ begin commit; end $$"},
    {STATEMENT_OTHER, "(select 1)"},
};

static void test_split_tells_kinds_by_their_words(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(kinds); i++) {
        bool is_copy = kinds[i].kind == STATEMENT_COPY_STDIN;
        char *text = talloc_asprintf(fixture, "/* lead */ %s%s", kinds[i].text, is_copy ? ";\n\\.\n" : " ; x");
        assert_true(split(fixture, text));
        if (fixture->list.items[0].kind != kinds[i].kind)
            fail_msg("%s: kind %d, not %d", kinds[i].text, (int)fixture->list.items[0].kind, (int)kinds[i].kind);
    }
}

static void test_split_counts_lines_and_columns_in_characters(void **state)
{
    struct fixture *fixture = *state;
    assert_true(split(fixture, "select 1; x;\n\n/* \xc3\xa9\xe4\xb8\xad */ y;\n\tz"));
    static const int places[][2] = {{1, 1}, {1, 11}, {3, 10}, {4, 2}};
    assert_int_equal(fixture->list.count, countof(places));
    for (size_t i = 0; i < countof(places); i++) {
        assert_int_equal(fixture->list.items[i].line, places[i][0]);
        assert_int_equal(fixture->list.items[i].column, places[i][1]);
    }
}

static void test_split_hashes_text_and_copy_data(void **state)
{
    struct fixture *fixture = *state;
    assert_true(split(fixture, "-- a\nselect 1 ;copy t from stdin;\n1\n\\.\n"));
    assert_string_equal(statement_hash(fixture, &fixture->list.items[0]), digest_sha256(fixture, "select 1", 8));
    assert_string_equal(statement_hash(fixture, &fixture->list.items[1]), digest_sha256(fixture,
                                                                                        "copy t from stdin\0"
                                                                                        "1\n",
                                                                                        20));
}

static void test_locate_follows_lines_and_characters(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        long position;
        int line, column;
    } cases[] = {{0, 2, 3}, {1, 2, 3}, {3, 2, 5}, {4, 3, 1}, {6, 3, 3}, {99, 3, 4}};
    assert_true(split(fixture, "x;\n  \xc3\xa9y\na\xe4\xb8\xad"
                               "b;"));
    for (size_t i = 0; i < countof(cases); i++) {
        int line, column;
        statement_locate(&fixture->list.items[1], cases[i].position, &line, &column);
        assert_int_equal(line, cases[i].line);
        assert_int_equal(column, cases[i].column);
    }
}

static void test_summary_is_one_line_cut_at_a_character(void **state)
{
    struct fixture *fixture = *state;
    assert_true(split(fixture, "select  /* c */ 'a\n  b' -- d\n\tfrom \xc3\xa9;"));
    const struct statement *statement = &fixture->list.items[0];
    assert_string_equal(statement_summary(fixture, statement, 100), "select 'a b' from \xc3\xa9");
    assert_string_equal(statement_summary(fixture, statement, 20), "select 'a b' from \xc3\xa9");
    assert_string_equal(statement_summary(fixture, statement, 19), "select 'a b' from ");
    assert_string_equal(statement_summary(fixture, statement, 6), "select");
    assert_string_equal(statement_summary(fixture, statement, 0), "");
}

static void test_words_are_upper_case_and_quoted_names_as_they_are(void **state)
{
    struct fixture *fixture = *state;
    static const char *const expected[] = {"ALTER", "TABLE", "\"My t\"", ".", "X", "ADD", "'s;'", "<=", "$1"};
    const char *words[20];
    assert_true(split(fixture, "alter /* c */ Table \"My t\".x add 's;' <= $1"));
    assert_int_equal(statement_words(fixture, &fixture->list.items[0], words, countof(words)), countof(expected));
    for (size_t i = 0; i < countof(expected); i++)
        assert_string_equal(words[i], expected[i]);
    assert_int_equal(statement_words(fixture, &fixture->list.items[0], words, 2), 2);
}

static void test_name_says_what_a_message_needs(void **state)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"commit and chain", "COMMIT AND CHAIN"},
        {"vacuum users", "VACUUM"},
        {"create /**/ unique index concurrently a on b (c)", "CREATE INDEX CONCURRENTLY"},
        {"reindex (concurrently) table t", "REINDEX CONCURRENTLY"},
        {"alter table t detach partition p concurrently", "ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY"},
        {"create table t (a int)", "CREATE TABLE"},
        {"set local transaction_read_only = on", "SET LOCAL TRANSACTION_READ_ONLY"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        assert_true(split(fixture, cases[i].text));
        assert_string_equal(statement_name(fixture, &fixture->list.items[0]), cases[i].name);
    }
}

static void test_split_refuses_more_statements_than_memory_should_hold(void **state)
{
    struct fixture *fixture = *state;
    size_t count = (8u << 17) + 1;
    char *text = talloc_size(fixture, count * 2 + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * 2, "a;", 3);
    assert_false(split(fixture, text));
    assert_int_equal(fixture->error->line, 1);
    assert_int_equal(fixture->error->column, (int)(count * 2) - 1);
}

static uint64_t random_state;

static size_t random_below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

/* Pieces that hold what a splitter may trip over, each a valid expression or a valid space. */
static const char *const expressions[] = {
    "1",
    "'a;b'",
    "'it''s;'",
    "'\\'",
    "E'\\';'",
    "E'a;'\n'\\';'",
    "$$;'$$",
    "$x$;$$;$x$",
    "$_1$ /* $_1$",
    "\"q;\"",
    "\"a\"\"--\"",
    "(1)",
    "((2), ';')",
    "B'01'",
    "X'1F'",
    "N'n;'",
    "U&'d\\0061;'",
    "U&\"d\\0061;\"",
    "CASE WHEN a THEN ';' END",
    "a.end",
    "$1",
    "a$b$c",
    "1.5e-3",
    ".5",
    "x'1'",
    "-1",
    "@ 1",
    "a||'--'",
    "a*/*;*/2",
    "a-- ;\n",
    "a/**/+1",
    "\xc3\xa9",
    "ARRAY[';']",
    "f(';', \"x\")",
    "e''",
    "''",
    "a::text",
    "_e'\\'",
};
static const char *const spaces[] = {" ",          "\n",   "\t",    " /* ; */ ", " -- ;\n",
                                     "/*/*;*/;*/", "\n\n", " --\n", "/**/",      "\f"};
static const char *const heads[] = {"SELECT ", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT ",
                                    "CREATE RULE r AS ON INSERT TO t DO (SELECT ", "VALUES (", "SELECT 1 WHERE 1 IN ("};
static const char *const tails[] = {"", "; SELECT 1 end; END", "; SELECT ';')", ")", ")"};

static char *random_statement(TALLOC_CTX *owner)
{
    size_t shape = random_below(countof(heads));
    char *text = talloc_strdup(owner, heads[shape]);
    for (size_t i = 0, count = 1 + random_below(4); i < count; i++)
        text = talloc_asprintf_append(text, "%s%s%s%s", i ? "," : "", spaces[random_below(countof(spaces))],
                                      expressions[random_below(countof(expressions))],
                                      spaces[random_below(countof(spaces))]);
    return talloc_asprintf_append(text, "%s", tails[shape]);
}

/* "_e" is a name and the quote after it a literal of its own: that, and other odd pieces, the grammar may refuse; then
 * only the count is known. */
static void compare_with_parser(const char *text, const struct statement_list *list)
{
    PgQuerySplitResult parsed = pg_query_split_with_parser(text);
    if (!parsed.error) {
        assert_int_equal(parsed.n_stmts, list->count);
        for (size_t i = 0; i < list->count; i++) {
            const char *start = text + parsed.stmts[i]->stmt_location, *end = start + parsed.stmts[i]->stmt_len;
            assert_true(list->items[i].text >= start);
            assert_true(list->items[i].text + list->items[i].size_bytes <= end);
        }
    }
    pg_query_free_split_result(parsed);
}

enum { DRIVER_MS = 1000 };

static void test_split_of_random_statements_agrees_with_the_parser(void **state)
{
    struct fixture *fixture = *state;
    random_state = 20261124;
    for (int64_t until = clock_monotonic_ms() + DRIVER_MS; clock_monotonic_ms() < until;) {
        TALLOC_CTX *round = talloc_new(fixture);
        size_t count = 1 + random_below(5);
        char *text = talloc_strdup(round, "");
        for (size_t i = 0; i < count; i++)
            text =
                talloc_asprintf_append(text, "%s%s;", spaces[random_below(countof(spaces))], random_statement(round));
        if (!split(fixture, text) || fixture->list.count != count)
            fail_msg("%zu statements, not %zu, in: %s", fixture->list.count, count, text);
        compare_with_parser(text, &fixture->list);
        talloc_free(fixture->list.items);
        talloc_free(round);
    }
}

/* Bytes and halves of what matters, thrown together and cut: nothing crashes, and the promises hold. */
static void test_split_of_mutated_text_keeps_its_promises(void **state)
{
    static const char *const pieces[] = {"'",
                                         "\"",
                                         "$$",
                                         "$a$",
                                         "E'",
                                         "\\",
                                         "\n\\.\n",
                                         "/*",
                                         "*/",
                                         "--",
                                         "(",
                                         ")",
                                         ";",
                                         "\n",
                                         "\r\n",
                                         "U&",
                                         "$1",
                                         "e",
                                         "BEGIN ",
                                         " ATOMIC ",
                                         "END ",
                                         "CASE ",
                                         "\xff",
                                         "\xc3",
                                         "$",
                                         "\\restrict\n",
                                         "copy t from stdin;\n",
                                         "create function "};
    random_state = 4711;
    for (int64_t until = clock_monotonic_ms() + DRIVER_MS; clock_monotonic_ms() < until;) {
        TALLOC_CTX *round = talloc_new(*state);
        char *text = talloc_strdup(round, "");
        for (size_t i = 0, count = random_below(12); i < count; i++)
            text = talloc_asprintf_append(
                text, "%s", random_below(3) ? pieces[random_below(countof(pieces))] : random_statement(round));
        size_t size = strlen(text);
        for (size_t i = random_below(3); i > 0 && size > 0; i--)
            text[random_below(size)] = (char)random_below(256);
        statement_check(text, random_below(size + 1));
        talloc_free(round);
    }
}

static void test_split_of_the_cases_agrees_with_the_parser(void **state)
{
    struct fixture *fixture = *state;
    static const char folder[] = "tests/unit/cases/split";
    DIR *files = opendir(folder);
    assert_non_null(files);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(files));) {
        if (*entry->d_name == '.')
            continue;
        char *bytes, *path = talloc_asprintf(fixture, "%s/%s", folder, entry->d_name);
        size_t size;
        assert_true(disk_read(fixture, AT_FDCWD, path, path, 1 << 20, &bytes, &size, fixture->error));
        assert_true(split(fixture, bytes));
        for (size_t i = 0; i < fixture->list.count; i++)
            if (fixture->list.items[i].copy_data)
                memset(bytes + (fixture->list.items[i].copy_data - bytes), ' ',
                       fixture->list.items[i].copy_size_bytes + 2);
        PgQuerySplitResult parsed = pg_query_split_with_parser(bytes);
        if (parsed.error)
            fail_msg("%s: %s", path, parsed.error->message);
        pg_query_free_split_result(parsed);
        compare_with_parser(bytes, &fixture->list);
        count++;
    }
    closedir(files);
    assert_true(count >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_split_cuts_where_the_server_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_refuses_with_the_place_of_its_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_passes_over_restrict_between_statements_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_failed_leaves_the_list_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_tells_kinds_by_their_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_counts_lines_and_columns_in_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_hashes_text_and_copy_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_refuses_more_statements_than_memory_should_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_locate_follows_lines_and_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_summary_is_one_line_cut_at_a_character, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words_are_upper_case_and_quoted_names_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_name_says_what_a_message_needs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_of_random_statements_agrees_with_the_parser, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_of_mutated_text_keeps_its_promises, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_split_of_the_cases_agrees_with_the_parser, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

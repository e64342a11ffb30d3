/* How statements are made repeatable one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <talloc.h>

#include "migrate/draft/shape.h"

static const struct {
    const char *sql, *repeatable; /* NULL: by something outside of it */
    enum shape_kind kind;
} shapes[] = {
    {"CREATE TABLE app.t (\n    id integer\n)", "CREATE TABLE IF NOT EXISTS app.t (\n    id integer\n)", SHAPE_INSERT},
    {"CREATE UNLOGGED TABLE t ()", "CREATE UNLOGGED TABLE IF NOT EXISTS t ()", SHAPE_INSERT},
    {"CREATE UNIQUE INDEX i ON t (a)", "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", SHAPE_INSERT},
    {"CREATE VIEW v AS\nSELECT 1", "CREATE OR REPLACE VIEW v AS\nSELECT 1", SHAPE_INSERT},
    {"CREATE OR REPLACE VIEW v AS\nSELECT 1", "CREATE OR REPLACE VIEW v AS\nSELECT 1", SHAPE_AS_IT_IS},
    {"DROP INDEX app.i", "DROP INDEX IF EXISTS app.i", SHAPE_INSERT},
    {"ALTER TABLE app.t ADD COLUMN c text", "ALTER TABLE app.t ADD COLUMN IF NOT EXISTS c text", SHAPE_INSERT},
    {"ALTER TABLE ONLY app.t ADD COLUMN c text", "ALTER TABLE ONLY app.t ADD COLUMN IF NOT EXISTS c text",
     SHAPE_INSERT},
    {"ALTER TABLE \"A \"\"B\".\"ADD COLUMN\" DROP COLUMN \"x y\"",
     "ALTER TABLE \"A \"\"B\".\"ADD COLUMN\" DROP COLUMN IF EXISTS \"x y\"", SHAPE_INSERT},
    {"ALTER TABLE größe DROP CONSTRAINT c", "ALTER TABLE größe DROP CONSTRAINT IF EXISTS c", SHAPE_INSERT},
    {"ALTER TABLE t ALTER COLUMN c DROP IDENTITY", "ALTER TABLE t ALTER COLUMN c DROP IDENTITY IF EXISTS",
     SHAPE_INSERT},
    {"ALTER TABLE t ALTER COLUMN c TYPE bigint", "ALTER TABLE t ALTER COLUMN c TYPE bigint", SHAPE_AS_IT_IS},
    {"ALTER TYPE mood ADD VALUE 'x' AFTER 'y'", "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x' AFTER 'y'", SHAPE_INSERT},
    {"COMMENT ON TABLE t IS 'CREATE TABLE x'", "COMMENT ON TABLE t IS 'CREATE TABLE x'", SHAPE_AS_IT_IS},
    {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f()", NULL, SHAPE_DROP},
    {"CREATE POLICY p ON t FOR ALL TO PUBLIC", NULL, SHAPE_DROP},
    {"ALTER TABLE t ADD CONSTRAINT c CHECK (true)", NULL, SHAPE_GUARD},
    {"ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY", NULL, SHAPE_GUARD},
    {"ALTER TABLE t RENAME TO u", NULL, SHAPE_GUARD},
    {"ALTER TABLE t ADD COLUMNS", NULL, SHAPE_GUARD},
    {"ALTER TABLE \"open", NULL, SHAPE_GUARD},
    {"CREATE TYPE x AS ENUM ()", NULL, SHAPE_GUARD},
    {"CREATETABLE x", NULL, SHAPE_GUARD},
    {"SOMETHING NEW", NULL, SHAPE_GUARD},
    {"", NULL, SHAPE_GUARD},
};

static void test_statements_are_made_repeatable_by_their_shape(void **state UNUSED)
{
    for (size_t i = 0; i < countof(shapes); i++) {
        const char *sql = shapes[i].sql;
        const struct shape shape = shape_of(sql);
        if (shape.kind != shapes[i].kind)
            fail_msg("%s: %d", sql, (int)shape.kind);
        if (!shapes[i].repeatable)
            continue;
        bool has_words = shape.kind == SHAPE_INSERT;
        char *text = talloc_asprintf(NULL, "%.*s%s%s", (int)(has_words ? shape.offset : 0), sql,
                                     has_words ? shape.words : "", sql + (has_words ? shape.offset : 0));
        assert_string_equal(text, shapes[i].repeatable);
        talloc_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements_are_made_repeatable_by_their_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

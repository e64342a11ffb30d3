/* A snapshot that was written down and read again is the snapshot. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/diff.h"
#include "migrate/snapshot/text.h"
#include "tests/lib/fixture.h"

static struct snapshot *take(struct fixture *fixture)
{
    static const char *const statements[] = {
        "CREATE SCHEMA kept",
        "CREATE TYPE kept.mood AS ENUM ('sad', 'it''s, \\ ok')",
        "CREATE TABLE kept.\"a, 1:b\" (id bigserial PRIMARY KEY, m kept.mood DEFAULT 'sad', n int CHECK (n > 0))",
        "COMMENT ON TABLE kept.\"a, 1:b\" IS ''",
        "COMMENT ON COLUMN kept.\"a, 1:b\".n IS E'line\\nline, 3:abc,'",
        "CREATE VIEW kept.v AS SELECT id, m FROM kept.\"a, 1:b\"",
        "CREATE FUNCTION kept.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER t BEFORE INSERT ON kept.\"a, 1:b\" FOR EACH ROW EXECUTE FUNCTION kept.f()",
    };
    struct connection *connection = fixture_connect(fixture);
    fixture_execute(fixture, connection, "DROP SCHEMA IF EXISTS kept CASCADE");
    for (size_t i = 0; i < countof(statements); i++)
        fixture_execute(fixture, connection, statements[i]);
    struct snapshot_options options = {.settings = NULL};
    struct snapshot *snapshot = snapshot_take(fixture->memory, connection, &options, fixture->error);
    fixture_expect(fixture, snapshot != NULL);
    return snapshot;
}

static void assert_same_object(const struct object *one, const struct object *other)
{
    assert_string_equal(one->identity, other->identity);
    assert_true(one->class_id == other->class_id && one->object_id == other->object_id && one->sub_id == other->sub_id);
    assert_true(one->position == other->position);
    assert_true(kind_same_text(one->comment, other->comment) && kind_same_text(one->schema, other->schema) &&
                kind_same_text(one->parent, other->parent) && kind_same_text(one->name, other->name));
    assert_int_equal(one->parent_object != NULL, other->parent_object != NULL);
    if (one->parent_object)
        assert_true(one->parent_object->position == other->parent_object->position);
    for (size_t i = 0; i < one->kind->field_count; i++)
        assert_true(kind_same_text(field_value(one, &one->kind->fields[i]), field_value(other, &one->kind->fields[i])));
}

static void test_snapshot_text_is_the_snapshot(void **state)
{
    struct fixture *fixture = *state;
    struct snapshot *snapshot = take(fixture);
    struct snapshot *copy = snapshot_from_text(fixture->memory, snapshot_to_text(fixture->memory, snapshot));
    assert_non_null(copy);
    assert_int_equal(copy->server_version, snapshot->server_version);
    assert_int_equal(copy->count, snapshot->count);
    assert_int_equal(copy->dependency_count, snapshot->dependency_count);
    assert_int_equal(copy->cast_count, snapshot->cast_count);
    assert_int_equal(copy->left_out_count, snapshot->left_out_count);
    for (size_t i = 0; i < snapshot->count; i++)
        assert_same_object(snapshot->objects[i], copy->objects[i]);
    for (size_t i = 0; i < snapshot->dependency_count; i++)
        assert_memory_equal(&snapshot->dependencies[i], &copy->dependencies[i], sizeof copy->dependencies[i]);
    const struct diff_options options = {.privileges = PRIVILEGES_COMPARED};
    assert_int_equal(diff_make(fixture->memory, snapshot, copy, &options)->change_count, 0);
    assert_string_equal(snapshot_to_text(fixture->memory, copy), snapshot_to_text(fixture->memory, snapshot));
}

static void test_snapshot_text_that_is_none_is_not_read(void **state)
{
    struct fixture *fixture = *state;
    char *text = snapshot_to_text(fixture->memory, take(fixture));
    size_t size = strlen(text);
    assert_null(snapshot_from_text(fixture->memory, ""));
    assert_null(snapshot_from_text(fixture->memory, "64:0000,"));
    for (size_t i = 1; i < 40; i++) /* cut off anywhere */
        assert_null(snapshot_from_text(fixture->memory, talloc_strndup(fixture->memory, text, i * size / 40)));
    text[5] = text[5] == '0' ? '1' : '0'; /* a digit of what the program knows */
    assert_null(snapshot_from_text(fixture->memory, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_snapshot_text_is_the_snapshot),
        FIXTURE_TEST(test_snapshot_text_that_is_none_is_not_read),
    };
    return cmocka_run_group_tests(tests, fixture_open_group, fixture_close_group);
}

/* Intent and safety notes of entries: the ways in which people write them, and what only looks written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "migrate/documentation.h"
#include "tests/lib/server.h"

struct fixture {
    struct error *error;
    char *project;
    struct settings *settings;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    static const char *const environment[] = {NULL};
    fixture->error = error_new(fixture);
    fixture->project = test_directory(fixture);
    struct settings_input input = {.directory = fixture->project, .environment = environment};
    fixture->settings = settings_load(fixture, &input, fixture->error);
    *state = fixture;
    return fixture->settings ? 0 : -1;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct documentation *read_text(struct fixture *fixture, const char *text)
{
    test_write(fixture->project, "docs/DATABASE_MIGRATIONS.md", text);
    struct documentation *documentation = documentation_read(fixture, fixture->settings, fixture->error);
    if (!documentation)
        fail_msg("%s", fixture->error->message);
    return documentation;
}

static const char *const names[] = {
    [NOTE_ABSENT] = "absent", [NOTE_EMPTY] = "empty", [NOTE_PLACEHOLDER] = "placeholder",
    [NOTE_TITLE] = "title",   [NOTE_SHORT] = "short", [NOTE_WRITTEN] = "written"};

/* Bodies under "## 007_add_index", and the states and lines of intent and safety; the heading is line 1. */
static const struct {
    const char *body;
    enum note_state intent;
    int intent_line;
    enum note_state safety;
    int safety_line;
} bodies[] = {
    /* ways to write it */
    {"\n**Intent.** Orders are listed by customer.\n\n**Safety.** New index, no locks.\n", NOTE_WRITTEN, 3,
     NOTE_WRITTEN, 5},
    {"**Intent**: orders by customer\n**Safety notes**: locks nothing else\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 3},
    {"__Intent:__ orders by customer\n*Safety.* locks nothing else\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 3},
    {"Intent: orders by customer\n\nSafety: locks nothing else\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 4},
    {"### Intent\n\nOrders by customer.\n\n### Safety\n\nLocks nothing else.\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 6},
    {"### Safety notes\nLocks nothing else.\n#### Detail\nmore\n### Intent ###\nOrders by customer.\n", NOTE_WRITTEN, 6,
     NOTE_WRITTEN, 2},
    {"- **Intent:** orders by customer\n- **Safety:** locks nothing else\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 3},
    {"**Intent.**\n\nOrders\nby customer\n\n**Safety.**\n- locks nothing\n- else\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 7},
    {"**INTENT.** Orders by customer\r\n\r\n**safety.** locks nothing else\r\n", NOTE_WRITTEN, 2, NOTE_WRITTEN, 4},
    {"> **Intent.** Orders by customer\n\n1\n**Safety.** See `orders`: it is locked.\n", NOTE_WRITTEN, 2, NOTE_WRITTEN,
     5},
    {"**Intent.** \xE6\xB3\xA8\xE6\x96\x87\xE3\x81\xAE\xE4\xB8\x80\xE8\xA6\xA7\xE3\x82\x92\xE9\x80\x9F\xE3\x81\x8F\n"
     "**Safety.** locks nothing else\n",
     NOTE_WRITTEN, 2, NOTE_WRITTEN, 3},
    {"**Intent.** Adds todo_items, which list what is to be done.\n**Safety.** None but the new table.\n", NOTE_WRITTEN,
     2, NOTE_WRITTEN, 3},
    /* not there */
    {"", NOTE_ABSENT, 0, NOTE_ABSENT, 0},
    {"Some words about it, with the intent to please and safety in mind.\n", NOTE_ABSENT, 0, NOTE_ABSENT, 0},
    {"Intent of this is to add.\nSafety first\n**Intention.** orders by customer\n", NOTE_ABSENT, 0, NOTE_ABSENT, 0},
    {"```\n**Intent.** in a block of code\n```\n~~~\n**Safety.** in another one\n~~~\n", NOTE_ABSENT, 0, NOTE_ABSENT,
     0},
    {"<!-- **Intent.** in a comment\n**Safety.** still in it -->\n", NOTE_ABSENT, 0, NOTE_ABSENT, 0},
    {"<!-- never closed\n**Intent.** in a comment\n", NOTE_ABSENT, 0, NOTE_ABSENT, 0},
    /* there, and empty */
    {"**Intent.** \n\n**Safety.** \n", NOTE_EMPTY, 2, NOTE_EMPTY, 4},
    {"**Intent.**\n```sql\nSELECT code is no prose;\n```\n**Safety.** <!-- say what it locks -->\n", NOTE_EMPTY, 2,
     NOTE_EMPTY, 6},
    {"### Intent\n### Safety\n", NOTE_EMPTY, 2, NOTE_EMPTY, 3},
    {"**Intent.**\n**Rollback.** This belongs to something else.\n**Safety.** ...\n", NOTE_EMPTY, 2, NOTE_EMPTY, 4},
    {"### Intent\n### Notes\nThis belongs to something else.\n### Safety\n---\n", NOTE_EMPTY, 2, NOTE_EMPTY, 5},
    {"**Intent.** \n\n**Safety.** \n\n" DOCUMENTATION_MEASURED "\n\n- `a`: AccessExclusiveLock\n- `b`: ShareLock\n",
     NOTE_EMPTY, 2, NOTE_EMPTY, 4},
    {"**Intent.** Orders by customer.\n\n**Safety.** Run at night, please.\n\n" DOCUMENTATION_MEASURED
     "\n\n- `a`: AccessExclusiveLock\n",
     NOTE_WRITTEN, 2, NOTE_WRITTEN, 4},
    {"**Intent.** Orders by customer.\n\n**Safety.** \n\n" DOCUMENTATION_MEASURED
     "\n\n- `a`: AccessExclusiveLock\n\nRun at night, please.\n",
     NOTE_WRITTEN, 2, NOTE_WRITTEN, 4},
    /* there, and not written */
    {"**Intent.** TODO\n**Safety.** TBD: ask somebody who knows\n", NOTE_PLACEHOLDER, 2, NOTE_PLACEHOLDER, 3},
    {"**Intent.** *To be written.*\n**Safety.** n/a\n", NOTE_PLACEHOLDER, 2, NOTE_PLACEHOLDER, 3},
    {"**Intent.** FIXME why is this\n**Safety.** None.\n", NOTE_PLACEHOLDER, 2, NOTE_PLACEHOLDER, 3},
    {"**Intent.** Lorem ipsum dolor sit amet\n**Safety.** xxx\n", NOTE_PLACEHOLDER, 2, NOTE_PLACEHOLDER, 3},
    {"**Intent.** Add index.\n**Safety.** 007_add_index\n", NOTE_TITLE, 2, NOTE_TITLE, 3},
    {"**Intent.** Speed.\n**Safety.** Is safe.\n", NOTE_SHORT, 2, NOTE_SHORT, 3},
    /* said twice: what was written counts */
    {"**Intent.** Orders by customer.\n**Intent.**\n**Safety.** \n**Safety.** Locks nothing else.\n", NOTE_WRITTEN, 2,
     NOTE_WRITTEN, 5},
};

static void test_notes_are_found_and_judged(void **state)
{
    for (size_t i = 0; i < countof(bodies); i++) {
        struct documentation *documentation =
            read_text(*state, talloc_asprintf(*state, "## 007_add_index\n%s", bodies[i].body));
        assert_int_equal(documentation->count, 1);
        const struct documentation_entry *entry = &documentation->entries[0];
        if (entry->intent.state != bodies[i].intent || entry->safety.state != bodies[i].safety ||
            entry->intent.line != bodies[i].intent_line || entry->safety.line != bodies[i].safety_line)
            fail_msg("%s: intent %s in line %d, safety %s in line %d", bodies[i].body, names[entry->intent.state],
                     entry->intent.line, names[entry->safety.state], entry->safety.line);
    }
}

static void test_notes_of_headings_in_comments_are_no_entries(void **state)
{
    struct documentation *documentation =
        read_text(*state, "<!--\n## 001_hidden\n-->\n## 002_seen\n`<!--` is how a comment begins\n## 003_too\n"
                          "a <!-- open one\n## 004_last\n");
    assert_int_equal(documentation->count, 3);
    assert_int_equal(documentation->entries[0].number, 2);
    assert_int_equal(documentation->entries[2].line, 8);
    assert_int_equal(documentation->lines, 8);
}

/* Whatever stands there, reading ends, and soon. */
static void test_notes_of_hostile_documents_are_read_in_time(void **state)
{
    static const char *const parts[] = {"<!--",   "`",        "``` ",         "**Intent.** ",
                                        "## 1\n", "<!-- -->", "\n```\n~~~\n", "- > * ",
                                        "**a",    "__",       "### Intent\n", "**Intent.** a\n"};
    for (size_t i = 0; i < countof(parts); i++) {
        TALLOC_CTX *memory = talloc_new(*state);
        char *text = talloc_strdup(memory, "## 001_a\n");
        size_t length = strlen(parts[i]), size = 300000;
        text = talloc_realloc_size(memory, text, size + length + 16);
        for (size_t at = 9; at < size; at += length)
            memcpy(text + at, parts[i], length + 1);
        clock_t start = clock(); /* of the processor: the machine may be busy */
        (void)read_text(*state, text);
        if (clock() - start > 10 * CLOCKS_PER_SEC)
            fail_msg("%s: %lld s", parts[i], (long long)((clock() - start) / CLOCKS_PER_SEC));
        talloc_free(memory);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_notes_are_found_and_judged),
        TEST(test_notes_of_headings_in_comments_are_no_entries),
        TEST(test_notes_of_hostile_documents_are_read_in_time),
    };
    return cmocka_run_group_tests_name("documentation_notes", tests, NULL, NULL);
}

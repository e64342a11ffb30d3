/* What is known of the four mirrors' parity: pairs and their order, what is noted, what is forgotten. (Asking is tested
 * with the screens.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/mirrors.h"
#include "tui/parity.h"

static struct parity *parity;

static int set_up(void **state UNUSED)
{
    parity = parity_new(NULL, NULL, NULL); /* nothing is asked here */
    return 0;
}

static int tear_down(void **state UNUSED) { return talloc_free(parity); }

static void test_every_pair_has_its_index_whichever_side_is_which(void **state UNUSED)
{
    size_t index = 0;
    for (int from = MIRROR_MODELS; from < MIRROR_LIVE; from++)
        for (int to = from + 1; to <= MIRROR_LIVE; to++, index++) {
            const struct parity_pair *pair = parity_pair(parity, index);
            assert_int_equal(pair->from, from);
            assert_int_equal(pair->to, to);
            assert_int_equal(pair->state, PARITY_UNASKED);
            assert_int_equal(parity_index((enum mirror_kind)from, (enum mirror_kind)to), index);
            assert_int_equal(parity_index((enum mirror_kind)to, (enum mirror_kind)from), index);
        }
    assert_int_equal(index, PARITY_PAIRS);
}

static void test_what_a_comparison_shows_is_noted(void **state UNUSED)
{
    const struct parity_pair *pair = parity_pair(parity, parity_index(MIRROR_INIT, MIRROR_LIVE));
    unsigned long before = parity_revision(parity);
    parity_note(parity, MIRROR_LIVE, MIRROR_INIT, 3, NULL);
    assert_int_equal(pair->state, PARITY_DIFFERS);
    assert_int_equal(pair->differences, 3);
    assert_true(parity_revision(parity) > before);
    parity_note(parity, MIRROR_INIT, MIRROR_LIVE, 0, NULL);
    assert_int_equal(pair->state, PARITY_EQUAL);
}

static void test_why_a_pair_cannot_be_asked_is_said_with_its_place(void **state UNUSED)
{
    struct error *error = error_new(NULL);
    error_set(error, ERROR_STATEMENT, "relation \"x\" does not exist");
    error_place(error, "migrations/001_a.sql", 7, 1);
    parity_note(parity, MIRROR_MODELS, MIRROR_MIGRATIONS, 0, error);
    talloc_free(error);
    const struct parity_pair *pair = parity_pair(parity, 0);
    assert_int_equal(pair->state, PARITY_FAILED);
    assert_string_equal(pair->reason, "migrations/001_a.sql:7: relation \"x\" does not exist");
}

static void test_what_changed_is_forgotten(void **state UNUSED)
{
    parity_note(parity, MIRROR_MODELS, MIRROR_LIVE, 3, NULL);
    parity_forget(parity);
    for (size_t i = 0; i < PARITY_PAIRS; i++) {
        assert_int_equal(parity_pair(parity, i)->state, PARITY_UNASKED);
        assert_null(parity_pair(parity, i)->reason);
    }
}

static void test_nothing_is_being_asked_until_it_is_asked_for(void **state UNUSED)
{
    assert_false(parity_is_asking(parity));
    assert_false(parity_cancel(parity));
    assert_null(parity_asked(parity));
    assert_string_equal(parity_doing(parity), "");
}

static void test_mirrors_have_the_words_of_the_command_line(void **state UNUSED)
{
    static const char *const words[MIRRORS_COUNT] = {"models", "migrations", "init", "live"};
    for (size_t i = 0; i < countof(words); i++)
        assert_string_equal(mirrors_name((enum mirror_kind)i), words[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_every_pair_has_its_index_whichever_side_is_which),
        TEST(test_what_a_comparison_shows_is_noted),
        TEST(test_why_a_pair_cannot_be_asked_is_said_with_its_place),
        TEST(test_what_changed_is_forgotten),
        TEST(test_nothing_is_being_asked_until_it_is_asked_for),
        TEST(test_mirrors_have_the_words_of_the_command_line),
    };
    return cmocka_run_group_tests_name("parity", tests, NULL, NULL);
}

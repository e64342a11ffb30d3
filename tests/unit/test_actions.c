/* The tables of the console: keys that do not clash, nothing that changes a target on a key one hits by accident,
 * screens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>

#include "tui/action.h"
#include "tui/command.h"
#include "tui/input.h"
#include "tui/screen.h"

/* Calls for each key of an action. */
static void each_key(enum action action, void (*take)(enum action action, int key))
{
    for (const char *at = action_row(action)->keys; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        take(action, input_parse(at, size));
        at += size;
    }
}

static void assert_known(enum action action, int key)
{
    if (key == INPUT_NONE)
        fail_msg("action %d has a key without a name: %s", action, action_row(action)->keys);
}

static void test_actions_every_key_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++)
        each_key((enum action)i, assert_known);
}

/* The first action of a key in a place is the one that it does there: any other one would be dead. */
static void assert_alive(enum action action, int key)
{
    for (unsigned place = 1; place < ANYWHERE + 1; place *= 2) {
        if (!(action_row(action)->where & place))
            continue;
        enum action found = action_of_key(key, place);
        if (found != action)
            fail_msg("%s is both \"%s\" and \"%s\"", action_row(action)->keys, action_row(action)->text,
                     action_row(found)->text);
    }
}

static void test_actions_no_key_means_two_things_in_one_place(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++)
        each_key((enum action)i, assert_alive);
}

static void assert_deliberate(enum action action, int key)
{
    if (key < 'A' || key > 'Z')
        fail_msg("\"%s\" changes a target and is on %s: only upper-case letters may", action_row(action)->text,
                 action_row(action)->keys);
}

static void test_actions_what_changes_a_target_is_on_upper_case_alone(void **state)
{
    (void)state;
    size_t found = 0;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const char *name = action_row((enum action)i)->command;
        const struct command *command = name ? command_find(name) : NULL;
        if (name)
            assert_non_null(command);
        if (!command || !command_may_write(command))
            continue;
        each_key((enum action)i, assert_deliberate);
        found++;
    }
    assert_true(found >= 3);
}

static void test_actions_every_one_says_what_it_does(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *row = action_row((enum action)i);
        size_t size = strlen(row->text);
        assert_true(size > 2 && isupper((unsigned char)row->text[0]) && row->text[size - 1] == '.');
        assert_true(row->where != 0);
    }
}

static void test_actions_quit_and_help_work_everywhere(void **state)
{
    (void)state;
    for (unsigned place = 1; place < ANYWHERE + 1; place *= 2) {
        assert_int_equal(action_of_key('Q', place), ACTION_QUIT);
        assert_int_equal(action_of_key('?', place), ACTION_HELP);
        assert_int_equal(action_of_key(INPUT_F1, place), ACTION_HELP);
    }
}

static void test_screens_numbers_are_fixed(void **state)
{
    (void)state;
    static const struct {
        enum screen_id id;
        int number;
    } fixed[] = {{SCREEN_STATUS, 1}, {SCREEN_MIGRATIONS, 2}, {SCREEN_ENTITIES, 3},
                 {SCREEN_DIFF, 4},   {SCREEN_ACTIVITY, 5},   {SCREEN_JOURNAL, 6}};
    for (size_t i = 0; i < countof(fixed); i++)
        assert_int_equal(screen_row(fixed[i].id)->number, fixed[i].number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actions_every_key_has_a_name),
        cmocka_unit_test(test_actions_no_key_means_two_things_in_one_place),
        cmocka_unit_test(test_actions_what_changes_a_target_is_on_upper_case_alone),
        cmocka_unit_test(test_actions_every_one_says_what_it_does),
        cmocka_unit_test(test_actions_quit_and_help_work_everywhere),
        cmocka_unit_test(test_screens_numbers_are_fixed),
    };
    return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}

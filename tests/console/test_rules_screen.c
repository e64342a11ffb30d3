/* The house rules in the console, in a pseudo-terminal, against a real server: lights on Status, the page of rules and
 * findings, the way from a finding to its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"
#include "tests/lib/terminal.h"

static struct deck_scene *scene;

static int set_up_group(void **state UNUSED)
{
    scene = deck_scene_start(NULL);
    return 0;
}

static int tear_down_group(void **state UNUSED) { return talloc_free(scene); }

static int set_up(void **state UNUSED)
{
    deck_scene_reset(scene);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    return 0;
}

/* Scratch databases lie on the test's own server. */
static struct test_terminal *open_console(void)
{
    const char *words[] = {"-C", scene->project, "-d", "open", NULL};
    const char *variables[] = {
        "PGDECK_MEASURE=never",
        talloc_asprintf(scene, "PGDECK_SCRATCH=%s", test_server_conninfo(scene->server, "postgres")), NULL};
    struct test_terminal_options options = {
        .home = scene->home, .arguments = words, .environment = variables, .rows = 40};
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    return terminal;
}

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    talloc_free(terminal);
}

static void ask(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "v");
    test_terminal_wait(terminal, "hold ");
    test_terminal_settle(terminal);
}

static void test_rules_are_asked_only_when_a_person_wants_it(void **state UNUSED)
{
    struct test_terminal *terminal = open_console();
    test_terminal_assert(terminal, "not asked: v asks the house rules");
    ask(terminal);
    test_terminal_assert(terminal, "Status › House rules");
    test_terminal_do(terminal, "g\r");
    test_terminal_assert(terminal, "model.base could not be asked: the project declares no models");
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "✔ migration.order");
    test_terminal_assert(terminal, "✔ connection");
    quit(terminal);
}

static void test_a_finding_leads_to_its_place(void **state UNUSED)
{
    deck_scene_write(scene, "002_second.sql", "-- changed\nSELECT 'here';\n");
    struct test_terminal *terminal = open_console();
    ask(terminal);
    test_terminal_do(terminal, "/unchanged\r");
    test_terminal_do(terminal, "j");
    test_terminal_assert(terminal, "migrations/002_second.sql");
    test_terminal_assert(terminal, "mark VERSION --accept");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "SELECT 'here'");
    quit(terminal);
}

static void test_a_light_opens_its_rule(void **state UNUSED)
{
    deck_scene_write(scene, "002_second.sql", "SELECT 2;\n");
    struct test_terminal *terminal = open_console();
    ask(terminal);
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "✗ migration.unchanged 1");
    test_terminal_do(terminal, "\t");
    for (int i = 0; i < 40 && !test_terminal_shows(terminal, "House rules"); i++) {
        test_terminal_do(terminal, "\t\r");
        if (!test_terminal_shows(terminal, "House rules"))
            test_terminal_do(terminal, "1");
    }
    test_terminal_assert(terminal, "Status › House rules");
    quit(terminal);
}

static void test_what_was_changed_since_is_said(void **state UNUSED)
{
    struct test_terminal *terminal = open_console();
    ask(terminal);
    test_terminal_type(terminal, ":mark 002 --pending --reason test\r");
    test_terminal_wait(terminal, "y mark");
    test_terminal_do(terminal, "y");
    test_terminal_settle(terminal);
    test_terminal_do(terminal, "1");
    test_terminal_assert(terminal, "before the last change");
    test_terminal_do(terminal, "v");
    test_terminal_assert(terminal, "Something was changed since: v asks anew.");
    quit(terminal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, NULL)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rules_are_asked_only_when_a_person_wants_it),
        TEST(test_a_finding_leads_to_its_place),
        TEST(test_a_light_opens_its_rule),
        TEST(test_what_was_changed_since_is_said),
    };
    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}

/* Who blocks whom, as a picture: chains, forks, several blockers, circles; and how rows of one reading are connected.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/activity.h"
#include "store/result.h"

enum { MOST = 6 };

/* Blockers of each node, as digits; the rows as they are wanted: "0", one blank for each step of depth, "+" before
 * what is mentioned again. */
static const struct {
    const char *what;
    const char *blockers[MOST];
    size_t count;
    const char *rows;
} pictures[] = {
    {"nobody waits", {"", ""}, 2, ""},
    {"one waits for one", {"", "0"}, 2, "0| 1|"},
    {"a chain is a chain though the last waits for both", {"", "0", "01"}, 3, "0| 1|  2|"},
    {"the order of the numbers is not that of the chain", {"12", "2", ""}, 3, "2| 1|  0|"},
    {"two wait for one", {"", "0", "0"}, 3, "0| 1| 2|"},
    {"one waits for two that have nothing to do with each other", {"", "", "01"}, 3, "0| 2|1| +2|"},
    {"who is mentioned again comes without what waits behind", {"", "", "01", "2"}, 4, "0| 2|  3|1| +2|"},
    {"the longest queue comes first", {"", "", "0", "1", "1"}, 5, "1| 3| 4|0| 2|"},
    {"a circle of two shows where it closes", {"1", "0"}, 2, "1| 0|  +1|"},
    {"a circle that somebody waits for", {"1", "0", "0"}, 3, "1| 0|  +1|  2|"},
    {"a circle of three", {"1", "2", "0"}, 3, "2| 1|  0|   +2|"},
    {"a circle behind somebody", {"", "02", "1"}, 3, "0| 1|  2|   +1|"},
    {"oneself and doubles count nothing", {"", "0001"}, 2, "0| 1|"},
    {"two chains with one end", {"", "0", "", "2", "13"}, 5, "0| 1|  4|2| 3|  +4|"},
};

static struct blocking_tree *tree_of(TALLOC_CTX *owner, const char *const *blockers, size_t count)
{
    struct blocking_node *nodes = talloc_zero_array(owner, struct blocking_node, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        size_t *numbers = talloc_array(nodes, size_t, (unsigned)strlen(blockers[i]) + 1);
        for (const char *at = blockers[i]; *at; at++)
            numbers[nodes[i].blocker_count++] = (size_t)(*at - '0');
        nodes[i].blockers = numbers;
    }
    return blocking_tree_make(owner, nodes, count);
}

static char *drawn(TALLOC_CTX *owner, const struct blocking_tree *tree)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < tree->count; i++)
        text = talloc_asprintf_append(text, "%*s%s%zu|", tree->rows[i].depth, "",
                                      tree->rows[i].mention == BLOCKING_AGAIN ? "+" : "", tree->rows[i].node);
    return text;
}

static void test_blocking_pictures(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(pictures); i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        char *text = drawn(memory, tree_of(memory, pictures[i].blockers, pictures[i].count));
        if (strcmp(text, pictures[i].rows) != 0)
            fail_msg("%s: %s, not %s", pictures[i].what, text, pictures[i].rows);
        talloc_free(memory);
    }
}

static void test_blocking_counts_everybody_behind_once(void **state)
{
    (void)state;
    TALLOC_CTX *memory = talloc_new(NULL);
    static const char *const blockers[] = {"", "0", "01", "12", ""};
    struct blocking_tree *tree = tree_of(memory, blockers, countof(blockers));
    assert_int_equal(tree->behind[0], 3);
    assert_int_equal(tree->behind[1], 2);
    assert_int_equal(tree->behind[2], 1);
    assert_int_equal(tree->behind[3], 0);
    assert_int_equal(tree->behind[4], 0);
    talloc_free(memory);
}

static void test_blocking_circle_is_told(void **state)
{
    (void)state;
    TALLOC_CTX *memory = talloc_new(NULL);
    static const char *const blockers[] = {"1", "0", "0", ""};
    struct blocking_tree *tree = tree_of(memory, blockers, countof(blockers));
    assert_true(tree->in_circle[0]);
    assert_true(tree->in_circle[1]);
    assert_false(tree->in_circle[2]);
    assert_false(tree->in_circle[3]);
    assert_int_equal(tree->behind[0], 2);
    talloc_free(memory);
}

/* A hot row: everybody waits for all who came before. */
static void test_blocking_long_queue_is_a_chain_that_stops_to_indent(void **state)
{
    (void)state;
    enum { LONG = 400 };
    TALLOC_CTX *memory = talloc_new(NULL);
    struct blocking_node *nodes = talloc_zero_array(memory, struct blocking_node, LONG);
    size_t *numbers = talloc_array(memory, size_t, LONG);
    for (size_t i = 0; i < LONG; i++) {
        numbers[i] = i;
        nodes[i] = (struct blocking_node){numbers, i};
    }
    struct blocking_tree *tree = blocking_tree_make(memory, nodes, LONG);
    assert_int_equal(tree->count, LONG);
    for (size_t i = 0; i < LONG; i++) {
        assert_int_equal(tree->rows[i].node, i);
        assert_int_equal(tree->rows[i].depth, i < BLOCKING_DEEPEST ? i : BLOCKING_DEEPEST);
        assert_int_equal(tree->rows[i].mention, BLOCKING_IN_FULL);
    }
    assert_int_equal(tree->behind[0], LONG - 1);
    talloc_free(memory);
}

static void test_blocking_of_nobody(void **state)
{
    (void)state;
    struct blocking_tree *tree = blocking_tree_make(NULL, NULL, 0);
    assert_int_equal(tree->count, 0);
    talloc_free(tree);
}

/* ---- rows of one reading ---- */

static void test_activity_modes_conflict_as_the_manual_says(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right;
        bool conflict;
    } pairs[] = {
        {"AccessShareLock", "AccessExclusiveLock", true},
        {"AccessShareLock", "ExclusiveLock", false},
        {"RowExclusiveLock", "RowExclusiveLock", false},
        {"RowExclusiveLock", "ShareLock", true},
        {"ShareLock", "ShareLock", false},
        {"ShareUpdateExclusiveLock", "ShareUpdateExclusiveLock", true},
        {"RowShareLock", "ExclusiveLock", true},
        {"ShareRowExclusiveLock", "RowShareLock", false},
        {"SIReadLock", "AccessShareLock", true},
    };
    for (size_t i = 0; i < countof(pairs); i++) {
        assert_int_equal(activity_modes_conflict(pairs[i].left, pairs[i].right), pairs[i].conflict);
        assert_int_equal(activity_modes_conflict(pairs[i].right, pairs[i].left), pairs[i].conflict);
    }
}

static struct activity *reading(TALLOC_CTX *owner, const struct activity_session *sessions, size_t count)
{
    struct activity *activity = talloc_zero(owner, struct activity);
    activity->sessions = talloc_memdup(activity, sessions, count * sizeof *sessions);
    activity->session_count = count;
    return activity;
}

static void test_activity_blocker_that_went_away_is_said_to_be_gone(void **state)
{
    (void)state;
    static const struct activity_session sessions[] = {{.pid = 10, .blocked_by = "11 11 12"}, {.pid = 12}};
    struct activity *activity = reading(NULL, sessions, countof(sessions));
    activity_connect(activity);
    assert_int_equal(activity->sessions[0].blocker_count, 2);
    assert_int_equal(activity->gone_count, 1);
    assert_int_equal(activity->gone[0], 11);
    assert_string_equal(drawn(activity, activity->tree), "1| 0|2| +0|");
    size_t place;
    assert_int_equal(activity_being(activity, 2, &place), ACTIVITY_GONE);
    assert_int_equal(place, 0);
    assert_int_equal(activity_behind(activity, activity_find(activity, 12)), 1);
    assert_null(activity_find(activity, 11));
    talloc_free(activity);
}

/* Two prepared transactions have the same table; only one holds it in a mode that is in the way. */
static void test_activity_prepared_transaction_in_the_way_is_found_by_its_lock(void **state)
{
    (void)state;
    static const struct activity_session sessions[] = {{.pid = 10, .blocked_by = "0"}};
    static struct activity_lock locks[] = {
        {.pid = 0, .transaction = "3/1", .tag = "relation/1", .mode = "AccessShareLock", .is_granted = true},
        {.pid = 0, .transaction = "3/2", .tag = "relation/1", .mode = "RowExclusiveLock", .is_granted = true},
        {.pid = 0, .transaction = "3/3", .tag = "relation/2", .mode = "RowExclusiveLock", .is_granted = true},
        {.pid = 10, .transaction = "4/1", .tag = "relation/1", .mode = "ShareLock", .is_granted = false},
    };
    static struct activity_prepared prepared[] = {{.name = "harmless", .transaction = "3/1"},
                                                  {.name = "guilty", .transaction = "3/2"},
                                                  {.name = "elsewhere", .transaction = "3/3"},
                                                  {.name = "ended", .transaction = NULL}};
    struct activity *activity = reading(NULL, sessions, countof(sessions));
    activity->locks = locks;
    activity->lock_count = countof(locks);
    activity->prepared = prepared;
    activity->prepared_count = countof(prepared);
    activity_connect(activity);
    assert_string_equal(drawn(activity, activity->tree), "2| 0|");
    assert_ptr_equal(activity_waits_for(&activity->sessions[0]), &locks[3]);
    assert_int_equal(activity->gone_count, 0);
    talloc_free(activity);
}

/* Three want the row that the first has; each waits for all who came before, too. */
static void test_activity_queue_for_one_thing_stands_under_who_has_it(void **state)
{
    (void)state;
    static const struct activity_session sessions[] = {{.pid = 10},
                                                       {.pid = 11, .blocked_by = "10"},
                                                       {.pid = 12, .blocked_by = "11 10"},
                                                       {.pid = 13, .blocked_by = "12 10 11"}};
    static struct activity_lock locks[] = {
        {.pid = 10, .tag = "row", .mode = "ExclusiveLock", .is_granted = true},
        {.pid = 11, .tag = "row", .mode = "ExclusiveLock", .is_granted = false},
        {.pid = 12, .tag = "row", .mode = "ExclusiveLock", .is_granted = false},
        {.pid = 13, .tag = "row", .mode = "ExclusiveLock", .is_granted = false},
    };
    struct activity *activity = reading(NULL, sessions, countof(sessions));
    activity->locks = locks;
    activity->lock_count = countof(locks);
    activity_connect(activity);
    assert_string_equal(drawn(activity, activity->tree), "0| 1| 2| 3|");
    assert_int_equal(activity->sessions[3].holder_count, 1);
    assert_int_equal(activity->sessions[3].blockers[0], 10);
    assert_int_equal(activity->sessions[3].blockers[1], 12);
    assert_int_equal(activity->sessions[3].blockers[2], 11);
    assert_int_equal(activity_behind(activity, &activity->sessions[0]), 3);
    assert_int_equal(activity_behind(activity, &activity->sessions[1]), 0);
    talloc_free(activity);
}

/* What the first has would let the reader in; only the one who wants more than that is in his way. */
static void test_activity_reader_stands_under_who_waits_before_it(void **state)
{
    (void)state;
    static const struct activity_session sessions[] = {
        {.pid = 10}, {.pid = 11, .blocked_by = "10"}, {.pid = 12, .blocked_by = "11"}};
    static struct activity_lock locks[] = {
        {.pid = 10, .tag = "t", .mode = "RowExclusiveLock", .is_granted = true},
        {.pid = 11, .tag = "t", .mode = "AccessExclusiveLock", .is_granted = false},
        {.pid = 11, .tag = "t", .mode = "AccessShareLock", .is_granted = true},
        {.pid = 12, .tag = "t", .mode = "AccessShareLock", .is_granted = false},
    };
    struct activity *activity = reading(NULL, sessions, countof(sessions));
    activity->locks = locks;
    activity->lock_count = countof(locks);
    activity_connect(activity);
    assert_string_equal(drawn(activity, activity->tree), "0| 1|  2|");
    assert_int_equal(activity->sessions[2].holder_count, 0);
    talloc_free(activity);
}

static void test_activity_prepared_transaction_that_has_ended_is_gone(void **state)
{
    (void)state;
    static const struct activity_session sessions[] = {{.pid = 10, .blocked_by = "0"}};
    struct activity *activity = reading(NULL, sessions, countof(sessions));
    activity_connect(activity);
    assert_int_equal(activity->gone_count, 1);
    assert_int_equal(activity->gone[0], 0);
    talloc_free(activity);
}

static void test_activity_run_of_pgdeck_is_known_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *application, *run, *part;
    } names[] = {
        {"pgdeck:r1:014", "r1", "014"},
        {"pgdeck:r1:lock", "r1", "lock"},
        {"pgdeck 0.1.0", NULL, NULL},
        {"pgdeck::x", NULL, NULL},
        {"pgdeck:r1", NULL, NULL},
        {"pgdeck:r1:", NULL, NULL},
        {NULL, NULL, NULL},
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < countof(names); i++) {
        struct activity_session session = {.application = names[i].application};
        const char *run = NULL, *part = NULL;
        assert_int_equal(activity_is_run(memory, &session, &run, &part), names[i].run != NULL);
        if (names[i].run) {
            assert_string_equal(run, names[i].run);
            assert_string_equal(part, names[i].part);
        }
    }
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocking_pictures),
        cmocka_unit_test(test_blocking_counts_everybody_behind_once),
        cmocka_unit_test(test_blocking_circle_is_told),
        cmocka_unit_test(test_blocking_long_queue_is_a_chain_that_stops_to_indent),
        cmocka_unit_test(test_blocking_of_nobody),
        cmocka_unit_test(test_activity_modes_conflict_as_the_manual_says),
        cmocka_unit_test(test_activity_blocker_that_went_away_is_said_to_be_gone),
        cmocka_unit_test(test_activity_prepared_transaction_in_the_way_is_found_by_its_lock),
        cmocka_unit_test(test_activity_queue_for_one_thing_stands_under_who_has_it),
        cmocka_unit_test(test_activity_reader_stands_under_who_waits_before_it),
        cmocka_unit_test(test_activity_prepared_transaction_that_has_ended_is_gone),
        cmocka_unit_test(test_activity_run_of_pgdeck_is_known_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

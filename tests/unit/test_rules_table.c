/* docs/RULES.md and rules.def cannot part: every rule stands in the document as its row says, and the history's last
 * version is the one that answers carry. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <talloc.h>

#include "migrate/rules.h"

static TALLOC_CTX *memory;
static char *text;

static int read_document(void **state UNUSED)
{
    FILE *file = fopen("docs/RULES.md", "r");
    char buffer[8192];
    memory = talloc_new(NULL);
    if (!file)
        fail_msg("docs/RULES.md cannot be read: tests run in the project's folder");
    text = talloc_strdup(memory, "");
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return 0;
}

static int forget(void **state UNUSED) { return talloc_free(memory); }

static const char *row_of(const struct rule *rule)
{
    static const char *const scopes[] = {
        [RULE_OF_FILES] = "of files", [RULE_OF_SCRATCH] = "of scratch", [RULE_OF_TARGET] = "of the target"};
    static const char *const occasions[] = {
        [RULE_ALWAYS] = "", [RULE_SINCE] = ", with --since", [RULE_RELEASE] = ", for a release"};
    return talloc_asprintf(memory, "\n| `%s` | %s%s | %s |\n", rule->id, scopes[rule->scope], occasions[rule->occasion],
                           rule->demand);
}

static void test_every_rule_stands_in_the_document(void **state UNUSED)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (!strstr(text, row_of(&rules[i])))
            fail_msg("docs/RULES.md has no row:%s", row_of(&rules[i]));
}

static void test_every_rule_of_the_document_is_one(void **state UNUSED)
{
    for (const char *at = text; (at = strstr(at, "\n| `")); at++) {
        const char *id = at + strlen("\n| `");
        char *name = talloc_strndup(memory, id, strcspn(id, "`"));
        if (!rule_find_id(name))
            fail_msg("docs/RULES.md has the rule %s, rules.def has not", name);
    }
}

static void test_history_ends_at_the_version_of_the_rule_set(void **state UNUSED)
{
    const char *last = NULL;
    const char *history = strstr(text, "\n## History\n");
    assert_non_null(history);
    for (const char *at = history; (at = strstr(at, "\n| ")); at++)
        last = at + strlen("\n| ");
    assert_non_null(last);
    assert_memory_equal(last, RULES_VERSION " |", strlen(RULES_VERSION " |"));
    assert_non_null(strstr(text, "\nVersion of the rule set: " RULES_VERSION "\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_stands_in_the_document),
        cmocka_unit_test(test_every_rule_of_the_document_is_one),
        cmocka_unit_test(test_history_ends_at_the_version_of_the_rule_set),
    };
    return cmocka_run_group_tests_name("rules table", tests, read_document, forget);
}

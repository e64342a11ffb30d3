/* Drafts of migrations over tests/db/cases: for each pair of schemas a text is found that closes the difference and may
 * run twice, with the rows of the pair in place. A few of them by default, all of them in a soak (PGDECK_SOAK).
 * PGDECK_CASE=TEXT runs those whose name holds it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdlib.h>

#include "migrate/draft.h"
#include "tests/lib/replay.h"
#include "tests/lib/server.h"

#define CASES "tests/db/cases/"
#define EACH 48 /* of 570 pairs; prime to the number of most kinds' cases */

static char *read_text(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read", path);
    char *text = talloc_strdup(owner, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

/* NULL where the draft stands, else why there is none. */
static const char *try_pair(struct replay_test *test, const char *from, const char *to)
{
    const struct compare_options options = {.mirror = {.settings = test->settings}};
    replay_test_write(test, "001_from.sql", read_text(test, from));
    error_clear(test->error);
    struct mirror_source *source = mirror_source_parse(test, test->settings, NULL, "migrations", test->error);
    struct mirror_source *other = mirror_source_parse(test, test->settings, NULL, to, test->error);
    struct comparison *comparison = compare(test, source, other, &options, test->error);
    if (!comparison)
        return talloc_asprintf(test, "not built: %s", test->error->message);
    struct draft *draft =
        comparison->diff->change_count ? draft_make(comparison, comparison, &options, test->error) : NULL;
    bool stands = draft || !comparison->diff->change_count;
    if (getenv("PGDECK_CASE") && draft)
        print_message("%s\n", draft->body);
    talloc_free(comparison);
    return stands ? NULL : test->error->message;
}

/* A pair whose rows stop the script says so at its head, and one that no owner of a database can make. */
static bool is_refused(TALLOC_CTX *owner, const char *to)
{
    static const char *const reasons[] = {"-- refused:", "-- privileges", "-- superuser"};
    const char *text = read_text(owner, to);
    for (size_t i = 0; i < countof(reasons); i++)
        if (strstr(text, reasons[i]))
            return true;
    return false;
}

static void test_drafts_of_cases_stand(void **state UNUSED)
{
    glob_t found;
    size_t failed = 0, tried = 0;
    const char *wanted = getenv("PGDECK_CASE");
    size_t each = wanted || getenv("PGDECK_SOAK") ? 1 : EACH;
    assert_int_equal(glob(CASES "*/*.from.sql", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i += each) {
        struct replay_test *test = replay_test_new(NULL, NULL);
        const char *from = found.gl_pathv[i];
        char *to = talloc_asprintf(test, "%.*s.to.sql", (int)(strlen(from) - strlen(".from.sql")), from);
        for (int way = 0; way < 2 && (!wanted || strstr(from, wanted)); way++) {
            const char *start = way ? to : from, *end = way ? from : to;
            const char *reason = is_refused(test, end) ? NULL : try_pair(test, start, end);
            tried++;
            failed += reason != NULL;
            if (reason)
                print_error("%s: %s\n", start, reason);
        }
        talloc_free(test);
    }
    globfree(&found);
    print_message("%zu drafts\n", tried);
    assert_int_equal(failed, 0);
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drafts_of_cases_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

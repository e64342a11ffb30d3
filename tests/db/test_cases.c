/* Every pair of schemas of tests/db/cases/KIND, both ways: NAME.from.sql and NAME.to.sql. Comments at the head of a
 * file say what is special:
 *   -- differences: 1       (to) so many, each way
 *   -- privileges           (to) grants are compared
 *   -- loses: app.t.c, ...  (either) values, rows ("app.t") or counts of sequences that may go
 *   -- superuser            (both) no migration makes it, for those are tried as a plain owner
 *   -- refused: 23502       the script that starts from the other file and leads to this one is refused, because of
 * rows
 * Pairs run in threads, as many as there are cores; each is a test of its own. PGDECK_CASE=TEXT runs those whose
 * name holds it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/proof.h"

#define CASES "tests/db/cases/"
#define THREADS_MOST 8
#define CASES_EACH 8 /* all of them take many minutes: a soak runs them, and a case that is asked for */
#define ANEW_EACH 16 /* building all of them twice takes half of the time; a soak does, and a case that is asked for */

static bool is_chosen(void) { return getenv("PGDECK_CASE") || getenv("PGDECK_SOAK"); }

struct pair {
    const char *name; /* "column/type" */
    const char *report;
    TALLOC_CTX *memory;
};

static struct {
    TALLOC_CTX *memory;
    struct test_server *server;
    struct pair *pairs;
    size_t count;
    atomic_size_t next;
} folder;

/* ---- the files ---- */

static char *read_text(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = talloc_strdup(owner, ""), buffer[8192];
    for (size_t size; file && (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    if (file)
        fclose(file);
    return file ? text : NULL;
}

/* The value of "-- word: value" at the head; "" for "-- word" alone; NULL where it is not there. */
static char *directive(TALLOC_CTX *owner, const char *text, const char *word)
{
    size_t size = strlen(word);
    for (const char *line = text; !strncmp(line, "--", 2); line += strcspn(line, "\n") + 1) {
        const char *at = line + 2 + strspn(line + 2, " ");
        if (strncmp(at, word, size) != 0 || !strchr(":\n", at[size]))
            continue;
        at += size + (at[size] == ':');
        at += strspn(at, " ");
        return talloc_strndup(owner, at, strcspn(at, "\n"));
    }
    return NULL;
}

/* The words of a list with commas, NULL-terminated, behind those that are there. */
static const char **add_words(TALLOC_CTX *owner, const char **words, char *list)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    char *rest = list, *word;
    while (list && (word = strsep(&rest, ", "))) {
        if (!*word)
            continue;
        words = talloc_realloc(owner, words, const char *, (unsigned)count + 2);
        words[count++] = word;
        words[count] = NULL;
    }
    return words;
}

/* ---- running ---- */

static void run_pair(struct pair *pair, size_t number, struct workbench *bench)
{
    TALLOC_CTX *memory = pair->memory;
    char *from = read_text(memory, talloc_asprintf(memory, CASES "%s.from.sql", pair->name));
    char *to = read_text(memory, talloc_asprintf(memory, CASES "%s.to.sql", pair->name));
    if (!from || !to) {
        pair->report = "one of its two files is missing";
        return;
    }
    const char *differences = directive(memory, to, "differences");
    struct proof_case proof_case = {
        .from = from,
        .to = to,
        .differences = differences ? (int)strtol(differences, NULL, 10) : -1,
        .privileges = directive(memory, to, "privileges") ? PROOF_WITH_PRIVILEGES : PROOF_WITHOUT_PRIVILEGES,
        .rebuild = number % ANEW_EACH == 0 || is_chosen() ? PROOF_ANEW : PROOF_ONCE,
        .refused = {directive(memory, to, "refused"), directive(memory, from, "refused")},
        .lost = add_words(memory, add_words(memory, NULL, directive(memory, to, "loses")),
                          directive(memory, from, "loses")),
    };
    pair->report = proof_run(memory, bench, &proof_case)->report;
    if (pair->report) /* at once, and whole: fail_msg would cut it */
        fprintf(stderr, "== %s\n%s\n", pair->name, pair->report);
}

static void *work(void *argument)
{
    struct workbench *bench = argument;
    for (size_t i; (i = atomic_fetch_add(&folder.next, 1)) < folder.count;)
        run_pair(&folder.pairs[i], i, bench);
    return NULL;
}

/* The group has no state: cmocka would hand it to the tests in place of theirs. */
static int run_all(void **state UNUSED)
{
    pthread_t threads[THREADS_MOST];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = cores < 1 ? 1 : cores > THREADS_MOST ? THREADS_MOST : (size_t)cores;
    folder.server =
        test_server_start(folder.memory, (const char *[]){"log_min_messages=fatal", "autovacuum=off", NULL});
    struct workbench *benches[THREADS_MOST];
    for (size_t i = 0; i < count; i++) {
        benches[i] = workbench_new(NULL, folder.server, talloc_asprintf(folder.memory, "bench_%zu", i));
        if (pthread_create(&threads[i], NULL, work, benches[i]))
            return -1;
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        talloc_free(benches[i]);
    }
    return 0;
}

static int stop(void **state UNUSED)
{
    talloc_free(folder.server);
    for (size_t i = 0; i < folder.count; i++)
        talloc_free(folder.pairs[i].memory);
    return 0;
}

static void test_pair(void **state)
{
    const struct pair *pair = *state;
    if (pair->report)
        fail_msg("%s: see above", pair->name);
}

/* ---- the folder ---- */

static void find_pairs(void)
{
    TALLOC_CTX *owner = folder.memory;
    glob_t found = {0};
    const char *only = getenv("PGDECK_CASE");
    glob(CASES "*/*.to.sql", 0, NULL, &found);
    glob(CASES "*/*.from.sql", GLOB_APPEND, NULL, &found);
    folder.pairs = talloc_zero_array(owner, struct pair, (unsigned)found.gl_pathc);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i] + strlen(CASES);
        bool is_to = strstr(path, ".to.sql");
        char *name = talloc_strndup(owner, path, strlen(path) - strlen(is_to ? ".to.sql" : ".from.sql"));
        bool is_due = is_chosen() || i % CASES_EACH == 0;
        bool is_counted = !is_to && access(talloc_asprintf(name, CASES "%s.to.sql", name), F_OK) == 0;
        if (is_due && !is_counted && (!only || strstr(name, only)))
            folder.pairs[folder.count++] = (struct pair){.name = name, .memory = talloc_new(NULL)};
    }
    globfree(&found);
}

int main(void)
{
    folder.memory = talloc_new(NULL);
    find_pairs();
    struct CMUnitTest *tests = talloc_zero_array(folder.memory, struct CMUnitTest, (unsigned)folder.count);
    for (size_t i = 0; i < folder.count; i++)
        tests[i] = (struct CMUnitTest){folder.pairs[i].name, test_pair, NULL, NULL, &folder.pairs[i]};
    int failed = _cmocka_run_group_tests("cases", tests, folder.count, run_all, stop);
    talloc_free(folder.memory);
    return failed;
}

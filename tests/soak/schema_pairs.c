/* Real schemas against each other: each folder given (or below it) holds versions of a schema as *.sql; every two of a
 * folder are built, compared, and turned into each other by the scripts, both ways; then pgdeck and pg_dump must call
 * them equal. Prints a line for each pair, and what is wrong behind it. schema_pairs FOLDER... PGDECK_PAIR=TEXT: only
 * pairs whose line begins with it ("zabbix 1") */
#include <fts.h>
#include <stdlib.h>

#include "store/clock.h"
#include "tests/lib/proof.h"

#define VERSIONS_MOST 64

static struct {
    struct test_server *server;
    struct workbench *bench;
    size_t passed, failed;
} run;

static char *read_text(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = talloc_strdup(owner, ""), buffer[65536];
    for (size_t size; file && (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    if (file)
        fclose(file);
    return text;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_asked(const char *title)
{
    const char *asked = getenv("PGDECK_PAIR");
    return !asked || !strncmp(title, asked, strlen(asked));
}

static size_t count_statements(const char *script)
{
    size_t count = 0;
    for (const char *at = script; at && (at = strstr(at, ";\n")); at++)
        count++;
    return count;
}

static void run_pair(const char *folder, const char *from, const char *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *title = talloc_asprintf(memory, "%s %s %s", last_part(folder), last_part(from), last_part(to));
    if (is_asked(title)) {
        struct proof_case proof_case = {.from = read_text(memory, from),
                                        .to = read_text(memory, to),
                                        .differences = -1,
                                        .privileges = PROOF_WITH_PRIVILEGES};
        int64_t start_ms = clock_monotonic_ms();
        struct proof *proof = proof_run(memory, run.bench, &proof_case);
        const struct diff *diff = proof->diffs[PROOF_FORWARD];
        printf("%-4s %s: %zu differences, %zu and %zu statements, %lld ms\n%s", proof->report ? "FAIL" : "ok", title,
               diff ? diff->change_count : 0, count_statements(proof->scripts[PROOF_FORWARD]),
               count_statements(proof->scripts[PROOF_BACKWARD]), (long long)(clock_monotonic_ms() - start_ms),
               proof->report ? proof->report : "");
        fflush(stdout);
        *(proof->report ? &run.failed : &run.passed) += 1;
    }
    talloc_free(memory);
}

static bool is_sql(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && !strcmp(name + length - 4, ".sql");
}

static int compare_entries(const FTSENT **one, const FTSENT **other)
{
    return strverscmp((*one)->fts_name, (*other)->fts_name);
}

/* Files of a folder come one behind the other: when the folder changes, its pairs are run. */
static void run_folder(const char *folder, char **versions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            run_pair(folder, versions[i], versions[k]);
}

static void run_tree(TALLOC_CTX *memory, char *root)
{
    char *versions[VERSIONS_MOST], *folder = NULL;
    size_t count = 0;
    FTS *tree = fts_open((char *[]){root, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, compare_entries);
    for (FTSENT *entry; tree && (entry = fts_read(tree));) {
        if (entry->fts_info != FTS_F || !is_sql(entry->fts_name))
            continue;
        char *path = talloc_strdup(memory, entry->fts_path);
        char *place = talloc_strndup(memory, path, (size_t)(last_part(path) - path - 1));
        if (folder && strcmp(folder, place) != 0) {
            run_folder(folder, versions, count);
            count = 0;
        }
        folder = place;
        if (count < VERSIONS_MOST)
            versions[count++] = path;
    }
    if (tree)
        fts_close(tree);
    run_folder(folder, versions, count);
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fprintf(stderr, "usage: schema_pairs FOLDER...\n");
        return 2;
    }
    TALLOC_CTX *memory = talloc_new(NULL);
    run.server = test_server_start(memory, (const char *[]){"log_min_messages=fatal", "autovacuum=off", NULL});
    run.bench = workbench_new(memory, run.server, "pairs");
    for (int i = 1; i < count; i++)
        run_tree(memory, arguments[i]);
    talloc_free(run.bench);
    talloc_free(memory);
    printf("%zu passed, %zu failed\n", run.passed, run.failed);
    return run.failed > 0 || run.passed == 0;
}

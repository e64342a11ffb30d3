/* Random histories: a few files of a few statements, each of which may run only once. See soak.h. */
#include "tests/soak/fault/soak.h"

#include <stdlib.h>

enum { STATEMENTS_MOST = 5 };

struct draft {
    struct scene_file *file;
    char *text;
    int number, columns;
};

/* Where a deadlock is wanted, each file needs hot, and cold behind it. */
static const char *either_table(struct soak *soak)
{
    return soak->fault->is_deadlock || soak_draw(soak, 2) ? "hot" : "cold";
}

static void add_statement(struct soak *soak, struct draft *draft)
{
    const char *version = draft->file->version;
    bool is_stepwise = draft->file->kind == SCENE_STEPWISE;
    int number = ++draft->number;
    char **text = &draft->text;
    switch (soak_draw(soak, 10)) {
    case 0:
        *text = talloc_asprintf_append(*text, "CREATE TABLE v%s_%d (id integer);\n", version, number);
        draft->file->relations++;
        break;
    case 1:
    case 2:
        *text = talloc_asprintf_append(*text, "ALTER TABLE %s ADD COLUMN c%s_%d integer;\n", either_table(soak),
                                       version, number);
        draft->columns++;
        break;
    case 3:
    case 4:
        *text =
            talloc_asprintf_append(*text, "CREATE %sINDEX %sv%s_%d ON %s (id);\n", soak_draw(soak, 2) ? "UNIQUE " : "",
                                   is_stepwise ? "CONCURRENTLY " : "", version, number, either_table(soak));
        draft->file->relations++;
        break;
    case 5:
    case 6:
        *text = talloc_asprintf_append(*text, "%sINSERT INTO fixture.late VALUES (%d);\n%s",
                                       is_stepwise ? "BEGIN;\n" : "", number, is_stepwise ? "COMMIT;\n" : "");
        break;
    case 7:
    case 8:
        *text = talloc_asprintf_append(*text, "INSERT INTO fixture.counter SELECT '%s.%d' FROM fixture.gate();\n",
                                       version, number);
        draft->file->rows++;
        break;
    default:
        *text = talloc_asprintf_append(*text, "INSERT INTO fixture.counter VALUES ('%s.%d');\n", version, number);
        draft->file->rows++;
        break;
    }
}

static void draw_file(struct soak *soak, size_t at)
{
    struct scene_file *file = &soak->files[at];
    file->version = talloc_asprintf(soak->memory, "%03zu", at + 1);
    file->name = "drawn";
    file->kind = soak_draw(soak, 2) ? SCENE_STEPWISE : SCENE_TRANSACTIONAL;
    const char *head = file->kind == SCENE_STEPWISE ? "-- pgdeck: no-transaction\n" : "";
    struct draft draft = {.file = file, .text = talloc_strdup(soak->memory, head)};
    for (unsigned left = 1 + soak_draw(soak, STATEMENTS_MOST); left > 0; left--)
        add_statement(soak, &draft);
    if (soak->fault->is_deadlock || soak_draw(soak, 2)) {
        draft.text = talloc_asprintf_append(draft.text,
                                            "ALTER TABLE hot ADD COLUMN c%s_x integer;\n"
                                            "ALTER TABLE cold ADD COLUMN c%s_x integer;\n",
                                            file->version, file->version);
        draft.columns += 2;
    }
    file->text = talloc_asprintf_append(draft.text, "INSERT INTO fixture.counter VALUES ('%s.last');\n", file->version);
    file->rows++;
    soak->columns[at] = draft.columns;
    if (getenv("PGDECK_TRACE"))
        fprintf(stderr, "--- %s\n%s", file->version, file->text);
}

void history_draw(struct soak *soak)
{
    talloc_free(soak->memory);
    soak->memory = talloc_new(soak);
    soak->file_count = 1 + soak_draw(soak, FILES_MOST);
    soak->files = talloc_zero_array(soak->memory, struct scene_file, FILES_MOST);
    for (size_t i = 0; i < soak->file_count; i++)
        draw_file(soak, i);
    scene_reset(soak->scene, soak->files, soak->file_count);
    oracle_execute(soak->scene->oracle, "CREATE TABLE public.hot AS SELECT i AS id FROM generate_series(1, 500) AS i;"
                                        "CREATE TABLE public.cold AS TABLE public.hot");
}

/* What stands, and what the program said of it. See soak.h. */
#include "tests/soak/fault/soak.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

static bool is_applied(struct soak *soak, size_t at)
{
    return oracle_says(soak->scene->oracle, "SELECT EXISTS (SELECT FROM public.schema_migrations WHERE version = '%s')",
                       soak->files[at].version);
}

static bool has_ledger(struct soak *soak)
{
    return oracle_says(soak->scene->oracle, "SELECT to_regclass('public.schema_migrations') IS NOT NULL");
}

void judge_columns(struct soak *soak)
{
    for (size_t i = 0; i < soak->file_count; i++) {
        const struct scene_file *file = &soak->files[i];
        long columns = oracle_number(soak->scene->oracle,
                                     "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'c%s\\_%%' AND attnum > 0"
                                     " AND attrelid IN ('public.hot'::regclass, 'public.cold'::regclass)",
                                     file->version);
        bool in_ledger = has_ledger(soak) && is_applied(soak, i);
        if (in_ledger ? columns != soak->columns[i] : file->kind == SCENE_TRANSACTIONAL && columns != 0)
            fail_msg("%s: %ld of %d columns, %s the ledger", file->version, columns, soak->columns[i],
                     in_ledger ? "in" : "not in");
    }
}

/* ---- what was said ---- */

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

static bool says_applied(const json_t *document, const char *version)
{
    const json_t *applied = json_object_get(document, "applied");
    for (size_t i = 0; i < json_array_size(applied); i++)
        if (strcmp(text_of(json_array_get(applied, i), "version"), version) == 0)
            return true;
    return false;
}

/* "statement 1 stands", "statements 1 to 3 stand": the last; 0: none. */
static long stands_up_to(const char *stands)
{
    const char *several = strstr(stands, "statements 1 to ");
    return several ? strtol(several + strlen("statements 1 to "), NULL, 10)
                   : strstr(stands, "statement 1 stands") != NULL;
}

/* A block of several statements is a step of the number of its first. */
static void judge_steps(struct soak *soak, const char *version, const char *stands, const struct program *program)
{
    long said = stands_up_to(stands);
    long done =
        oracle_number(soak->scene->oracle,
                      "SELECT coalesce(max(step), 0) FROM public.schema_migration_events WHERE event = 'step_done'"
                      " AND version = '%s'",
                      version);
    if (said < done || (said > 0 && done == 0))
        fail_msg("%s: the journal's last finished step is %ld, but: %s%s", version, done, program->out, program->err);
}

static void judge_file(struct soak *soak, size_t at, const json_t *document, const struct program *program)
{
    const char *version = soak->files[at].version;
    const json_t *error = json_object_get(document, "error");
    const char *stands = text_of(error, "stands"), *code = text_of(error, "code");
    bool is_here = has_ledger(soak) && is_applied(soak, at);
    bool is_unknown = strcmp(code, "unknown_outcome") == 0;
    if (says_applied(document, version) != is_here && !is_unknown)
        fail_msg("%s %s, but: %s%s", version, is_here ? "stands" : "does not stand", program->out, program->err);
    if (is_here && strstr(stands, talloc_asprintf(soak->memory, "nothing of %s stands", version)))
        fail_msg("%s stands, but: %s", version, program->out);
    bool is_incomplete = strcmp(scene_state(soak->scene, version), "incomplete") == 0;
    bool says_incomplete = strncmp(stands, talloc_asprintf(soak->memory, "of %s: ", version), strlen(version) + 5) == 0;
    if (is_incomplete && !says_incomplete && !is_unknown)
        fail_msg("%s is incomplete, but: %s%s", version, program->out, program->err);
    if (says_incomplete)
        judge_steps(soak, version, stands, program);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

/* What happened, what stands, and one command to run next. */
static void judge_card(const json_t *document, const struct program *program)
{
    const json_t *error = json_object_get(document, "error");
    const char *hint = text_of(error, "hint");
    if (!*text_of(error, "message") || !*text_of(error, "stands") || !strstr(hint, "pgdeck") ||
        count_of(hint, "`pgdeck apply`") > 1 || hint[strlen(hint) - 1] != '.')
        fail_msg("no whole card: %s%s", program->out, program->err);
    if (strstr(hint, "Mend what failed") && !*text_of(error, "sqlstate"))
        fail_msg("nothing is to be mended: %s", program->out);
}

void judge_words(struct soak *soak, const struct program *program)
{
    if (program->signal_number)
        return;
    json_t *document = json_loads(program->out, 0, NULL);
    if (!document)
        fail_msg("exit %d without a document: %s%s", program->exit_status, program->out, program->err);
    size_t applied = json_array_size(json_object_get(document, "applied"));
    bool has_error = json_object_get(document, "error") != NULL;
    if (has_error != (program->exit_status != 0) || (!has_error && applied != soak->file_count))
        fail_msg("exit %d, %zu of %zu applied: %s%s", program->exit_status, applied, soak->file_count, program->out,
                 program->err);
    for (size_t i = 0; i < soak->file_count; i++)
        judge_file(soak, i, document, program);
    if (has_error)
        judge_card(document, program);
    if (strcmp(text_of(json_object_get(document, "error"), "code"), "incomplete") == 0)
        assert_int_equal(program->exit_status, 6);
    json_decref(document);
}

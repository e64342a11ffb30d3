/* parity.models, parity.init, parity.live: mirrors are built and compared; each difference is a finding at the
 * statement that it is blamed on. A mirror that cannot be built breaks its own rule; the rules that only need it are
 * skipped. */
#include <unistd.h>

#include "migrate/blame.h"
#include "migrate/canonical.h"
#include "migrate/replay.h"
#include "migrate/rules/rule.h"

/* ---- whose fault a failure is ---- */

static bool is_of_migrations(struct rule_case *rule_case, const struct error *failure)
{
    const char *shown = inquiry_directory(rule_case->inquiry)->shown;
    size_t length = strlen(shown);
    return failure->file && !strncmp(failure->file, shown, length) &&
           (failure->file[length] == '/' || !failure->file[length]);
}

/* A defect of the project's own files, and not of the machine. */
static bool is_defect(const struct error *failure)
{
    return failure->sqlstate[0] || failure->code == ERROR_PROJECT || failure->code == ERROR_FILE;
}

static bool settle(struct rule_case *rule_case, const struct error *failure, const char *hint, struct error *error)
{
    if (is_of_migrations(rule_case, failure) || !is_defect(failure))
        return rule_give_up(rule_case, failure, error);
    struct error *told = error_new(rule_case->memory);
    error_copy(told, failure);
    if (!told->hint)
        error_hint(told, "%s", hint);
    return rule_blame(rule_case, told, error);
}

static void tell(struct rule_case *rule_case, const struct comparison *comparison)
{
    const char *more = "";
    if (comparison->failed)
        more = talloc_asprintf(rule_case->memory, "; %zu statements could not be run in scratch", comparison->failed);
    rule_evidence(rule_case, "%zu objects compared%s", comparison->compared, more);
}

/* ---- models ---- */

bool rule_parity_models(struct rule_case *rule_case, struct error *error)
{
    static const char hint[] = "Change the models to what the migrations make, or write the migration: \"pgdeck new "
                               "DESCRIPTION --from-diff\".";
    const struct error *failure;
    const struct settings *settings = rule_case->options->settings;
    const struct models *models = inquiry_models(rule_case->inquiry, &failure);
    if (!models)
        return rule_give_up(rule_case, failure, error);
    if (models->kind == MODELS_NONE)
        return rule_skip(rule_case, "the project declares no models: there is nothing in %s", models->source);
    struct error *trouble = error_new(rule_case->memory);
    if (models->model && !model_check_tables(models->model, trouble)) /* told by model.base and model.typed */
        return rule_give_up(rule_case, trouble, error);
    const struct compare_options options = {.mirror = inquiry_mirror_options(rule_case->inquiry),
                                            .blame = BLAME_WANTED};
    const struct mirror_source *from = mirror_source_parse(rule_case->memory, settings, NULL, "migrations", trouble);
    const struct mirror_source *to =
        from ? mirror_source_parse(rule_case->memory, settings, NULL, "models", trouble) : NULL;
    struct comparison *comparison = to ? compare(rule_case->memory, from, to, &options, trouble) : NULL;
    if (!comparison)
        return settle(rule_case, trouble, "Mend the model, so that its DDL runs.", error);
    compare_release(comparison);
    rule_find_changes(rule_case, comparison, models->source, hint);
    tell(rule_case, comparison);
    return true;
}

/* ---- the init script ---- */

static bool has_init(struct rule_case *rule_case)
{
    char *path = settings_path(rule_case->memory, rule_case->options->settings, SETTING_init);
    return access(path, F_OK) == 0;
}

static bool miss_init(struct rule_case *rule_case)
{
    const char *path = settings_text(rule_case->options->settings, SETTING_init);
    if (!inquiry_is_house(rule_case->inquiry) || !inquiry_directory(rule_case->inquiry)->count)
        return rule_skip(rule_case, "there is no init script %s; \"pgdeck baseline --write\" makes one", path);
    rule_find(rule_case, &(struct rule_finding){.message = "there is no init script",
                                                .file = path,
                                                .hint = "\"pgdeck baseline --write\" makes one of the migrations."});
    return true;
}

bool rule_parity_init(struct rule_case *rule_case, struct error *error)
{
    static const char hint[] = "\"pgdeck baseline --write\" makes the init script anew from the migrations.";
    const struct error *failure;
    if (!has_init(rule_case))
        return miss_init(rule_case);
    const struct baseline *baseline = inquiry_baseline(rule_case->inquiry, &failure);
    if (!baseline)
        return settle(rule_case, failure, "Mend the init script, or make it anew: \"pgdeck baseline --write\".", error);
    rule_find_changes(rule_case, baseline->comparison, baseline->init, hint);
    tell(rule_case, baseline->comparison);
    return true;
}

/* ---- the target ---- */

/* The files that the ledger says are applied. */
struct applied {
    struct directory directory;
    size_t changed, missing, incomplete;
};

static struct applied applied_of(struct rule_case *rule_case, const struct status *status)
{
    struct applied applied = {.directory = *inquiry_directory(rule_case->inquiry)};
    struct directory *directory = &applied.directory;
    directory->files = talloc_array(rule_case->memory, struct migration_file *, (unsigned)status->count + 1);
    directory->count = 0;
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        applied.incomplete += migration->state == MIGRATION_INCOMPLETE;
        if (!migration->row)
            continue;
        applied.changed += migration->state == MIGRATION_CHANGED;
        applied.missing += migration->file == NULL;
        struct migration_file *file = directory_find(inquiry_directory(rule_case->inquiry), migration->number);
        if (migration->file && file)
            directory->files[directory->count++] = file;
    }
    return applied;
}

struct live {
    struct rule_case *rule_case;
    struct scratch *scratch;
    struct connection *target;
    const struct applied *applied;
    struct snapshot *from, *to;
    struct diff *diff;
    struct error *trouble;
};

static bool read_both(struct live *live)
{
    const struct rules_options *options = live->rule_case->options;
    TALLOC_CTX *memory = live->rule_case->memory;
    const struct snapshot_options reading = {.settings = options->settings};
    const struct replay_options replaying = {.cancel = options->cancel};
    const struct directory *files = &live->applied->directory;
    struct replay *replay = replay_migrations(memory, live->scratch, files, files->count, &replaying, live->trouble);
    struct connection *connection =
        replay ? scratch_connect(memory, replay->database, SCRATCH_OWNER, options->cancel, live->trouble) : NULL;
    live->from = connection ? snapshot_take(memory, connection, &reading, live->trouble) : NULL;
    talloc_free(connection);
    talloc_free(replay);
    live->to = live->from ? snapshot_take(memory, live->target, &reading, live->trouble) : NULL;
    return live->to;
}

static bool compare_both(struct live *live)
{
    const struct rules_options *options = live->rule_case->options;
    const struct diff_options differing = {.privileges = PRIVILEGES_LEFT_OUT};
    const struct replay_options replaying = {.cancel = options->cancel};
    live->diff = canonical_diff(live->rule_case->memory, live->scratch, live->from, live->to, &differing,
                                options->cancel, live->trouble);
    return live->diff && blame_fill(live->diff, BLAME_FROM, live->scratch, &live->applied->directory, options->settings,
                                    &replaying, live->trouble);
}

/* That an index is invalid is told by migration.complete. */
static void drop_invalid(struct diff *diff)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->change_count; i++)
        if (!diff->changes[i].attribute || strcmp(diff->changes[i].attribute, "is_valid") != 0)
            diff->changes[count++] = diff->changes[i];
    diff->change_count = count;
}

/* The finding is told as that of a comparison of the two mirrors. */
static void find_drift(struct live *live)
{
    static const char hint[] =
        "\"pgdeck diff live migrations --sql\" shows what takes it back; a change that is meant is written as a migration.";
    struct mirror_source migrations = {.kind = MIRROR_MIGRATIONS, .word = "migrations"};
    struct mirror_source target = {.kind = MIRROR_LIVE, .word = "live"};
    struct mirror from = {.source = &migrations}, to = {.source = &target};
    drop_invalid(live->diff);
    const struct comparison comparison = {.from = &from, .to = &to, .diff = live->diff};
    rule_find_changes(live->rule_case, &comparison, NULL, hint);
}

static void tell_live(struct live *live)
{
    const struct applied *applied = live->applied;
    TALLOC_CTX *memory = live->rule_case->memory;
    char *text =
        talloc_asprintf(memory, "%zu objects of the target compared with a replay of its %zu applied migrations",
                        live->to->count, applied->directory.count);
    if (applied->changed)
        text = talloc_asprintf_append(text, "; %zu of their files have changed since", applied->changed);
    if (applied->missing)
        text = talloc_asprintf_append(text, "; %zu applied versions have no file", applied->missing);
    if (applied->incomplete)
        text = talloc_asprintf_append(text, "; %zu stopped midway, and counted as not applied", applied->incomplete);
    const char *note = scratch_version_note(live->scratch);
    rule_evidence(live->rule_case, "%s%s%s", text, note ? "; " : "", note ? note : "");
}

bool rule_parity_live(struct rule_case *rule_case, struct error *error)
{
    const struct error *failure;
    const struct status *status = inquiry_status(rule_case->inquiry, &failure);
    struct session *session = status ? inquiry_session(rule_case->inquiry, &failure) : NULL;
    if (!session)
        return rule_give_up(rule_case, failure, error);
    if (status->ledger->shape == LEDGER_ABSENT)
        return rule_skip(
            rule_case,
            "the ledger %s.%s does not exist in the target; to adopt a database that was made without one: "
            "\"pgdeck mark VERSION... --applied --reason TEXT\"",
            status->ledger->schema, status->ledger->name);
    struct scratch *scratch = inquiry_scratch(rule_case->inquiry, &failure);
    if (!scratch)
        return rule_give_up(rule_case, failure, error);
    const struct applied applied = applied_of(rule_case, status);
    struct live live = {.rule_case = rule_case,
                        .scratch = scratch,
                        .target = session->connection,
                        .applied = &applied,
                        .trouble = error_new(rule_case->memory)};
    if (!read_both(&live) || !compare_both(&live))
        return rule_give_up(rule_case, live.trouble, error);
    find_drift(&live);
    tell_live(&live);
    return true;
}

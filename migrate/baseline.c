/* See baseline.h. Here: the two roads. What a database holds besides its schema: baseline/evidence.c; the script's
 * text: baseline/make.c. */
#include "migrate/baseline.h"

#include <fcntl.h>
#include <libgen.h>

#include "migrate/baseline/evidence.h"
#include "migrate/baseline/findings.h"
#include "migrate/baseline/make.h"
#include "migrate/baseline/row_compare.h"
#include "migrate/baseline/seed.h"
#include "migrate/baseline/sequence_compare.h"
#include "migrate/canonical.h"
#include "store/digest.h"
#include "store/disk.h"

/* What both roads judge by: the migrations' side, and a database that a script made. */
struct judging {
    struct baseline *baseline;
    const struct baseline_options *options;
    const struct mirror *migrations;
    int64_t limit;                                    /* of rows */
    struct evidence_reading *of_migrations, *of_init; /* begun when their databases stand */
    struct evidence_source source;
    struct migrations_evidence *evidence;
    const struct script *script;
    struct error *error;
};

static const struct settings *settings_of(const struct judging *judging) { return judging->options->mirror.settings; }

/* The rows are read while the catalog is. */
static bool on_built(void *argument, struct mirror *mirror, struct error *error)
{
    struct judging *judging = argument;
    const struct mirror_options *options = &judging->options->mirror;
    const struct evidence_order order = {mirror->scratch, mirror->replay, options->settings, judging->limit,
                                         options->cancel};
    struct evidence_reading *reading = evidence_begin(mirror, &order, error);
    if (mirror->source->kind == MIRROR_MIGRATIONS)
        judging->of_migrations = reading;
    else
        judging->of_init = reading;
    return reading != NULL;
}

static struct mirror_options mirror_options_of(struct judging *judging)
{
    struct mirror_options options = judging->options->mirror;
    options.on_built = on_built;
    options.built_argument = judging;
    return options;
}

/* ---- the migrations ---- */

/* A replay tells files, a mirror tells who is built. */
static void on_replay(void *listener, size_t done, size_t total, const char *name)
{
    const struct mirror_options *options = listener;
    struct mirror_progress progress = {
        .kind = MIRROR_MIGRATIONS, .step = MIRROR_BUILDING, .done = done, .total = total};
    snprintf(progress.name, sizeof progress.name, "%s", name);
    options->on_progress(options->listener, &progress);
}

static bool read_migrations(struct judging *judging, const struct mirror *migrations)
{
    const struct mirror_options *options = &judging->options->mirror;
    judging->migrations = migrations;
    judging->source = (struct evidence_source){
        .scratch = migrations->scratch,
        .directory = migrations->directory,
        .settings = options->settings,
        .snapshot = migrations->snapshot,
        .limit = judging->limit,
        .cancel = options->cancel,
        .on_progress = options->on_progress ? on_replay : NULL,
        .listener = (void *)(uintptr_t)options,
    };
    judging->baseline->file_count = migrations->directory->count;
    judging->evidence =
        evidence_of_migrations(judging->baseline, &judging->source, judging->of_migrations, judging->error);
    return judging->evidence != NULL;
}

/* ---- judging a database that a script made ---- */

/* Where files write a row: looked for only when all that is no difference is known to be none. */
enum places { PLACES_LEFT_OUT, PLACES_WANTED };

/* Rows and sequences, with what is volatile as far as it is known. *differences gets how many of them there are. */
static bool judge_rows(struct judging *judging, const struct evidence *init, struct evidence_reading *reading,
                       enum places places, size_t *differences)
{
    struct baseline *baseline = judging->baseline;
    const struct migrations_evidence *evidence = judging->evidence;
    const struct row_sides rows = {
        .migrations = evidence->one->rows,
        .init = init->rows,
        .volatility = evidence->volatility,
        .script = places == PLACES_WANTED ? judging->script : NULL,
        .directory = places == PLACES_WANTED ? judging->migrations->directory : NULL,
    };
    const struct sequence_sides sequences = {
        .migrations = evidence->one->sequences,
        .init = init->sequences,
        .twin = evidence->twin ? evidence->twin->sequences : NULL,
        .known = evidence->known,
        .rows = init->rows,
        .reading = reading,
    };
    struct row_comparison *row_comparison = row_compare(baseline, &rows);
    struct sequence_comparison *sequence_comparison = sequence_compare(baseline, &sequences, judging->error);
    if (!sequence_comparison)
        return false;
    baseline->tables = row_comparison->tables;
    baseline->table_count = row_comparison->count;
    baseline->volatile_count = row_comparison->volatile_count;
    baseline->sequences = sequence_comparison->items;
    baseline->sequence_count = sequence_comparison->count;
    *differences = row_comparison->difference_count + sequence_comparison->difference_count;
    return true;
}

static bool judge_database(struct judging *judging, const struct evidence *init, struct evidence_reading *reading,
                           size_t *differences)
{
    struct baseline *baseline = judging->baseline;
    seed_compare(baseline, &init->ledger, judging->migrations->directory, &baseline->seed);
    if (!judge_rows(judging, init, reading, PLACES_LEFT_OUT, differences))
        return false;
    /* The second replay is made only where it may tell that a difference is none. */
    bool is_settled = !*differences || judging->evidence->twin || evidence_is_empty(judging->evidence->one);
    if (!is_settled && !(evidence_add_twin(judging->evidence, &judging->source, judging->error) &&
                         judge_rows(judging, init, reading, PLACES_LEFT_OUT, differences)))
        return false;
    return !baseline->table_count || judge_rows(judging, init, reading, PLACES_WANTED, differences);
}

/* What was found stays; a failed one is freed whole. */
static void release(struct judging *judging)
{
    evidence_close(judging->of_init);
    evidence_close(judging->of_migrations);
    if (judging->baseline->comparison)
        compare_release(judging->baseline->comparison);
}

/* ---- checking ---- */

static bool compare_schemas(struct judging *judging)
{
    struct baseline *baseline = judging->baseline;
    const struct settings *settings = settings_of(judging);
    const struct compare_options options = {
        .mirror = mirror_options_of(judging),
        .privileges =
            judging->options->privileges == BASELINE_WITH_PRIVILEGES ? COMPARE_PRIVILEGES : COMPARE_PRIVILEGES_LEFT_OUT,
        .blame = BLAME_WANTED,
    };
    const struct mirror_source *init = mirror_source_parse(baseline, settings, NULL, "init", judging->error);
    const struct mirror_source *migrations =
        init ? mirror_source_parse(baseline, settings, NULL, "migrations", judging->error) : NULL;
    baseline->comparison = migrations ? compare(baseline, init, migrations, &options, judging->error) : NULL;
    return baseline->comparison != NULL;
}

static struct baseline *new_baseline(TALLOC_CTX *owner, const struct settings *settings)
{
    static const char *const none[] = {NULL};
    struct baseline *baseline = talloc_zero(owner, struct baseline);
    baseline->init = settings_text(settings, SETTING_init);
    baseline->warnings = none;
    return baseline;
}

static const struct script *read_script(TALLOC_CTX *owner, const struct settings *settings, struct error *error)
{
    return script_read(owner, settings_path(owner, settings, SETTING_init), settings_text(settings, SETTING_init),
                       settings_number(settings, SETTING_file_size), error);
}

static bool check(struct judging *judging)
{
    struct baseline *baseline = judging->baseline;
    judging->script = read_script(baseline, settings_of(judging), judging->error);
    if (!judging->script && judging->error->code == ERROR_FILE)
        error_hint(judging->error, "The setting init says where the init script is; `pgdeck baseline --write` makes "
                                   "one of the migrations.");
    if (!judging->script || !compare_schemas(judging))
        return false;
    const struct comparison *comparison = baseline->comparison;
    size_t differences = 0;
    const struct evidence *init = read_migrations(judging, comparison->to)
                                      ? evidence_end(judging->of_init, comparison->from->snapshot, judging->error)
                                      : NULL;
    if (!init || !judge_database(judging, init, judging->of_init, &differences))
        return false;
    baseline->warnings = comparison->warnings;
    findings_write(baseline, judging->script, comparison->to->directory);
    release(judging);
    if (differences || comparison->diff->change_count || seed_differs(&baseline->seed))
        baseline->verdict = BASELINE_UNEQUAL;
    return true;
}

struct baseline *baseline_check(TALLOC_CTX *owner, const struct baseline_options *options, struct error *error)
{
    struct judging judging = {
        .baseline = new_baseline(owner, options->mirror.settings),
        .options = options,
        .limit = BASELINE_ROWS_MOST,
        .error = error,
    };
    if (check(&judging))
        return judging.baseline;
    talloc_free(judging.baseline);
    return NULL;
}

/* ---- the seed alone ---- */

static bool check_seed(struct judging *judging, const struct directory *directory)
{
    struct baseline *baseline = judging->baseline;
    const struct settings *settings = settings_of(judging);
    const struct mirror_source *source = mirror_source_parse(baseline, settings, NULL, "init", judging->error);
    judging->script = source ? read_script(baseline, settings, judging->error) : NULL;
    struct mirror *mirror =
        judging->script ? mirror_build(baseline, source, &judging->options->mirror, judging->error) : NULL;
    if (!mirror)
        return false;
    const struct evidence_order order = {mirror->scratch, mirror->replay, settings, judging->limit,
                                         judging->options->mirror.cancel};
    struct evidence_reading *reading = evidence_begin(baseline, &order, judging->error);
    const struct evidence *init = reading ? evidence_end(reading, mirror->snapshot, judging->error) : NULL;
    if (init) {
        seed_compare(baseline, &init->ledger, directory, &baseline->seed);
        findings_write(baseline, judging->script, directory);
        baseline->file_count = directory->count;
        baseline->verdict = seed_differs(&baseline->seed) ? BASELINE_UNEQUAL : BASELINE_EQUAL;
    }
    evidence_close(reading);
    mirror_release(mirror);
    return init;
}

struct baseline *baseline_check_seed(TALLOC_CTX *owner, const struct baseline_options *options,
                                     const struct directory *directory, struct error *error)
{
    struct judging judging = {
        .baseline = new_baseline(owner, options->mirror.settings),
        .options = options,
        .limit = BASELINE_ROWS_MOST,
        .error = error,
    };
    if (check_seed(&judging, directory))
        return judging.baseline;
    talloc_free(judging.baseline);
    return NULL;
}

/* ---- writing ---- */

static bool build_migrations(struct judging *judging)
{
    struct baseline *baseline = judging->baseline;
    const struct mirror_source *source =
        mirror_source_parse(baseline, settings_of(judging), NULL, "migrations", judging->error);
    const struct mirror_options options = mirror_options_of(judging);
    struct mirror *migrations = source ? mirror_build(baseline, source, &options, judging->error) : NULL;
    if (!migrations)
        return false;
    if (!migrations->directory->count) {
        error_set(judging->error, ERROR_PROJECT, "there are no migrations in %s", migrations->directory->shown);
        return error_hint(judging->error, "The init script is made of them; `pgdeck new DESCRIPTION` makes the first.");
    }
    return read_migrations(judging, migrations) &&
           (evidence_is_empty(judging->evidence->one) ||
            evidence_add_twin(judging->evidence, &judging->source, judging->error));
}

/* The text as if it had been read from its file. */
static const struct script *parse_script(TALLOC_CTX *owner, const char *text, const struct settings *settings,
                                         struct error *error)
{
    struct script *script = talloc_zero(owner, struct script);
    script->path = settings_text(settings, SETTING_init);
    script->text = text;
    script->size_bytes = strlen(text);
    script->checksum = digest_sha256(script, text, script->size_bytes);
    int64_t limit = settings_number(settings, SETTING_file_size);
    if ((int64_t)script->size_bytes > limit) {
        error_set(error, ERROR_REFUSED, "the init script would have %zu bytes; the limit is %lld", script->size_bytes,
                  (long long)limit);
        error_hint(error, "Raise the setting file_size, or let another program load the rows of the largest tables.");
        return NULL;
    }
    return statement_split(script, script->path, text, script->size_bytes, METAS_RESTRICT_PASSED, &script->statements,
                           error)
               ? script
               : NULL;
}

/* What the first difference is, for a refusal. */
static const char *first_difference(const struct judging *judging, const struct diff *diff)
{
    struct baseline *baseline = judging->baseline;
    if (diff->change_count) {
        const struct change *change = &diff->changes[0];
        return talloc_asprintf(baseline, "%s %s%s%s differs", change->kind->title, change->name,
                               change->attribute ? ", " : "", change->attribute ? change->attribute : "");
    }
    findings_write(baseline, judging->script, judging->migrations->directory);
    for (size_t i = 0; i < baseline->finding_count; i++)
        if (baseline->findings[i].weight == BASELINE_DEMAND)
            return baseline->findings[i].message;
    return baseline->finding_count ? baseline->findings[0].message : "";
}

static bool refuse(struct judging *judging, const struct diff *diff)
{
    error_set(judging->error, ERROR_REFUSED,
              "the script that was made of the migrations does not leave what they leave: %s",
              first_difference(judging, diff));
    error_hint(judging->error,
               "Nothing was written. Write this part of %s by hand; `pgdeck baseline` says when the two "
               "agree.",
               judging->baseline->init);
    return false;
}

static bool judge_proof(struct judging *judging, const struct snapshot *snapshot, struct evidence_reading *reading)
{
    static const struct diff_options options = {.privileges = PRIVILEGES_COMPARED};
    const struct baseline *baseline = judging->baseline;
    size_t differences = 0;
    struct diff *diff =
        canonical_diff(judging->baseline, judging->migrations->scratch, snapshot, judging->migrations->snapshot,
                       &options, judging->options->mirror.cancel, judging->error);
    const struct evidence *made = diff ? evidence_end(reading, snapshot, judging->error) : NULL;
    if (!made || !judge_database(judging, made, reading, &differences))
        return false;
    bool is_proved = !diff->change_count && !differences && !baseline->sequence_count && !seed_differs(&baseline->seed);
    return is_proved || refuse(judging, diff);
}

static bool prove(struct judging *judging)
{
    const struct mirror_options *mirror = &judging->options->mirror;
    const struct snapshot_options reading = {.settings = mirror->settings};
    const struct replay_options options = {.cancel = mirror->cancel, .cache = REPLAY_CACHED};
    struct replay *replay =
        replay_script(judging->baseline, judging->migrations->scratch, judging->script, &options, judging->error);
    if (!replay) {
        error_prefix(judging->error, "the script that was made of the migrations does not run");
        return error_hint(judging->error, "Nothing was written: what the statement needs may be of a kind that pgdeck "
                                          "does not model.");
    }
    const struct evidence_order order = {judging->migrations->scratch, replay, mirror->settings, judging->limit,
                                         mirror->cancel};
    struct evidence_reading *evidence = evidence_begin(replay, &order, judging->error);
    struct connection *connection =
        evidence ? scratch_connect(replay, replay->database, SCRATCH_OWNER, mirror->cancel, judging->error) : NULL;
    struct snapshot *snapshot =
        connection ? snapshot_take(judging->baseline, connection, &reading, judging->error) : NULL;
    return snapshot && judge_proof(judging, snapshot, evidence);
}

static bool write_file(struct judging *judging)
{
    struct baseline *baseline = judging->baseline;
    const struct script *script = judging->script;
    const char *path = settings_path(baseline, settings_of(judging), SETTING_init);
    char *folder = talloc_strdup(baseline, path), *bytes;
    size_t size_bytes;
    struct error *ignored = error_new(baseline);
    if (disk_read(baseline, AT_FDCWD, path, baseline->init, settings_number(settings_of(judging), SETTING_file_size),
                  &bytes, &size_bytes, ignored) &&
        size_bytes == script->size_bytes && !memcmp(bytes, script->text, size_bytes)) {
        baseline->written = BASELINE_UNCHANGED;
        return true;
    }
    baseline->written = BASELINE_WRITTEN;
    return disk_make_folders(dirname(folder), judging->error) &&
           disk_replace(path, baseline->init, script->text, script->size_bytes, judging->error);
}

static bool make_and_write(struct judging *judging)
{
    const struct make_source source = {
        .settings = settings_of(judging),
        .migrations = judging->migrations,
        .evidence = judging->evidence,
        .cancel = judging->options->mirror.cancel,
    };
    const struct make_result *made = make_script(judging->baseline, &source, judging->error);
    if (!made)
        return false;
    judging->baseline->warnings = made->warnings;
    judging->script = parse_script(judging->baseline, made->text, settings_of(judging), judging->error);
    return judging->script && prove(judging) && write_file(judging);
}

struct baseline *baseline_write(TALLOC_CTX *owner, const struct baseline_options *options, struct error *error)
{
    struct judging judging = {
        .baseline = new_baseline(owner, options->mirror.settings),
        .options = options,
        .limit = INT64_MAX,
        .error = error,
    };
    if (build_migrations(&judging) && make_and_write(&judging))
        return judging.baseline;
    talloc_free(judging.baseline);
    return NULL;
}

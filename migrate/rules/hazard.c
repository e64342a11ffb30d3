/* migration.hazard: what is pending in the target is measured as a plan does; without a target the newest file is, and
 * with --since those that changed, each in the state of the files before it; so is each that is pending in a target for
 * which there is no plan. What counts is the danger of the hazard
 * itself: that a table of a development database is small says nothing of another one. */
#include "migrate/hazard.h"

#include "migrate/bootstrap.h"
#include "migrate/derive.h"
#include "migrate/replay.h"
#include "migrate/rules/rule.h"
#include "migrate/trace.h"

/* What was looked at. */
struct sighting {
    struct rule_case *rule_case;
    enum hazard_danger threshold;
    size_t files, allowed, below, unknown;
    bool is_without_target;
    const struct session *session; /* to the target, or NULL */
    const char *unmeasured;        /* why nothing of a plan could be measured; or NULL */
    const char *refusal; /* why there is no plan for the target, and its files were looked at one by one; or NULL */
};

/* Advice may stand on several lines; a hint is one. */
static const char *one_line(TALLOC_CTX *owner, const char *advice)
{
    char *line = talloc_strdup(owner, advice);
    for (char *c = line; *c; c++)
        if (*c == '\n')
            *c = ' ';
    return line;
}

static void find(struct sighting *sighting, const struct plan_step *step, size_t statement, const struct hazard *hazard)
{
    TALLOC_CTX *memory = sighting->rule_case->memory;
    if (hazard->allowed) {
        sighting->allowed++;
    } else if (hazard->kind->danger < sighting->threshold) {
        sighting->below++;
        sighting->unknown += hazard->kind == &hazard_kinds[HAZARD_unknown];
    } else {
        const char *advice = hazard->advice ? hazard->advice : hazard->kind->what;
        rule_find(sighting->rule_case,
                  &(struct rule_finding){
                      .message = talloc_asprintf(memory, "%s (%s): %s", hazard->kind->id,
                                                 hazard_danger_name(hazard->kind->danger), hazard->message),
                      .file = step->file->path,
                      .line = step->file->statements.items[statement].line,
                      .object = *hazard->object ? hazard->object : NULL,
                      .hint = talloc_asprintf(memory,
                                              "%s Or say in the head of the file why it may be: -- pgdeck: "
                                              "allow %s because REASON",
                                              one_line(memory, advice), hazard->kind->id)});
    }
}

static void look(struct sighting *sighting, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        sighting->files++;
        for (size_t j = 0; step->hazards && j < step->file->statements.count; j++)
            for (size_t k = 0; k < step->hazards[j].count; k++)
                find(sighting, step, j, &step->hazards[j].items[k]);
    }
}

/* The plan of what is selected over a connection. NULL: it is refused, or the target cannot be read. */
static struct plan *plan_selected(struct rule_case *rule_case, struct connection *connection,
                                  const struct status *status, const struct plan_selection *selection,
                                  struct error *error)
{
    struct plan_target target;
    return plan_read_target(rule_case->memory, connection, &target, error)
               ? plan_build(rule_case->memory, status, rule_case->options->settings, &target, selection, error)
               : NULL;
}

/* Else it is a database in which the files before have been run. */
static bool is_of_target(const struct sighting *sighting, const struct connection *connection)
{
    const struct session *session = sighting->session;
    return session && session->connection == connection;
}

static bool measure(struct sighting *sighting, struct connection *connection, struct plan *plan, struct error *error)
{
    const struct rules_options *options = sighting->rule_case->options;
    const struct trace_options tracing = {.settings = options->settings,
                                          .directory = inquiry_directory(sighting->rule_case->inquiry),
                                          .cancel = options->cancel,
                                          .of = is_of_target(sighting, connection) ? TRACE_OF_TARGET : TRACE_OF_REPLAY};
    struct hazard_sizes sizes;
    if (plan->count == 0)
        return true;
    const struct trace *trace = trace_plan(plan, plan, connection, &tracing, error);
    if (!trace || !hazard_read_sizes(plan, connection, &sizes, error) ||
        !derive_plan(plan, &sizes, options->cancel, error))
        return false;
    if (!trace->source)
        sighting->unmeasured = talloc_strdup(sighting->rule_case->memory, trace->reason ? trace->reason : "no copy");
    hazard_judge(plan, &sizes, NULL);
    look(sighting, plan);
    return true;
}

/* One file, in a database in which those before it have run. */
static bool look_at_file(struct sighting *sighting, size_t index, struct error *error)
{
    struct rule_case *rule_case = sighting->rule_case;
    const struct rules_options *options = rule_case->options;
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    const struct replay_options replaying = {.cancel = options->cancel};
    const char *const only[] = {directory->files[index]->version, NULL};
    const struct plan_selection selection = {.only = only, .order = ORDER_ANY};
    const struct error *failure;
    struct scratch *scratch = inquiry_scratch(rule_case->inquiry, &failure);
    if (!scratch) {
        error_copy(error, failure);
        return false;
    }
    rule_progress(rule_case, directory->files[index]->name);
    TALLOC_CTX *memory = talloc_new(rule_case->memory);
    struct replay *replay = replay_migrations(memory, scratch, directory, index, &replaying, error);
    /* The measuring copies the state itself, which nobody may read then. */
    struct scratch_database *database = replay ? scratch_copy(memory, replay->database, options->cancel, error) : NULL;
    struct connection *connection =
        database ? scratch_connect(memory, database, SCRATCH_OWNER, options->cancel, error) : NULL;
    const struct status *status =
        connection ? status_read(rule_case->memory, connection, directory, options->settings, error) : NULL;
    struct plan *plan = status ? plan_selected(rule_case, connection, status, &selection, error) : NULL;
    bool ok = plan && measure(sighting, connection, plan, error);
    talloc_free(connection);
    talloc_free(database);
    talloc_free(replay);
    return ok;
}

static bool look_at_files(struct sighting *sighting, struct error *error)
{
    struct rule_case *rule_case = sighting->rule_case;
    const struct directory *directory = inquiry_directory(rule_case->inquiry);
    bool ok = true;
    for (size_t i = 0; ok && i < directory->count; i++) {
        bool is_newest = i + 1 == directory->count;
        if (is_newest ||
            (rule_case->options->since && inquiry_has_changed(rule_case->inquiry, directory->files[i]->path)))
            ok = look_at_file(sighting, i, error);
    }
    return ok;
}

/* What is pending in a target that cannot be planned for, because another migration of it is changed, missing or
 * incomplete: that is for other rules to tell, and hides nothing here. */
static bool look_at_pending_files(struct sighting *sighting, const struct status *status, struct error *error)
{
    const struct directory *directory = inquiry_directory(sighting->rule_case->inquiry);
    bool ok = true;
    for (size_t i = 0; ok && i < directory->count; i++) {
        const struct migration *migration = status_find(status, directory->files[i]->number);
        if (migration && (migration->state == MIGRATION_PENDING || migration->state == MIGRATION_OUT_OF_ORDER))
            ok = look_at_file(sighting, i, error);
    }
    return ok;
}

/* A database with objects and no ledger: the migrations may have been applied by other means, and a plan of all of them
 * would say of each that it fails. */
static bool is_unadopted(const struct status *status, struct connection *connection)
{
    if (status->ledger->shape != LEDGER_ABSENT)
        return false;
    struct error *refusal = error_new(NULL);
    bool is_empty = bootstrap_check(connection, refusal);
    bool is_refused = !is_empty && refusal->code == ERROR_REFUSED;
    talloc_free(refusal);
    return is_refused;
}

static bool look_at_target(struct sighting *sighting, struct error *error)
{
    struct rule_case *rule_case = sighting->rule_case;
    const struct error *failure;
    const struct plan_selection selection = {.order = ORDER_ANY};
    const struct status *status = inquiry_status(rule_case->inquiry, &failure);
    struct session *session = status ? inquiry_session(rule_case->inquiry, &failure) : NULL;
    if (!session && (failure->code == ERROR_CANCELLED || failure->code == ERROR_INTERNAL)) {
        error_copy(error, failure);
        return false;
    }
    if (!session) { /* told by other rules; the files are there all the same */
        sighting->refusal = talloc_strdup(rule_case->memory, failure->message);
        sighting->is_without_target = true;
        return look_at_files(sighting, error);
    }
    if (is_unadopted(status, session->connection)) {
        sighting->refusal = "its objects are there without a ledger, so that it is not known what is applied";
        sighting->is_without_target = true;
        return look_at_files(sighting, error);
    }
    sighting->session = session;
    struct plan *plan = plan_selected(rule_case, session->connection, status, &selection, error);
    if (plan)
        return measure(sighting, session->connection, plan, error);
    if (error->code != ERROR_REFUSED)
        return false;
    sighting->refusal = talloc_strdup(rule_case->memory, error->message);
    return look_at_pending_files(sighting, status, error);
}

bool rule_hazard_threshold(const char *word, enum hazard_danger *threshold)
{
    if (!strcmp(word, "long")) { /* of those who wait */
        *threshold = DANGER_HIGH;
        return true;
    }
    for (int danger = DANGER_LOW; danger <= DANGER_CRITICAL; danger++)
        if (!strcmp(word, hazard_danger_name((enum hazard_danger)danger))) {
            *threshold = (enum hazard_danger)danger;
            return true;
        }
    return false;
}

static void tell(const struct sighting *sighting, const char *where)
{
    TALLOC_CTX *memory = sighting->rule_case->memory;
    char *text = talloc_asprintf(memory, "%zu %s; threshold %s", sighting->files, where,
                                 hazard_danger_name(sighting->threshold));
    if (sighting->allowed)
        text = talloc_asprintf_append(text, "; %zu hazards acknowledged", sighting->allowed);
    if (sighting->below)
        text = talloc_asprintf_append(text, "; %zu below the threshold", sighting->below);
    if (sighting->unknown)
        text =
            talloc_asprintf_append(text, ", %zu of them of statements that could not be measured", sighting->unknown);
    if (sighting->unmeasured)
        text = talloc_asprintf_append(text, "; nothing could be measured (%s): judged by the text alone",
                                      sighting->unmeasured);
    if (sighting->refusal)
        text = talloc_asprintf_append(text, "; there is no plan for the target: %s", sighting->refusal);
    rule_evidence(sighting->rule_case, "%s", text);
}

bool rule_migration_hazard(struct rule_case *rule_case, struct error *error)
{
    struct sighting sighting = {.rule_case = rule_case, .threshold = DANGER_HIGH};
    const char *word = settings_rule(rule_case->options->settings, "migration.hazard", "threshold");
    struct error *trouble = error_new(rule_case->memory);
    if (word && !rule_hazard_threshold(word, &sighting.threshold))
        sighting.threshold = DANGER_HIGH; /* rules_check_settings has refused it */
    if (!inquiry_directory(rule_case->inquiry)->count)
        return rule_skip(rule_case, "there are no migrations in %s", inquiry_directory(rule_case->inquiry)->shown);
    bool has_target = rule_case->options->pool && !rule_case->options->target_error;
    bool ok = has_target ? look_at_target(&sighting, trouble) : look_at_files(&sighting, trouble);
    if (!ok)
        return rule_give_up(rule_case, trouble, error);
    has_target &= !sighting.is_without_target;
    tell(&sighting, has_target                  ? "files pending in the target"
                    : rule_case->options->since ? "files, the newest and those that changed"
                                                : "file, the newest");
    return true;
}

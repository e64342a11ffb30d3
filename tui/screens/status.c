/* The screen Status: the target and how it is, the counts, what to do next, the parity of the four mirrors, the last
 * runs. */
#include "tui/answer.h"
#include "tui/consent.h"
#include "tui/parity.h"
#include "tui/screens/diff.h"
#include "tui/screens/page.h"
#include "tui/screens/parity_grid.h"
#include "tui/screens/plan.h"
#include "tui/screens/rules.h"
#include "tui/screens/state.h"

enum { NAME_COLUMNS = 11, RUNS_SHOWN = 5, BAR_COLUMNS = 40 };

struct status_view {
    struct page page;
    size_t here; /* under the cursor: an index of parity.h, behind them of the rules' lights */
    unsigned long revision, rules_revision; /* of the parity and of the rules that are shown */
    int columns;                            /* that it was laid out for */
};

/* ---- parts ---- */

static const char *ledger_words(TALLOC_CTX *owner, const struct ledger *ledger)
{
    static const char *const shapes[] = {
        [LEDGER_ABSENT] = "not there yet; the first apply makes it",
        [LEDGER_OWN] = "pgdeck's own",
        [LEDGER_LIST] = "another tool's list of versions",
        [LEDGER_SINGLE_ROW] = "another tool's single row",
        [LEDGER_UNFIT] = "cannot be used",
    };
    return talloc_asprintf(owner, "%s.%s  %s%s", ledger->schema, ledger->name, shapes[ledger->shape],
                           ledger->shape == LEDGER_ABSENT ? ""
                           : ledger->has_journal          ? ", with journal"
                                                          : ", no journal yet");
}

static const char *guard_words(enum guard guard)
{
    static const char *const words[] = {
        [GUARD_OPEN] = "open: a change is confirmed with y",
        [GUARD_CONFIRM] = "confirm: a change wants the database's name",
        [GUARD_READ_ONLY] = "read-only: nothing is ever written",
    };
    return words[guard];
}

static void add_target(struct document *document, const struct console *console, TALLOC_CTX *memory)
{
    const struct survey *survey = console->survey;
    const struct session_facts *facts = survey->facts;
    const struct target *target = console->deck->target;
    document_fact(document, "Target", NAME_COLUMNS, LOOK_STRONG, "%s  %s", target->name,
                  target->is_embedded ? "the private cluster of this project" : target_describe(memory, target));
    document_fact(document, "Server", NAME_COLUMNS, LOOK_PLAIN, "PostgreSQL %s, %s", facts->server_version,
                  facts->in_recovery ? "standby" : "primary");
    document_fact(document, "Session", NAME_COLUMNS, LOOK_PLAIN, "role %s%s, %s, answers in %.2f ms%s", facts->role,
                  facts->is_superuser ? " (superuser)" : "", facts->read_only ? "READ-ONLY" : "read-write",
                  (double)facts->round_trip_us / 1000.0, facts->is_pooled ? ", through a pooler" : "");
    document_fact(document, "Guard", NAME_COLUMNS, LOOK_PLAIN, "%s", guard_words(console->deck->guard));
    const struct ledger *ledger = survey->status->ledger;
    document_fact(document, "Ledger", NAME_COLUMNS, ledger->problem ? LOOK_WARN : LOOK_PLAIN, "%s",
                  ledger_words(memory, ledger));
    if (ledger->problem)
        document_fact(document, "", NAME_COLUMNS, LOOK_WARN, "%s", ledger->problem);
}

static size_t undocumented_count(const struct survey *survey)
{
    size_t count = 0;
    for (size_t i = 0; i < survey->directory->count; i++)
        count += documentation_find(survey->documentation, survey->directory->files[i]->number) == NULL;
    return count;
}

static void add_project(struct document *document, const struct console *console, TALLOC_CTX *memory)
{
    const struct survey *survey = console->survey;
    const struct directory *directory = survey->directory;
    size_t missing = undocumented_count(survey);
    document_fact(document, "Project", NAME_COLUMNS, LOOK_PLAIN, "%s", settings_directory(console->deck->settings));
    document_fact(document, "Files", NAME_COLUMNS, LOOK_PLAIN, "%s in %s/%s",
                  answer_count(memory, directory->count, "migration"), directory->shown,
                  directory->exists ? "" : " (there is no such folder)");
    if (missing > 0)
        document_fact(document, "Notes", NAME_COLUMNS, LOOK_WARN, "%zu without an entry in %s", missing,
                      survey->documentation->shown);
    for (size_t i = 0; i < directory->finding_count; i++)
        document_fact(document, i == 0 ? "Findings" : "", NAME_COLUMNS, LOOK_WARN, "%s",
                      directory->findings[i].message);
}

static void add_counts(struct document *document, const struct status *status)
{
    document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "Migrations");
    for (int i = 0; i < MIGRATION_STATE_COUNT; i++) {
        const struct state_row *row = state_row((enum migration_state)i);
        if (status->counts[i] > 0 || i == MIGRATION_APPLIED || i == MIGRATION_PENDING)
            document_add(document, status->counts[i] > 0 ? row->look : LOOK_DIM, "%s %s %zu   ",
                         theme_glyph(row->glyph), row->word, status->counts[i]);
    }
    document_end_line(document);
    if (status->count == 0)
        return;
    size_t full = BAR_COLUMNS * status->counts[MIGRATION_APPLIED] / status->count;
    document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "");
    for (size_t i = 0; i < BAR_COLUMNS; i++)
        document_add(document, i < full ? LOOK_GOOD : LOOK_DIM, "%s",
                     theme_glyph(i < full ? GLYPH_BAR_FULL : GLYPH_BAR_EMPTY));
    document_line(document, LOOK_PLAIN, "  %zu of %zu applied", status->counts[MIGRATION_APPLIED], status->count);
}

static void add_runs(struct document *document, const struct survey *survey, TALLOC_CTX *memory)
{
    for (size_t i = 0; i < survey->run_count && i < RUNS_SHOWN; i++) {
        const struct journal_run *run = &survey->runs[i];
        bool is_done = strcmp(run->outcome, "done") == 0;
        document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, i == 0 ? "Last runs" : "");
        document_add(document, LOOK_PLAIN, "%s  ", survey_short_time(memory, run->started_at));
        document_add(document, is_done ? LOOK_GOOD : LOOK_WARN, "%-12s", run->outcome);
        document_line(document, LOOK_PLAIN, "applied %lld, failed %lld  by %s", (long long)run->applied,
                      (long long)run->failed, run->person ? run->person : run->db_role);
    }
    if (survey->run_count == 0)
        document_fact(document, "Last runs", NAME_COLUMNS, LOOK_DIM, "none yet");
}

static const char *age_words(TALLOC_CTX *owner, int64_t days)
{
    if (days < 0)
        return "in the future";
    return days == 0 ? "today" : talloc_asprintf(owner, "%s ago", answer_count(owner, (size_t)days, "day"));
}

/* The last compliance review, and what it left. */
static void add_audit(struct document *document, const struct survey *survey, TALLOC_CTX *memory)
{
    const struct audits_last *audit = survey->audit;
    if (!audit || !audit->exists) {
        document_fact(document, "Last audit", NAME_COLUMNS, LOOK_DIM, "%s",
                      audit ? "none yet: :audit makes one" : "the folder of the reviews cannot be read");
        return;
    }
    int64_t days = audits_age_days(audit, survey->taken_us);
    bool is_current = !audit->problem && !audit->open && days >= 0 && days < AUDITS_QUARTER_DAYS;
    const char *left = audit->problem ? audit->problem
                       : audit->open  ? talloc_asprintf(memory, "%zu open", audit->open)
                                      : "nothing open";
    document_fact(document, "Last audit", NAME_COLUMNS, is_current ? LOOK_GOOD : LOOK_WARN, "%s, %s; %s  %s",
                  audit->date, age_words(memory, days), left, audit->file);
}

/* ---- what to do next ---- */

struct advice {
    enum migration_state state;
    const char *text;
};

static void add_next(struct document *document, const struct console *console)
{
    static const struct advice advices[] = {
        {MIGRATION_INCOMPLETE, "A migration stopped midway: 2 shows it, A there resumes it."},
        {MIGRATION_MISSING, "A file that was applied is gone: 2 shows which, with the way out."},
        {MIGRATION_CHANGED, "A file was changed after it was applied: 2 shows which, with the way out."},
        {MIGRATION_OUT_OF_ORDER, "A pending migration sits below the highest applied one: 2 shows which."},
        {MIGRATION_PENDING, "p plans what is pending; A in Migrations (2) applies it."},
    };
    const struct survey *survey = console->survey;
    size_t count = 0;
    if (!survey->bootstrap_refusal && !consent_refusal(console)) {
        document_fact(document, "Next", NAME_COLUMNS, LOOK_STRONG,
                      "The target is empty. B runs the init script (everything at once);");
        document_fact(document, "", NAME_COLUMNS, LOOK_STRONG, "or 2, then A, applies the migrations one by one.");
        return;
    }
    for (size_t i = 0; i < countof(advices); i++)
        if (survey->status->counts[advices[i].state] > 0)
            document_fact(document, count++ == 0 ? "Next" : "", NAME_COLUMNS, LOOK_STRONG, "%s", advices[i].text);
    if (count == 0)
        document_fact(document, "Next", NAME_COLUMNS, LOOK_GOOD, "Nothing: every migration is applied.");
}

static struct document *make_document(struct status_view *view)
{
    const struct console *console = view->page.base.console;
    struct document *document = document_new(view);
    size_t light = view->here < PARITY_PAIRS ? SIZE_MAX : view->here - PARITY_PAIRS;
    if (!console->survey) {
        page_add_absent(document, console);
        document_end_line(document);
        rules_lights_add(document, console->house, light, view->columns);
        return document;
    }
    TALLOC_CTX *memory = talloc_new(view);
    add_target(document, console, memory);
    document_end_line(document);
    add_project(document, console, memory);
    document_end_line(document);
    add_counts(document, console->survey->status);
    add_next(document, console);
    document_end_line(document);
    rules_lights_add(document, console->house, light, view->columns);
    parity_grid_add(document, console->parity, view->here);
    add_runs(document, console->survey, memory);
    add_audit(document, console->survey, memory);
    talloc_free(memory);
    return document;
}

/* ---- the view ---- */

static const char *refusal(struct view *view, enum action action)
{
    const struct survey *survey = view->console->survey;
    if (action == ACTION_PLAN && !survey)
        return "The target was not read yet: r tries again.";
    if (action == ACTION_PLAN && survey_work_count(survey) == 0)
        return "Nothing is pending: there is nothing to plan.";
    if (action == ACTION_ASK_PARITY && !survey)
        return "The target was not read yet: r tries again.";
    if (action != ACTION_BOOTSTRAP)
        return NULL;
    if (!survey)
        return "The target was not read yet: r tries again.";
    if (survey->bootstrap_refusal)
        return "The init script runs on an empty target only, and this one is not, or there is no script. :bootstrap "
               "says more.";
    return consent_refusal(view->console);
}

static void refreshed(struct view *view)
{
    struct status_view *status = (struct status_view *)view;
    status->revision = parity_revision(view->console->parity);
    status->rules_revision = house_revision(view->console->house);
    status->columns = terminal_columns(view->console->terminal);
    pager_set(status->page.pager, make_document(status));
}

static void draw(struct view *view, struct terminal *terminal, struct area area)
{
    const struct status_view *status = (struct status_view *)view;
    const struct console *console = view->console;
    if (status->revision != parity_revision(console->parity) ||
        status->rules_revision != house_revision(console->house) || status->columns != terminal_columns(terminal))
        refreshed(view);
    page_draw(view, terminal, area);
}

/* The script goes towards the models; else in the order of the grid. x on the Diff screen turns it round. */
static void open_here(const struct status_view *view)
{
    if (view->here >= PARITY_PAIRS) {
        struct console *console = view->page.base.console;
        rules_page_open(console, rules[rules_light_rule(console->house, view->here - PARITY_PAIRS)].id);
        return;
    }
    const struct parity_pair *pair = parity_pair(view->page.base.console->parity, view->here);
    bool is_models = pair->from == MIRROR_MODELS;
    diff_screen_open(view->page.base.console, is_models ? pair->to : pair->from, is_models ? pair->from : pair->to);
}

static void ask_parity(struct console *console)
{
    struct error *error = error_new(console);
    if (!parity_ask(console->parity, error))
        console_say_error(console, error);
    talloc_free(error);
}

enum direction { FORWARD, BACKWARD };

static void move(struct status_view *view, enum direction direction)
{
    size_t count = PARITY_PAIRS + rules_lights_count(view->page.base.console->house);
    view->here = (view->here + (direction == FORWARD ? 1 : count - 1)) % count;
    refreshed(&view->page.base);
}

static bool act(struct view *view, enum action action)
{
    struct status_view *status = (struct status_view *)view;
    if (action == ACTION_PLAN)
        plan_page_open(view->console, NULL, PLAN_TO_SEE);
    else if (action == ACTION_BOOTSTRAP)
        console_command(view->console, "bootstrap");
    else if (action == ACTION_ASK_PARITY)
        ask_parity(view->console);
    else if (action == ACTION_OPEN || action == ACTION_DIFF)
        open_here(status);
    else if (action == ACTION_NEXT_PAIR)
        move(status, FORWARD);
    else if (action == ACTION_PREVIOUS_PAIR)
        move(status, BACKWARD);
    else if (action == ACTION_RULES)
        rules_page_open(view->console, NULL);
    else
        return page_act(view, action);
    return true;
}

static const char *summary(struct view *view, TALLOC_CTX *owner)
{
    const struct survey *survey = view->console->survey;
    if (!survey)
        return "";
    return state_counts(owner, survey->status);
}

static const struct view_class status_class = {
    .where = AT_STATUS | AT_PAGER,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .typed = page_typed,
    .summary = summary,
    .position = page_position,
    .refreshed = refreshed,
};

struct view *status_view_new(struct console *console)
{
    struct status_view *view = talloc_zero(console, struct status_view);
    page_init(&view->page, console, &status_class, "Status");
    view->here = parity_index(MIRROR_MIGRATIONS, MIRROR_LIVE);
    refreshed(&view->page.base);
    return &view->page.base;
}

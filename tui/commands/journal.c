/* journal: what was attempted, by whom, with what outcome. */
#include "migrate/journal.h"

#include "store/session.h"
#include "store/text.h"
#include "tui/answer.h"
#include "tui/command.h"

#define DEFAULT_LIMIT 200
#define MOST_LIMIT 1000000
#define GIST_COLUMNS 120

enum { AT, RUN, VERSION, STEP, EVENT, WHO, DETAIL, COLUMNS };

/* The number of --limit; 0 where it is none. */
static int limit_of(const struct arguments *arguments)
{
    const char *text = arguments_value(arguments, "limit");
    if (!text)
        return DEFAULT_LIMIT;
    char *end;
    long number = strtol(text, &end, 10);
    return *end || number < 1 || number > MOST_LIMIT ? 0 : (int)number;
}

static bool check(const struct arguments *arguments, struct error *error)
{
    if (limit_of(arguments))
        return true;
    return error_set(error, ERROR_USAGE, "--limit is \"%s\", but must be a number from 1 to %d",
                     arguments_value(arguments, "limit"), MOST_LIMIT);
}

static json_t *detail_json(const char *detail)
{
    json_t *json = detail ? json_loads(detail, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    return json ? json : printer_json_text(detail);
}

/* What a person wants of a detail: what failed, why it was marked, how it ended. NULL: nothing. Owner: `owner`. */
static const char *gist(TALLOC_CTX *owner, const char *detail)
{
    json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;
    const char *message = NULL, *left = NULL, *reason = NULL, *outcome = NULL, *text = NULL;
    (void)json_unpack(json, "{s?:s, s?:s, s?:s, s?:s}", "message", &message, "left", &left, "reason", &reason,
                      "outcome", &outcome);
    if (message && left && strcmp(left, "nothing") != 0)
        text = talloc_asprintf(owner, "%s; left behind: %s", message, left);
    else if (message || reason || outcome)
        text = talloc_strdup(owner, message ? message : reason ? reason : outcome);
    json_decref(json);
    if (text && text_width(text = text_sanitise(owner, text, strcspn(text, "\n"), TEXT_ONE_LINE)) > GIST_COLUMNS)
        text = text_fit(owner, text, GIST_COLUMNS);
    return text;
}

static json_t *event_json(const struct journal_row *row)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     json_sprintf("%lld", (long long)row->id), "at", printer_json_text(row->at), "run",
                     printer_json_text(row->run), "version", printer_json_text(row->version), "step",
                     printer_json_integer(row->step), "event", printer_json_text(row->event), "checksum",
                     printer_json_text(row->checksum), "statement_hash", printer_json_text(row->statement_hash),
                     "transaction_id", printer_json_text(row->transaction_id), "role", printer_json_text(row->db_role),
                     "person", printer_json_text(row->person), "host", printer_json_text(row->host), "application",
                     printer_json_text(row->application), "detail", detail_json(row->detail));
}

static void print_events(struct command_context *context, const struct journal_row *rows, size_t count)
{
    static const char *const head[COLUMNS] = {"AT", "RUN", "VERSION", "STEP", "EVENT", "WHO", "DETAIL"};
    const char **cells = talloc_zero_array(context->memory, const char *, (unsigned)((count + 1) * COLUMNS));
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        const struct journal_row *row = &rows[i];
        const char **cell = &cells[(i + 1) * COLUMNS];
        cell[AT] = row->at;
        cell[RUN] = row->run;
        cell[VERSION] = row->version;
        cell[STEP] = answer_integer(cells, row->step);
        cell[EVENT] = row->event;
        cell[WHO] = talloc_asprintf(cells, "%s@%s as %s", row->person ? row->person : "?", row->host ? row->host : "?",
                                    row->db_role);
        cell[DETAIL] = printer_verbosity(context->printer) == PRINTER_VERBOSE ? row->detail : gist(cells, row->detail);
    }
    printer_table(context->printer, cells, NULL, count + 1, COLUMNS);
}

static bool print_journal(struct command_context *context, const struct ledger *ledger, const struct journal_row *rows,
                          size_t count, struct error *error)
{
    const char *run = arguments_value(context->arguments, "run");
    if (run && !count) {
        error_set(error, ERROR_USAGE, "the journal has no run \"%s\"", run);
        return error_hint(error, "\"pgdeck journal\" lists the newest events with their runs.");
    }
    json_t *events = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(events, event_json(&rows[i]));
    printer_document(context->printer, json_pack("{s:{s:o, s:b}, s:o}", "journal", "table",
                                                 printer_json_text(answer_object(context->memory, ledger->journal)),
                                                 "exists", ledger->has_journal, "events", events));
    if (!ledger->has_journal)
        printer_line(context->printer, ROLE_NOTE, "the journal %s does not exist yet: nothing was attempted here",
                     answer_object(context->memory, ledger->journal));
    else
        print_events(context, rows, count);
    return true;
}

static bool run(struct command_context *context, struct error *error)
{
    struct deck *deck = context->deck;
    struct session *session = session_open(context->memory, deck->pool, context->cancel, error);
    if (!session)
        return false;
    struct ledger *ledger =
        ledger_find(context->memory, session->connection, settings_text(deck->settings, SETTING_ledger), error);
    struct journal_filter filter = {.run = arguments_value(context->arguments, "run"),
                                    .limit = limit_of(context->arguments)};
    struct journal_row *rows;
    size_t count;
    return ledger && journal_read(context->memory, session->connection, ledger, &filter, &rows, &count, error) &&
           print_journal(context, ledger, rows, count, error);
}

static const struct option options[] = {
    {"run", 0, OPTION_VALUE, "ID", KIND_NONE, NULL, "Only the events of this run."},
    {"limit", 0, OPTION_VALUE, "N", KIND_NONE, NULL, "The newest N events; default: 200."},
};

static const char *const examples[] = {
    "pgdeck journal",
    "pgdeck --json journal --run ID | jq '.events[] | select(.event == \"failed\")'",
    NULL,
};

const struct command command_journal = {
    .name = "journal",
    .summary = "Show what was attempted, by whom, with what outcome.",
    .description =
        "Lists the events of the journal, the newest last: runs, files, steps, failures, repairs of the ledger. With "
        "--verbose the details of each event are shown whole.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
    .check = check,
};

/* status: every migration with its state. Reads only, and no more than it shows: it is what scripts call most. */
#include "migrate/status.h"

#include "store/result.h"
#include "tui/answer.h"
#include "tui/command.h"
#include "tui/files.h"

enum { STATE, VERSION, DESCRIPTION, APPLIED, BY, DURATION, COLUMNS };

static const enum printer_role state_roles[] = {
    [MIGRATION_APPLIED] = ROLE_PLAIN, [MIGRATION_PENDING] = ROLE_NOTE, [MIGRATION_OUT_OF_ORDER] = ROLE_WARN,
    [MIGRATION_CHANGED] = ROLE_BAD,   [MIGRATION_MISSING] = ROLE_BAD,  [MIGRATION_INCOMPLETE] = ROLE_BAD,
};
_Static_assert(countof(state_roles) == MIGRATION_STATE_COUNT, "every state has its role");

static json_t *migration_json(const struct migration *migration)
{
    const struct migration_file *file = migration->file;
    const struct ledger_row *row = migration->row;
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "version", printer_json_text(migration->version),
        "description", printer_json_text(migration->description), "file", printer_json_text(file ? file->path : NULL),
        "state", migration_state_name(migration->state), "checksum",
        printer_json_text(file  ? file->checksum
                          : row ? row->checksum
                                : NULL),
        "transactional", file ? json_boolean(file->is_transactional) : json_null(), "applied_at",
        printer_json_text(row ? row->applied_at : NULL), "applied_by", printer_json_text(row ? row->applied_by : NULL),
        "duration_ms", printer_json_integer(row ? row->duration_ms : INTEGER_NULL));
}

static json_t *status_json(TALLOC_CTX *owner, const struct status *status, const struct answer_target *target)
{
    json_t *counts = json_object(), *migrations = json_array();
    for (size_t i = 0; i < MIGRATION_STATE_COUNT; i++)
        json_object_set_new(counts, migration_state_name((enum migration_state)i),
                            json_integer((json_int_t)status->counts[i]));
    for (size_t i = 0; i < status->count; i++)
        json_array_append_new(migrations, migration_json(&status->migrations[i]));
    return json_pack("{s:o, s:{s:o, s:b}, s:o, s:o}", "target", answer_target_json(target), "ledger", "table",
                     printer_json_text(answer_object(owner, status->ledger->table)), "exists",
                     status->ledger->shape != LEDGER_ABSENT, "counts", counts, "migrations", migrations);
}

static void fill_row(TALLOC_CTX *owner, const struct migration *migration, const char **cells)
{
    const struct ledger_row *row = migration->row;
    cells[STATE] = migration_state_name(migration->state);
    cells[VERSION] = migration->version;
    cells[DESCRIPTION] = migration->description;
    cells[APPLIED] = row ? row->applied_at : NULL;
    cells[BY] = row ? row->applied_by : NULL;
    cells[DURATION] = row ? answer_duration(owner, row->duration_ms) : NULL;
}

static void print_migrations(struct command_context *context, const struct status *status)
{
    static const char *const head[COLUMNS] = {"STATE", "VERSION", "DESCRIPTION", "APPLIED", "BY", "DURATION"};
    size_t rows = status->count + 1;
    const char **cells = talloc_zero_array(context->memory, const char *, (unsigned)(rows * COLUMNS));
    enum printer_role *roles = talloc_zero_array(context->memory, enum printer_role, (unsigned)rows);
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < status->count; i++) {
        fill_row(cells, &status->migrations[i], &cells[(i + 1) * COLUMNS]);
        roles[i + 1] = state_roles[status->migrations[i].state];
    }
    if (status->count)
        printer_table(context->printer, cells, roles, rows, COLUMNS);
}

/* "12 applied, 2 pending": what is not there is left out, but applied and pending. */
static char *counts_text(TALLOC_CTX *owner, const struct status *status)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < MIGRATION_STATE_COUNT; i++)
        if (status->counts[i] || i == MIGRATION_APPLIED || i == MIGRATION_PENDING)
            text = talloc_asprintf_append_buffer(text, "%s%zu %s", *text ? ", " : "", status->counts[i],
                                                 migration_state_name((enum migration_state)i));
    return text;
}

static void print_status(struct command_context *context, const struct status *status,
                         const struct answer_target *target)
{
    struct printer *printer = context->printer;
    const char *ledger = answer_object(context->memory, status->ledger->table);
    printer_line(printer, ROLE_HEAD, "%s", answer_target_text(context->memory, target));
    if (status->ledger->shape == LEDGER_ABSENT)
        printer_line(printer, ROLE_NOTE, "the ledger %s does not exist yet: nothing was applied here", ledger);
    if (status->ledger->problem)
        printer_line(printer, ROLE_WARN, "the ledger %s is only read: %s", ledger, status->ledger->problem);
    if (!status->directory->exists)
        printer_line(printer, ROLE_NOTE, "there is no folder %s", status->directory->shown);
    print_migrations(context, status);
    printer_line(printer, ROLE_PLAIN, "%s", counts_text(context->memory, status));
}

static bool run(struct command_context *context, struct error *error)
{
    struct deck *deck = context->deck;
    struct files files;
    struct answer_target target;
    if (!files_and_status(context, &files, error) ||
        !answer_target_read(context->memory, deck, files.session, &target, error))
        return false;
    struct status *status = files.status;
    struct directory *directory = files.directory;
    if (directory->down_count)
        printer_detail(context->printer, "%s of %s left out: pgdeck only goes forward",
                       answer_count(context->memory, directory->down_count, ".down.sql file"), directory->shown);
    if (printer_format(context->printer) == PRINTER_JSON)
        printer_document(context->printer, status_json(context->memory, status, &target));
    else
        print_status(context, status, &target);
    bool has_work = status->counts[MIGRATION_APPLIED] != status->count;
    context->status = has_work && arguments_has(context->arguments, "exit-code") ? 1 : 0;
    return true;
}

static const struct option options[] = {
    {"exit-code", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Exit with 1 if any migration is anything but applied."},
};

static const char *const examples[] = {
    "pgdeck status",
    "pgdeck -d production status --exit-code",
    "pgdeck --json status | jq '.counts'",
    NULL,
};

const struct command command_status = {
    .name = "status",
    .summary = "Show every migration with its state.",
    .description =
        "Brings the files, the ledger and the journal together. A migration is applied, pending, out_of_order "
        "(pending, below the highest applied version), changed (its file differs from what was applied), missing (in "
        "the ledger, without a file) or incomplete (a non-transactional file that stopped midway).\n\n"
        "Creates nothing, needs no more than SELECT and works on a standby. A ledger that does not exist is a state, "
        "not an error.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
};

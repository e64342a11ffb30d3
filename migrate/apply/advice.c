/* See advice.h. Sentences by SQLSTATE are for the person who is called at night: what to look at, and in which order.
 */
#include "migrate/apply/advice.h"

#include <stdarg.h>

#define NAMES_MOST 6

/* From the most to the least special: the first match counts. Source: PostgreSQL, appendix A. */
static const struct {
    const char *sqlstate, *sentence;
} sentences[] = {
    {"22P02", "A value in the file, or in a row that is converted, is none of its type: mend it."},
    {"23502",
     "Rows that are there have no value: give them one before (in a migration of their own), or mend the file."},
    {"23503",
     "Rows that are there refer to nothing, or are referred to: mend them before (in a migration of their own), or mend the file."},
    {"23505",
     "Rows that are there are double: find them, and mend them before (in a migration of their own), or mend the file."},
    {"23514",
     "Rows that are there break the condition: mend them before (in a migration of their own), or mend the file."},
    {"23", "Rows that are there break a constraint: mend them before (in a migration of their own), or mend the file."},
    {"25006",
     "The server takes no writes any more: see whether it has become a standby, and name the primary as the target."},
    {"25001",
     "It cannot run in a transaction: give it a file of its own with the head line -- pgdeck: no-transaction."},
    {"2D000",
     "Code that commits cannot run in a transaction: take the COMMIT out, or give it a file of its own with the head line -- "
     "pgdeck: no-transaction."},
    {"2BP01",
     "Something depends on what is dropped: see the detail, and drop or change that first; CASCADE takes it along."},
    {"3F000", "What the file names is not there: `pgdeck diff migrations live` shows where the target differs."},
    {"40001", "Others work on the same rows: run it when they have ended."},
    {"40P01", "Others take the same locks in another order: `pgdeck activity` shows who; run it when they have ended."},
    {"42501", "The role lacks a right: grant it, or own the object, or apply as a role that has it (setting `role`)."},
    {"42601", "The server does not understand the statement: mend it."},
    {"42701",
     "It is there already: where it is what the file makes, `pgdeck mark` with --applied says so; else take it away, or mend the file."},
    {"42710",
     "It is there already: where it is what the file makes, `pgdeck mark` with --applied says so; else take it away, or mend the file."},
    {"42723",
     "It is there already: where it is what the file makes, `pgdeck mark` with --applied says so; else take it away, or mend the file."},
    {"42P07",
     "It is there already: where it is what the file makes, `pgdeck mark` with --applied says so; else take it away, or mend the file."},
    {"42703", "What the file names is not there: `pgdeck diff migrations live` shows where the target differs."},
    {"42704", "What the file names is not there: `pgdeck diff migrations live` shows where the target differs."},
    {"42883", "What the file names is not there: `pgdeck diff migrations live` shows where the target differs."},
    {"42P01", "What the file names is not there: `pgdeck diff migrations live` shows where the target differs."},
    {"53100", "Make room on the server's disk."},
    {"53200", "The server has no memory for it: give it more, or let the statement need less."},
    {"53300", "The server has no free connection: wait, or end idle ones (`pgdeck activity`)."},
    {"53", "Make room on the server."},
    {"54", "The statement is beyond a limit of the server: take it apart."},
    {"55000", "The object is not in the state for it: see the message, and mend the file."},
    {"55006", "Somebody uses it: `pgdeck activity` shows who; run it when they have gone."},
    {"55P04",
     "A new label of an enumerated type cannot be used in its own transaction: move what uses it to the next migration."},
    {"58", "The server met a fault of its machine: look into its log before anything else."},
    {"XX", "The server met a defect or damaged data: look into its log before anything else."},
};

static const char *sentence_of(const struct run *run, const struct error *error)
{
    bool is_ours = cancel_is_requested(run->options->cancel);
    for (size_t i = 0; *error->sqlstate && i < countof(sentences); i++)
        if (error_is_sqlstate(error, sentences[i].sqlstate))
            return sentences[i].sentence;
    switch ((int)error->code) {
    case ERROR_CANCELLED:
        return is_ours ? "" : "Somebody on the server cancelled it: `pgdeck activity` shows who is there.";
    case ERROR_CONNECTION:
        return "Wait until the server answers (`pgdeck ping`).";
    case ERROR_LOCKED:
        return "The connection that holds the migration lock was ended: see that no other run is under way (`pgdeck "
               "status`).";
    case ERROR_READ_ONLY:
        return "Name a server that takes writes as the target.";
    default:
        return error->sqlstate[0] ? "Mend what failed." : "";
    }
}

bool advice_give(struct run *run, struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = talloc_vasprintf(NULL, format, arguments);
    va_end(arguments);
    run->is_advised = true;
    error_hint(error, "%s%s%s", error->hint ? error->hint : "", error->hint ? " " : "", text);
    talloc_free(text);
    return false;
}

/* A hint without a SQLSTATE is ours, and says all. */
static bool is_advised(const struct run *run, const struct error *error)
{
    return run->is_advised || (error->hint && !*error->sqlstate);
}

void advice_by_kind(struct run *run, struct error *error, enum advice_tail tail)
{
    if (is_advised(run, error))
        return;
    const char *sentence = sentence_of(run, error);
    const char *run_words = *sentence ? " Then run" : "Run";
    if (run->options->mode == APPLY_DRY_RUN)
        advice_give(run, error, "%s%s `pgdeck apply --dry-run` again.", sentence, run_words);
    else if (tail == ADVICE_RESUME)
        advice_give(
            run, error,
            "%s%s `pgdeck apply` again: it goes on where it stopped (finished statements must stay as they are).",
            sentence, run_words);
    else
        advice_give(run, error, "%s%s `pgdeck apply` again.", sentence, run_words);
}

/* "001, 002 and 3 more". */
static char *applied_names(TALLOC_CTX *owner, const struct apply_result *result)
{
    char *names = talloc_strdup(owner, "");
    for (size_t i = 0; i < result->applied_count && i < NAMES_MOST; i++)
        names = talloc_asprintf_append(names, "%s%s", i ? ", " : "", result->applied[i].version);
    if (result->applied_count > NAMES_MOST)
        names = talloc_asprintf_append(names, " and %zu more", result->applied_count - NAMES_MOST);
    return names;
}

/* Of the file that failed. */
static char *what_stands_of(TALLOC_CTX *owner, const struct run *run, const struct error *error)
{
    const char *version = run->result->failed_version;
    if (error->stands)
        return talloc_strdup(owner, error->stands);
    if (error->code == ERROR_UNKNOWN_OUTCOME)
        return talloc_asprintf(owner, "%s stands whole, with its row in the ledger, or nothing of it does", version);
    if (error->code == ERROR_INCOMPLETE || (run->step && run->step->is_resume))
        return talloc_asprintf(
            owner, "%s stays incomplete: what was finished of it before stands, and the ledger has no row of it",
            version);
    return talloc_asprintf(owner, "nothing of %s stands, and the ledger has no row of it", version);
}

static void say_what_stands(const struct run *run, struct error *error)
{
    const struct apply_result *result = run->result;
    TALLOC_CTX *memory = talloc_new(NULL);
    char *names = applied_names(memory, result);
    if (result->mode == APPLY_DRY_RUN)
        error_stands(error, "nothing was changed: a dry run is rolled back");
    else if (result->failed_version)
        error_stands(error, "%s%s%s", what_stands_of(memory, run, error),
                     *names ? "; applied before it, and they stay: " : "", names);
    else if (*names)
        error_stands(error, "applied, and they stay: %s", names);
    else
        error_stands(error, "no migration was begun");
    talloc_free(memory);
}

void advice_conclude(struct run *run, struct error *error)
{
    if (run->result->failed_version || !error->hint)
        advice_by_kind(run, error, ADVICE_AGAIN);
    say_what_stands(run, error);
}

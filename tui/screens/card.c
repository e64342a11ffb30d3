/* The result card of a run: what happened, what stands now, the safe next step. See run.h. */
#include <ctype.h>

#include "tui/answer.h"
#include "tui/screens/run.h"

static size_t applied_count(const struct apply_result *result) { return result ? result->applied_count : 0; }

static void add_applied(struct document *document, const struct apply_result *result)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < applied_count(result); i++) {
        const struct apply_applied *applied = &result->applied[i];
        document_add(document, LOOK_GOOD, "   %s ", theme_glyph(GLYPH_DONE));
        document_add(document, LOOK_PLAIN, "%-8s %s", applied->version, answer_duration(memory, applied->duration_ms));
        if (applied->attempts > 1)
            document_add(document, LOOK_DIM, " (%d attempts)", applied->attempts);
        document_end_line(document);
    }
    talloc_free(memory);
}

static void add_verdict(struct document *document, const struct apply_applied *applied)
{
    const struct verdict *verdict = applied->schema;
    if (!verdict || verdict->count == 0)
        return;
    document_line(document, verdict->state == VERDICT_DIFFERS ? LOOK_BAD : LOOK_WARN,
                  "   The schema is not what the plan expected after %s:", applied->version);
    for (size_t i = 0; verdict->differences[i]; i++)
        document_line(document, LOOK_PLAIN, "     %s", verdict->differences[i]);
    if (verdict->count > VERDICT_MOST)
        document_line(document, LOOK_DIM, "     and %zu more", verdict->count - VERDICT_MOST);
    if (verdict->reason)
        document_line(document, LOOK_DIM, "     %s", verdict->reason);
}

static void add_verdicts(struct document *document, const struct apply_result *result)
{
    for (size_t i = 0; i < applied_count(result); i++)
        add_verdict(document, &result->applied[i]);
}

static void add_error(struct document *document, const struct apply_result *result, const struct error *error)
{
    document_add(document, LOOK_BAD, " %s ", theme_glyph(GLYPH_FAILED));
    if (result && result->failed_version)
        document_add(document, LOOK_BAD, "%s failed", result->failed_version);
    else
        document_add(document, LOOK_BAD, "%s",
                     error->code == ERROR_CANCELLED ? "Cancelled" : "The run did not go through");
    if (error->statement > 0)
        document_add(document, LOOK_BAD, " at statement %d", error->statement);
    if (error->file)
        document_add(document, LOOK_BAD, ", %s:%d", error->file, error->line);
    document_end_line(document);
    document_add(document, LOOK_STRONG, "   %s%s", error->sqlstate, *error->sqlstate ? " " : "");
    document_line(document, LOOK_PLAIN, "%s", error->message);
    if (error->detail)
        document_line(document, LOOK_PLAIN, "   %s", error->detail);
    if (error->context)
        document_line(document, LOOK_DIM, "   %s", error->context);
}

/* What is true of the target: the run has said it, but where it could not even begin. */
static const char *standing(TALLOC_CTX *owner, const struct error *error)
{
    if (!error->stands)
        return "No migration was begun.";
    char *text = talloc_asprintf(owner, "%s.", error->stands);
    *text = (char)toupper((unsigned char)*text);
    return text;
}

static const char *next_step(const struct error *error)
{
    return error->hint ? error->hint : "p plans again, from what stands now.";
}

static void add_success(struct document *document, const struct plan *plan, const struct apply_result *result,
                        enum apply_mode mode, int64_t elapsed_ms)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *count = answer_count(memory, applied_count(result), "migration");
    document_add(document, LOOK_GOOD, " %s ", theme_glyph(GLYPH_DONE));
    document_line(document, LOOK_GOOD, "%s %s in %s.", mode == APPLY_FOR_REAL ? "Applied" : "Rehearsed and rolled back",
                  count, answer_duration(memory, elapsed_ms));
    document_line(document, LOOK_HEAD, "\n What stands now");
    if (mode == APPLY_DRY_RUN)
        document_line(document, LOOK_PLAIN, "   Nothing was changed on %s.", plan->target.database);
    else if (result->remaining + plan->remaining == 0)
        document_line(document, LOOK_PLAIN, "   Everything is applied; nothing is pending.");
    else
        document_line(document, LOOK_PLAIN, "   %zu stay pending.", result->remaining + plan->remaining);
    if (result->stopped_at)
        document_line(document, LOOK_WARN,
                      "   %s runs without a transaction and cannot be rehearsed; the rehearsal ended before it.",
                      result->stopped_at);
    for (size_t i = 0; result->not_rehearsed && result->not_rehearsed[i]; i++)
        document_line(document, LOOK_WARN, "   %s uses an enum label that an earlier one adds: it cannot be rehearsed.",
                      result->not_rehearsed[i]);
    add_verdicts(document, result);
    document_line(document, LOOK_HEAD, "\n Next");
    document_line(document, LOOK_PLAIN,
                  mode == APPLY_DRY_RUN ? "   p plans; A there applies.  q goes back."
                                        : "   q goes back.  6 shows the run in the journal.");
    document_line(document, LOOK_HEAD, mode == APPLY_DRY_RUN ? "\n Rehearsed" : "\n Applied");
    add_applied(document, result);
    talloc_free(memory);
}

struct document *run_card(TALLOC_CTX *owner, const struct plan *plan, const struct apply_result *result,
                          enum apply_mode mode, const struct error *error, int64_t elapsed_ms)
{
    struct document *document = document_new(owner);
    if (!error_is_set(error)) {
        add_success(document, plan, result, mode, elapsed_ms);
    } else {
        add_error(document, result, error);
        document_line(document, LOOK_HEAD, "\n What stands now");
        document_line(document, LOOK_PLAIN, "   %s", standing(document, error));
        if (applied_count(result) > 0 && mode == APPLY_FOR_REAL)
            document_line(document, LOOK_PLAIN, "   Applied before it, and they stay:");
        if (mode == APPLY_FOR_REAL)
            add_applied(document, result);
        add_verdicts(document, result);
        if (mode == APPLY_DRY_RUN)
            document_line(document, LOOK_PLAIN, "   It was a dry run: nothing was changed.");
        else
            document_line(document, LOOK_PLAIN, "   %zu of %zu are not applied.", plan->count - applied_count(result),
                          plan->count);
        document_line(document, LOOK_HEAD, "\n Next");
        document_line(document, LOOK_PLAIN, "   %s", next_step(error));
    }
    if (result && result->run)
        document_line(document, LOOK_DIM, "\n run %s", result->run);
    return document;
}

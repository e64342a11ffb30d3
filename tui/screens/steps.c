/* See steps.h. */
#include "tui/screens/steps.h"

#include "migrate/statement.h"
#include "tui/answer.h"
#include "tui/highlight.h"
#include "tui/measured.h"

enum { NUMBER_COLUMNS = 7 };

static void add_way(struct document *document, TALLOC_CTX *memory, const struct plan_step *step, int indent)
{
    if (step->file->is_transactional)
        document_line(document, LOOK_PLAIN,
                      "%*sIn one transaction: all of it or nothing. Waits at most %s for a lock%s.", indent, "",
                      answer_duration(memory, step->lock_timeout_ms), step->has_ladder ? ", and tries again" : "");
    else
        document_line(document, LOOK_WARN,
                      "%*sWithout a transaction: statement by statement; a failure midway leaves it incomplete.",
                      indent, "");
    if (step->is_resume)
        document_line(document, LOOK_WARN, "%*sResumed: %s of the file %s done already.", indent, "",
                      answer_count(memory, step->first_statement, "statement"),
                      step->first_statement == 1 ? "is" : "are");
}

void steps_add(struct document *document, const struct plan_step *step, const struct steps_space *space)
{
    const struct migration_file *file = step->file;
    TALLOC_CTX *memory = talloc_new(NULL);
    add_way(document, memory, step, space->indent);
    for (size_t i = step->first_statement; i < file->statements.count; i++) {
        const struct statement *statement = &file->statements.items[i];
        const char *text = statement_summary(memory, statement, space->summary_bytes);
        document_add(document, LOOK_DIM, "%*s%5d  ", space->indent, "", statement->line);
        highlight_sql(document, text, strlen(text));
        document_end_line(document);
        const struct measured measured = measured_of(step, i);
        measured_show(document, &measured, space->indent + NUMBER_COLUMNS, space->columns);
    }
    talloc_free(memory);
}

void steps_add_trace(struct document *document, const struct trace *trace, int indent)
{
    if (!trace)
        return;
    if (!trace->source)
        document_line(document, LOOK_WARN, "%*sNothing could be measured: %s.", indent, "",
                      trace->reason ? trace->reason : "");
    else
        document_line(document, LOOK_DIM, "%*sMeasured in a scratch copy of %s%s%s.", indent, "",
                      strcmp(trace->source, "live") == 0 ? "the live schema" : "the applied migrations",
                      trace->reason ? ", not by replaying the files: " : "", trace->reason ? trace->reason : "");
    for (size_t i = 0; trace->warnings && trace->warnings[i]; i++)
        document_line(document, LOOK_WARN, "%*s%s", indent, "", trace->warnings[i]);
}

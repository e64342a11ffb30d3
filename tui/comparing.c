/* See comparing.h. */
#include "tui/comparing.h"

enum command_need comparing_need(const struct arguments *arguments)
{
    for (const char *const *word = arguments_operands(arguments, NULL); *word; word++)
        if (mirror_source_is_live(*word))
            return NEEDS_TARGET;
    return NEEDS_PROJECT;
}

struct mirror_source *comparing_source(struct command_context *context, const char *word, struct error *error)
{
    struct deck *deck = context->deck;
    struct mirror_source *source = mirror_source_parse(context->memory, deck->settings, deck->target, word, error);
    if (!source || source->kind != MIRROR_DATABASE)
        return source;
    for (const char *const *secret = source->target->secrets; secret && *secret; secret++)
        log_add_secret(deck->log, *secret);
    for (const char *const *notice = source->target->notices; notice && *notice; notice++)
        printer_warning(context->printer, "%s", *notice);
    return source;
}

/* ---- progress ---- */

enum { SIDES_MOST = 2 };

/* What each side does now, on one line. Heard one at a time. */
struct board {
    struct printer *printer;
    struct mirror_progress sides[SIDES_MOST];
    size_t count;
};

static char *side_text(TALLOC_CTX *owner, const struct mirror_progress *side)
{
    static const char *const names[] = {
        [MIRROR_MODELS] = "models", [MIRROR_MIGRATIONS] = "migrations", [MIRROR_INIT] = "init", [MIRROR_LIVE] = "live",
        [MIRROR_FILE] = "file",     [MIRROR_DATABASE] = "database",
    };
    static const char *const steps[] = {
        [MIRROR_WAITING] = "waiting",
        [MIRROR_BUILDING] = "building",
        [MIRROR_READING] = "reading",
        [MIRROR_DONE] = "done",
    };
    if (side->step == MIRROR_BUILDING && side->total)
        return talloc_asprintf(owner, "%s: %zu/%zu %s", names[side->kind], side->done, side->total, side->name);
    return talloc_asprintf(owner, "%s: %s", names[side->kind], steps[side->step]);
}

/* Two sides of one kind take their places as they come: neither knows which it is. A side that is done is built again
 * where its files are run for blame. */
static struct mirror_progress *place_of(struct board *board, const struct mirror_progress *progress)
{
    struct mirror_progress *last = NULL;
    for (size_t i = 0; i < board->count; i++) {
        if (board->sides[i].kind != progress->kind)
            continue;
        last = &board->sides[i];
        if (last->step <= progress->step)
            return last;
    }
    if (last && board->count == SIDES_MOST)
        return last;
    if (board->count < SIDES_MOST)
        board->count++;
    return &board->sides[board->count - 1];
}

static void on_progress(void *listener, const struct mirror_progress *progress)
{
    struct board *board = listener;
    TALLOC_CTX *memory = talloc_new(NULL);
    *place_of(board, progress) = *progress;
    char *text = talloc_strdup(memory, "");
    for (size_t i = 0; i < board->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? "  " : "", side_text(memory, &board->sides[i]));
    printer_progress(board->printer, text);
    talloc_free(memory);
}

struct mirror_options comparing_mirror_options(struct command_context *context)
{
    struct board *board = talloc_zero(context->memory, struct board);
    if (!board)
        abort();
    board->printer = context->printer;
    return (struct mirror_options){
        .settings = context->deck->settings,
        .environment = context->deck->options.environment,
        .cache = MIRROR_CACHED,
        .cancel = context->cancel,
        .on_progress = on_progress,
        .listener = board,
    };
}

/* ---- what is told besides ---- */

void comparing_tell_mirror(struct command_context *context, const struct mirror *mirror)
{
    const char *name = mirror_source_name(mirror->source);
    if (mirror->models && mirror->models->said && *mirror->models->said)
        printer_note(context->printer, "%s", mirror->models->said);
    for (size_t i = 0; i < mirror->finding_count; i++)
        if (mirror->findings[i].what == MIRROR_SKIPPED)
            printer_detail(context->printer, "%s:%d: passed over: %s", mirror->findings[i].file,
                           mirror->findings[i].line, mirror->findings[i].message);
    for (size_t i = 0; i < mirror->snapshot->left_out_count; i++) {
        const struct snapshot_count *one = &mirror->snapshot->left_out[i];
        printer_detail(context->printer, "%s: left out: %lld %s, such as %s", name, (long long)one->count, one->what,
                       one->example);
    }
}

struct comparison *comparing_run(struct command_context *context, const struct mirror_source *from,
                                 const struct mirror_source *to, const struct compare_options *options,
                                 struct error *error)
{
    struct comparison *comparison = compare(context->memory, from, to, options, error);
    printer_progress(context->printer, NULL);
    if (!comparison)
        return NULL;
    for (const char *const *warning = comparison->warnings; *warning; warning++)
        printer_warning(context->printer, "%s", *warning);
    comparing_tell_mirror(context, comparison->from);
    comparing_tell_mirror(context, comparison->to);
    return comparison;
}

json_t *comparing_counts_json(const struct snapshot_count *counts, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array,
                              json_pack("{s:o, s:I, s:o}", "what", printer_json_text(counts[i].what), "count",
                                        (json_int_t)counts[i].count, "example", printer_json_text(counts[i].example)));
    return array;
}

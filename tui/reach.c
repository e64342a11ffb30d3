/* See reach.h. */
#include "tui/reach.h"

static bool is_named(const struct target *target)
{
    return !target->is_embedded || strcmp(target->source, "default") != 0;
}

/* A cluster that cannot be looked for is none. */
static bool is_made(struct command_context *context)
{
    struct error *ignored = error_new(context->memory);
    struct cluster *cluster = cluster_open(context->memory, context->deck->settings, CLUSTER_EMBEDDED, ignored);
    struct cluster_status *status = cluster ? cluster_status(context->memory, cluster, ignored) : NULL;
    return status && status->exists;
}

bool reach_target(struct command_context *context, const char **reason, struct error *error)
{
    struct deck *deck = context->deck;
    bool was_open = deck->pool != NULL;
    *reason = NULL;
    if (!deck_resolve_target(deck, TARGET_MAY_FALL_BACK, error))
        return false;
    if (!was_open && !is_named(deck->target) && !is_made(context)) {
        *reason = "no database is named, and the embedded one has not been made";
        return true;
    }
    for (const char *const *notice = deck->target->notices; !was_open && notice && *notice; notice++)
        printer_warning(context->printer, "%s", *notice);
    return deck_open_target(deck, TARGET_MAY_FALL_BACK, context->cancel, error);
}

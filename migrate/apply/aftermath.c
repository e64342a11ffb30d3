/* See aftermath.h. */
#include "migrate/apply/aftermath.h"

struct aftermath {
    const struct expected *expected; /* NULL: nothing is expected */
    const char *reason;              /* why nothing can be compared; or NULL */
    struct shape before;
};

void aftermath_begin(struct run *run)
{
    TALLOC_FREE(run->aftermath);
    run->aftermath = talloc_zero(run, struct aftermath);
    const struct expected *expected = run->step->expected;
    if (!expected)
        run->aftermath->reason = "nothing was measured";
    else if (run->step->is_resume)
        run->aftermath->reason = "a part of the file was run before";
    else if (expected->reason)
        run->aftermath->reason = expected->reason;
    else
        run->aftermath->expected = expected;
}

static bool look(struct run *run, struct shape *shape)
{
    struct aftermath *aftermath = run->aftermath;
    struct error *error = error_new(aftermath);
    *shape = (struct shape){0};
    if (!*aftermath->expected->relations)
        return true;
    if (run->lock && shape_read(aftermath, run->lock, aftermath->expected->relations, shape, error))
        return true;
    aftermath->reason = talloc_asprintf(aftermath, "the live schema could not be read: %s",
                                        error->message ? error->message : "the connection was lost");
    return false;
}

void aftermath_look(struct run *run)
{
    struct aftermath *aftermath = run->aftermath;
    if (!aftermath || !aftermath->expected)
        return;
    aftermath->reason = NULL;
    look(run, &aftermath->before);
}

static void tell(struct run *run, const struct verdict *verdict)
{
    if (verdict->count == 0)
        return;
    char *text = talloc_asprintf(NULL, "%s is applied, but the schema is not what the plan expected%s%s%s",
                                 run->step->file->version, verdict->reason ? " (" : "",
                                 verdict->reason ? verdict->reason : "", verdict->reason ? ")" : "");
    run_emit(run, APPLY_WARNING, text, 0);
    for (size_t i = 0; verdict->differences[i]; i++)
        run_emit(run, APPLY_WARNING, verdict->differences[i], 0);
    if (verdict->count > VERDICT_MOST)
        run_emit(run, APPLY_WARNING, talloc_asprintf(text, "and %zu more differences", verdict->count - VERDICT_MOST),
                 0);
    talloc_free(text);
}

const struct verdict *aftermath_end(struct run *run, TALLOC_CTX *owner)
{
    struct aftermath *aftermath = run->aftermath;
    struct shape after;
    struct verdict *verdict = aftermath->reason || !look(run, &after)
                                  ? expected_skip(owner, aftermath->reason)
                                  : expected_judge(owner, aftermath->expected, &aftermath->before, &after);
    tell(run, verdict);
    TALLOC_FREE(run->aftermath);
    return verdict;
}

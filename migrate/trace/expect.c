/* See expect.h. All relations are read once, then only those that a file touches. */
#include "migrate/trace/expect.h"

#include "migrate/expected.h"

struct seen {
    const char *relation;
    struct shape shape;
};

struct expect {
    struct copy *copy;
    const char *reason; /* why nothing is known; NULL: all is */
    struct shape first; /* before the first file */
    struct seen *seen;  /* since then; the newest of a relation last */
    size_t seen_count;
};

static bool read_shape(struct expect *expect, TALLOC_CTX *owner, const char *const *relations, struct shape *shape)
{
    struct error *error = error_new(owner);
    struct copy *copy = expect->copy;
    struct connection *connection = copy->database ? scratch_connect(owner, copy->database, SCRATCH_OWNER,
                                                                     connection_cancel(copy->connection), error)
                                                   : NULL;
    bool ok = connection && shape_read(owner, connection, relations, shape, error);
    if (!ok)
        expect->reason = talloc_asprintf(expect, "the scratch copy could not be read: %s",
                                         error->message ? error->message : "it is gone");
    talloc_free(connection);
    return ok;
}

struct expect *expect_new(TALLOC_CTX *owner, struct copy *copy)
{
    struct expect *expect = talloc_zero(owner, struct expect);
    expect->copy = copy;
    if (scratch_version_note(copy->scratch))
        expect->reason = "the scratch server is of another major version than the target";
    else
        read_shape(expect, expect, NULL, &expect->first);
    return expect;
}

static struct shape_item copy_item(TALLOC_CTX *owner, const struct shape_item *item)
{
    return (struct shape_item){
        .relation = talloc_strdup(owner, item->relation),
        .kind = talloc_strdup(owner, item->kind),
        .name = talloc_strdup(owner, item->name),
        .text = talloc_strdup(owner, item->text),
    };
}

static void append(TALLOC_CTX *owner, struct shape *shape, const struct shape *from, const char *relation)
{
    size_t first, count = shape_find(from, relation, &first);
    shape->items = talloc_realloc(owner, shape->items, struct shape_item, (unsigned)(shape->count + count) + 1);
    for (size_t i = 0; i < count; i++)
        shape->items[shape->count++] = copy_item(owner, &from->items[first + i]);
}

/* What is known of the relations now; they are sorted. */
static struct shape known_shape(const struct expect *expect, TALLOC_CTX *owner, const char *const *relations)
{
    struct shape shape = {0};
    for (; *relations; relations++) {
        const struct shape *newest = &expect->first;
        for (size_t i = 0; i < expect->seen_count; i++)
            newest = strcmp(expect->seen[i].relation, *relations) == 0 ? &expect->seen[i].shape : newest;
        append(owner, &shape, newest, *relations);
    }
    return shape;
}

static void note_seen(struct expect *expect, const char *const *relations, const struct shape *shape)
{
    for (; *relations; relations++) {
        expect->seen = talloc_realloc(expect, expect->seen, struct seen, (unsigned)expect->seen_count + 1);
        expect->seen[expect->seen_count++] = (struct seen){*relations, *shape};
    }
}

/* NULL: all of the file was measured. */
static const char *what_is_missing(TALLOC_CTX *owner, const struct expect *expect, const struct plan_step *step,
                                   enum expect_end end)
{
    if (expect->reason)
        return expect->reason;
    if (step->first_statement > 0)
        return "a part of the file was run before";
    for (size_t i = 0; i < step->file->statements.count; i++)
        if (step->facts[i].source != FACTS_MEASURED)
            return talloc_asprintf(owner, "the statement of line %d was not measured%s%s",
                                   step->file->statements.items[i].line, step->facts[i].reason ? ": " : "",
                                   step->facts[i].reason ? step->facts[i].reason : "");
    return end == EXPECT_STANDS ? NULL : "the file was measured in a transaction that was rolled back";
}

void expect_after(struct expect *expect, struct plan *plan, size_t index, enum expect_end end)
{
    struct plan_step *step = &plan->steps[index];
    struct expected *expected = talloc_zero(plan, struct expected);
    step->expected = expected;
    expected->reason = what_is_missing(expected, expect, step, end);
    if (expected->reason) {
        expected->reason = talloc_strdup(expected, expected->reason);
        return;
    }
    expected->relations = expected_relations(expected, step);
    expected->code_line = expected_code_line(step);
    expected->before = known_shape(expect, expected, expected->relations);
    if (*expected->relations && !read_shape(expect, expected, expected->relations, &expected->after)) {
        expected->reason = talloc_strdup(expected, expect->reason);
        return;
    }
    note_seen(expect, expected->relations, &expected->after);
}

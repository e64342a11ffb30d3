/* See canonical.h. */
#include "migrate/canonical.h"

#include "migrate/emit.h"
#include "migrate/statement.h"

#define SCRIPT_NAME "catalog"

/* One side, made anew. */
struct remade {
    const struct snapshot *original;
    struct snapshot *copy; /* what was read; NULL: nothing could be made */
};

static bool is_expression(const struct diff_item *item, size_t field)
{
    return item->changed >> field & 1 && item->from->kind->fields[field].text == FIELD_EXPRESSION;
}

/* Marks what has expressions that differ. Returns how many there are. */
static size_t mark(const struct diff *diff, bool *from, bool *to, bool *kinds_read)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->item_count; i++) {
        const struct diff_item *item = &diff->items[i];
        if (!item->from || !item->to)
            continue;
        for (size_t j = 0; j < item->from->kind->field_count; j++) {
            if (!is_expression(item, j))
                continue;
            from[item->from->position] = to[item->to->position] = true;
            kinds_read[kind_id(item->from->kind)] = true;
            count++;
        }
    }
    return count;
}

/* Runs what it can: a statement that is refused is passed over. */
static bool run_all(TALLOC_CTX *memory, struct scratch_database *database, struct connection *connection,
                    const struct statement_list *list, struct error *error)
{
    struct scratch_findings findings = {0};
    struct statement_list rest = *list;
    while (rest.count) {
        struct scratch_run run = {.file = SCRIPT_NAME, .statements = &rest, .transaction = RUN_EACH};
        if (scratch_run(memory, database, connection, &run, &findings, error))
            return true;
        if (error->code == ERROR_CANCELLED || error->is_connection_lost || error->statement < 1 ||
            (size_t)error->statement > rest.count)
            return false;
        rest.items += error->statement;
        rest.count -= (size_t)error->statement;
        error_clear(error);
    }
    return true;
}

/* The statements that make a part of a snapshot in an empty database. */
static bool write_script(TALLOC_CTX *memory, const struct snapshot *part, struct statement_list *list,
                         struct error *error)
{
    const struct diff_options everything = {.privileges = PRIVILEGES_LEFT_OUT};
    struct snapshot *empty = snapshot_empty(memory, part->server_version);
    struct diff *diff = diff_make(memory, empty, part, &everything);
    char *text = emit_text(memory, emit_script(memory, diff, ORDER_BY_KIND));
    return statement_split(memory, SCRIPT_NAME, text, strlen(text), METAS_RESTRICT_PASSED, list, error);
}

static bool make_in(TALLOC_CTX *memory, struct scratch_database *database, struct remade *remade,
                    const struct statement_list *list, const bool *kinds_read, struct cancel *cancel,
                    struct error *error)
{
    const struct snapshot_options reading = {.only = kinds_read};
    struct connection *connection = scratch_connect(memory, database, SCRATCH_OWNER, cancel, error);
    if (!connection || !run_all(memory, database, connection, list, error))
        return false;
    remade->copy = snapshot_take(memory, connection, &reading, error);
    talloc_free(connection);
    return remade->copy != NULL;
}

static bool make(TALLOC_CTX *memory, struct scratch *scratch, struct remade *remade, const bool *is_kept,
                 const bool *kinds_read, struct cancel *cancel, struct error *error)
{
    struct statement_list list = {0};
    struct snapshot *part = snapshot_subset(memory, remade->original, is_kept);
    if (!write_script(memory, part, &list, error))
        return false;
    struct scratch_database *database = scratch_create(memory, scratch, cancel, error);
    bool ok = database && make_in(memory, database, remade, &list, kinds_read, cancel, error);
    talloc_free(database);
    return ok;
}

/* The value that a field got when the object was made anew; NULL where it was not. */
static const char *second_value(const struct remade *remade, const struct object *object, const struct field *field)
{
    const struct object *found = snapshot_find(remade->copy, kind_id(object->kind), object->identity);
    return found ? field_value(found, field) : NULL;
}

static struct diff_settled *settle(TALLOC_CTX *owner, const struct diff *diff, const struct remade *from,
                                   const struct remade *to, size_t most, size_t *count)
{
    struct diff_settled *settled = talloc_zero_size(owner, (most + 1) * sizeof *settled);
    if (!settled)
        abort();
    *count = 0;
    for (size_t i = 0; i < diff->item_count; i++) {
        const struct diff_item *item = &diff->items[i];
        for (size_t j = 0; item->from && item->to && j < item->from->kind->field_count; j++) {
            const struct field *field = &item->from->kind->fields[j];
            if (!is_expression(item, j))
                continue;
            const char *one = second_value(from, item->from, field), *other = second_value(to, item->to, field);
            if (one && other && !strcmp(one, other))
                settled[(*count)++] = (struct diff_settled){item->from, field};
        }
    }
    return settled;
}

static bool *flags(TALLOC_CTX *owner, size_t count)
{
    bool *result = talloc_zero_size(owner, (count + 1) * sizeof *result);
    if (!result)
        abort();
    return result;
}

struct diff *canonical_diff(TALLOC_CTX *owner, struct scratch *scratch, const struct snapshot *from,
                            const struct snapshot *to, const struct diff_options *options, struct cancel *cancel,
                            struct error *error)
{
    struct diff *diff = diff_make(owner, from, to, options);
    TALLOC_CTX *memory = talloc_new(NULL);
    bool *is_from_kept = flags(memory, from->count), *is_to_kept = flags(memory, to->count);
    bool kinds_read[KIND_COUNT] = {false};
    size_t most = mark(diff, is_from_kept, is_to_kept, kinds_read);
    if (most) {
        struct remade one = {.original = from}, other = {.original = to};
        struct diff_options more = *options;
        if (make(memory, scratch, &one, is_from_kept, kinds_read, cancel, error) &&
            make(memory, scratch, &other, is_to_kept, kinds_read, cancel, error)) {
            more.settled = settle(memory, diff, &one, &other, most, &more.settled_count);
            talloc_free(diff);
            diff = diff_make(owner, from, to, &more);
        } else {
            TALLOC_FREE(diff);
        }
    }
    talloc_free(memory);
    return diff;
}

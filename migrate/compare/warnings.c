/* See warnings.h. */
#include "migrate/compare/warnings.h"

#include "migrate/compare/selection.h"

#define FAILED_MOST 20 /* statements that are named one by one */

struct list {
    struct comparison *comparison;
    const char **items;
    size_t count;
};

static void add(struct list *list, const char *format, ...) PRINTF_LIKE(2, 3);
static void add(struct list *list, const char *format, ...)
{
    list->items = talloc_realloc_size(list->comparison, list->items, (list->count + 2) * sizeof *list->items);
    if (!list->items)
        abort();
    va_list arguments;
    va_start(arguments, format);
    list->items[list->count++] = talloc_vasprintf(list->comparison, format, arguments);
    va_end(arguments);
    list->items[list->count] = NULL;
}

/* ---- versions ---- */

static void add_versions(struct list *list)
{
    const struct mirror *sides[] = {list->comparison->from, list->comparison->to};
    int majors[] = {sides[0]->snapshot->server_version / 10000, sides[1]->snapshot->server_version / 10000};
    const char *note = NULL;
    for (size_t i = 0; i < countof(sides) && !note; i++)
        note = sides[i]->scratch ? scratch_version_note(sides[i]->scratch) : NULL;
    if (note)
        add(list, "%s", note);
    else if (majors[0] != majors[1])
        add(list,
            "%s is PostgreSQL %d, %s is %d: versions print expressions in different ways, and what only the newer one "
            "knows looks like a difference",
            mirror_source_name(sides[0]->source), majors[0], mirror_source_name(sides[1]->source), majors[1]);
}

/* ---- what could not be built ---- */

static void add_findings(struct list *list, const struct mirror *mirror)
{
    size_t failed = 0;
    if (mirror->directory && !mirror->directory->exists)
        add(list, "there is no folder %s: migrations are taken as none", mirror->directory->shown);
    for (size_t i = 0; i < mirror->finding_count; i++) {
        const struct mirror_finding *finding = &mirror->findings[i];
        if (finding->what == MIRROR_FAILED && ++failed <= FAILED_MOST)
            add(list, "%s:%d: not run: %s", finding->file, finding->line, finding->message);
    }
    if (failed > FAILED_MOST)
        add(list, "%s: %zu more statements were not run", mirror_source_name(mirror->source), failed - FAILED_MOST);
    list->comparison->failed += failed;
}

/* ---- what pgdeck does not know ---- */

static void add_not_modelled(struct list *list, const struct mirror *mirror)
{
    const struct snapshot *snapshot = mirror->snapshot;
    char *text = talloc_strdup(list->comparison, "");
    for (size_t i = 0; i < snapshot->not_modelled_count; i++) {
        const struct snapshot_count *one = &snapshot->not_modelled[i];
        text = talloc_asprintf_append_buffer(text, "%s%s (%lld, such as %s)", i ? ", " : "", one->what,
                                             (long long)one->count, one->example);
        list->comparison->not_modelled += (size_t)one->count;
    }
    if (*text)
        add(list, "%s holds what pgdeck does not model and has not compared: %s", mirror_source_name(mirror->source),
            text);
}

/* ---- what models do not speak of ---- */

/* How much of each kind stood aside. */
struct aside {
    size_t objects[KIND_COUNT], comments[KIND_COUNT];
};

static bool is_wanted(const struct compare_options *options, const struct object *object)
{
    if (object->kind->compared == KIND_PRIVILEGES && options->privileges == COMPARE_PRIVILEGES_LEFT_OUT)
        return false;
    return !object->kind->facet_attribute && selection_has(options->only_kinds, object);
}

static void count_item(struct comparison *comparison, const struct diff_item *item,
                       const struct compare_options *options, struct aside *aside)
{
    const struct object *object = item->from ? item->from : item->to;
    size_t id = kind_id(object->kind);
    if (!is_wanted(options, object))
        return;
    bool is_commented = comparison->diff->commented >> id & 1;
    aside->objects[id] += !item->is_covered;
    comparison->compared += item->is_covered;
    if (item->is_covered && item->from && item->to && !is_commented &&
        !kind_same_text(item->from->comment, item->to->comment))
        aside->comments[id]++;
}

static void add_aside(struct list *list, const struct compare_options *options)
{
    struct aside aside = {{0}, {0}};
    const struct diff *diff = list->comparison->diff;
    for (size_t i = 0; i < diff->item_count; i++)
        count_item(list->comparison, &diff->items[i], options, &aside);
    char *text = talloc_strdup(list->comparison, "");
    for (size_t id = 0; id < KIND_COUNT; id++) {
        if (aside.objects[id])
            text = talloc_asprintf_append_buffer(text, "%s%s (%zu)", *text ? ", " : "", kinds[id]->title,
                                                 aside.objects[id]);
        if (aside.comments[id])
            text = talloc_asprintf_append_buffer(text, "%scomment on %s (%zu)", *text ? ", " : "", kinds[id]->title,
                                                 aside.comments[id]);
    }
    if (*text)
        add(list, "not compared, for the models declare none: %s", text);
}

void warnings_write(struct comparison *comparison, const struct compare_options *options, const char *note)
{
    struct list list = {comparison, talloc_zero_size(comparison, sizeof *list.items), 0};
    if (!list.items)
        abort();
    add_versions(&list);
    add_findings(&list, comparison->from);
    add_findings(&list, comparison->to);
    add_aside(&list, options);
    add_not_modelled(&list, comparison->from);
    add_not_modelled(&list, comparison->to);
    if (note)
        add(&list, "%s", note);
    comparison->warnings = list.items;
}

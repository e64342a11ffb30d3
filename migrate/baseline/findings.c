/* See findings.h. */
#include "migrate/baseline/findings.h"

#include <inttypes.h>

#include "migrate/baseline/places.h"
#include "store/sql.h"

struct list {
    struct baseline *baseline;
    const struct script *script;
    const struct directory *directory;
    struct baseline_finding *items;
    size_t count, room;
};

static struct baseline_finding *add(struct list *list, const char *rule, const char *object)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 16;
        list->items = talloc_realloc(list->baseline, list->items, struct baseline_finding, (unsigned)list->room);
        if (!list->items)
            abort();
    }
    struct baseline_finding *finding = &list->items[list->count++];
    *finding = (struct baseline_finding){.rule = rule, .object = object};
    return finding;
}

/* ---- the seed ---- */

/* The line of a version in the seed; NULL: of the seed. */
static struct baseline_place seed_place(const struct list *list, const char *version)
{
    const char *const values[] = {version, NULL};
    struct baseline_place place = places_in_script(list->script, list->baseline->seed.table, version ? values : NULL);
    return place.file ? place : (struct baseline_place){list->baseline->init, 0};
}

static const struct migration_file *file_of(const struct list *list, const char *version)
{
    return directory_find(list->directory, strtoll(version, NULL, 10));
}

static struct baseline_finding *add_seed(struct list *list, const char *version)
{
    struct baseline_finding *finding = add(list, "init.seed", list->baseline->seed.table);
    finding->init = seed_place(list, version);
    return finding;
}

static void add_missing(struct list *list, const char *version)
{
    TALLOC_CTX *owner = list->baseline;
    const struct migration_file *file = file_of(list, version);
    struct baseline_finding *finding = add_seed(list, NULL);
    finding->message = talloc_asprintf(owner, "version %s is not seeded", version);
    finding->blame = (struct baseline_place){file ? file->path : NULL, 0};
    finding->hint = talloc_asprintf(owner, "Add (%s, %s) to the seed of %s.", sql_literal(owner, version),
                                    sql_literal(owner, file ? file->description : ""), finding->object);
}

static void add_seeds(struct list *list)
{
    TALLOC_CTX *owner = list->baseline;
    const struct baseline_seed *seed = &list->baseline->seed;
    for (const char *const *version = seed->missing; *version; version++)
        add_missing(list, *version);
    for (const char *const *version = seed->extra; *version; version++) {
        struct baseline_finding *finding = add_seed(list, *version);
        finding->message =
            talloc_asprintf(owner, "version %s is seeded and has no file in %s", *version, list->directory->shown);
        finding->hint = "Take it out of the seed, or bring its file back.";
    }
    for (const char *const *version = seed->duplicates; *version; version++) {
        struct baseline_finding *finding = add_seed(list, *version);
        finding->message = talloc_asprintf(owner, "version %s is seeded more than once", *version);
        finding->hint = "Seed each version once.";
    }
    for (size_t i = 0; i < seed->description_count; i++) {
        const struct baseline_description *description = &seed->descriptions[i];
        struct baseline_finding *finding = add_seed(list, description->version);
        finding->message = talloc_asprintf(owner, "version %s is seeded as \"%s\"; its file says \"%s\"",
                                           description->version, description->init, description->migrations);
        finding->hint = "Seed the description that the file's name has.";
    }
}

static void add_ledger(struct list *list)
{
    const struct baseline_seed *seed = &list->baseline->seed;
    if (seed->problem) {
        struct baseline_finding *finding = add_seed(list, NULL);
        finding->message = seed->problem;
        finding->hint = talloc_asprintf(list->baseline,
                                        "Let the script create %s and seed it with the versions in %s; \"pgdeck "
                                        "baseline --write\" does.",
                                        seed->table, list->directory->shown);
    } else {
        add_seeds(list);
    }
    if (seed->remark) {
        struct baseline_finding *finding = add_seed(list, NULL);
        finding->message = seed->remark;
        finding->weight = BASELINE_REMARK;
    }
}

/* ---- rows ---- */

/* A long one is cut: the answer in JSON has all of it. */
static const char *value_text(TALLOC_CTX *owner, const char *value)
{
    enum { SHOWN_BYTES = 80 };
    size_t size = value ? strlen(value) : 0;
    if (!value || size <= SHOWN_BYTES)
        return value ? talloc_asprintf(owner, "\"%s\"", value) : "NULL";
    for (size = SHOWN_BYTES; size && (value[size] & 0xC0) == 0x80;)
        size--;
    return talloc_asprintf(owner, "\"%.*s...\"", (int)size, value);
}

static void add_row(struct list *list, const struct baseline_table *table, const struct baseline_row *row)
{
    TALLOC_CTX *owner = list->baseline;
    struct baseline_finding *finding = add(list, "init.rows", table->table);
    finding->init = row->init.file ? row->init : table->init;
    finding->blame = row->blame.file ? row->blame : table->blame;
    switch (row->what) {
    case BASELINE_MISSING:
        finding->message = talloc_asprintf(owner, "row %s of %s is missing", row->name, table->table);
        finding->hint = "Insert what the migrations leave there.";
        return;
    case BASELINE_EXTRA:
        finding->message = talloc_asprintf(owner, "row %s of %s is not among those that the migrations leave",
                                           row->name, table->table);
        finding->blame = (struct baseline_place){0};
        finding->hint = "Take it out of the init script, or let a migration insert it.";
        return;
    case BASELINE_DIFFERS:
        break;
    }
    char *text = talloc_asprintf(owner, "row %s of %s:", row->name, table->table);
    for (size_t i = 0; i < row->cell_count; i++)
        text = talloc_asprintf_append_buffer(text, "%s %s is %s, after the migrations %s", i ? ";" : "",
                                             row->cells[i].column, value_text(owner, row->cells[i].init),
                                             value_text(owner, row->cells[i].migrations));
    finding->message = text;
    finding->hint = "Write what the migrations leave.";
}

static void add_more(struct list *list, const struct baseline_table *table, int64_t count, int what, const char *words)
{
    for (size_t i = 0; i < table->row_count; i++)
        count -= (int)table->rows[i].what == what;
    if (count <= 0)
        return;
    struct baseline_finding *finding = add(list, "init.rows", table->table);
    finding->init = table->init;
    finding->blame = table->blame;
    finding->message = talloc_asprintf(list->baseline, "%" PRId64 " more %s of %s %s", count,
                                       count == 1 ? "row" : "rows", table->table, words);
}

static void add_counted(struct list *list, const struct baseline_table *table)
{
    struct baseline_finding *finding = add(list, "init.rows", table->table);
    bool differs = table->missing || table->extra;
    finding->init = table->init;
    finding->blame = table->blame;
    finding->weight = differs ? BASELINE_DEMAND : BASELINE_REMARK;
    finding->message =
        talloc_asprintf(list->baseline,
                        "%s has %" PRId64 " rows, after the migrations %" PRId64 ": of more than %d the number alone "
                        "is compared",
                        table->table, table->in_init, table->in_migrations, BASELINE_ROWS_MOST);
    finding->hint = differs ? "Let the init script load the rows that the migrations leave." : NULL;
}

static void add_table(struct list *list, const struct baseline_table *table)
{
    if (table->how == BASELINE_COUNTED) {
        add_counted(list, table);
        return;
    }
    for (size_t i = 0; i < table->row_count; i++)
        add_row(list, table, &table->rows[i]);
    add_more(list, table, table->missing, BASELINE_MISSING, "are missing");
    add_more(list, table, table->extra, BASELINE_EXTRA, "are not among those that the migrations leave");
    add_more(list, table, table->differs, BASELINE_DIFFERS, "differ");
}

/* ---- sequences ---- */

static void add_sequence(struct list *list, const struct baseline_sequence *sequence)
{
    TALLOC_CTX *owner = list->baseline;
    struct baseline_finding *finding = add(list, "init.rows", sequence->sequence);
    finding->init = (struct baseline_place){list->baseline->init, 0};
    finding->weight = sequence->is_difference ? BASELINE_DEMAND : BASELINE_REMARK;
    finding->message = talloc_asprintf(owner, "%s goes on with %" PRId64 ", after the migrations with %" PRId64 "%s%s",
                                       sequence->sequence, sequence->init, sequence->migrations,
                                       sequence->collides ? ": rows have such values in " : "",
                                       sequence->collides ? sequence->column : "");
    if (sequence->is_difference)
        finding->hint = talloc_asprintf(owner, "Set it behind the rows: SELECT setval(%s, %" PRId64 ", false);",
                                        sql_literal(owner, sequence->sequence), sequence->migrations);
}

void findings_write(struct baseline *baseline, const struct script *script, const struct directory *directory)
{
    struct list list = {.baseline = baseline, .script = script, .directory = directory};
    add_ledger(&list);
    for (size_t i = 0; i < baseline->table_count; i++)
        add_table(&list, &baseline->tables[i]);
    for (size_t i = 0; i < baseline->sequence_count; i++)
        add_sequence(&list, &baseline->sequences[i]);
    baseline->findings = list.items;
    baseline->finding_count = list.count;
}

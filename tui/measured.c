/* See measured.h. */
#include "tui/measured.h"

#include "migrate/facts_json.h"
#include "store/result.h"
#include "tui/printer.h"

struct writer {
    TALLOC_CTX *owner;
    struct measured_lines lines;
    size_t columns;
    char *text; /* of the line that is being filled */
    enum measured_role role;
    const char *label;
};

static void flush(struct writer *writer)
{
    struct measured_lines *lines = &writer->lines;
    if (!writer->text)
        return;
    lines->items = talloc_realloc(writer->owner, lines->items, struct measured_line, (unsigned)lines->count + 1);
    lines->items[lines->count++] = (struct measured_line){writer->role, writer->label, writer->text};
    writer->text = NULL;
    writer->label = "";
}

static void begin(struct writer *writer, enum measured_role role, const char *label)
{
    flush(writer);
    writer->role = role;
    writer->label = label;
}

/* One thing of a list; a line that is full is ended before. */
static void add(struct writer *writer, const char *separator, const char *thing)
{
    if (writer->text && strlen(writer->text) + strlen(separator) + strlen(thing) > writer->columns)
        flush(writer);
    writer->text = writer->text ? talloc_asprintf_append_buffer(writer->text, "%s%s", separator, thing)
                                : talloc_strdup(writer->owner, thing);
}

/* ---- lines ---- */

static bool is_index(char relkind) { return relkind == 'i' || relkind == 'I'; }

static bool is_mild(enum lock_mode mode) { return mode < LOCK_SHARE; }

/* The indexes of a table are told as a number: whoever may not touch the table does not get to them. */
static void add_locks(struct writer *writer, const struct facts *facts, enum lock_mode mode)
{
    size_t index_count = 0, count = 0;
    begin(writer, is_mild(mode) ? MEASURED_MILD : MEASURED_LOCK, "locks");
    for (size_t i = 0; i < facts->lock_count; i++) {
        const struct fact_lock *lock = &facts->locks[i];
        if (lock->mode != mode)
            continue;
        if (lock->relkind == 'S' && is_mild(mode))
            continue; /* a default that draws from it */
        if (is_index(lock->relkind) && facts->lock_count > 4) {
            index_count++;
            continue;
        }
        char *name = count ? talloc_strdup(writer->owner, lock->relation)
                           : talloc_asprintf(writer->owner, "%s: %s", lock_mode_sql(mode), lock->relation);
        count++;
        if (lock->is_unnamed && !is_index(lock->relkind))
            name = talloc_strdup_append_buffer(name, " (not named)");
        add(writer, ", ", name);
    }
    if (index_count)
        add(writer, " ",
            talloc_asprintf(writer->owner, "%s%s%zu index%s", count ? "and" : lock_mode_sql(mode), count ? " " : ": ",
                            index_count, index_count == 1 ? "" : "es"));
    flush(writer);
}

static void add_relations(struct writer *writer, const char *label, const struct fact_relation *items, size_t count)
{
    begin(writer, MEASURED_FACT, label);
    for (size_t i = 0; i < count; i++)
        add(writer, ", ", items[i].relation);
    flush(writer);
}

static void add_objects(struct writer *writer, const char *label, const struct fact_object *items, size_t count)
{
    begin(writer, MEASURED_FACT, label);
    for (size_t i = 0; i < count; i++)
        add(writer, ", ", talloc_asprintf(writer->owner, "%s %s", items[i].kind, items[i].name));
    flush(writer);
}

static void add_changes(struct writer *writer, const struct facts *facts)
{
    for (size_t i = 0; i < facts->change_count; i++) {
        const struct fact_change *change = &facts->changes[i];
        begin(writer, MEASURED_FACT, "changes");
        add(writer, "",
            talloc_asprintf(writer->owner, "%s %s: %s", change->kind, change->name, fact_change_name(change->what)));
        if (change->to && *change->to && (change->what == BECAME_RENAMED || change->what == BECAME_TYPE))
            add(writer, " ", talloc_asprintf(writer->owner, "%s -> %s", change->from, change->to));
        flush(writer);
    }
}

static void add_texts(struct writer *writer, const char *label, const char *const *texts)
{
    for (size_t i = 0; texts && texts[i]; i++) {
        begin(writer, MEASURED_FACT, i ? "" : label);
        add(writer, "", texts[i]);
    }
    flush(writer);
}

/* By words, where a text is long. */
static void add_words(struct writer *writer, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        char *word = talloc_strndup(writer->owner, text, length);
        add(writer, " ", word);
        text += length + (text[length] == ' ');
    }
    flush(writer);
}

/* ---- hazards ---- */

/* The first line of an advice is prose, and so is each that no SQL begins; SQL stays as it is, to be copied. */
static void add_advice(struct writer *writer, const char *advice)
{
    begin(writer, MEASURED_ADVICE, "instead");
    while (*advice) {
        size_t length = strcspn(advice, "\n");
        char *line = talloc_strndup(writer->owner, advice, length);
        if (length && line[length - 1] == ';')
            add(writer, "", line);
        else
            add_words(writer, line);
        flush(writer);
        advice += length + (advice[length] == '\n');
    }
}

static void add_hazard(struct writer *writer, const struct hazard *hazard)
{
    bool is_bad = hazard->danger >= DANGER_HIGH && !hazard->allowed;
    begin(writer, is_bad ? MEASURED_HAZARD : MEASURED_NOTICE, "hazard");
    add_words(writer,
              talloc_asprintf(writer->owner, "%s, %s: %s", hazard->kind->id,
                              hazard->allowed ? "allowed" : hazard_danger_name(hazard->danger), hazard->message));
    if (hazard->allowed) {
        begin(writer, MEASURED_NOTICE, "");
        add_words(writer, talloc_asprintf(writer->owner, "because %s", hazard->allowed));
    } else if (hazard->advice && hazard->danger > DANGER_LOW) {
        add_advice(writer, hazard->advice);
    }
}

static bool is_told(const struct hazard_list *hazards, const struct hazard_size *size)
{
    for (size_t i = 0; i < hazards->count; i++)
        if (hazards->items[i].size == size && hazards->items[i].kind->weight == WEIGHT_BY_SIZE &&
            hazards->items[i].danger > DANGER_LOW)
            return true;
    return false;
}

/* Who would wait for this statement, where somebody would and no hazard says so. */
static void add_use(struct writer *writer, const struct hazard_list *hazards)
{
    for (size_t i = 0; i < hazards->held_count; i++) {
        const struct hazard_size *size = hazards->held[i];
        bool is_used = size->readers + size->writers + size->waiting > 0 || hazard_write_rate(size) > 0;
        if (!is_used || is_told(hazards, size))
            continue;
        begin(writer, MEASURED_FACT, "in use");
        add_words(writer,
                  talloc_asprintf(writer->owner, "%s: %s", size->relation, hazard_use_words(writer->owner, size)));
    }
}

static void add_facts(struct writer *writer, const struct facts *facts)
{
    if (facts->source != FACTS_MEASURED) {
        begin(writer, MEASURED_DOUBT, facts->source == FACTS_DERIVED ? "derived" : "unknown");
        add_words(writer, facts->reason ? facts->reason : "");
    }
    for (int mode = LOCK_ACCESS_EXCLUSIVE; mode > LOCK_NONE; mode--)
        add_locks(writer, facts, (enum lock_mode)mode);
    add_relations(writer, "rewrites", facts->rewrites, facts->rewrite_count);
    add_relations(writer, "empties", facts->truncated, facts->truncated_count);
    add_relations(writer, "scans", facts->scans, facts->scan_count);
    add_objects(writer, "drops", facts->dropped, facts->dropped_count);
    add_changes(writer, facts);
    add_texts(writer, "rights", facts->privileges);
    add_texts(writer, "sets", facts->settings);
}

struct measured measured_of(const struct plan_step *step, size_t index)
{
    return (struct measured){step->facts ? &step->facts[index] : NULL, step->hazards ? &step->hazards[index] : NULL};
}

/* That nothing is known is told once. */
static bool says_the_same(const struct measured *measured, const struct hazard *hazard)
{
    return hazard->kind == &hazard_kinds[HAZARD_unknown] && measured->facts;
}

struct measured_lines measured_lines(TALLOC_CTX *owner, const struct measured *measured, size_t columns)
{
    struct writer writer = {.owner = owner, .columns = columns};
    if (measured->facts)
        add_facts(&writer, measured->facts);
    if (measured->hazards)
        add_use(&writer, measured->hazards);
    for (size_t i = 0; measured->hazards && i < measured->hazards->count; i++)
        if (!says_the_same(measured, &measured->hazards->items[i]))
            add_hazard(&writer, &measured->hazards->items[i]);
    return writer.lines;
}

/* ---- a page ---- */

#define LABEL_COLUMNS 10
#define LEAST_COLUMNS 20 /* less is no help to anybody: it is wrapped */

void measured_show(struct document *document, const struct measured *measured, int indent, int columns)
{
    static const enum look looks[] = {
        [MEASURED_LOCK] = LOOK_WARN,  [MEASURED_MILD] = LOOK_PLAIN, [MEASURED_FACT] = LOOK_PLAIN,
        [MEASURED_DOUBT] = LOOK_WARN, [MEASURED_HAZARD] = LOOK_BAD, [MEASURED_NOTICE] = LOOK_WARN,
        [MEASURED_ADVICE] = LOOK_DIM,
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    int room = columns - LABEL_COLUMNS - indent;
    struct measured_lines lines =
        measured_lines(memory, measured, (size_t)(room > LEAST_COLUMNS ? room : LEAST_COLUMNS));
    for (size_t i = 0; i < lines.count; i++) {
        document_add(document, LOOK_DIM, "%*s%-*s", indent, "", LABEL_COLUMNS, lines.items[i].label);
        document_line(document, looks[lines.items[i].role], "%s", lines.items[i].text);
    }
    talloc_free(memory);
}

/* ---- JSON ---- */

static json_t *names_json(const struct fact_relation *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, printer_json_text(items[i].relation));
    return array;
}

static json_t *objects_json(const struct fact_object *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:b}", "kind", printer_json_text(items[i].kind), "name",
                                               printer_json_text(items[i].name), "named", !items[i].is_unnamed));
    return array;
}

static json_t *locks_json(const struct facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < facts->lock_count; i++)
        json_array_append_new(
            array, json_pack("{s:o, s:s, s:b}", "relation", printer_json_text(facts->locks[i].relation), "mode",
                             lock_mode_name(facts->locks[i].mode), "named", !facts->locks[i].is_unnamed));
    return array;
}

static json_t *number_json(int64_t number) { return number == INTEGER_NULL ? json_null() : json_integer(number); }

static json_t *size_json(const struct hazard_size *size)
{
    if (!size)
        return json_null();
    double rate = hazard_write_rate(size);
    return json_pack("{s:o, s:I, s:o, s:o, s:o, s:b, s:I, s:I, s:I}", "relation", printer_json_text(size->relation),
                     "size_bytes", (json_int_t)size->bytes, "rows", number_json(size->rows), "writes_per_second",
                     rate < 0 ? json_null() : json_real(rate), "writes_since", printer_json_text(size->since),
                     "since_reset", size->is_reset, "readers", (json_int_t)size->readers, "writers",
                     (json_int_t)size->writers, "waiting", (json_int_t)size->waiting);
}

static json_t *held_json(const struct hazard_list *hazards)
{
    json_t *array = json_array();
    for (size_t i = 0; i < hazards->held_count; i++)
        json_array_append_new(array, size_json(hazards->held[i]));
    return array;
}

static json_t *hazards_json(const struct hazard_list *hazards)
{
    json_t *array = json_array();
    for (size_t i = 0; i < hazards->count; i++) {
        const struct hazard *hazard = &hazards->items[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", hazard->kind->id, "severity",
                             hazard_danger_name(hazard->danger), "object", printer_json_text(hazard->object), "message",
                             printer_json_text(hazard->message), "advice", printer_json_text(hazard->advice), "allowed",
                             printer_json_text(hazard->allowed), "target", size_json(hazard->size)));
    }
    return array;
}

void measured_json(json_t *statement, const struct measured *measured)
{
    const struct facts *facts = measured->facts;
    bool is_known = facts && facts->source != FACTS_UNKNOWN;
    bool is_measured = facts && facts->source == FACTS_MEASURED;
    json_object_set_new(statement, "source", facts ? json_string(fact_source_name(facts)) : json_null());
    json_object_set_new(statement, "reason", facts ? printer_json_text(facts->reason) : json_null());
    json_object_set_new(statement, "locks", is_known ? locks_json(facts) : json_null());
    json_object_set_new(statement, "rewrites",
                        is_measured ? names_json(facts->rewrites, facts->rewrite_count) : json_null());
    json_object_set_new(statement, "scans", is_measured ? names_json(facts->scans, facts->scan_count) : json_null());
    json_object_set_new(statement, "created",
                        is_measured ? objects_json(facts->created, facts->created_count) : json_null());
    json_object_set_new(statement, "dropped",
                        is_known ? objects_json(facts->dropped, facts->dropped_count) : json_null());
    json_object_set_new(statement, "hazards", measured->hazards ? hazards_json(measured->hazards) : json_null());
    json_object_set_new(statement, "in_use", measured->hazards ? held_json(measured->hazards) : json_null());
    json_object_set_new(statement, "measured", is_measured ? facts_to_json(facts) : json_null());
}

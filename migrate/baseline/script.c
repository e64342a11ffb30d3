/* See script.h. Rows are inserted before the triggers, rules and constraints that would act on them are made; what acts
 * on the making of objects comes last of all. Names are qualified throughout: search_path is empty but for the rows,
 * whose defaults may call functions that trust in one. */
#include "migrate/baseline/script.h"

#include <ctype.h>
#include <inttypes.h>

#include "migrate/ledger.h"
#include "migrate/order/groups.h"
#include "store/sql.h"
#include "store/text.h"

enum part { PART_SCHEMA, PART_BEHIND_ROWS, PART_END };

struct text {
    const struct script_source *source;
    char *text;
    size_t group;   /* item of the root whose heading was written last; SIZE_MAX: none */
    bool is_spaced; /* an empty line is due before the next statement */
    TALLOC_CTX *memory;
};

/* ---- lines ---- */

static void add(struct text *text, const char *line) { text->text = talloc_strdup_append_buffer(text->text, line); }

static void add_line(struct text *text, const char *line)
{
    text->text = talloc_asprintf_append_buffer(text->text, "%s\n", line);
}

/* A name may hold a newline, and would then end the comment. */
static void add_heading(struct text *text, const char *heading)
{
    const char *clean = text_sanitise(text->memory, heading, strlen(heading), TEXT_ONE_LINE);
    text->text = talloc_asprintf_append_buffer(text->text, "\n-- %s\n", clean);
    text->is_spaced = false;
}

/* Statements of several lines stand apart. */
static void add_statement(struct text *text, const char *sql)
{
    bool is_long = strchr(sql, '\n') != NULL;
    if (text->is_spaced || (is_long && strlen(text->text) >= 2 && text->text[strlen(text->text) - 2] == ';'))
        add(text, "\n");
    text->text = talloc_asprintf_append_buffer(text->text, "%s;\n", sql);
    text->is_spaced = is_long;
}

/* ---- where a statement goes ---- */

static const struct script_actor *actor_of(const struct script_source *source, const struct object *object)
{
    for (size_t i = 0; i < source->actor_count; i++)
        if (source->actors[i].class_id == object->class_id && source->actors[i].object_id == object->object_id &&
            !object->sub_id)
            return &source->actors[i];
    return NULL;
}

static bool ends_in(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && !strcmp(text + size - end_size, end);
}

/* Event triggers act on what is made; default privileges give every later object some. */
static enum part part_of(const struct script_source *source, const struct emit_statement *statement)
{
    const struct object *object = diff_item_result(statement->item);
    if (!object)
        return PART_SCHEMA;
    if (object->kind == kinds[KIND_event_trigger] || object->kind == kinds[KIND_default_privilege])
        return PART_END;
    if (!*source->data->statements)
        return PART_SCHEMA;
    const struct script_actor *actor = actor_of(source, object);
    if (actor && (!strcmp(actor->what, "trigger") || !strcmp(actor->what, "constraint")))
        return PART_BEHIND_ROWS;
    if (actor && !strcmp(actor->what, "table") && ends_in(statement->sql, " FORCE ROW LEVEL SECURITY"))
        return PART_BEHIND_ROWS;
    return ends_in(statement->sql, " NOT VALID") ? PART_BEHIND_ROWS : PART_SCHEMA;
}

/* ---- the schema ---- */

static void add_group_heading(struct text *text, const struct emit_statement *statement)
{
    const struct diff *diff = text->source->diff;
    size_t group = groups_root(diff, (size_t)(statement->item - diff->items));
    if (group == text->group)
        return;
    const struct object *root = diff->items[group].to ? diff->items[group].to : diff->items[group].from;
    char *title = talloc_asprintf(text->memory, "%s %s", root->kind->title, root->identity);
    *title = (char)toupper((unsigned char)*title);
    add_heading(text, title);
    text->group = group;
}

static bool add_part(struct text *text, enum part part, const char *before)
{
    const struct emit_script *schema = text->source->schema;
    bool is_begun = false;
    text->group = SIZE_MAX;
    for (size_t i = 0; i < schema->count; i++) {
        if (part_of(text->source, &schema->statements[i]) != part)
            continue;
        if (!is_begun && before)
            add(text, before);
        is_begun = true;
        add_group_heading(text, &schema->statements[i]);
        add_statement(text, schema->statements[i].sql);
    }
    return is_begun;
}

/* ---- head and foot ---- */

static bool has_wide_bytes(const char *text)
{
    while (*text && !(*text & 0x80))
        text++;
    return *text != '\0';
}

static void add_head(struct text *text, const char *body)
{
    const struct settings *settings = text->source->settings;
    const struct setting_value *name = settings_value(settings, SETTING_project);
    /* By default it is the folder's, which another clone has otherwise. */
    const char *project = name->layer == LAYER_DEFAULT ? "" : name->text, *shown = text->source->directory->shown;
    project = text_sanitise(text->memory, project, strlen(project), TEXT_ONE_LINE);
    shown = text_sanitise(text->memory, shown, strlen(shown), TEXT_ONE_LINE);
    add_line(text, talloc_asprintf(
                       text->memory,
                       "-- The whole schema%s%s for an empty database: what all files in %s/ leave behind, in one "
                       "script.",
                       *project ? " of " : "", project, shown));
    add_line(
        text,
        "-- Made by \"pgdeck baseline --write\": change the migrations, then make it anew. \"pgdeck baseline\" says "
        "whether the two agree.");
    add(text, "\n");
    if (has_wide_bytes(body))
        add_line(text, "SET client_encoding = 'UTF8';");
    add_line(text, "SET search_path = '';");
    if (text->source->schema->has_routines)
        add_line(text, "SET check_function_bodies = off;");
}

static void add_foot(struct text *text, const char *body)
{
    add(text, "\n");
    if (text->source->schema->has_routines)
        add_line(text, "RESET check_function_bodies;");
    add_line(text, "RESET search_path;");
    if (has_wide_bytes(body))
        add_line(text, "RESET client_encoding;");
}

static void add_roles(struct text *text)
{
    const struct script_source *source = text->source;
    if (!source->role_count)
        return;
    add_heading(text,
                "Roles that privileges and policies name: made, without a password or a login, where they are missing");
    add(text, "DO $$\nBEGIN\n");
    for (size_t i = 0; i < source->role_count; i++)
        text->text = talloc_asprintf_append_buffer(
            text->text,
            "    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %s) THEN\n        CREATE ROLE %s;\n    END IF;\n",
            sql_literal(text->memory, source->roles[i].name), source->roles[i].quoted);
    add(text, "END\n$$;\n");
}

/* ---- rows ---- */

static void add_rows(struct text *text)
{
    const struct script_source *source = text->source;
    const char *search_path = settings_text(source->settings, SETTING_search_path);
    if (!*source->data->statements)
        return;
    add_heading(text, "Rows that the migrations leave");
    if (*search_path)
        add_line(text, talloc_asprintf(text->memory, "SELECT pg_catalog.set_config('search_path', %s, false);",
                                       sql_literal(text->memory, search_path)));
    else
        add_line(text, "RESET search_path;");
    for (const char *const *statement = source->data->statements; *statement; statement++)
        add_statement(text, *statement);
    add_line(text, "\nSET search_path = '';");
    text->is_spaced = false;
}

static void add_sequences(struct text *text)
{
    if (!*text->source->sequences)
        return;
    add_heading(text, "Where sequences go on");
    for (const struct sequence_state *const *state = text->source->sequences; *state; state++)
        add_statement(text, talloc_asprintf(text->memory, "SELECT pg_catalog.setval(%s, %" PRId64 ", %s)",
                                            sql_literal(text->memory, (*state)->identity), (*state)->last_value,
                                            (*state)->is_called ? "true" : "false"));
}

/* In the order in which they were made: one may read another. */
static void refresh_views(struct text *text)
{
    const struct script_source *source = text->source;
    bool is_begun = false;
    for (size_t i = 0; i < source->schema->count && *source->data->statements; i++) {
        const struct emit_statement *statement = &source->schema->statements[i];
        const struct object *object = diff_item_result(statement->item);
        bool is_create = object && object->kind == kinds[KIND_materialized_view] && statement->step == STEP_CREATE &&
                         !strncmp(statement->sql, "CREATE MATERIALIZED VIEW ", 25);
        if (!is_create || !actor_of(source, object))
            continue;
        if (!is_begun)
            add_heading(text, "Materialized views of these rows");
        is_begun = true;
        add_statement(text, talloc_asprintf(text->memory, "REFRESH MATERIALIZED VIEW %s", object->identity));
    }
}

/* ---- the ledger ---- */

static void add_ledger(struct text *text)
{
    const struct script_source *source = text->source;
    add_heading(text, "The ledger: every version of these migrations, so that none is pending afterwards");
    if (source->ledger_schema)
        add_statement(text, talloc_asprintf(text->memory, "CREATE SCHEMA IF NOT EXISTS %s", source->ledger_schema));
    add_statement(text, ledger_ddl(text->memory, source->ledger));
    text->is_spaced = true;
    for (size_t i = 0; i < source->directory->count; i++) {
        const struct migration_file *file = source->directory->files[i];
        add_statement(text, talloc_asprintf(text->memory, "INSERT INTO %s (version, description) VALUES (%s, %s)",
                                            source->ledger, sql_literal(text->memory, file->version),
                                            sql_literal(text->memory, file->description)));
    }
}

char *script_text(TALLOC_CTX *owner, const struct script_source *source)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct text text = {.source = source, .text = talloc_strdup(memory, ""), .memory = memory};
    add_roles(&text);
    add_part(&text, PART_SCHEMA, NULL);
    add_rows(&text);
    add_sequences(&text);
    add_part(&text, PART_BEHIND_ROWS, "\n-- What would act on these rows:\n");
    refresh_views(&text);
    add_ledger(&text);
    add_part(&text, PART_END, "\n-- What acts on objects that are made later:\n");
    const char *body = text.text;
    text.text = talloc_strdup(owner, "");
    add_head(&text, body);
    add(&text, body);
    add_foot(&text, body);
    talloc_free(memory);
    return text.text;
}

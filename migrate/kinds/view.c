/* Views. CREATE OR REPLACE VIEW keeps what hangs on a view, but takes new columns at the end only: any other change of
 * them means a new view. */
#include "migrate/kind_list.h"
#include "migrate/kinds/options.h"

extern const char sql_view[];

struct view_object {
    struct object base;
    const char *definition, *options;
    const char *columns;                           /* "id bigint, total numeric(10,2)" */
    const char *nulls;                             /* "NULL::bigint AS id, NULL::numeric(10,2) AS total" */
    const char *column_defaults, *column_comments; /* "total DEFAULT 7, id DEFAULT 1", "total IS 'in cents'" */
};

static const struct view_object *as_view(const struct object *object) { return (const struct view_object *)object; }

/* ---- decisions ---- */

static bool has_other_columns(const struct object *from, const struct object *to)
{
    const char *old = as_view(from)->columns, *new = as_view(to)->columns;
    if (!old || !new)
        return old != NULL;
    size_t length = strlen(old);
    return strncmp(old, new, length) != 0 || (new[length] && new[length] != ',');
}

/* The server refuses whatever would reach into a view. */
static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

/* ---- statements ---- */

/* OR REPLACE sets the options anew, too. */
static void write_view(struct emission *emission, const char *verb, const struct object *object)
{
    const struct view_object *view = as_view(object);
    TALLOC_CTX *memory = emission_memory(emission);
    const char *options =
        view->options ? talloc_asprintf(memory, " WITH (%s)", options_list(memory, view->options)) : "";
    emit(emission, EMIT_PLAIN, "%s VIEW %s%s AS\n%s", verb, object->identity, options, view->definition);
}

static void alter_defaults(struct emission *emission, const struct object *from, const struct object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list old = kind_list_split(memory, from ? as_view(from)->column_defaults : NULL),
                     new = kind_list_split(memory, as_view(to)->column_defaults);
    for (size_t i = 0; i < old.count; i++) {
        const char *column = kind_list_name(memory, old.items[i]);
        if (kind_list_find(&new, column) == new.count)
            emit(emission, EMIT_PLAIN, "ALTER VIEW %s ALTER COLUMN %s DROP DEFAULT", to->identity, column);
    }
    for (size_t i = 0; i < new.count; i++)
        if (!kind_list_has(&old, new.items[i]))
            emit(emission, EMIT_PLAIN, "ALTER VIEW %s ALTER COLUMN %s SET %s", to->identity,
                 kind_list_name(memory, new.items[i]), kind_list_rest(new.items[i]));
}

static void alter_comments(struct emission *emission, const struct object *from, const struct object *to)
{
    kind_list_alter_comments(emission, to->identity, from ? as_view(from)->column_comments : NULL,
                             as_view(to)->column_comments);
}

/* Of definition and options. */
static void alter(struct emission *emission, const struct object *from, const struct object *to)
{
    if (!kind_same_text(as_view(from)->definition, as_view(to)->definition))
        write_view(emission, "CREATE OR REPLACE", to);
    else
        options_change(emission, talloc_asprintf(emission_memory(emission), "ALTER VIEW %s", to->identity),
                       as_view(from)->options, as_view(to)->options);
}

static void create(struct emission *emission, const struct object *object)
{
    write_view(emission, emission_has_stub(emission, object) ? "CREATE OR REPLACE" : "CREATE", object);
    alter_defaults(emission, NULL, object);
    alter_comments(emission, NULL, object);
}

static void create_stub(struct emission *emission, const struct object *object)
{
    const char *nulls = as_view(object)->nulls;
    emit(emission, EMIT_PLAIN, "CREATE OR REPLACE VIEW %s AS SELECT %s", object->identity, nulls ? nulls : "");
}

static const struct field fields[] = {
    FIELD(struct view_object, definition, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .must_replace = has_other_columns, .alter = alter),
    FIELD(struct view_object, options, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter),
    FIELD(struct view_object, columns, .role = FIELD_FACT),
    FIELD(struct view_object, nulls, .role = FIELD_FACT),
    FIELD(struct view_object, column_defaults, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .alter = alter_defaults),
    FIELD(struct view_object, column_comments, .role = FIELD_ALTER, .severity = SEVERITY_COSMETIC,
          .alter = alter_comments),
};

const struct kind kind_view = {
    .name = "view",
    .title = "view",
    .noun = "VIEW",
    .queries = (const struct kind_query[]){{120000, sql_view}, {0, NULL}},
    .size_bytes = sizeof(struct view_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_RELATION | SPACE_TYPE,
    .create = create,
    .create_stub = create_stub,
    .is_disturbed = is_disturbed,
};

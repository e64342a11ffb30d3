/* Columns of tables. An inherited one comes, changes and goes with its parent's: ALTER TABLE on the parent reaches it;
 * what it has of its own is told by itself, and is set again where the parent's change runs over it (heirs.h). */
#include "migrate/kinds/column.h"

#include "migrate/kinds/column_type.h"
#include "migrate/kinds/composite.h"
#include "migrate/kinds/heirs.h"
#include "migrate/kinds/options.h"
#include "migrate/kinds/table.h"
#include "store/sql.h"

extern const char sql_column[];

static const struct column_object *as_column(const struct object *object)
{
    return (const struct column_object *)object;
}

bool column_is_inherited(const struct column_object *column) { return kind_same_text(column->origin, "inherited"); }

bool column_is_implied(const struct object *column)
{
    return as_column(column)->origin &&
           !(column_is_inherited(as_column(column)) && kind_is_true(as_column(column)->is_local));
}

bool column_owns(const struct column_object *column, const char *attribute)
{
    return !column->own || strstr(column->own, attribute);
}

static bool are_inherited(const struct object *from, const struct object *to)
{
    return column_is_inherited(as_column(from)) && column_is_inherited(as_column(to));
}

/* The type is the parent's. */
static bool is_echo_of_type(const struct object *from, const struct object *to)
{
    return as_column(from)->origin && as_column(to)->origin;
}

static bool is_echo(const struct object *from, const struct object *to, const char *attribute)
{
    return are_inherited(from, to) && !column_owns(as_column(from), attribute) &&
           !column_owns(as_column(to), attribute);
}

static bool is_echo_of_nullable(const struct object *from, const struct object *to)
{
    return is_echo(from, to, "nullable");
}

static bool is_echo_of_storage(const struct object *from, const struct object *to)
{
    return is_echo(from, to, "storage");
}

static bool is_echo_of_compression(const struct object *from, const struct object *to)
{
    return is_echo(from, to, "compression");
}

/* ALTER TABLE app.t ALTER COLUMN c ... */
static void emit_change(struct emission *emission, const struct column_object *column, const char *what)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s %s", column->base.parent, column->base.name, what);
}

static void emit_change_value(struct emission *emission, const struct column_object *column, const char *what,
                              const char *value)
{
    emit_change(emission, column, talloc_asprintf(emission_memory(emission), "%s %s", what, value));
}

/* ---- making ---- */

static char *add_identity(char *text, const struct column_object *column)
{
    const char *sequence = column->identity_name, *options = column->identity_options;
    text = talloc_asprintf_append(text, "GENERATED %s AS IDENTITY", column->identity_kind);
    if (sequence || options)
        text = talloc_asprintf_append(text, " (%s%s%s%s)", sequence ? "SEQUENCE NAME " : "", sequence ? sequence : "",
                                      sequence && options ? " " : "", options ? options : "");
    return text;
}

const char *column_definition(struct emission *emission, const struct column_object *column)
{
    TALLOC_CTX *memory = emission_memory(emission);
    char *text = talloc_strdup(memory, column->type);
    const struct object *facet = emission_children(emission, &column->base, KIND_column_default)[0];
    if (column->collation)
        text = talloc_asprintf_append(text, " COLLATE %s", column->collation);
    if (column->generated)
        text = talloc_asprintf_append(text, " GENERATED ALWAYS AS %s", column->generated);
    if (column->identity_kind)
        text = add_identity(talloc_strdup_append(text, " "), column);
    if (facet)
        text = talloc_asprintf_append(text, " %s", facet->kind->clause(memory, facet));
    if (!kind_is_true(column->nullable) && !column->identity_kind)
        text = talloc_strdup_append(text, " NOT NULL");
    return text;
}

static const char *target(struct emission *emission, const struct column_object *column)
{
    return talloc_asprintf(emission_memory(emission), "ALTER TABLE ONLY %s ALTER COLUMN %s", column->base.parent,
                           column->base.name);
}

void column_finish(struct emission *emission, const struct column_object *column)
{
    if (column->own ? column_owns(column, "storage") : column->storage != NULL)
        emit_change_value(emission, column, "SET STORAGE", column->real_storage);
    if (column->own ? column_owns(column, "compression") : column->compression != NULL)
        emit_change_value(emission, column, "SET COMPRESSION", column->compression ? column->compression : "default");
    if (column->statistics)
        emit(emission, EMIT_PLAIN, "%s SET STATISTICS %s", target(emission, column), column->statistics);
    options_change(emission, target(emission, column), NULL, column->options);
}

void column_finish_implied(struct emission *emission, const struct column_object *column)
{
    const struct object *facet = emission_children(emission, &column->base, KIND_column_default)[0];
    if (!kind_is_true(column->nullable) && column_owns(column, "nullable"))
        emit_change(emission, column, "SET NOT NULL");
    if (facet)
        facet->kind->create(emission, facet);
    column_finish(emission, column);
}

static void add_column(struct emission *emission, const struct column_object *column)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s ADD COLUMN %s %s", column->base.parent, column->base.name,
         column_definition(emission, column));
    column_finish(emission, column);
    table_finish_toast(emission, column->base.parent_object);
}

/* What was implied is still there when only the link went. */
static bool is_left(struct emission *emission, const struct object *from, const struct object *to)
{
    return from && column_is_implied(from) && !heirs_are_linked(emission, to->parent_object);
}

static void alter_all(struct emission *emission, const struct object *from, const struct object *to)
{
    const struct kind *kind = to->kind;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        if (field->alter && field_differs(field, from, to))
            field->alter(emission, from, to);
    }
}

static void create(struct emission *emission, const struct object *object)
{
    const struct object *from = emission_counterpart(emission, object);
    if (is_left(emission, from, object))
        alter_all(emission, from, object);
    else if (column_is_implied(object) && heirs_are_linked(emission, object->parent_object))
        column_finish_implied(emission, as_column(object));
    else
        add_column(emission, as_column(object));
}

static void drop(struct emission *emission, const struct object *object)
{
    bool is_kept = emission_counterpart(emission, object) != NULL;
    if (column_is_implied(object) && (is_kept || heirs_are_linked(emission, object->parent_object)))
        return;
    emit(emission, as_column(object)->generated ? EMIT_PLAIN : EMIT_LOSES_DATA, "ALTER TABLE %s DROP COLUMN %s",
         object->parent, object->name);
}

/* ---- type ---- */

static bool always(const struct object *from, const struct object *to)
{
    (void)from;
    (void)to;
    return true;
}

/* A generated column takes no USING; its values are computed. */
static void remake(struct emission *emission, const struct column_object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s DROP COLUMN %s", to->base.parent, to->base.name);
    add_column(emission, to);
}

static void alter_type(struct emission *emission, const struct object *from, const struct object *to)
{
    const struct column_object *one = as_column(from), *other = as_column(to);
    if (is_echo_of_type(from, to) && heirs_are_linked(emission, to->parent_object))
        return;
    bool is_brought_over = kind_same_text(one->type, other->type) && kind_same_text(one->collation, other->collation);
    if (other->generated) {
        remake(emission, other);
        return;
    }
    const char *by_name = is_brought_over ? composite_using(emission, to, other->type) : NULL;
    const char *using = by_name           ? by_name
                        : is_brought_over ? column_type_using_text(emission, to->name, other->type)
                                          : column_type_using(emission, from, one->type, to, other->type);
    bool loses = !is_brought_over && column_type_loses(emission, from, one->type, to, other->type);
    emit(emission, loses ? EMIT_LOSES_DATA : EMIT_PLAIN, "ALTER TABLE %s ALTER COLUMN %s TYPE %s%s%s%s", to->parent,
         to->name, other->type, other->collation ? " COLLATE " : "", other->collation ? other->collation : "", using);
    if (by_name)
        composite_using_end(emission, to, other->type);
    /* They went with the type. */
    if (other->storage && kind_same_text(one->storage, other->storage))
        emit_change_value(emission, other, "SET STORAGE", other->real_storage);
    if (other->compression && kind_same_text(one->compression, other->compression))
        emit_change_value(emission, other, "SET COMPRESSION", other->compression);
    table_finish_toast(emission, to->parent_object);
}

/* ---- nullability and identity: an identity column is NOT NULL ---- */

/* The next value must lie behind those that are there. */
static void emit_start(struct emission *emission, const struct column_object *column)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *options = column->identity_options, *table = column->base.parent, *name = column->base.name;
    const char *most = options && strstr(options, "INCREMENT BY -") ? "min" : "max";
    char *plain = talloc_strdup(memory, name); /* pg_get_serial_sequence takes the column's name unquoted */
    if (*name == '"') {
        size_t size = 0;
        for (const char *at = name + 1; *at && at[1]; at++) {
            plain[size++] = *at;
            at += *at == '"';
        }
        plain[size] = '\0';
    }
    emit(emission, EMIT_PLAIN,
         "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(%s, %s), pg_catalog.%s(%s)) FROM %s"
         " HAVING pg_catalog.%s(%s) IS NOT NULL",
         sql_literal(memory, table), sql_literal(memory, plain), most, name, table, most, name);
}

static int64_t number(const char *text) { return strtoll(text, NULL, 10); }
static const char *smaller(const char *one, const char *other) { return number(one) < number(other) ? one : other; }
static const char *larger(const char *one, const char *other) { return number(one) > number(other) ? one : other; }

/* The server refuses bounds that the present value lies outside of. Where they close in, they are opened first as far
 * as both sides reach, and a value that would lie outside is moved to the nearer one, from where it is given out. */
static void close_in(struct emission *emission, const struct column_object *from, const struct column_object *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *low = to->sequence_minimum, *high = to->sequence_maximum;
    if (number(low) <= number(from->sequence_minimum) && number(high) >= number(from->sequence_maximum))
        return;
    emit_change(emission, to,
                talloc_asprintf(memory, "SET MINVALUE %s SET MAXVALUE %s", smaller(from->sequence_minimum, low),
                                larger(from->sequence_maximum, high)));
    emit(
        emission, EMIT_PLAIN,
        "SELECT pg_catalog.setval(%s::pg_catalog.regclass, least(greatest(last_value, %s), %s), is_called AND last_value"
        " BETWEEN %s AND %s) FROM %s",
        sql_literal(memory, from->sequence), low, high, low, high, from->sequence);
}

static void alter_identity(struct emission *emission, const struct column_object *from, const struct column_object *to)
{
    char *add = talloc_strdup(emission_memory(emission), "ADD ");
    if (from->identity_kind && to->identity_kind) {
        if (!kind_same_text(from->identity_kind, to->identity_kind))
            emit_change_value(emission, to, "SET GENERATED", to->identity_kind);
        if (kind_same_text(from->identity_options, to->identity_options))
            return;
        if (kind_same_text(from->type, to->type))
            close_in(emission, from, to);
        emit_change(emission, to, to->identity_settings);
    } else if (to->identity_kind) {
        emit_change(emission, to, add_identity(add, to));
        emit_start(emission, to);
    }
}

static void alter_nullable(struct emission *emission, const struct object *from, const struct object *to)
{
    const struct column_object *one = as_column(from), *other = as_column(to);
    bool is_linked = heirs_are_linked(emission, to->parent_object);
    if (one->identity_kind && !other->identity_kind && !(is_linked && are_inherited(from, to)))
        emit_change(emission, other, "DROP IDENTITY");
    if (!kind_same_text(one->nullable, other->nullable) && !(is_linked && is_echo_of_nullable(from, to))) {
        bool is_nullable = kind_is_true(other->nullable);
        emit_change(emission, other, is_nullable ? "DROP NOT NULL" : "SET NOT NULL");
        if (is_nullable)
            heirs_restore(emission, to, HEIRS_NOT_NULL);
    }
    if (!(is_linked && are_inherited(from, to)))
        alter_identity(emission, one, other);
}

/* ---- what is computed ---- */

/* PostgreSQL can only stop computing. */
static bool must_replace_generated(const struct object *from, const struct object *to)
{
    (void)from;
    return as_column(to)->generated != NULL;
}

static void alter_generated(struct emission *emission, const struct object *from, const struct object *to)
{
    if (!are_inherited(from, to) || !heirs_are_linked(emission, to->parent_object))
        emit_change(emission, as_column(to), "DROP EXPRESSION");
}

/* ---- how it is stored ---- */

static void alter_storage(struct emission *emission, const struct object *from, const struct object *to)
{
    if (is_echo_of_storage(from, to) && heirs_are_linked(emission, to->parent_object))
        return;
    emit_change_value(emission, as_column(to), "SET STORAGE", as_column(to)->real_storage);
    heirs_restore(emission, to, HEIRS_STORAGE);
}

static void alter_compression(struct emission *emission, const struct object *from, const struct object *to)
{
    if (is_echo_of_compression(from, to) && heirs_are_linked(emission, to->parent_object))
        return;
    const char *method = as_column(to)->compression;
    emit_change_value(emission, as_column(to), "SET COMPRESSION", method ? method : "default");
    heirs_restore(emission, to, HEIRS_COMPRESSION);
}

static void alter_statistics(struct emission *emission, const struct object *from, const struct object *to)
{
    (void)from;
    const char *statistics = as_column(to)->statistics;
    emit(emission, EMIT_PLAIN, "%s SET STATISTICS %s", target(emission, as_column(to)), statistics ? statistics : "-1");
}

static void alter_options(struct emission *emission, const struct object *from, const struct object *to)
{
    options_change(emission, target(emission, as_column(to)), as_column(from)->options, as_column(to)->options);
}

/* ---- the kind ---- */

static const struct field fields[] = {
    FIELD(struct column_object, type, .role = FIELD_ALTER, .alter = alter_type, .disturbs = always, .brings_over = true,
          .is_echo = is_echo_of_type),
    FIELD(struct column_object, collation, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL, .alter = alter_type,
          .disturbs = always, .is_echo = is_echo_of_type),
    FIELD(struct column_object, generated, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .text = FIELD_EXPRESSION, .must_replace = must_replace_generated, .alter = alter_generated,
          .is_echo = are_inherited),
    FIELD(struct column_object, nullable, .role = FIELD_ALTER, .alter = alter_nullable, .is_echo = is_echo_of_nullable),
    FIELD(struct column_object, identity_kind, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_nullable, .is_echo = are_inherited),
    FIELD(struct column_object, identity_options, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_nullable, .is_echo = are_inherited),
    FIELD(struct column_object, storage, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE, .alter = alter_storage,
          .is_echo = is_echo_of_storage),
    FIELD(struct column_object, compression, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_compression, .is_echo = is_echo_of_compression),
    FIELD(struct column_object, statistics, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE,
          .alter = alter_statistics),
    FIELD(struct column_object, options, .role = FIELD_ALTER, .severity = SEVERITY_PERFORMANCE, .alter = alter_options),
    FIELD(struct column_object, origin, .role = FIELD_FACT),
    FIELD(struct column_object, is_local, .role = FIELD_FACT),
    FIELD(struct column_object, own, .role = FIELD_FACT),
    FIELD(struct column_object, real_storage, .role = FIELD_FACT),
    FIELD(struct column_object, identity_settings, .role = FIELD_FACT),
    FIELD(struct column_object, identity_name, .role = FIELD_FACT),
    FIELD(struct column_object, sequence, .role = FIELD_FACT),
    FIELD(struct column_object, sequence_minimum, .role = FIELD_FACT),
    FIELD(struct column_object, sequence_maximum, .role = FIELD_FACT),
};

/* A generated column cannot stay while one that it is computed from changes its type. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    (void)cause;
    return as_column(object)->generated != NULL && !as_column(object)->origin;
}

static const char *companion(const struct object *object) { return as_column(object)->sequence; }

const struct kind kind_column = {
    .name = "column",
    .title = "column",
    .noun = "COLUMN",
    .queries = (const struct kind_query[]){{120000, sql_column}, {0, NULL}},
    .size_bytes = sizeof(struct column_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_COLUMN,
    .severity = SEVERITY_BREAKING,
    .create = create,
    .drop = drop,
    .is_implied = column_is_implied,
    .companion = companion,
    .is_disturbed = is_disturbed,
    .rows = DROP_LOSES_ROWS,
};

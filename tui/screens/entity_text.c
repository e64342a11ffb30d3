/* See entity_text.h. */
#include "tui/screens/entity_text.h"

#include "store/text.h"
#include "tui/answer.h"

enum { NAME_COLUMNS = 28, TYPE_COLUMNS = 24 };

/* ---- numbers ---- */

const char *entity_estimate_text(TALLOC_CTX *owner, int64_t rows)
{
    static const char units[] = "kMGT";
    if (rows < 0)
        return "?";
    double number = (double)rows;
    size_t unit = 0;
    while (number >= 999.5 && unit < sizeof units - 1) {
        number /= 1000;
        unit++;
    }
    if (!unit)
        return talloc_asprintf(owner, "~%lld", (long long)rows);
    return talloc_asprintf(owner, number < 9.95 ? "~%.1f%c" : "~%.0f%c", number, units[unit - 1]);
}

const char *entity_size_text(TALLOC_CTX *owner, int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double number = (double)bytes;
    size_t unit = 0;
    while (number >= 999.5 && unit + 1 < countof(units)) {
        number /= 1024;
        unit++;
    }
    if (bytes <= 0)
        return "";
    return talloc_asprintf(owner, unit && number < 9.95 ? "%.1f %s" : "%.0f %s", number, units[unit]);
}

char *entity_clean(TALLOC_CTX *owner, const char *name)
{
    return text_sanitise(owner, name, strlen(name), TEXT_ONE_LINE);
}

const char *entity_short(TALLOC_CTX *owner, const char *text, int columns)
{
    char *clean = text_sanitise(owner, text, strnlen(text, (size_t)columns * 16), TEXT_ONE_LINE);
    return text_width(clean) <= columns ? clean : text_fit(owner, clean, columns);
}

/* ---- columns and relationships ---- */

const char *entity_column_text(TALLOC_CTX *owner, const struct entity_column *column)
{
    char *text = talloc_strdup(owner, column->is_nullable ? "" : "not null");
    const struct {
        bool is_so;
        const char *word;
    } facts[] = {
        {column->is_generated, "generated"},
        {*column->identity != '\0', "identity"},
        {column->generate == GENERATE_SNOWFLAKE, "snowflake"},
        {column->labels != NULL, "enum"},
    };
    if (column->key)
        text = talloc_asprintf_append(text, "%skey", *text ? ", " : "");
    for (size_t i = 0; i < countof(facts); i++)
        if (facts[i].is_so)
            text = talloc_asprintf_append(text, "%s%s", *text ? ", " : "", facts[i].word);
    if (column->default_value)
        text = talloc_asprintf_append(text, "%sdefault %s", *text ? ", " : "", column->default_value);
    return text;
}

const char *entity_relationship_text(TALLOC_CTX *owner, const struct entity_relationship *relationship)
{
    bool is_public = !strcmp(relationship->schema, "public");
    const char *const *key = relationship->holder == ENTITY_KEY_HERE ? relationship->here : relationship->there;
    char *text = talloc_asprintf(owner, "%s %s%s%s by ", relationship->kind == RELATIONSHIP_ONE ? "one" : "many",
                                 is_public ? "" : relationship->schema, is_public ? "" : ".", relationship->table);
    for (size_t i = 0; i < relationship->column_count; i++)
        text = talloc_asprintf_append(text, "%s%s", i ? ", " : "", key[i]);
    if (relationship->holder == ENTITY_KEY_THERE)
        text = talloc_asprintf_append(text, " there");
    return text;
}

static int widest(const struct entity *entity, const char *(*name)(const struct entity *, size_t), size_t count)
{
    int width = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = name(entity, i);
        char *clean = entity_clean(NULL, text);
        width = text_width(clean) > width ? text_width(clean) : width;
        talloc_free(clean);
    }
    return width;
}

static const char *column_name(const struct entity *entity, size_t i) { return entity->columns[i].name; }
static const char *column_type(const struct entity *entity, size_t i) { return entity->columns[i].type; }
static const char *link_name(const struct entity *entity, size_t i) { return entity->relationships[i].name; }

/* A text as wide as its column. */
static void add_padded(struct document *document, enum look look, const char *text, int width)
{
    char *clean = entity_clean(document, text);
    char *fitted = text_fit(document, clean, width);
    document_add(document, look, "%s  ", fitted);
    talloc_free(fitted);
    talloc_free(clean);
}

static void add_columns(struct document *document, const struct entity *entity)
{
    int names = widest(entity, column_name, entity->column_count);
    int types = widest(entity, column_type, entity->column_count);
    names = names < NAME_COLUMNS ? names : NAME_COLUMNS;
    types = types < TYPE_COLUMNS ? types : TYPE_COLUMNS;
    for (size_t i = 0; i < entity->column_count; i++) {
        const struct entity_column *column = &entity->columns[i];
        add_padded(document, column->key ? LOOK_STRONG : LOOK_PLAIN, column->name, names);
        add_padded(document, LOOK_DIM, column->type, types);
        document_add(document, LOOK_PLAIN, "%s", entity_clean(document, entity_column_text(document, column)));
        if (column->comment)
            document_add(document, LOOK_DIM, "  %s", column->comment);
        document_end_line(document);
    }
}

static void add_relationships(struct document *document, const struct entity *entity)
{
    int names = widest(entity, link_name, entity->relationship_count);
    names = names < NAME_COLUMNS ? names : NAME_COLUMNS;
    if (entity->relationship_count)
        document_line(document, LOOK_HEAD, "\nRelationships");
    for (size_t i = 0; i < entity->relationship_count; i++) {
        const struct entity_relationship *one = &entity->relationships[i];
        add_padded(document, LOOK_PLAIN, one->name, names);
        document_add(document, LOOK_PLAIN, "%s", entity_clean(document, entity_relationship_text(document, one)));
        if (!one->is_declared)
            document_add(document, LOOK_DIM, "  (foreign key)");
        else if (one->cascade & (CASCADE_SOFT_DELETE | CASCADE_DELETE))
            document_add(document, LOOK_DIM, "  (goes along when it is removed)");
        document_end_line(document);
    }
}

struct document *entity_document(TALLOC_CTX *owner, const struct entity *entity)
{
    struct document *document = document_new(owner);
    document_add(document, LOOK_STRONG, "%s", entity_clean(document, answer_object(document, entity->qualified)));
    document_line(document, LOOK_DIM, "  %s, %s", entity_kind_name(entity->kind),
                  answer_count(document, entity->column_count, "column"));
    if (entity->comment)
        document_line(document, LOOK_PLAIN, "%s", entity->comment);
    if (entity->read_only)
        document_line(document, LOOK_WARN, "! rows cannot be changed: %s", entity->read_only);
    if (entity->soft_delete)
        document_line(document, LOOK_DIM, "rows are removed softly, by %s", entity->soft_delete->name);
    document_line(document, LOOK_HEAD, "\nColumns");
    add_columns(document, entity);
    add_relationships(document, entity);
    return document;
}

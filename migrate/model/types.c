/* What stands before the tables of the models: schemas, extensions, types. See model_ddl.h. */
#include "migrate/model/writer.h"
#include "store/sql.h"

static const char *fields_text(TALLOC_CTX *owner, const struct model_type *type)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < type->field_count; i++)
        text =
            talloc_asprintf_append_buffer(text, "%s%s %s", i ? ", " : "", sql_identifier(owner, type->fields[i].name),
                                          writer_fragment(owner, &type->fields[i].type));
    return text;
}

static const char *labels_text(TALLOC_CTX *owner, const struct model_type *type)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < type->labels.count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? ", " : "", sql_literal(owner, type->labels.items[i]));
    return text;
}

static const char *domain_text(TALLOC_CTX *owner, const struct model_type *type)
{
    char *text = talloc_strdup(owner, writer_fragment(owner, &type->base));
    if (type->value.text)
        text = talloc_asprintf_append_buffer(text, " DEFAULT (%s)", writer_fragment(owner, &type->value));
    if (!type->is_nullable)
        text = talloc_asprintf_append_buffer(text, " NOT NULL");
    for (size_t i = 0; i < type->check_count; i++)
        text = talloc_asprintf_append_buffer(text, " %s", writer_check(owner, &type->checks[i]));
    return text;
}

static void write_type(struct writer *writer, const struct model_type *type)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *name = sql_qualified(memory, type->schema, type->name);
    switch (type->kind) {
    case TYPE_ENUM:
        writer_line(writer, &type->place, "CREATE TYPE %s AS ENUM (%s);", name, labels_text(memory, type));
        break;
    case TYPE_DOMAIN:
        writer_line(writer, &type->place, "CREATE DOMAIN %s AS %s;", name, domain_text(memory, type));
        break;
    case TYPE_COMPOSITE:
        writer_line(writer, &type->place, "CREATE TYPE %s AS (%s);", name, fields_text(memory, type));
        break;
    }
    writer_comment(writer, &type->place, type->kind == TYPE_DOMAIN ? "DOMAIN" : "TYPE", name, type->comment);
    talloc_free(memory);
}

void writer_types(struct writer *writer, const struct model *model)
{
    for (size_t i = 0; i < model->type_count; i++)
        if (model->types[i].kind == TYPE_ENUM)
            write_type(writer, &model->types[i]);
    for (size_t i = 0; i < model->type_count; i++)
        if (model->types[i].kind != TYPE_ENUM)
            write_type(writer, &model->types[i]);
    if (model->type_count)
        writer_line(writer, &model->types[0].place, "%s", "");
}

struct named_place {
    const char *name;
    const struct model_place *place;
};

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named_place *)a)->name, ((const struct named_place *)b)->name);
}

void writer_schemas(struct writer *writer, const struct model *model)
{
    size_t count = 0;
    struct named_place *named = talloc_zero_size(NULL, (model->entity_count + model->type_count + 1) * sizeof *named);
    for (size_t i = 0; i < model->type_count; i++)
        if (model->types[i].schema)
            named[count++] = (struct named_place){model->types[i].schema, &model->types[i].place};
    for (size_t i = 0; i < model->entity_count; i++)
        if (model->entities[i].schema)
            named[count++] = (struct named_place){model->entities[i].schema, &model->entities[i].place};
    if (count > 1)
        qsort(named, count, sizeof *named, compare_named);
    for (size_t i = 0; i < count; i++) {
        bool is_again = i && !strcmp(named[i].name, named[i - 1].name);
        char *name = sql_identifier(named, named[i].name);
        if (!is_again && strcmp(named[i].name, "public") != 0)
            writer_line(writer, named[i].place, "CREATE SCHEMA IF NOT EXISTS %s;", name);
    }
    talloc_free(named);
}

void writer_extensions(struct writer *writer, const struct model *model)
{
    for (size_t i = 0; i < model->extension_count; i++) {
        char *name = sql_identifier(NULL, model->extensions[i].name);
        writer_line(writer, &model->extensions[i].place, "CREATE EXTENSION IF NOT EXISTS %s;", name);
        talloc_free(name);
    }
}

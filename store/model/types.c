/* Types and extensions that the models declare beside their entities. */
#include "store/model/draft.h"

static bool read_domain(const struct reader *reader, const struct yaml_value *map, struct model_type *type)
{
    const struct yaml_value *value;
    type->kind = TYPE_DOMAIN;
    bool ok = reader_sql(reader, yaml_get(map, "domain"), "domain", &type->base);
    if (ok && (value = yaml_get(map, "nullable")))
        ok = reader_flag(reader, value, "nullable", &type->is_nullable);
    if (ok && (value = yaml_get(map, "default")) && !yaml_is_null(value))
        ok = reader_sql(reader, value, "default", &type->value);
    if (ok && (value = yaml_get(map, "check")))
        type->checks = draft_checks(reader, value, &type->check_count);
    return ok;
}

static bool read_composite(const struct reader *reader, const struct yaml_value *map, struct model_type *type)
{
    const struct yaml_value *fields = yaml_get(map, "composite");
    type->kind = TYPE_COMPOSITE;
    if (fields->kind != YAML_MAP)
        return reader_refuse(reader, fields, "Write {FIELD: TYPE} for each.", "composite must be a map, not %s",
                             yaml_kind_name(fields->kind));
    if (!reader_many(reader, fields, "composite"))
        return false;
    struct model_column *columns = reader_array(reader, fields->count, sizeof *columns);
    bool ok = true;
    for (size_t i = 0; i < fields->count; i++) {
        columns[i].place = reader_place(reader, fields->entries[i].key);
        ok &= reader_name(reader, fields->entries[i].key, "the name of a field", &columns[i].name) &&
              reader_sql(reader, fields->entries[i].value, "the type of a field", &columns[i].type);
    }
    type->fields = columns;
    type->field_count = fields->count;
    return ok;
}

static bool read_enum(const struct reader *reader, const struct yaml_value *map, struct model_type *type)
{
    const struct yaml_value *labels = yaml_get(map, "enum");
    type->kind = TYPE_ENUM;
    if (labels->kind != YAML_LIST)
        return reader_refuse(reader, labels, "Write the labels as a list, for example [draft, active].",
                             "enum must be a list, not %s", yaml_kind_name(labels->kind));
    return reader_names(reader, labels, "a label", &type->labels);
}

static bool read_type(const struct reader *reader, const struct yaml_value *title, const struct yaml_value *map,
                      struct model_type *type)
{
    static const struct reader_key enum_keys[] = {{"enum", KEY_DEMANDED, NULL}, {"comment", KEY_OPTIONAL, NULL}};
    static const struct reader_key composite_keys[] = {{"composite", KEY_DEMANDED, NULL},
                                                       {"comment", KEY_OPTIONAL, NULL}};
    static const struct reader_key domain_keys[] = {{"domain", KEY_DEMANDED, NULL},
                                                    {"check", KEY_OPTIONAL, NULL},
                                                    {"default", KEY_OPTIONAL, NULL},
                                                    {"nullable", KEY_OPTIONAL, NULL},
                                                    {"comment", KEY_OPTIONAL, NULL}};
    *type = (struct model_type){.place = reader_place(reader, title), .is_nullable = true};
    if (!reader_qualified(reader, title, "the name of a type", &type->schema, &type->name))
        return false;
    const struct yaml_value *comment = yaml_get(map, "comment");
    if (comment && !yaml_is_null(comment) && !reader_text(reader, comment, "comment", &type->comment))
        return false;
    if (yaml_get(map, "enum"))
        return reader_map(reader, map, "an enum", enum_keys, countof(enum_keys)) && read_enum(reader, map, type);
    if (yaml_get(map, "domain"))
        return reader_map(reader, map, "a domain", domain_keys, countof(domain_keys)) && read_domain(reader, map, type);
    if (yaml_get(map, "composite"))
        return reader_map(reader, map, "a composite type", composite_keys, countof(composite_keys)) &&
               read_composite(reader, map, type);
    return reader_refuse(reader, map->kind == YAML_MAP ? title : map,
                         "Write {enum: [LABEL, ...]}, {domain: TYPE, check: ...} or {composite: {FIELD: TYPE}}.",
                         "type \"%s\" is neither an enum, a domain nor a composite type", type->name);
}

static bool is_same_type(const struct model_type *a, const struct model_type *b)
{
    return !strcmp(a->name, b->name) && !strcmp(a->schema ? a->schema : "", b->schema ? b->schema : "");
}

static void add_type(const struct reader *reader, const struct yaml_value *title, const struct model_type *type)
{
    struct model *model = reader->model;
    for (size_t i = 0; i < model->type_count; i++)
        if (is_same_type(&model->types[i], type)) {
            reader_refuse(reader, title, NULL, "type \"%s\" is declared in %s:%d already", type->name,
                          model->types[i].place.file, model->types[i].place.line);
            return;
        }
    model->types = talloc_realloc_size(model, model->types, (model->type_count + 1) * sizeof *model->types);
    if (!model->types)
        abort();
    model->types[model->type_count++] = *type;
}

static void read_extensions(const struct reader *reader, const struct yaml_value *value)
{
    struct model *model = reader->model;
    struct model_names names;
    if (yaml_is_null(value) || !reader_names(reader, value, "extensions", &names))
        return;
    struct model_extension *extensions = reader_array(reader, model->extension_count + names.count, sizeof *extensions);
    if (model->extension_count)
        memcpy(extensions, model->extensions, model->extension_count * sizeof *extensions);
    for (size_t i = 0; i < names.count; i++)
        extensions[model->extension_count++] = (struct model_extension){
            .name = names.items[i], .place = reader_place(reader, value->kind == YAML_LIST ? value->items[i] : value)};
    model->extensions = extensions;
}

void draft_read_types(const struct reader *reader, const struct yaml_value *root)
{
    static const struct reader_key keys[] = {{"types", KEY_OPTIONAL, NULL}, {"extensions", KEY_OPTIONAL, NULL}};
    if (!reader_map(reader, root, "a document of types", keys, countof(keys)))
        return;
    const struct yaml_value *types = yaml_get(root, "types"), *extensions = yaml_get(root, "extensions");
    if (extensions)
        read_extensions(reader, extensions);
    if (!types || yaml_is_null(types))
        return;
    if (types->kind != YAML_MAP) {
        reader_refuse(reader, types, "Write NAME: {enum: [...]} or NAME: {domain: TYPE} for each.",
                      "types must be a map, not %s", yaml_kind_name(types->kind));
        return;
    }
    if (!reader_many(reader, types, "types"))
        return;
    for (size_t i = 0; i < types->count; i++) {
        struct model_type type;
        struct reader here = *reader;
        here.object = types->entries[i].key->text;
        if (read_type(&here, types->entries[i].key, types->entries[i].value, &type))
            add_type(&here, types->entries[i].key, &type);
    }
}

/* See reader.h. */
#include "store/model/reader.h"

#include "store/sql.h"
#include "store/suggest.h"

enum {
    NAME_BYTES_MOST = 63,
    UNKNOWN_MOST = 100, /* keys of one map that are told */
    PARTS_MOST = 10000  /* of a list or map: what is compared pair by pair must end */
};

struct model_place reader_place(const struct reader *reader, const struct yaml_value *value)
{
    return (struct model_place){
        .file = reader->file, .line = value->line + reader->line_offset, .column = value->column};
}

void *reader_array(const struct reader *reader, size_t count, size_t size_bytes)
{
    void *items = talloc_zero_size(reader->model, (count + 1) * size_bytes);
    if (!items)
        abort();
    return items;
}

char *reader_copy(const struct reader *reader, const char *text)
{
    char *copy = talloc_strdup(reader->model, text);
    if (!copy)
        abort();
    return copy;
}

static bool add(const struct reader *reader, enum model_grade grade, const struct yaml_value *value, const char *hint,
                char *message)
{
    model_add_finding(reader->model, &(struct model_finding){
                                         .rule = reader->rule,
                                         .grade = grade,
                                         .place = reader_place(reader, value),
                                         .object = reader->object,
                                         .message = message,
                                         .hint = hint,
                                     });
    talloc_free(message);
    return false;
}

bool reader_refuse(const struct reader *reader, const struct yaml_value *value, const char *hint, const char *format,
                   ...)
{
    va_list values;
    va_start(values, format);
    char *message = talloc_vasprintf(NULL, format, values);
    va_end(values);
    return add(reader, MODEL_DEFECT, value, hint, message);
}

bool reader_refuse_as(const struct reader *reader, enum model_grade grade, const struct yaml_value *value,
                      const char *hint, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *message = talloc_vasprintf(NULL, format, values);
    va_end(values);
    return add(reader, grade, value, hint, message);
}

const char *reader_hint(const struct reader *reader, const char *word, const char *const *candidates,
                        const char *otherwise)
{
    const char *nearest = suggest_nearest(word, candidates);
    return nearest ? talloc_asprintf(reader->model, "Did you mean \"%s\"?", nearest) : otherwise;
}

static const char *list_of(const struct reader *reader, const char *const *words)
{
    char *list = talloc_strdup(reader->model, words[0]);
    for (size_t i = 1; words[i]; i++)
        list = talloc_asprintf_append_buffer(list, "%s%s", words[i + 1] ? ", " : " and ", words[i]);
    return list;
}

static const char *known_keys(const struct reader *reader, const char *what, const char *const *names)
{
    return talloc_asprintf(reader->model, "The keys of %s are %s.", what, list_of(reader, names));
}

bool reader_map(const struct reader *reader, const struct yaml_value *value, const char *what,
                const struct reader_key *keys, size_t count)
{
    const char **names = reader_array(reader, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = keys[i].name;
    if (value->kind != YAML_MAP)
        return reader_refuse(reader, value, known_keys(reader, what, names), "%s must be a map, not %s", what,
                             yaml_kind_name(value->kind));
    for (size_t i = 0, unknown = 0; i < value->count && unknown < UNKNOWN_MOST; i++) {
        const struct yaml_value *key = value->entries[i].key;
        size_t at = 0;
        while (at < count && strcmp(names[at], key->text) != 0)
            at++;
        unknown += at == count;
        if (at == count)
            reader_refuse(reader, key, reader_hint(reader, key->text, names, known_keys(reader, what, names)),
                          "%s has no key \"%s\"", what, key->text);
    }
    for (size_t i = 0; i < count; i++)
        if (keys[i].demand == KEY_DEMANDED && !yaml_get(value, keys[i].name))
            reader_refuse(reader, reader->subject ? reader->subject : value, keys[i].hint, "%s does not say \"%s\"",
                          what, keys[i].name);
    return true;
}

bool reader_text(const struct reader *reader, const struct yaml_value *value, const char *what, const char **text)
{
    if (value->kind != YAML_TEXT)
        return reader_refuse(reader, value, NULL, "%s must be a text, not %s", what, yaml_kind_name(value->kind));
    if (!value->text[strspn(value->text, " \t\r\n")])
        return reader_refuse(reader, value, NULL, "%s is empty", what);
    *text = reader_copy(reader, value->text);
    return true;
}

bool reader_name(const struct reader *reader, const struct yaml_value *value, const char *what, const char **name)
{
    const char *text;
    if (!reader_text(reader, value, what, &text))
        return false;
    if (strlen(text) > NAME_BYTES_MOST)
        return reader_refuse(reader, value, "Choose a shorter name: the server would cut this one.",
                             "%s has more than %d bytes", what, NAME_BYTES_MOST);
    *name = text;
    return true;
}

bool reader_qualified(const struct reader *reader, const struct yaml_value *value, const char *what,
                      const char **schema, const char **name)
{
    const char *text;
    if (!reader_text(reader, value, what, &text))
        return false;
    struct error *error = error_new(NULL);
    bool ok = sql_parse_qualified(reader->model, text, schema, name, error);
    if (!ok)
        reader_refuse(reader, value, error->hint, "%s: %s", what, error->message);
    talloc_free(error);
    return ok;
}

bool reader_sql(const struct reader *reader, const struct yaml_value *value, const char *what, struct model_sql *sql)
{
    if (!reader_text(reader, value, what, &sql->text))
        return false;
    sql->place = reader_place(reader, value);
    return true;
}

bool reader_flag(const struct reader *reader, const struct yaml_value *value, const char *what, bool *flag)
{
    return yaml_flag(value, flag) ||
           reader_refuse(reader, value, "Write it without quotes.", "%s must be true or false", what);
}

bool reader_word(const struct reader *reader, const struct yaml_value *value, const char *what,
                 const char *const *words, size_t *index)
{
    const char *text;
    if (!reader_text(reader, value, what, &text))
        return false;
    for (size_t i = 0; words[i]; i++) {
        if (!strcmp(words[i], text)) {
            *index = i;
            return true;
        }
    }
    const char *known = talloc_asprintf(reader->model, "Write one of: %s.", list_of(reader, words));
    return reader_refuse(reader, value, reader_hint(reader, text, words, known), "%s cannot be \"%s\"", what, text);
}

bool reader_names(const struct reader *reader, const struct yaml_value *value, const char *what,
                  struct model_names *names)
{
    bool is_list = value->kind == YAML_LIST;
    if (value->count > PARTS_MOST)
        return reader_refuse(reader, value, NULL, "%s: there are more than %d", what, PARTS_MOST);
    size_t count = is_list ? value->count : 1;
    const char **items = reader_array(reader, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_value *item = is_list ? value->items[i] : value;
        if (!reader_name(reader, item, what, &items[i]))
            return false;
        for (size_t earlier = 0; earlier < i; earlier++)
            if (!strcmp(items[earlier], items[i]))
                return reader_refuse(reader, item, NULL, "%s: \"%s\" is there twice", what, items[i]);
    }
    *names = (struct model_names){.items = items, .count = count};
    return true;
}

bool reader_many(const struct reader *reader, const struct yaml_value *value, const char *what)
{
    if (value->count > PARTS_MOST)
        return reader_refuse(reader, value, NULL, "%s: there are more than %d", what, PARTS_MOST);
    return value->kind != YAML_TEXT || yaml_is_null(value) ||
           reader_refuse(reader, value, "Write a map, or a list where the server shall give the names.",
                         "%s must be a map or a list, not a text", what);
}

const struct yaml_value *reader_thing(const struct yaml_value *many, size_t index, const struct yaml_value **key)
{
    *key = many->kind == YAML_MAP ? many->entries[index].key : NULL;
    return many->kind == YAML_MAP ? many->entries[index].value : many->items[index];
}

/* See yaml.h. Stands on libyaml's events, not on its documents: those accept duplicate keys and cyclic aliases. */
#include "store/yaml.h"

#include <limits.h>
#include <strings.h>
#include <yaml.h>

#include "store/text.h"

enum { DEEPEST = 32 };

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    bool has_event;
    const char *shown;
    enum error_code code;
    struct error *error;
};

static struct yaml_value *read_value(TALLOC_CTX *owner, struct reader *reader, int depth);

static int destroy(struct reader *reader)
{
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
    return 0;
}

/* libyaml counts from 0 and in characters. */
static int from_one(size_t number) { return number >= INT_MAX ? INT_MAX : (int)number + 1; }

static bool refuse(struct reader *reader, const yaml_mark_t *mark, const char *message)
{
    error_set(reader->error, reader->code, "%s", message);
    return error_place(reader->error, reader->shown, from_one(mark->line), from_one(mark->column));
}

static bool refuse_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "out of memory";
    /* The mark of what was begun says more than the place where its end was missed. */
    bool is_unclosed = parser->context && strstr(parser->context, "quoted scalar");
    const yaml_mark_t *mark = is_unclosed ? &parser->context_mark : &parser->problem_mark;
    const char *bytes = (const char *)parser->input.string.start;
    size_t at = parser->problem_mark.index; /* in characters: exact where the text before is ASCII */
    size_t size = (size_t)(parser->input.string.end - parser->input.string.start);
    error_set(reader->error, reader->code, "not valid YAML: %s%s%s", parser->context ? parser->context : "",
              parser->context ? ", " : "", problem);
    if (strstr(problem, "cannot start any token") && at < size && bytes[at] == '\t')
        error_hint(reader->error, "Indent with spaces: YAML takes no tabs.");
    return error_place(reader->error, reader->shown, from_one(mark->line), from_one(mark->column));
}

static bool advance(struct reader *reader)
{
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    reader->has_event = yaml_parser_parse(&reader->parser, &reader->event) == 1;
    return reader->has_event || refuse_syntax(reader);
}

/* YAML 1.1, section 5.1, and no byte order mark but the first. */
static bool is_allowed(uint32_t character)
{
    if (character < 0x20 || (character >= 0x7F && character < 0xA0))
        return character == '\t' || character == 0x85;
    return character != 0xFEFF && (character & 0xFFFE) != 0xFFFE;
}

/* Before libyaml sees the bytes: it gives no line for a bad one, and takes a NUL for the end. */
static bool check_bytes(const char *shown, const char *bytes, size_t size_bytes, enum error_code code,
                        struct error *error)
{
    int line = 1, column = 1;
    for (size_t at = 0; at < size_bytes; column++) {
        uint32_t character = 0;
        int length = text_character(bytes + at, size_bytes - at, &character);
        bool is_break = character == '\n' || character == '\r';
        if (length == 0 || (!is_break && !is_allowed(character))) {
            error_set(error, code, length == 0 ? "a byte is not valid UTF-8" : "the character U+%04X is not allowed",
                      character);
            return error_place(error, shown, line, column);
        }
        at += (size_t)length;
        if (character == '\n' || (character == '\r' && (at == size_bytes || bytes[at] != '\n'))) {
            line++;
            column = 0;
        }
    }
    return true;
}

static struct yaml_value *value_new(TALLOC_CTX *owner, const yaml_mark_t *mark, enum yaml_kind kind)
{
    struct yaml_value *value = talloc_zero(owner, struct yaml_value);
    if (!value)
        abort();
    value->kind = kind;
    value->line = from_one(mark->line);
    value->column = from_one(mark->column);
    return value;
}

static bool check_ornaments(struct reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return refuse(reader, &reader->event.start_mark, "anchors (&) are not taken");
    if (!tag)
        return true;
    refuse(reader, &reader->event.start_mark, "tags (!) are not taken");
    return error_hint(reader->error, "Put a text that begins with ! in quotes.");
}

static struct yaml_value *read_text(TALLOC_CTX *owner, struct reader *reader)
{
    const yaml_event_t *event = &reader->event;
    if (!check_ornaments(reader, event->data.scalar.anchor, event->data.scalar.tag))
        return NULL;
    const char *text = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    if (memchr(text, '\0', size) || text_first_invalid(text, size) >= 0) {
        refuse(reader, &event->start_mark, "the text holds a NUL or a character that does not exist");
        return NULL;
    }
    struct yaml_value *value = value_new(owner, &event->start_mark, YAML_TEXT);
    value->text = talloc_strndup(value, text, size);
    value->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return value;
}

static struct yaml_value *read_list(TALLOC_CTX *owner, struct reader *reader, int depth)
{
    const yaml_event_t *event = &reader->event;
    if (!check_ornaments(reader, event->data.sequence_start.anchor, event->data.sequence_start.tag))
        return NULL;
    struct yaml_value *list = value_new(owner, &event->start_mark, YAML_LIST);
    const struct yaml_value **items = NULL;
    for (size_t room = 0;;) {
        if (!advance(reader))
            return NULL;
        if (event->type == YAML_SEQUENCE_END_EVENT)
            break;
        if (list->count == room) {
            room = room ? room * 2 : 8;
            items = talloc_realloc_size(list, items, room * sizeof *items);
        }
        items[list->count] = read_value(list, reader, depth + 1);
        if (!items[list->count++])
            return NULL;
    }
    list->items = items;
    return list;
}

static int compare_entries(const void *a, const void *b)
{
    const struct yaml_value *left = (*(const struct yaml_entry *const *)a)->key;
    const struct yaml_value *right = (*(const struct yaml_entry *const *)b)->key;
    int order = strcmp(left->text, right->text);
    if (order)
        return order;
    return left->line != right->line ? left->line - right->line : left->column - right->column;
}

/* Names the first key, in the order of the file, that was there before. */
static bool check_keys(struct reader *reader, const struct yaml_value *map)
{
    const struct yaml_entry **sorted = talloc_zero_size(NULL, (map->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < map->count; i++)
        sorted[i] = &map->entries[i];
    if (map->count > 1)
        qsort(sorted, map->count, sizeof *sorted, compare_entries);
    const struct yaml_value *again = NULL, *first = NULL;
    for (size_t i = 1; i < map->count; i++) {
        const struct yaml_value *key = sorted[i]->key;
        bool is_earlier =
            !again || key->line < again->line || (key->line == again->line && key->column < again->column);
        if (!strcmp(sorted[i - 1]->key->text, key->text) && is_earlier) {
            again = key;
            first = sorted[i - 1]->key;
        }
    }
    talloc_free(sorted);
    if (!again)
        return true;
    error_set(reader->error, reader->code, "the key \"%s\" is there twice: first in line %d", again->text, first->line);
    return error_place(reader->error, reader->shown, again->line, again->column);
}

static bool read_entry(struct yaml_value *map, struct reader *reader, struct yaml_entry *entry, int depth)
{
    if (reader->event.type != YAML_SCALAR_EVENT && reader->event.type != YAML_ALIAS_EVENT)
        return refuse(reader, &reader->event.start_mark, "a key must be a text");
    entry->key = read_value(map, reader, depth);
    if (!entry->key || !advance(reader))
        return false;
    entry->value = read_value(map, reader, depth);
    return entry->value != NULL;
}

static struct yaml_value *read_map(TALLOC_CTX *owner, struct reader *reader, int depth)
{
    const yaml_event_t *event = &reader->event;
    if (!check_ornaments(reader, event->data.mapping_start.anchor, event->data.mapping_start.tag))
        return NULL;
    struct yaml_value *map = value_new(owner, &event->start_mark, YAML_MAP);
    struct yaml_entry *entries = NULL;
    for (size_t room = 0;;) {
        if (!advance(reader))
            return NULL;
        if (event->type == YAML_MAPPING_END_EVENT)
            break;
        if (map->count == room) {
            room = room ? room * 2 : 8;
            entries = talloc_realloc_size(map, entries, room * sizeof *entries);
        }
        if (!read_entry(map, reader, &entries[map->count], depth + 1))
            return NULL;
        map->count++;
    }
    map->entries = entries;
    return check_keys(reader, map) ? map : NULL;
}

static struct yaml_value *read_value(TALLOC_CTX *owner, struct reader *reader, int depth)
{
    yaml_event_type_t type = reader->event.type;
    if (depth > DEEPEST)
        refuse(reader, &reader->event.start_mark, "nested too deeply");
    else if (type == YAML_ALIAS_EVENT)
        refuse(reader, &reader->event.start_mark, "aliases (*) are not taken");
    else if (type == YAML_SEQUENCE_START_EVENT)
        return read_list(owner, reader, depth);
    else if (type == YAML_MAPPING_START_EVENT)
        return read_map(owner, reader, depth);
    else
        return read_text(owner, reader);
    if (type == YAML_ALIAS_EVENT)
        error_hint(reader->error, "Put a text that begins with * in quotes.");
    return NULL;
}

/* From STREAM-START to STREAM-END with one document at most. */
static struct yaml_value *read_stream(TALLOC_CTX *owner, struct reader *reader)
{
    if (!advance(reader) || !advance(reader))
        return NULL;
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return value_new(owner, &(yaml_mark_t){0}, YAML_MAP);
    if (!advance(reader))
        return NULL;
    struct yaml_value *root = read_value(owner, reader, 1);
    if (!root || !advance(reader) || !advance(reader))
        return NULL;
    if (reader->event.type != YAML_STREAM_END_EVENT) {
        refuse(reader, &reader->event.start_mark, "a second document begins");
        return NULL;
    }
    if (yaml_is_null(root)) {
        root->kind = YAML_MAP;
        root->text = NULL;
    }
    return root;
}

const struct yaml_value *yaml_parse(TALLOC_CTX *owner, const char *shown, const char *bytes, size_t size_bytes,
                                    enum error_code code, struct error *error)
{
    if (size_bytes >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
        bytes += 3;
        size_bytes -= 3;
    }
    if (!check_bytes(shown, bytes, size_bytes, code, error))
        return NULL;
    struct reader *reader = talloc_zero(NULL, struct reader);
    reader->shown = shown;
    reader->code = code;
    reader->error = error;
    if (!yaml_parser_initialize(&reader->parser))
        abort();
    talloc_set_destructor(reader, destroy);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes, size_bytes);
    TALLOC_CTX *tree = talloc_new(owner); /* what a refused document leaves goes with it */
    struct yaml_value *root = read_stream(tree, reader);
    talloc_free(reader);
    talloc_steal(owner, root);
    talloc_free(tree);
    return root;
}

const struct yaml_value *yaml_get(const struct yaml_value *map, const char *key)
{
    for (size_t i = 0; map->kind == YAML_MAP && i < map->count; i++)
        if (!strcmp(map->entries[i].key->text, key))
            return map->entries[i].value;
    return NULL;
}

bool yaml_is_null(const struct yaml_value *value)
{
    return value->kind == YAML_TEXT && value->is_plain &&
           (!value->text[0] || !strcmp(value->text, "~") || !strcasecmp(value->text, "null"));
}

bool yaml_flag(const struct yaml_value *value, bool *flag)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; value->kind == YAML_TEXT && value->is_plain && i < countof(words); i++) {
        if (!strcasecmp(value->text, words[i])) {
            *flag = i % 2;
            return true;
        }
    }
    return false;
}

const char *yaml_kind_name(enum yaml_kind kind)
{
    static const char *const names[] = {[YAML_TEXT] = "a text", [YAML_LIST] = "a list", [YAML_MAP] = "a map"};
    return names[kind];
}
